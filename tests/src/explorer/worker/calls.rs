//! What is asked of a worker: cancel, reconcile; and what it asks the journal meanwhile.

use std::sync::Arc;

use bootpay_core::protocol::admission::{self, Admission, Proposal};
use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::machine::{MOST_REPETITIONS, Start};
use bootpay_core::{
    CancelAmount, CancelId, Change, Intent, IntentKey, IntentState, PartialAmount, Progress, UnixMillis, UnknownCause,
    Won,
};

use super::{ON_THE_WAY_MS, RESERVED_MS, SETTLING_MS, Worker};
use crate::explorer::invariants::{Broken, Promise};
use crate::explorer::recorded::Recorded;
use crate::explorer::setting::{Guard, Setting, Wish};
use crate::explorer::world::{World, owner_of, receipt_id};

/// How an intent stands to the others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relations {
    pub(super) id_sent_before: bool,
    pub(super) superseded: bool,
}

impl World {
    /// A call of `cancel`.
    pub(in crate::explorer) fn click(&mut self, setting: &Setting, worker: u8, wish: Wish) -> Result<(), Broken> {
        let (key, amount) = match wish {
            Wish::Full => (IntentKey::Receipt, CancelAmount::Full { expected_remaining: None }),
            Wish::Partial { price, id } => (IntentKey::Merchant(own_id(&format!("m{id}"))), part(price)),
            Wish::Keyless { price } => {
                self.made += 1;
                (IntentKey::Fresh(format!("{:02}", self.made)), part(price))
            }
        };
        loop {
            let proposal = self.proposal(worker, &key, amount);
            let of_receipt = self.of_receipt(setting);
            let with_id: Vec<_> = match proposal.merchant_id() {
                Some(id) => of_receipt.iter().filter(|one| one.cancel_id == *id).cloned().collect(),
                None => Vec::new(),
            };
            let admission = admission::decide(&proposal, &of_receipt, &with_id)
                .map_err(|error| Broken::new(Promise::NeverAtALoss, error.to_string()))?;
            match admission {
                Admission::Admitted(intent) => {
                    self.journal.push(Recorded::new(*intent));
                    self.denied.push(false);
                    self.sent.push(0);
                    return self.drive(setting, worker, self.journal.len() - 1, Start::New, None);
                }
                Admission::Existing(intent) if intent.state == IntentState::Unknown => {
                    let number = self.number_of(&intent);
                    return self.reconsider(setting, worker, number);
                }
                Admission::Existing(_) | Admission::Refused(_) => return Ok(()),
                Admission::Orphaned(intent) => self.take_over(worker, &intent, false),
                Admission::InFlight(intent) if self.is_left_behind(worker, &intent) => {
                    self.take_over(worker, &intent, true);
                }
                // It waits, and here gives up at once: nothing was sent.
                Admission::InFlight(_) => return Ok(()),
            }
        }
    }

    /// A call of `reconcile`, as `recover` makes it.
    pub(in crate::explorer) fn reconcile(
        &mut self,
        setting: &Setting,
        worker: u8,
        number: usize,
    ) -> Result<(), Broken> {
        self.left_by_its_owner(setting, worker, number);
        match self.journal[number].state {
            IntentState::Unknown => self.reconsider(setting, worker, number),
            _ => Ok(()),
        }
    }

    /// An intent that nobody carries out any more is taken over.
    pub(super) fn left_by_its_owner(&mut self, setting: &Setting, worker: u8, number: usize) {
        let intent = Arc::clone(&self.journal[number]);
        let gone = self.is_left_behind(worker, &intent);
        if intent.state.is_in_flight() && (intent.lease_until <= self.now() || gone) && !setting.lacks(Guard::TakeOver)
        {
            self.take_over(worker, &intent, gone);
        }
    }

    pub(super) fn reconsider(&mut self, setting: &Setting, worker: u8, number: usize) -> Result<(), Broken> {
        let intent = &self.journal[number];
        let cause = intent.unknown_cause.unwrap_or(UnknownCause::Interrupted);
        let start = Start::Recheck { before: intent.totals_before, cause };
        let tries = intent.attempts.len() as u8;
        self.drive(setting, worker, number, start, Some(tries))
    }

    /// After a lookup that settled nothing: may it be repeated?
    pub(super) fn consider(&mut self, setting: &Setting, worker: u8, number: usize, tries: u8) {
        let others = self.journal.iter().any(|one| one.state.is_in_flight());
        let allowed = !others && tries <= MOST_REPETITIONS && self.still_honoured(setting, &self.journal[number]);
        self.workers[usize::from(worker)] = match allowed {
            true => Worker::Claiming { intent: number as u8, tries },
            false => Worker::Idle,
        };
    }

