//! The journal that all hosts share: a real one, with a host's distance to it, and with failures.
//!
//! What is asked is carried out at one moment and answered at a later one. In between the asker may be stopped or killed;
//! what has been carried out stays.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use async_trait::async_trait;
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{Change, Changed, Intent, IntentId, IntentQuery, Journal, JournalError, OwnerId, UnixMillis};
use tokio::sync::oneshot;

use super::setting::SECOND;
use super::world::{Actor, Shared, What, World};

/// One host's way to the journal.
#[derive(Clone, Debug)]
pub(super) struct HostJournal {
    pub(super) world: Shared,
    pub(super) host: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Request {
    Admit(Proposal),
    Change { id: IntentId, by: OwnerId, change: Change, now: UnixMillis },
    Find(IntentQuery),
}

#[derive(Debug)]
pub(super) enum Reply {
    Admission(Result<Admission, JournalError>),
    Changed(Result<Changed, JournalError>),
    Found(Result<Vec<Intent>, JournalError>),
    /// The task that waits for it panics.
    TaskLost,
}

/// A request on its way to the journal.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) request: Request,
    pub(super) actor: Actor,
    pub(super) host: usize,
    pub(super) life: u32,
    fate: Fate,
    caller: oneshot::Sender<Reply>,
}

#[derive(Clone, Copy, Debug)]
struct Fate {
    /// It fails without having written.
    fails_before: bool,
    /// It writes, and says that it failed.
    fails_after: bool,
    task_lost: bool,
    /// Whether it is carried out although its asker has died meanwhile.
    outlives: bool,
    back_in: u64,
}

impl HostJournal {
    async fn ask(&self, request: Request) -> Reply {
        let answered = self.world.lock().ask_journal(self.host, request);
        match answered.await {
            // Not a panic's own way, which would print.
            Ok(Reply::TaskLost) => std::panic::resume_unwind(Box::new("this task is lost")),
            Ok(reply) => reply,
            Err(_) => std::future::pending().await,
        }
    }
}

#[async_trait]
impl Journal for HostJournal {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        match self.ask(Request::Admit(proposal)).await {
            Reply::Admission(admission) => admission,
            _ => Err(JournalError::Write("a wrong reply".into())),
        }
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        match self.ask(Request::Change { id: id.clone(), by: by.clone(), change, now }).await {
            Reply::Changed(changed) => changed,
            _ => Err(JournalError::Write("a wrong reply".into())),
        }
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        match self.ask(Request::Find(query)).await {
            Reply::Found(found) => found,
            _ => Err(JournalError::Read("a wrong reply".into())),
        }
    }

    fn place(&self) -> String {
        "the simulation's".to_owned()
    }
}

impl World {
    fn ask_journal(&mut self, host: usize, request: Request) -> oneshot::Receiver<Reply> {
        let (actor, weather, healed) = (self.actor(host), self.setting.weather, self.healed);
        let is_read = matches!(request, Request::Find(_));
        let dice = self.dice_of(actor);
        let slow = !healed && dice.permille(weather.journal_slow);
        let reach = if slow { dice.pick(&[200, SECOND, 6 * SECOND, 15 * SECOND, 45 * SECOND]) } else { 3 };
        let to = dice.below(reach + 1);
        // A disk that stalls answers all at once when it is done.
        let back_in = if slow && dice.permille(500) { reach } else { dice.below(reach + 1) };
        let mut fails = |rate: u64| !healed && dice.permille(rate);
        let fate = Fate {
            fails_before: fails(weather.journal_fails_before),
            fails_after: !is_read && fails(weather.journal_fails_after),
            task_lost: fails(weather.task_lost),
            outlives: dice.permille(500),
            back_in,
        };
        let tie = dice.next();
        let (caller, answered) = oneshot::channel();
        let life = self.hosts[host].life;
        let asked = Asked { request, actor, host, life, fate, caller };
        self.at(self.now + to, tie, What::Journal(Box::new(asked)));
        self.strike(actor, host);
        answered
    }

    /// The journal carries out what it was asked.
    pub(super) fn carry_out(&mut self, asked: Asked) {
        let Asked { request, actor, host, life, fate, caller } = asked;
        let died = !self.hosts[host].alive || self.hosts[host].life != life;
        if died && !fate.outlives {
            return;
        }
        let says = self.name_of(actor);
        let reply = if fate.fails_before {
            self.note(format_args!("{says}: the journal fails at {}", short(&request)));
            failed(&request)
        } else {
            let reply = self.apply(&says, actor, host, &request);
            if fate.fails_after { failed(&request) } else { reply }
        };
        let reply = if fate.task_lost { Reply::TaskLost } else { reply };
        let tie = self.dice_of(actor).next();
        self.at(self.now + fate.back_in, tie, What::JournalAnswers { host, reply: Box::new(reply), caller });
    }

