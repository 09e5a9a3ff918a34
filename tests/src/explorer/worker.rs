//! A process that cancels: what the client and its driver do, in their order, one atomic deed at a time.

use std::sync::Arc;

use bootpay_core::protocol::admission::{self, Admission, Proposal};
use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::machine::{Effect, Ending, Event, MOST_REPETITIONS, Plan, Record, Start, State, step};
use bootpay_core::{
    CancelAmount, CancelAnswer, CancelId, Change, Closing, Intent, IntentKey, IntentState, PartialAmount, Progress,
    RefusalKind, RefusalNote, Totals, UnknownCause, UnreachableCause, Won,
};

use super::bootpay::Reply;
use super::invariants::name;
use super::setting::{Guard, Setting, Wish};
use super::world::{Message, World, owner_of, receipt_id};

/// The time-outs of a client that is not told otherwise, in milliseconds: the window for the first byte, the answer's
/// time-out, the margin after it, and a reserved intent's lease.
const WINDOW_MS: i64 = 10_000;
const ANSWER_MS: i64 = 60_000;
const MARGIN_MS: i64 = 30_000;
const RESERVED_MS: i64 = 210_000;
const SETTLING_MS: i64 = 15 * 60_000;
/// From the last look at a declaration to the request's arrival, at the latest.
const ON_THE_WAY_MS: i64 = 20_000 + ANSWER_MS + SETTLING_MS;

/// What a worker is at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Worker {
    Idle,
    Driving(Arc<Drive>),
    /// A lookup has settled nothing, and the declaration allows a repetition: claim the intent for it.
    Claiming {
        intent: u8,
    },
    Dead,
}

/// One intent being carried out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drive {
    intent: u8,
    /// The intent as this worker last saw it.
    view: Arc<Intent>,
    state: State,
    doing: Doing,
    send_by_ms: i64,
    is_recheck: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Doing {
    Effect(Effect),
    /// The ledger has answered; the journal is asked next.
    Looked(Totals),
    Awaiting,
}

/// What a worker meets on its next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// Nothing in the way.
    Plainly,
    /// A lookup shows what was true one movement ago.
    Lagging,
    /// It fails; a journal that fails has written nothing.
    Fails,
    /// The journal writes, and says that it failed.
    FailsWritten,
    /// The request provably does not leave.
    NotSent,
    /// The answer is there.
    Receives,
    /// No answer is waited for any longer.
    Loses,
}

/// How an intent stands to the others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Relations {
    id_sent_before: bool,
    pub(super) superseded: bool,
}

impl Worker {
    /// What could happen on its next step.
    pub(super) fn ways(&self, number: u8, world: &World) -> Vec<How> {
        let drive = match self {
            Self::Idle | Self::Dead => return Vec::new(),
            Self::Claiming { .. } => return vec![How::Plainly],
            Self::Driving(drive) => drive,
        };
        let left = world.left;
        let mut ways = vec![How::Plainly];
        let mut may = |budget: u8, how| {
            if budget > 0 {
                ways.push(how);
            }
        };
        match &drive.doing {
            Doing::Effect(Effect::LookUp) => {
                may(left.lags.min(world.bootpay.movements.len() as u8), How::Lagging);
                may(left.lookup_failures, How::Fails);
            }
            Doing::Effect(Effect::Record(_)) => {
                may(left.journal_failures, How::Fails);
                may(left.journal_failures, How::FailsWritten);
            }
            Doing::Effect(Effect::Send) => may(left.not_sent, How::NotSent),
            Doing::Effect(_) | Doing::Looked(_) => {}
            Doing::Awaiting => {
                ways.clear();
                let answered =
                    world.wire.iter().any(|message| message.is_awaited_by(number) && message.reply.is_some());
                if answered {
                    ways.push(How::Receives);
                }
                if left.losses > 0 {
                    ways.push(How::Loses);
                }
            }
        }
        ways
    }
}

