//! A whole world as a value, and what can happen next in it.

use std::sync::Arc;

use bootpay_core::protocol::lifecycle;
use bootpay_core::protocol::reconcile::{self, Case, Finding, SETTLING_TIME};
use bootpay_core::{CancelId, Change, Decision, Intent, IntentState, OwnerId, ReceiptId, UnixMillis, UnknownCause};

use super::bootpay::{Asked, Bootpay, Reply};
use super::setting::{Budget, Guard, Setting};
use super::worker::{How, Worker};

/// Every lease runs out in this time: a reserved intent's is 210 seconds, a sent one's 100.
const LEASE_MS: i64 = 220_000;
/// Deadline and settling time together are 16 minutes and 10 seconds.
const SETTLED_MS: i64 = 1_200_000;
/// What somebody cancels in the console: as much as the partial wishes ask for, so that it can be taken for ours.
const IN_CONSOLE: u64 = 3_000;

/// Everything that there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub(super) now_ms: i64,
    pub(super) journal: Vec<Arc<Intent>>,
    /// Of which intents a caller was told that they moved nothing.
    pub(super) denied: Vec<bool>,
    pub(super) bootpay: Bootpay,
    pub(super) wire: Vec<Message>,
    pub(super) workers: Vec<Worker>,
    pub(super) left: Budget,
    /// For keys and ids that must differ.
    pub(super) made: u8,
}

/// A request on its way, or its answer on the way back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Message {
    pub(super) intent: u8,
    pub(super) id: CancelId,
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
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// The beginning.
    Begin,
    /// A worker is asked for a wish.
    Click {
        /// Which worker.
        worker: u8,
        /// Which wish.
        wish: u8,
    },
    /// A worker takes an open intent up.
    Reconcile {
        /// Which worker.
        worker: u8,
        /// Which intent.
        intent: u8,
    },
    /// A worker goes one step on.
    Go {
        /// Which worker.
        worker: u8,
        /// What it meets.
        how: How,
    },
    /// A request arrives.
    Deliver {
        /// Which one.
        message: u8,
        /// What the server does.
        handling: Handling,
    },
    /// A proxy delivers a request again.
    Replay {
        /// Which one.
        message: u8,
    },
    /// A process is killed.
    Kill {
        /// Which worker.
        worker: u8,
    },
    /// Somebody cancels in Bootpay's console.
    Console,
    /// A person decides about an intent.
    Decide {
        /// Which one.
        intent: u8,
    },
    /// Time passes: leases run out.
    LeasesRunOut,
    /// Time passes: whatever was sent has arrived or never will.
    Settles,
}

/// What the server does with a request that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handling {
    /// Works on it.
    Plainly,
    /// Answers 500 and does nothing.
    BreaksBefore,
    /// Does it and answers 500.
    BreaksAfter,
    /// Turns the token away.
    Unauthorized,
    /// The gateway refuses.
    Refused,
}

