//! A whole world as a value, and what can happen next in it.

use std::sync::Arc;

use bootpay_core::{CancelId, OwnerId, ReceiptId, UnixMillis};

use super::action::{Action, Handling};
use super::bootpay::{Asked, Bootpay, Reply};
use super::invariants::Broken;
use super::recorded::Recorded;
use super::setting::{Budget, Setting};
use super::worker::{SETTLING_MS, Worker};

/// Every lease runs out in this time: a reserved intent's is 210 seconds, a sent one's 100.
pub(super) const LEASE_MS: i64 = 220_000;
/// Deadline and settling time together are 16 minutes and 10 seconds.
const SETTLED_MS: i64 = 1_200_000;
/// What somebody cancels in the console: as much as the partial wishes ask for, so that it can be taken for ours.
const IN_CONSOLE: u64 = 3_000;

/// Everything that there is.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) now_ms: i64,
    pub(super) journal: Vec<Arc<Recorded>>,
    /// Of which intents a caller was told that they moved nothing.
    pub(super) denied: Vec<bool>,
    /// How many requests of each intent have left.
    pub(super) sent: Vec<u8>,
    pub(super) bootpay: Bootpay,
    pub(super) wire: Vec<Message>,
    pub(super) workers: Vec<Worker>,
    pub(super) left: Budget,
    /// For keys and ids that must differ.
    pub(super) made: u8,
}

/// A request on its way, or its answer on the way back.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) intent: u8,
    pub(super) id: Arc<CancelId>,
    pub(super) worker: u8,
    /// From then on it can no longer arrive.
    pub(super) gone_at_ms: i64,
    pub(super) delivered: bool,
    /// Whether somebody waits for the answer.
    pub(super) awaited: bool,
    pub(super) reply: Option<Reply>,
}

impl Message {
    /// A worker waits for one answer at a time.
    pub(super) fn is_awaited_by(&self, worker: u8) -> bool {
        self.awaited && self.worker == worker
    }

    /// Whether its answer is waited for no longer, whatever the network does.
    pub(super) fn has_timed_out(&self, now_ms: i64) -> bool {
        now_ms >= self.gone_at_ms - SETTLING_MS
    }
}