impl World {
    /// A call of `cancel`.
    pub(super) fn click(&mut self, setting: &Setting, worker: u8, wish: Wish) -> Result<(), String> {
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
            let admission = admission::decide(&proposal, &of_receipt, &with_id).map_err(|error| error.to_string())?;
            match admission {
                Admission::Admitted(intent) => {
                    self.journal.push(Arc::new(*intent));
                    self.denied.push(false);
                    return self.drive(setting, worker, self.journal.len() - 1, Start::New);
                }
                Admission::Existing(intent) if intent.state == IntentState::Unknown => {
                    let number = self.number_of(&intent);
                    return self.reconsider(setting, worker, number);
                }
                Admission::Existing(_) | Admission::Refused(_) => return Ok(()),
                Admission::Orphaned(intent) => self.take_over(worker, &intent, false),
                Admission::InFlight(intent) if self.is_gone(&intent.owner) => self.take_over(worker, &intent, true),
                // It waits, and here gives up at once: nothing was sent.
                Admission::InFlight(_) => return Ok(()),
            }
        }
    }

    /// A call of `reconcile`, as `recover` makes it.
    pub(super) fn reconcile(&mut self, setting: &Setting, worker: u8, number: usize) -> Result<(), String> {
        let intent = Arc::clone(&self.journal[number]);
        if intent.state.is_in_flight() {
            let gone = self.is_gone(&intent.owner);
            if intent.lease_until > self.now() && !gone {
                return Ok(());
            }
            self.take_over(worker, &intent, gone);
        }
        match self.journal[number].state {
            IntentState::Unknown => self.reconsider(setting, worker, number),
            _ => Ok(()),
        }
    }

    fn reconsider(&mut self, setting: &Setting, worker: u8, number: usize) -> Result<(), String> {
        let intent = &self.journal[number];
        let cause = intent.unknown_cause.unwrap_or(UnknownCause::Interrupted);
        let start = Start::Recheck { before: intent.totals_before, cause };
        self.drive(setting, worker, number, start)
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
            lease_until: bootpay_core::UnixMillis(self.now_ms + RESERVED_MS),
        }
    }

    fn of_receipt(&self, setting: &Setting) -> Vec<Intent> {
        let seen = |intent: &&Arc<Intent>| {
            let is_hidden = (setting.lacks(Guard::OneAtATime) && intent.state.is_open())
                || (setting.lacks(Guard::KeylessRule)
                    && matches!(intent.key, IntentKey::Fresh(_))
                    && !intent.state.is_open());
            !is_hidden
        };
        self.journal.iter().filter(seen).map(|intent| (**intent).clone()).collect()
    }

    fn number_of(&self, intent: &Intent) -> usize {
        self.journal.iter().position(|one| one.id == intent.id).unwrap_or_default()
    }

    fn take_over(&mut self, worker: u8, intent: &Intent, owner_is_gone: bool) {
        let owner = owner_of(usize::from(worker));
        let change = Change::TakenOver { owner: owner.clone(), owner_is_gone };
        let number = self.number_of(intent);
        if let Ok(taken) = lifecycle::apply(&self.journal[number], &owner, &change, self.now()) {
            self.journal[number] = Arc::new(taken);
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

    fn still_honoured(&self, setting: &Setting, intent: &Intent) -> bool {
        let Some(retention_ms) = setting.honours_for_ms else { return false };
        let first_sent = intent.attempts.first().map_or(self.now_ms, |attempt| attempt.started_at.0);
        setting.lacks(Guard::Retention) || self.now_ms - first_sent + ON_THE_WAY_MS < retention_ms
    }

    fn drive(&mut self, setting: &Setting, worker: u8, number: usize, start: Start) -> Result<(), String> {
        let view = Arc::clone(&self.journal[number]);
        let is_recheck = matches!(start, Start::Recheck { .. });
        let state = State::new(self.plan(setting, &view, number, start));
        let drive = Drive { intent: number as u8, view, state, doing: Doing::Awaiting, send_by_ms: 0, is_recheck };
        self.feed(setting, worker, drive, Event::Begin)
    }

    fn plan(&self, setting: &Setting, view: &Intent, number: usize, start: Start) -> Plan {
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
    fn feed(&mut self, setting: &Setting, worker: u8, mut drive: Drive, event: Event) -> Result<(), String> {
        let (state, effect) = step(drive.state, event);
        drive.state = state;
        if let Effect::Finish(ending) = effect {
            return self.finish(setting, worker, &drive, ending);
        }
        // A pause and a token are nobody's business but this worker's, and no time passes in them here.
        if let (Effect::Pause(_), view) = (&effect, &drive.view) {
            let still_honoured = self.still_honoured(setting, view);
            return self.feed(setting, worker, drive, Event::Paused { still_honoured });
        }
        if matches!(effect, Effect::FetchToken | Effect::RefreshToken) {
            let too_late = may_have_moved_money(&drive.view) && !self.still_honoured(setting, &drive.view);
            return self.feed(setting, worker, drive, if too_late { Event::TooLate } else { Event::TokenReady });
        }
        drive.doing = Doing::Effect(effect);
        self.workers[usize::from(worker)] = Worker::Driving(Arc::new(drive));
        Ok(())
    }

    /// A worker goes one step on.
    pub(super) fn go(&mut self, setting: &Setting, worker: u8, how: How) -> Result<(), String> {
        let mut drive = match self.workers[usize::from(worker)].clone() {
            Worker::Driving(drive) => Arc::unwrap_or_clone(drive),
            Worker::Claiming { intent } => return self.claim(setting, worker, usize::from(intent)),
            Worker::Idle | Worker::Dead => return Ok(()),
        };
        let doing = std::mem::replace(&mut drive.doing, Doing::Awaiting);
        let event = match doing {
            Doing::Awaiting => self.await_answer(setting, worker, &drive, how),
            Doing::Effect(Effect::LookUp) => match how {
                How::Fails => {
                    self.left.lookup_failures -= 1;
                    Event::LookupFailed
                }
                _ => return self.look_up(setting, worker, drive, how),
            },
            Doing::Effect(Effect::Record(record)) => self.record(setting, worker, &mut drive, record, how),
            Doing::Effect(Effect::Send) => match self.send(setting, worker, &drive, how) {
                Some(event) => event,
                None => {
                    self.workers[usize::from(worker)] = Worker::Driving(Arc::new(drive));
                    return Ok(());
                }
            },
            Doing::Looked(totals) => {
                let superseded = self.relations(usize::from(drive.intent)).superseded;
                Event::LookedUp { totals, superseded }
            }
            Doing::Effect(_) => return Ok(()),
        };
        self.feed(setting, worker, drive, event)
    }

    fn look_up(&mut self, setting: &Setting, worker: u8, mut drive: Drive, how: How) -> Result<(), String> {
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
            self.workers[usize::from(worker)] = Worker::Driving(Arc::new(drive));
            return Ok(());
        }
        self.feed(setting, worker, drive, Event::LookedUp { totals, superseded: false })
    }

    fn record(&mut self, setting: &Setting, worker: u8, drive: &mut Drive, record: Record, how: How) -> Event {
        let is_sending = matches!(record, Record::Sending { .. });
        if is_sending {
            drive.send_by_ms = self.now_ms + WINDOW_MS;
            if setting.lacks(Guard::RecordBeforeSend) {
                return Event::Recorded;
            }
        }
        let number = usize::from(drive.intent);
        let written = lifecycle::apply(
            &self.journal[number],
            &owner_of(usize::from(worker)),
            &change(record, self.now_ms),
            self.now(),
        );
        if how != How::Plainly {
            self.left.journal_failures -= 1;
            if let (How::FailsWritten, Ok(intent)) = (how, written) {
                self.journal[number] = Arc::new(intent);
            }
            return Event::RecordFailed;
        }
        match written {
            Ok(intent) => {
                self.journal[number] = Arc::new(intent);
                drive.view = Arc::clone(&self.journal[number]);
                Event::Recorded
            }
            Err(_) if is_sending && setting.lacks(Guard::CompareAndSet) => Event::Recorded,
            Err(intent) => {
                drive.view = Arc::new(*intent);
                Event::Lost
            }
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
            id,
            worker,
            gone_at_ms: self.now_ms + WINDOW_MS + ANSWER_MS + SETTLING_MS,
            delivered: false,
            awaited: true,
            reply: None,
        });
        None
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
            (How::Receives, Some(reply)) => Event::Answered(Box::new(self.bootpay.dressed(reply, &receipt_id()))),
            _ => {
                self.left.losses -= 1;
                Event::NoAnswer(UnknownCause::TimedOut)
            }
        }
    }

    /// A call comes back to its caller.
    fn finish(&mut self, setting: &Setting, worker: u8, drive: &Drive, ending: Ending) -> Result<(), String> {
        self.workers[usize::from(worker)] = Worker::Idle;
        let number = usize::from(drive.intent);
        let is_unknown = matches!(ending, Ending::Unknown { .. });
        self.tell(setting, drive, ending)?;
        if is_unknown && drive.is_recheck {
            let intent = &self.journal[number];
            let others = self.journal.iter().any(|one| one.state.is_in_flight());
            let tries = intent.attempts.len() as u8;
            if !others && tries <= MOST_REPETITIONS && self.still_honoured(setting, intent) {
                self.workers[usize::from(worker)] = Worker::Claiming { intent: drive.intent };
            }
        }
        Ok(())
    }

    fn tell(&mut self, setting: &Setting, drive: &Drive, ending: Ending) -> Result<(), String> {
        let number = usize::from(drive.intent);
        match ending {
            Ending::Failed(_) => self.denied[number] = true,
            Ending::Settled { settlement, .. } if settlement.already => self.denied[number] = true,
            Ending::Settled { .. } => {
                let goal_reached = drive.view.amount.is_full() && self.bootpay.is_empty();
                if self.moved_by(number) == 0 && !goal_reached {
                    return Err(format!("a caller is told that {} is cancelled, and nothing moved", name(&drive.view)));
                }
            }
            Ending::Unknown { after, .. } => {
                let grew = after.and_then(|totals| totals.cancelled)
                    != drive.state.before().and_then(|totals| totals.cancelled);
                if setting.lacks(Guard::LookupNeverDenies) && after.is_some() && !grew {
                    self.denied[number] = true;
                }
            }
            Ending::Overtaken(known) => {
                // What the journal says is held to account there.
                let by_journal = match drive.view.state {
                    IntentState::Cancelled | IntentState::AlreadyCancelled => true,
                    state => state.is_open() && matches!(*known, Ending::Failed(_)),
                };
                if !by_journal {
                    self.tell(setting, drive, *known)?;
                }
            }
        }
        Ok(())
    }

    fn claim(&mut self, setting: &Setting, worker: u8, number: usize) -> Result<(), String> {
        let owner = owner_of(usize::from(worker));
        let lease_until = bootpay_core::UnixMillis(self.now_ms + RESERVED_MS);
        let change = Change::Claimed { owner: owner.clone(), lease_until };
        let Ok(claimed) = lifecycle::apply(&self.journal[number], &owner, &change, self.now()) else {
            self.workers[usize::from(worker)] = Worker::Idle;
            return Ok(());
        };
        self.journal[number] = Arc::new(claimed.clone());
        let settled_down = claimed.deadline.is_some_and(|deadline| self.now_ms >= deadline.0 + SETTLING_MS);
        let nth = claimed.attempts.len() as u8;
        let start = Start::Repeat { before: claimed.totals_before, settled_down, nth };
        self.drive(setting, worker, number, start)
    }
}

/// The journal's change for a record, as the driver makes it.
fn change(record: Record, now_ms: i64) -> Change {
    let at = |ms: i64| bootpay_core::UnixMillis(now_ms + ms);
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

fn may_have_moved_money(intent: &Intent) -> bool {
    intent.state != IntentState::Refused && intent.attempts.iter().any(|attempt| attempt.progress != Progress::NotSent)
}

fn part(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).expect("an amount"), tax_free: None }
}

fn own_id(text: &str) -> CancelId {
    CancelId::new(text).expect("an id")
}
