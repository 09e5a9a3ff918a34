//! Carrying an intent out: the loop over the machine's effects.

use std::sync::Arc;

use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::machine::{Effect, Event, Plan, Record, Start, State, step};
use bootpay_core::{
    CancelAnswer, Change, Closing, IntentKey, RefusalKind, RefusalNote, UnixMillis, UnknownCause, UnreachableCause,
};

use super::calls::{may_have_moved_money, own_id};
use super::{ANSWER_MS, Doing, Drive, How, LATENESS_MS, MARGIN_MS, RESERVED_MS, SETTLING_MS, WINDOW_MS, Worker};
use crate::explorer::bootpay::Reply;
use crate::explorer::invariants::{Broken, Promise, name};
use crate::explorer::recorded::Recorded;
use crate::explorer::setting::{Guard, Setting};
use crate::explorer::world::{Message, World, owner_of, receipt_id};

impl World {
    pub(super) fn drive(
        &mut self,
        setting: &Setting,
        worker: u8,
        number: usize,
        start: Start,
        recheck: Option<u8>,
    ) -> Result<(), Broken> {
        let view = Arc::clone(&self.journal[number]);
        let state = State::new(self.plan(setting, &view, number, start));
        let intent = number as u8;
        let drive = Drive {
            intent,
            view,
            state,
            doing: Doing::Awaiting,
            send_by_ms: 0,
            recheck,
            superseded_early: false,
            hash: 0,
        };
        self.feed(setting, worker, drive, Event::Begin)
    }

    fn plan(&self, setting: &Setting, view: &Recorded, number: usize, start: Start) -> Plan {
        let relations = self.relations(number);
        Plan {
            receipt_id: receipt_id(),
            amount: view.amount,
            to_account: false,
            id_is_ours: !matches!(view.key, IntentKey::Merchant(_)) || relations.id_sent_before,
            by_token: setting.by_token,
            look_first: !view.amount.is_full(),
            sole_canceller: counts_growth(setting),
            honours_cancel_id: self.still_honoured(setting, view),
            last_answered: view.last_answered,
            start,
        }
    }

    /// Gives the machine an event, and goes on with what it says next.
    pub(super) fn feed(
        &mut self,
        setting: &Setting,
        worker: u8,
        mut drive: Drive,
        mut event: Event,
    ) -> Result<(), Broken> {
        loop {
            let (state, effect) = step(drive.state, event);
            drive.state = state;
            event = match effect {
                Effect::Finish(ending) => return self.finish(setting, worker, &drive, ending),
                // A pause and a token are nobody's business but this worker's, and no time passes in them here.
                Effect::Pause(_) => Event::Paused { still_honoured: self.still_honoured(setting, &drive.view) },
                Effect::FetchToken | Effect::RefreshToken if self.left.token_failures == 0 => {
                    self.fetch_token(setting, &drive)
                }
                effect => {
                    drive.superseded_early = effect == Effect::LookUp
                        && setting.lacks(Guard::JournalAfterLookup)
                        && self.relations(usize::from(drive.intent)).superseded;
                    drive.doing = Doing::Effect(effect);
                    self.workers[usize::from(worker)] = Worker::driving(drive);
                    return Ok(());
                }
            };
        }
    }

    fn fetch_token(&self, setting: &Setting, drive: &Drive) -> Event {
        match may_have_moved_money(&drive.view) && !self.still_honoured(setting, &drive.view) {
            true => Event::TooLate,
            false => Event::TokenReady,
        }
    }

