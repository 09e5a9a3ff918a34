//! The other side: a receipt's money, and what is done with a `cancel_id` that was seen before.

use std::sync::Arc;

use bootpay_core::{
    CancelAnswer, CancelId, Cancellation, Foreign, ReceiptId, Recognised, RefusalKind, ServerRefusal, Totals, Won,
};

use super::recorded::hash_of;

/// What the server does with a `cancel_id` that it has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdRule {
    /// Refuses one that took effect.
    Refuses,
    /// Answers as it did the first time.
    Replays,
    /// Looks at no id.
    Ignores,
    /// Refuses one that it has seen, even where that request was refused.
    RefusesAndBurns,
}

/// A movement of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Movement {
    /// The intent whose request it was; `None` in the console.
    pub(super) intent: Option<u8>,
    pub(super) amount: u64,
}

/// The receipt, as Bootpay has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bootpay {
    pub(super) price: u64,
    pub(super) movements: Vec<Movement>,
    /// Ids that are remembered: with when they were first seen, and the movement where there was one.
    ids: Vec<(Arc<CancelId>, i64, Option<u8>)>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) intent: u8,
    pub(super) id: &'a Arc<CancelId>,
    pub(super) price: Option<u64>,
}

/// An answer, before it is dressed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reply {
    /// Done: this movement.
    Done(u8),
    /// The id was seen.
    Seen,
    /// Nothing is left.
    Already,
    /// Not so much is left.
    MoreThanRemains,
    /// The gateway said no.
    Refused,
    /// The token is not known.
    Unauthorized,
    /// A server error in nobody's form.
    Broken,
}

impl Bootpay {
    pub(super) fn new(price: u64) -> Self {
        Self { price, movements: Vec::new(), ids: Vec::new() }
    }

    pub(super) fn cancelled(&self) -> u64 {
        self.movements.iter().map(|movement| movement.amount).sum()
    }

    /// What an intent moved, in won.
    pub(super) fn amount_of(&self, intent: usize) -> u64 {
        let ours = |movement: &&Movement| movement.intent == Some(intent as u8);
        self.movements.iter().filter(ours).map(|movement| movement.amount).sum()
    }

    /// What was cancelled in the console, in won.
    pub(super) fn in_the_console(&self) -> u64 {
        self.movements.iter().filter(|movement| movement.intent.is_none()).map(|movement| movement.amount).sum()
    }

    /// What the remembered ids hash to, whatever their order.
    pub(super) fn ids_in_any_order(&self) -> u64 {
        self.ids.iter().map(hash_of).fold(0, u64::wrapping_add)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.cancelled() == self.price
    }

    /// What a lookup says, now or so many movements ago.
    pub(super) fn totals(&self, behind: usize) -> Totals {
        let shown = self.movements.len().saturating_sub(behind);
        let cancelled: u64 = self.movements[..shown].iter().map(|movement| movement.amount).sum();
        self.totals_at(cancelled)
    }

    fn totals_at(&self, cancelled: u64) -> Totals {
        Totals {
            price: Some(Won::new(self.price)),
            remaining: Some(Won::new(self.price - cancelled)),
            cancelled: Some(Won::new(cancelled)),
            status: None,
        }
    }

    /// Works on a request.
    pub(super) fn work_on(&mut self, asked: Asked<'_>, rule: IdRule, remembers_ms: Option<i64>, now_ms: i64) -> Reply {
        self.ids.retain(|(_, at, _)| remembers_ms.is_none_or(|ms| now_ms - at < ms));
        let seen = self.ids.iter().find(|(id, ..)| id == asked.id).map(|(_, _, movement)| *movement);
        match (rule, seen) {
            (IdRule::Refuses, Some(Some(_))) | (IdRule::RefusesAndBurns, Some(_)) => return Reply::Seen,
            (IdRule::Replays, Some(Some(movement))) => return Reply::Done(movement),
            _ => {}
        }
        let remaining = self.price - self.cancelled();
        let amount = asked.price.unwrap_or(remaining);
        let reply = if remaining == 0 {
            Reply::Already
        } else if amount > remaining {
            Reply::MoreThanRemains
        } else {
            self.movements.push(Movement { intent: Some(asked.intent), amount });
            Reply::Done(self.movements.len() as u8 - 1)
        };
        self.remember(asked.id, now_ms, reply);
        reply
    }

    /// The gateway refuses before anything moves.
    pub(super) fn refuse(&mut self, asked: Asked<'_>, now_ms: i64) -> Reply {
        self.remember(asked.id, now_ms, Reply::Refused);
        Reply::Refused
    }

    fn remember(&mut self, id: &Arc<CancelId>, now_ms: i64, reply: Reply) {
        let movement = match reply {
            Reply::Done(movement) => Some(movement),
            _ => None,
        };
        match self.ids.iter_mut().find(|(seen, ..)| seen == id) {
            Some((_, _, known)) => *known = known.or(movement),
            None => self.ids.push((Arc::clone(id), now_ms, movement)),
        }
    }

    pub(super) fn in_console(&mut self, amount: u64) {
        self.movements.push(Movement { intent: None, amount });
    }

    pub(super) fn remaining(&self) -> u64 {
        self.price - self.cancelled()
    }

    /// The answer as the codec would give it.
    pub(super) fn dressed(&self, reply: Reply, receipt_id: &ReceiptId) -> CancelAnswer {
        let refusal = |http_status, kind, recognised, pg_code: Option<&str>| {
            CancelAnswer::Refused(Box::new(ServerRefusal {
                http_status,
                code: None,
                message: String::new(),
                pg_code: pg_code.map(str::to_owned),
                pg_message: None,
                pg_code_is_final: true,
                kind,
                recognised,
                retry_after: None,
            }))
        };
        match reply {
            Reply::Done(movement) => {
                let movement = usize::from(movement);
                let total: u64 = self.movements[..=movement].iter().map(|movement| movement.amount).sum();
                let mut figures = Cancellation::default();
                figures.receipt_id = Some(receipt_id.clone());
                figures.request_cancel_price = Some(Won::new(self.movements[movement].amount));
                figures.cancelled_price = Some(Won::new(total));
                figures.remain_price = Some(Won::new(self.price - total));
                CancelAnswer::Accepted(Box::new(figures))
            }
            Reply::Seen => refusal(400, RefusalKind::DuplicateCancelId, Recognised::ByText, None),
            Reply::Already => refusal(400, RefusalKind::AlreadyCancelled, Recognised::ByText, None),
            Reply::MoreThanRemains => refusal(400, RefusalKind::MoreThanRemains, Recognised::ByText, None),
            Reply::Refused => refusal(500, RefusalKind::PgRefused, Recognised::No, Some("3041")),
            Reply::Unauthorized => refusal(401, RefusalKind::Unauthorized, Recognised::ByCode, None),
            Reply::Broken => CancelAnswer::Foreign(Foreign { http_status: 500, what: "HTML", retry_after: None }),
        }
    }
}