    pub(super) fn claim(&mut self, setting: &Setting, worker: u8, number: usize, tries: u8) -> Result<(), Broken> {
        let owner = owner_of(usize::from(worker));
        let lease_until = UnixMillis(self.now_ms + RESERVED_MS);
        let change = Change::Claimed { owner: owner.clone(), lease_until };
        let uncounted = setting.lacks(Guard::TriesCountedAgain);
        let mut claimed = (*self.journal[number]).clone();
        if uncounted {
            claimed.attempts.truncate(1);
        }
        let Ok(mut claimed) = lifecycle::apply(&claimed, &owner, &change, self.now()) else {
            self.workers[usize::from(worker)] = Worker::Idle;
            return Ok(());
        };
        let settled_down = claimed.deadline.is_some_and(|deadline| self.now_ms >= deadline.0 + SETTLING_MS);
        let nth = if uncounted { tries } else { claimed.attempts.len() as u8 };
        claimed.attempts.clone_from(&self.journal[number].attempts);
        let start = Start::Repeat { before: claimed.totals_before, settled_down, nth };
        self.journal[number] = Recorded::new(claimed);
        self.drive(setting, worker, number, start, None)
    }

    fn proposal(&self, worker: u8, key: &IntentKey, amount: CancelAmount) -> Proposal {
        Proposal {
            environment: "e".to_owned(),
            scope: "s".to_owned(),
            receipt_id: receipt_id(),
            key: key.clone(),
            amount,
            to_account: false,
            account_mark: None,
            bulk: None,
            owner: owner_of(usize::from(worker)),
            now: self.now(),
            lease_until: UnixMillis(self.now_ms + RESERVED_MS),
        }
    }

    fn of_receipt(&self, setting: &Setting) -> Vec<Intent> {
        let is_seen = |intent: &&Arc<Recorded>| {
            !((setting.lacks(Guard::OneAtATime) && intent.state.is_in_flight())
                || (setting.lacks(Guard::NoneBesideAnUnknown) && intent.state == IntentState::Unknown)
                || (setting.lacks(Guard::KeylessRule)
                    && matches!(intent.key, IntentKey::Fresh(_))
                    && !intent.state.is_open()))
        };
        self.journal.iter().filter(is_seen).map(|intent| (***intent).clone()).collect()
    }

    fn number_of(&self, intent: &Intent) -> usize {
        self.journal.iter().position(|one| one.id == intent.id).unwrap_or_default()
    }

    /// A worker does one thing at a time: what bears its name when it begins another was left by one whose journal failed.
    fn is_left_behind(&self, worker: u8, intent: &Intent) -> bool {
        intent.owner == owner_of(usize::from(worker)) || self.is_gone(&intent.owner)
    }

    fn take_over(&mut self, worker: u8, intent: &Intent, owner_is_gone: bool) {
        let owner = owner_of(usize::from(worker));
        let change = Change::TakenOver { owner: owner.clone(), owner_is_gone };
        let number = self.number_of(intent);
        if let Ok(taken) = lifecycle::apply(&self.journal[number], &owner, &change, self.now()) {
            self.journal[number] = Recorded::new(taken);
        }
    }

    pub(super) fn relations(&self, number: usize) -> Relations {
        let intent = &self.journal[number];
        Relations {
            id_sent_before: self.journal[..number]
                .iter()
                .any(|one| one.cancel_id == intent.cancel_id && may_have_moved_money(one)),
            superseded: self.journal[number + 1..].iter().any(|one| !one.state.moved_nothing()),
        }
    }

    pub(super) fn still_honoured(&self, setting: &Setting, intent: &Intent) -> bool {
        let Some(retention_ms) = setting.honours_for_ms else { return false };
        let first_sent = intent.attempts.first().map_or(self.now_ms, |attempt| attempt.started_at.0);
        setting.lacks(Guard::Retention) || self.now_ms - first_sent + ON_THE_WAY_MS < retention_ms
    }
}

pub(super) fn may_have_moved_money(intent: &Intent) -> bool {
    intent.state != IntentState::Refused && intent.attempts.iter().any(|attempt| attempt.progress != Progress::NotSent)
}

fn part(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).expect("an amount"), tax_free: None }
}

pub(super) fn own_id(text: &str) -> CancelId {
    CancelId::new(text).expect("an id")
}