    /// A worker goes one step on.
    pub(in crate::explorer) fn go(&mut self, setting: &Setting, worker: u8, how: How) -> Result<(), Broken> {
        let mut drive = match self.workers[usize::from(worker)].clone() {
            Worker::Driving(drive) => Arc::unwrap_or_clone(drive),
            Worker::Considering { intent, tries } => {
                self.consider(setting, worker, usize::from(intent), tries);
                return Ok(());
            }
            Worker::Claiming { intent, tries } => return self.claim(setting, worker, usize::from(intent), tries),
            Worker::Deciding { intent, seen, totals } => {
                self.record_decision(setting, worker, usize::from(intent), &seen, totals);
                return Ok(());
            }
            Worker::Idle | Worker::Dead => return Ok(()),
        };
        let event = match std::mem::replace(&mut drive.doing, Doing::Awaiting) {
            Doing::Awaiting => self.await_answer(setting, worker, &drive, how),
            Doing::Effect(Effect::LookUp) if how == How::Fails => {
                self.left.lookup_failures -= 1;
                Event::LookupFailed
            }
            Doing::Effect(Effect::LookUp) => return self.look_up(setting, worker, drive, how),
            Doing::Effect(Effect::FetchToken | Effect::RefreshToken) if how == How::Fails => {
                self.left.token_failures -= 1;
                Event::TokenFailed
            }
            Doing::Effect(Effect::FetchToken | Effect::RefreshToken) => self.fetch_token(setting, &drive),
            Doing::Effect(Effect::Record(record)) => self.record(setting, worker, &mut drive, record, how),
            Doing::Effect(Effect::Send) => match self.send(setting, worker, &drive, how) {
                Some(event) => event,
                None => {
                    let number = usize::from(drive.intent);
                    drive.send_by_ms = 0;
                    self.workers[usize::from(worker)] = Worker::driving(drive);
                    return self.has_a_record_of_its_own(number);
                }
            },
            Doing::Looked(totals) => {
                let superseded = match setting.lacks(Guard::JournalAfterLookup) {
                    true => drive.superseded_early,
                    false => self.relations(usize::from(drive.intent)).superseded,
                };
                Event::LookedUp { totals, superseded }
            }
            Doing::Effect(_) => return Ok(()),
        };
        self.feed(setting, worker, drive, event)
    }

    fn look_up(&mut self, setting: &Setting, worker: u8, mut drive: Drive, how: How) -> Result<(), Broken> {
        let behind = usize::from(how == How::Lagging);
        self.left.lags -= behind as u8;
        let totals = self.bootpay.totals(behind);
        if setting.lacks(Guard::EqualTotals) && drive.view.attempts.is_empty() {
            let mut plan = self.plan(setting, &drive.view, usize::from(drive.intent), Start::New);
            plan.last_answered = Some(totals);
            (drive.state, _) = step(State::new(plan), Event::Begin);
        }
        if counts_growth(setting) && !drive.view.amount.is_full() {
            drive.doing = Doing::Looked(totals);
            self.workers[usize::from(worker)] = Worker::driving(drive);
            return Ok(());
        }
        self.feed(setting, worker, drive, Event::LookedUp { totals, superseded: false })
    }

    fn record(&mut self, setting: &Setting, worker: u8, drive: &mut Drive, record: Record, how: How) -> Event {
        let is_sending = matches!(record, Record::Sending { .. });
        if is_sending {
            drive.send_by_ms = self.now_ms + WINDOW_MS.min(self.honoured_for_ms(setting, &drive.view));
            if setting.lacks(Guard::RecordBeforeSend) {
                return Event::Recorded;
            }
        }
        let number = usize::from(drive.intent);
        let change = change(record, self.now_ms);
        let written = lifecycle::apply(&self.journal[number], &owner_of(usize::from(worker)), &change, self.now());
        if how != How::Plainly {
            self.left.journal_failures -= 1;
            if let (How::FailsWritten, Ok(intent)) = (how, written) {
                self.journal[number] = Recorded::new(intent);
            }
            return Event::RecordFailed;
        }
        match written {
            Ok(intent) => {
                self.journal[number] = Recorded::new(intent);
                drive.view = Arc::clone(&self.journal[number]);
                Event::Recorded
            }
            Err(_) if is_sending && setting.lacks(Guard::CompareAndSet) => Event::Recorded,
            Err(intent) => {
                drive.view = Recorded::new(*intent);
                Event::Lost
            }
        }
    }

    /// For how long from now a repetition may leave; a first try always may.
    fn honoured_for_ms(&self, setting: &Setting, view: &Recorded) -> i64 {
        match (view.attempts.first(), setting.honours_for_ms) {
            (Some(first), Some(retention_ms)) if may_have_moved_money(view) && !setting.lacks(Guard::Retention) => {
                (first.started_at.0 + retention_ms - self.now_ms - LATENESS_MS).max(0)
            }
            _ => i64::MAX,
        }
    }