impl World {
    pub(super) fn new(setting: &Setting) -> Self {
        Self {
            now_ms: 1_700_000_000_000,
            journal: Vec::new(),
            denied: Vec::new(),
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
        self.workers.iter().enumerate().any(|(number, worker)| *worker == Worker::Dead && *owner == owner_of(number))
    }

    /// Everything that could happen next.
    pub(super) fn actions(&self, setting: &Setting) -> Vec<Action> {
        let mut actions = Vec::new();
        for (number, worker) in self.workers.iter().enumerate() {
            let worker_number = number as u8;
            match worker {
                Worker::Idle => self.calls(setting, worker_number, &mut actions),
                Worker::Dead => {}
                busy => {
                    actions.extend(
                        busy.ways(worker_number, self).into_iter().map(|how| Action::Go { worker: worker_number, how }),
                    );
                    if self.left.kills > 0 {
                        actions.push(Action::Kill { worker: worker_number });
                    }
                }
            }
        }
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
        if self.left.console > 0 && self.bootpay.remaining() >= IN_CONSOLE {
            actions.push(Action::Console);
        }
        if self.left.decisions > 0 {
            let open = |intent: &&Arc<Intent>| intent.state == IntentState::Unknown;
            let numbers = self.journal.iter().enumerate().filter(|(_, intent)| open(intent)).map(|(number, _)| number);
            actions.extend(numbers.map(|intent| Action::Decide { intent: intent as u8 }));
        }
        if self.left.leases > 0 {
            actions.push(Action::LeasesRunOut);
        }
        if self.left.settlings > 0 {
            actions.push(Action::Settles);
        }
        actions
    }

    fn calls(&self, setting: &Setting, worker: u8, actions: &mut Vec<Action>) {
        // Idle workers are alike: which of them is asked makes no difference.
        if self.workers[..usize::from(worker)].contains(&Worker::Idle) {
            return;
        }
        if self.left.clicks > 0 {
            actions.extend((0..setting.wishes.len()).map(|wish| Action::Click { worker, wish: wish as u8 }));
        }
        if self.left.reconciles > 0 {
            let open = |intent: &Intent| intent.state.is_open();
            let numbers = (0..self.journal.len()).filter(|number| open(&self.journal[*number]));
            actions.extend(numbers.map(|intent| Action::Reconcile { worker, intent: intent as u8 }));
        }
    }

    /// Lets something happen.
    pub(super) fn act(&mut self, setting: &Setting, action: &Action) -> Result<(), String> {
        match *action {
            Action::Begin => {}
            Action::Click { worker, wish } => {
                self.left.clicks -= 1;
                self.click(setting, worker, setting.wishes[usize::from(wish)])?;
            }
            Action::Reconcile { worker, intent } => {
                self.left.reconciles -= 1;
                self.reconcile(setting, worker, usize::from(intent))?;
            }
            Action::Go { worker, how } => self.go(setting, worker, how)?,
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
            Action::Decide { intent } => {
                self.left.decisions -= 1;
                self.decide(setting, usize::from(intent));
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
        Ok(())
    }

    fn deliver(&mut self, setting: &Setting, message: usize, handling: Handling) {
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
                let Message { intent, id, .. } = self.wire[message].clone();
                self.bootpay.refuse(Asked { intent, id: &id, price: None }, self.now_ms)
            }
        };
        let message = &mut self.wire[message];
        message.delivered = true;
        if message.awaited {
            message.reply = Some(reply);
        }
    }

    fn work_on(&mut self, setting: &Setting, message: usize) -> Reply {
        let Message { intent, id, .. } = self.wire[message].clone();
        let price = self.journal[usize::from(intent)].amount.price().map(|won| won.get());
        let asked = Asked { intent, id: &id, price };
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

    /// A person looks at everything there is to see, and decides accordingly.
    fn decide(&mut self, setting: &Setting, number: usize) {
        let intent = Arc::clone(&self.journal[number]);
        let mut now = self.now();
        if setting.lacks(Guard::SettlingTime) {
            now = now.plus(SETTLING_TIME * 2);
        }
        let decision = if self.moved_by(number) > 0 { Decision::Cancelled } else { Decision::NotCancelled };
        let mut evidence = None;
        if decision == Decision::NotCancelled {
            let totals = self.bootpay.totals(0);
            let case = Case {
                amount: intent.amount,
                to_account: false,
                before: intent.totals_before,
                last_answered: intent.last_answered,
                sole_canceller: setting.sole_canceller && !self.relations(number).superseded,
                already: None,
                id_took_effect: false,
                doubt: UnknownCause::Interrupted,
            };
            if now < lifecycle::may_be_denied_from(&intent)
                || matches!(reconcile::weigh(&case, &totals), Finding::Settled(_))
            {
                return;
            }
            evidence = Some(totals);
        }
        let change = Change::Resolved { decision, actor: "a person".to_owned(), totals_after: evidence };
        if let Ok(resolved) = lifecycle::apply(&intent, &OwnerId("a person".to_owned()), &change, now) {
            self.journal[number] = Arc::new(resolved);
        }
    }
}

pub(super) fn owner_of(worker: usize) -> OwnerId {
    OwnerId(format!("w{worker}"))
}

pub(super) fn receipt_id() -> ReceiptId {
    ReceiptId::new("r").expect("a receipt id")
}