impl World {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            now_ms: 1_700_000_000_000,
            journal: Vec::new(),
            denied: Vec::new(),
            sent: Vec::new(),
            bootpay: Bootpay::new(setting.price),
            wire: Vec::new(),
            workers: vec![Worker::Idle; setting.workers],
            left: setting.budget,
            made: 0,
        }
    }

    pub(super) fn now(&self) -> UnixMillis {
        UnixMillis(self.now_ms)
    }

    /// How often an intent has moved money.
    pub(super) fn moved_by(&self, intent: usize) -> usize {
        self.bootpay.movements.iter().filter(|movement| movement.intent == Some(intent as u8)).count()
    }

    /// Whether the process that owns an intent is dead, as its journal can tell on one host.
    pub(super) fn is_gone(&self, owner: &OwnerId) -> bool {
        self.workers.iter().enumerate().any(|(number, worker)| worker.is_dead() && *owner == owner_of(number))
    }

    /// Whether nobody is at anything.
    pub(super) fn is_quiet(&self) -> bool {
        self.workers.iter().all(|worker| matches!(worker, Worker::Idle | Worker::Dead))
    }

    /// Everything that could happen next. Where a worker's next step is its own affair, that step alone.
    pub(super) fn actions(&self, setting: &Setting) -> Vec<Action> {
        if let Some(step) = self.step_of_its_own() {
            return vec![step];
        }
        let mut actions = Vec::with_capacity(16);
        for (number, worker) in self.workers.iter().enumerate() {
            let worker_number = number as u8;
            match worker {
                Worker::Idle => self.calls(setting, worker_number, &mut actions),
                Worker::Dead => {}
                busy => {
                    busy.ways(worker_number, self, |how| actions.push(Action::Go { worker: worker_number, how }));
                    if self.left.kills > 0 {
                        actions.push(Action::Kill { worker: worker_number });
                    }
                }
            }
        }
        self.deliveries(&mut actions);
        if self.left.console > 0 && self.bootpay.remaining() >= IN_CONSOLE {
            actions.push(Action::Console);
        }
        if self.left.leases > 0 {
            actions.push(Action::LeasesRunOut);
        }
        if self.left.settlings > 0 {
            actions.push(Action::Settles);
        }
        actions
    }

    /// A step that nobody sees and that nothing can keep from happening: a request that leaves, an answer that is read.
    ///
    /// Everything else that could happen now can happen after it as well and comes to the same, so it is enough to go on
    /// from there. That holds while no time can pass (a fence, a time-out), and no answer can be lost or come twice. A
    /// process that is killed just before it is as dead just after it: a request that left may still never arrive, and an
    /// answer that was read is in no record yet.
    fn step_of_its_own(&self) -> Option<Action> {
        if self.left.leases > 0 || self.left.settlings > 0 {
            return None;
        }
        let number = self.workers.iter().enumerate().position(|(number, worker)| {
            (worker.is_sending() && self.left.not_sent == 0)
                || (worker.is_awaiting()
                    && self.left.losses == 0
                    && self.left.replays == 0
                    && self.wire.iter().any(|message| {
                        message.is_awaited_by(number as u8)
                            && message.reply.is_some()
                            && !message.has_timed_out(self.now_ms)
                    }))
        })?;
        let mut step = None;
        self.workers[number].ways(number as u8, self, |how| step = Some(Action::Go { worker: number as u8, how }));
        step
    }

    fn calls(&self, setting: &Setting, worker: u8, actions: &mut Vec<Action>) {
        // Idle workers that own nothing open are alike: which of them is asked makes no difference.
        let is_blank = |worker: usize| {
            self.workers[worker].is_idle() && !self.journal.iter().any(|intent| intent.is_open_and_owned_by(worker))
        };
        if is_blank(usize::from(worker)) && (0..usize::from(worker)).any(is_blank) {
            return;
        }
        if self.left.clicks > 0 {
            actions.extend((0..setting.wishes.len()).map(|wish| Action::Click { worker, wish: wish as u8 }));
        }
        for (number, intent) in self.journal.iter().enumerate() {
            let intent_number = number as u8;
            if self.left.reconciles > 0 && intent.state.is_open() {
                actions.push(Action::Reconcile { worker, intent: intent_number });
            }
            if self.left.decisions > 0 && intent.state.is_open() {
                actions.push(Action::Decide { worker, intent: intent_number });
            }
        }
    }

    fn deliveries(&self, actions: &mut Vec<Action>) {
        for (number, message) in self.wire.iter().enumerate() {
            let number = number as u8;
            if self.now_ms >= message.gone_at_ms {
                continue;
            }
            if message.delivered {
                if self.left.replays > 0 {
                    actions.push(Action::Replay { message: number });
                }
                continue;
            }
            let mut may = |left: u8, handling| {
                if left > 0 {
                    actions.push(Action::Deliver { message: number, handling });
                }
            };
            may(1, Handling::Plainly);
            may(self.left.errors, Handling::BreaksBefore);
            may(self.left.errors, Handling::BreaksAfter);
            may(self.left.unauthorized, Handling::Unauthorized);
            may(self.left.refusals, Handling::Refused);
        }
    }

    /// Lets something happen.
    pub(super) fn act(&mut self, setting: &Setting, action: &Action) -> Result<(), Broken> {
        let mut kept = Ok(());
        match *action {
            Action::Begin => {}
            Action::Click { worker, wish } => {
                self.left.clicks -= 1;
                kept = self.click(setting, worker, setting.wishes[usize::from(wish)]);
            }
            Action::Reconcile { worker, intent } => {
                self.left.reconciles -= 1;
                kept = self.reconcile(setting, worker, usize::from(intent));
            }
            Action::Decide { worker, intent } => {
                self.left.decisions -= 1;
                self.decide(setting, worker, usize::from(intent));
            }
            Action::Go { worker, how } => kept = self.go(setting, worker, how),
            Action::Deliver { message, handling } => self.deliver(setting, usize::from(message), handling),
            Action::Replay { message } => {
                self.left.replays -= 1;
                let message = usize::from(message);
                let reply = self.work_on(setting, message);
                // Whichever answer comes back first is the one that is read; here it is the later one.
                if self.wire[message].awaited {
                    self.wire[message].reply = Some(reply);
                }
            }
            Action::Kill { worker } => {
                self.left.kills -= 1;
                self.workers[usize::from(worker)] = Worker::Dead;
                for message in self.wire.iter_mut().filter(|message| message.worker == worker) {
                    message.awaited = false;
                }
            }
            Action::Console => {
                self.left.console -= 1;
                self.bootpay.in_console(IN_CONSOLE);
            }
            Action::LeasesRunOut => {
                self.left.leases -= 1;
                self.now_ms += LEASE_MS;
            }
            Action::Settles => {
                self.left.settlings -= 1;
                self.now_ms += SETTLED_MS;
            }
        }
        self.forget_messages();
        kept
    }

    pub(super) fn deliver(&mut self, setting: &Setting, message: usize, handling: Handling) {
        let reply = match handling {
            Handling::Plainly => self.work_on(setting, message),
            Handling::BreaksBefore => {
                self.left.errors -= 1;
                Reply::Broken
            }
            Handling::BreaksAfter => {
                self.left.errors -= 1;
                self.work_on(setting, message);
                Reply::Broken
            }
            Handling::Unauthorized => {
                self.left.unauthorized -= 1;
                Reply::Unauthorized
            }
            Handling::Refused => {
                self.left.refusals -= 1;
                let Message { intent, id, .. } = &self.wire[message];
                self.bootpay.refuse(Asked { intent: *intent, id, price: None }, self.now_ms)
            }
        };
        let message = &mut self.wire[message];
        message.delivered = true;
        // An answer that nobody waits for is nobody's.
        if message.awaited {
            message.reply = Some(reply);
        }
    }

    fn work_on(&mut self, setting: &Setting, message: usize) -> Reply {
        let Message { intent, id, .. } = &self.wire[message];
        let price = self.journal[usize::from(*intent)].amount.price().map(|won| won.get());
        let asked = Asked { intent: *intent, id, price };
        self.bootpay.work_on(asked, setting.rule, setting.honours_for_ms, self.now_ms)
    }

    /// What can neither arrive nor be read any more is forgotten, so that equal worlds are seen to be equal.
    fn forget_messages(&mut self) {
        let (now_ms, replays) = (self.now_ms, self.left.replays);
        self.wire.retain(|message| {
            let may_arrive = now_ms < message.gone_at_ms && (!message.delivered || replays > 0);
            message.awaited || may_arrive
        });
    }
}

pub(super) fn owner_of(worker: usize) -> OwnerId {
    OwnerId(format!("w{worker}"))
}

pub(super) fn receipt_id() -> ReceiptId {
    ReceiptId::new("r").expect("a receipt id")
}