    fn send(&mut self, setting: &Setting, worker: u8, drive: &Drive, how: How) -> Option<Event> {
        if how == How::NotSent {
            self.left.not_sent -= 1;
            return Some(Event::NotSent(UnreachableCause::Connect));
        }
        if self.now_ms >= drive.send_by_ms && !setting.lacks(Guard::Fence) {
            return Some(Event::NotSent(UnreachableCause::Deadline));
        }
        let mut id = drive.view.cancel_id.clone();
        if setting.lacks(Guard::OneId) {
            self.made += 1;
            id = own_id(&format!("fresh{}", self.made));
        }
        self.wire.push(Message {
            intent: drive.intent,
            id: Arc::new(id),
            worker,
            gone_at_ms: self.now_ms + WINDOW_MS + ANSWER_MS + SETTLING_MS,
            delivered: false,
            awaited: true,
            reply: None,
        });
        self.sent[usize::from(drive.intent)] += 1;
        None
    }

    fn has_a_record_of_its_own(&self, number: usize) -> Result<(), Broken> {
        let intent = &self.journal[number];
        if usize::from(self.sent[number]) > intent.attempts.len() {
            let how = format!("a request of {} left without a record of its own", name(intent));
            return Err(Broken::new(Promise::RecordedBeforeSent, how));
        }
        Ok(())
    }

    fn await_answer(&mut self, setting: &Setting, worker: u8, drive: &Drive, how: How) -> Event {
        let Some(message) = self.wire.iter_mut().find(|message| message.is_awaited_by(worker)) else {
            return Event::NoAnswer(UnknownCause::TimedOut);
        };
        message.awaited = false;
        match (how, message.reply.take()) {
            (How::Receives, Some(Reply::Seen)) if setting.lacks(Guard::SeenIsNotSuccess) => {
                let price = drive.view.amount.price().unwrap_or_default();
                let mut figures = bootpay_core::Cancellation::default();
                figures.receipt_id = Some(receipt_id());
                figures.request_cancel_price = Some(price);
                Event::Answered(Box::new(CancelAnswer::Accepted(Box::new(figures))))
            }
            (How::Receives, Some(reply)) => {
                // A proxy may repeat a request that was refused as long as it has passed the refusal on to nobody.
                if matches!(reply, Reply::Refused | Reply::Unauthorized) && !setting.repeats_what_was_refused {
                    message.gone_at_ms = self.now_ms;
                }
                Event::Answered(Box::new(self.bootpay.dressed(reply, &receipt_id())))
            }
            _ => {
                if !message.has_timed_out(self.now_ms) {
                    self.left.losses -= 1;
                }
                Event::NoAnswer(UnknownCause::TimedOut)
            }
        }
    }
}

/// The journal's change for a record, as the driver makes it.
fn change(record: Record, now_ms: i64) -> Change {
    let at = |ms: i64| UnixMillis(now_ms + ms);
    match record {
        Record::Sending { before } => Change::Sending {
            totals_before: before,
            deadline: at(WINDOW_MS + ANSWER_MS),
            lease_until: at(WINDOW_MS + ANSWER_MS + MARGIN_MS),
            body_mark: None,
        },
        Record::Returned => Change::Returned { lease_until: at(RESERVED_MS) },
        Record::NotSent => Change::Closed(Closing::NotSent),
        Record::Refused(refusal) => {
            Change::Closed(Closing::Refused { note: note(refusal.kind), http_status: Some(refusal.http_status) })
        }
        Record::Objected(_) => {
            Change::Closed(Closing::Refused { note: note(RefusalKind::MoreThanRemains), http_status: None })
        }
        Record::Unknown { cause, after, http_status, code } => {
            Change::Unknown { cause, totals_after: after, http_status, code }
        }
        Record::Settled(settlement) => Change::Settled(settlement),
    }
}

fn counts_growth(setting: &Setting) -> bool {
    setting.sole_canceller || setting.lacks(Guard::DeclaredSoleCanceller)
}

fn note(kind: RefusalKind) -> RefusalNote {
    RefusalNote { kind: kind.name().to_owned(), code: None, message: String::new() }
}