    fn apply(&mut self, says: &str, actor: Actor, host: usize, request: &Request) -> Reply {
        let journal = Arc::clone(&self.journal);
        match request {
            Request::Admit(proposal) => {
                self.hosts[host].owner = Some(proposal.owner.clone());
                let admission = now_or_wait(journal.admit(proposal.clone()));
                if let Ok(Admission::Admitted(intent)) = &admission {
                    if let Actor::Call(call) = actor {
                        self.calls[call].admitted.push(intent.id.clone());
                    }
                    self.note(format_args!("{says}: {} is admitted", super::witness::name(intent)));
                    self.sees(intent);
                } else if let Ok(admission) = &admission {
                    self.note(format_args!("{says}: {}", of_admission(admission)));
                }
                Reply::Admission(admission.map(|admission| self.seen_admission(admission)))
            }
            Request::Change { id, by, change, now } => {
                self.hosts[host].owner = Some(by.clone());
                let changed = now_or_wait(journal.change(id, by, change.clone(), *now));
                match &changed {
                    Ok(Changed::Done(intent)) => {
                        let (name, state) = (super::witness::name(intent), intent.state.name());
                        self.note(format_args!("{says}: {name} {} and is {state}", of_change(change)));
                        self.sees(intent);
                    }
                    Ok(Changed::Lost(intent)) => {
                        let (name, state) = (super::witness::name(intent), intent.state.name());
                        self.note(format_args!("{says}: {name} {} was LOST, it is {state}", of_change(change)));
                    }
                    Err(error) => self.note(format_args!("{says}: {error}")),
                }
                Reply::Changed(changed.map(|changed| match changed {
                    Changed::Done(intent) => Changed::Done(self.seen(intent)),
                    Changed::Lost(intent) => Changed::Lost(self.seen(intent)),
                }))
            }
            Request::Find(query) => {
                let found = now_or_wait(journal.find(query.clone()));
                Reply::Found(found.map(|found| found.into_iter().map(|one| *self.seen(Box::new(one))).collect()))
            }
        }
    }

    fn seen_admission(&self, admission: Admission) -> Admission {
        match admission {
            Admission::Admitted(intent) => Admission::Admitted(self.seen(intent)),
            Admission::Existing(intent) => Admission::Existing(self.seen(intent)),
            Admission::InFlight(intent) => Admission::InFlight(self.seen(intent)),
            Admission::Orphaned(intent) => Admission::Orphaned(self.seen(intent)),
            refused @ Admission::Refused(_) => refused,
        }
    }

    /// All hosts live in this process, so all owners do, as far as the operating system can tell. One that has crashed is
    /// shown as an earlier process with the same number; on another machine nobody could tell.
    fn seen(&self, mut intent: Box<Intent>) -> Box<Intent> {
        if self.setting.deaths_are_seen && self.dead_owners.contains(&intent.owner.0) {
            let mut parts = intent.owner.0.splitn(3, '/');
            if let (Some(machine), Some(process), Some(client)) = (parts.next(), parts.next(), parts.next()) {
                intent.owner = OwnerId(format!("{machine}/{process}0/{client}"));
            }
        }
        intent
    }

    pub(super) fn name_of(&self, actor: Actor) -> String {
        match actor {
            Actor::Call(call) => format!("call {call}"),
            Actor::Host(host) => format!("host {host}"),
        }
    }
}

fn failed(request: &Request) -> Reply {
    let words = "the simulation's disk is full".to_owned();
    match request {
        Request::Admit(_) => Reply::Admission(Err(JournalError::Write(words))),
        Request::Change { .. } => Reply::Changed(Err(JournalError::Write(words))),
        Request::Find(_) => Reply::Found(Err(JournalError::Read(words))),
    }
}

fn short(request: &Request) -> &'static str {
    match request {
        Request::Admit(_) => "admit",
        Request::Change { change, .. } => of_change(change),
        Request::Find(_) => "find",
    }
}

fn of_change(change: &Change) -> &'static str {
    match change {
        Change::Sending { .. } => "is about to be sent",
        Change::Returned { .. } => "was returned",
        Change::Closed(_) => "was closed",
        Change::Unknown { .. } => "ended unknown",
        Change::Settled(_) => "was settled",
        Change::TakenOver { .. } => "was taken over",
        Change::Claimed { .. } => "was claimed",
        Change::Resolved { .. } => "was decided",
    }
}

fn of_admission(admission: &Admission) -> String {
    match admission {
        Admission::Admitted(intent) => format!("admitted {}", intent.cancel_id),
        Admission::Existing(intent) => format!("{} exists and is {}", intent.cancel_id, intent.state.name()),
        Admission::InFlight(intent) => format!("{} is in flight", intent.cancel_id),
        Admission::Orphaned(intent) => format!("{} is orphaned", intent.cancel_id),
        Admission::Refused(conflict) => format!("not admitted: {}", conflict.kind.name()),
    }
}

struct Unpark(std::thread::Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Carries out a request of the real journal. In memory it is done at once; a file's writer is waited for, and no time
/// passes in this world meanwhile.
pub(super) fn now_or_wait<T>(work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    let first = Waker::noop();
    if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(first)) {
        return done;
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(done) => return done,
            Poll::Pending => std::thread::park(),
        }
    }
}
