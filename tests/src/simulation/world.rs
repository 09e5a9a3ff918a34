//! The world: time, what is going to happen in it, and what has happened.
//!
//! One event happens after the other. Those of one moment are ordered by a number that the seed draws, and everything
//! that a call or a message meets is drawn from a stream of its own: so the same seed makes the same world, in whatever
//! order a runtime polls the tasks that became ready together.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bootpay_core::{Journal, OwnerId, UnixMillis};
use bootpay_sandbox::{NewReceipt, OfflineBootpay, PgRefusal, Sandbox};
use tokio::sync::oneshot;

use super::dice::Dice;
use super::journal::Asked;
use super::network::{Connected, Message};
use super::setting::Setting;
use super::witness::Witness;

/// 2023-11-14, when every world begins.
const EPOCH_MS: u64 = 1_700_000_000_000;

/// What shows nowhere: a private key, a secret key, a refund account, its holder.
pub(super) const KEY: &str = "canary-private-key-1f0c";
pub(super) const SECRET: &str = "canary-secret-key-77aa";
pub(super) const ACCOUNT: &str = "90210555000111";
pub(super) const HOLDER: &str = "카나리아홀더";

/// A world that clocks, journals and transports of many hosts share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<World>>);

/// A client prints its clock and its transport. What the world knows is not theirs to print.
impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Shared {
    pub(super) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) setting: Setting,
    /// Milliseconds since the world began.
    pub(super) now: u64,
    pub(super) steps: u64,
    /// Nothing fails any more.
    pub(super) healed: bool,
    pub(super) hosts: Vec<Host>,
    pub(super) calls: Vec<Call>,
    /// Which call a task of the client's works for. Only ever asked, never listed.
    pub(super) tasks: HashMap<tokio::task::Id, usize>,
    /// The call that is being started: the next new task is its own.
    pub(super) starting: Option<usize>,
    pub(super) messages: Vec<Message>,
    pub(super) server: OfflineBootpay,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) dead_owners: BTreeSet<String>,
    pub(super) tokens: BTreeSet<String>,
    pub(super) witness: Witness,
    /// What recoveries have listed as unknown, or as held for a person.
    pub(super) listed: BTreeSet<String>,
    pub(super) broken: Option<String>,
    /// For what belongs to nobody else.
    pub(super) dice: Dice,
    pub(super) trace: u64,
    /// The trace in words, where somebody wants to read it.
    pub(super) words: Option<Vec<String>>,
    waiting: BinaryHeap<Reverse<Event>>,
}

/// A process with a client in it, as the world sees it.
#[derive(Debug)]
pub(super) struct Host {
    pub(super) alive: bool,
    /// Counts restarts.
    pub(super) life: u32,
    pub(super) stalled_until: u64,
    pub(super) crashes: bool,
    /// Its wall clock is wrong by this much, in milliseconds.
    pub(super) wall_offset: i64,
    pub(super) owner: Option<OwnerId>,
    pub(super) dice: Dice,
}

/// A call of the client's, from its caller's side.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) host: usize,
    pub(super) life: u32,
    pub(super) what: String,
    pub(super) began: u64,
    pub(super) ended: Option<u64>,
    pub(super) dropped: bool,
    pub(super) dice: Dice,
    /// The intents that it had admitted.
    pub(super) admitted: Vec<bootpay_core::IntentId>,
    /// The intent it was asked to reconcile or to decide.
    pub(super) about: Option<bootpay_core::IntentId>,
    /// The error that it ended with.
    pub(super) failed_with: Option<String>,
}

/// Whose doing something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actor {
    Call(usize),
    /// A task that serves all calls of a host: a flight for a token.
    Host(usize),
}

/// Something that is going to happen.
#[derive(Debug)]
pub(super) struct Event {
    at: u64,
    tie: u64,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The nth line of the script.
    Script(usize),
    /// A stalled host goes on.
    Resume { host: usize },
    /// A host that crashed starts again.
    Start { host: usize },
    /// A caller has lost patience.
    Leave { call: usize },
    /// A sleep is over.
    Wake { host: usize, sleeper: oneshot::Sender<()> },
    /// A connection is there, or there will be none.
    Connected { host: usize, connected: Connected, caller: oneshot::Sender<Connected> },
    /// A request arrives at Bootpay, for the nth time.
    Arrives { message: usize, copy: usize },
    /// An answer arrives at its host.
    Answers { message: usize, answer: bootpay_core::WireAnswer },
    /// No answer is waited for any longer.
    TimesOut { message: usize },
    /// The journal carries out what it was asked.
    Journal(Box<Asked>),
    /// The journal has answered.
    JournalAnswers { host: usize, reply: Box<super::journal::Reply>, caller: oneshot::Sender<super::journal::Reply> },
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.tie) == (other.at, other.tie)
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.tie).cmp(&(other.at, other.tie))
    }
}

impl World {
    pub(super) fn new(seed: u64, setting: Setting, journal: Arc<dyn Journal>, in_words: bool) -> Self {
        let mut sandbox = Sandbox::builder()
            .seed(seed)
            .key_pair(Sandbox::APPLICATION_ID, KEY)
            .basic_pair(Sandbox::CLIENT_KEY, SECRET)
            .cancel_ids(setting.rule)
            .lookup_lag(setting.lag);
        // What is declared is true, and no truer than that. Where clocks jump, ages cannot be told.
        if let Some(retention) = setting.honours_for.filter(|_| !setting.clocks_jump) {
            sandbox = sandbox.cancel_id_memory(retention);
        }
        let mut server = sandbox.offline();
        let mut broken = None;
        for paid in &setting.receipts {
            let mut receipt = NewReceipt::paid(paid.price).id(&paid.id);
            if paid.to_account {
                receipt = receipt.virtual_account();
            }
            if paid.refused {
                receipt = receipt.refuse_with(PgRefusal::Settlement);
            }
            broken = server.add(receipt, EPOCH_MS).err().or(broken);
        }
        let host = |number: usize| Host {
            alive: false,
            life: 0,
            stalled_until: 0,
            crashes: false,
            wall_offset: 0,
            owner: None,
            dice: Dice::of([seed, 1, number as u64]),
        };
        let hosts = (0..setting.hosts.len()).map(host).collect();
        let mut world = Self {
            seed,
            now: 0,
            steps: 0,
            healed: false,
            hosts,
            calls: Vec::new(),
            tasks: HashMap::new(),
            starting: None,
            messages: Vec::new(),
            server,
            journal,
            dead_owners: BTreeSet::new(),
            tokens: BTreeSet::new(),
            witness: Witness::default(),
            listed: BTreeSet::new(),
            broken,
            dice: Dice::of([seed, 2, 0]),
            trace: 0,
            words: in_words.then(Vec::new),
            waiting: BinaryHeap::new(),
            setting,
        };
        for number in 0..world.setting.script.len() {
            let at = world.setting.script[number].0;
            let tie = world.dice.next();
            world.at(at, tie, What::Script(number));
        }
        world
    }

    /// The time by Bootpay's clock.
    pub(super) fn server_ms(&self) -> u64 {
        EPOCH_MS + self.now
    }

    /// The time by a host's wall clock.
    pub(super) fn wall(&self, host: usize) -> UnixMillis {
        UnixMillis(self.server_ms() as i64 + self.hosts[host].wall_offset)
    }

    pub(super) fn at(&mut self, at: u64, tie: u64, what: What) {
        self.waiting.push(Reverse(Event { at, tie, what }));
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        self.waiting.peek().map(|Reverse(event)| event.at)
    }

    /// The next event; the time becomes its own.
    pub(super) fn next(&mut self) -> Option<What> {
        let Reverse(event) = self.waiting.pop()?;
        self.now = self.now.max(event.at);
        self.steps += 1;
        Some(event.what)
    }

    /// Who is asking: found by the task that is being polled.
    pub(super) fn actor(&mut self, host: usize) -> Actor {
        let Some(task) = tokio::task::try_id() else { return Actor::Host(host) };
        if let Some(call) = self.tasks.get(&task) {
            return Actor::Call(*call);
        }
        match self.starting.take() {
            Some(call) => {
                self.tasks.insert(task, call);
                Actor::Call(call)
            }
            None => Actor::Host(host),
        }
    }

    pub(super) fn dice_of(&mut self, actor: Actor) -> &mut Dice {
        match actor {
            Actor::Call(call) => &mut self.calls[call].dice,
            Actor::Host(host) => &mut self.hosts[host].dice,
        }
    }

    /// Writes an event into the trace.
    pub(super) fn note(&mut self, words: std::fmt::Arguments<'_>) {
        let mut line = String::new();
        let _ = write!(line, "{:>9.3} s  {words}", self.now as f64 / 1000.0);
        let mut hasher = DefaultHasher::new();
        (self.trace, &line).hash(&mut hasher);
        self.trace = hasher.finish();
        if let Some(lines) = &mut self.words {
            lines.push(line);
        }
    }

    /// A promise is broken.
    pub(super) fn breaks(&mut self, promise: String) {
        self.note(format_args!("BROKEN: {promise}"));
        self.broken.get_or_insert(promise);
    }

    /// Misfortune that can strike wherever a call waits: its process is stopped for a while, or killed.
    pub(super) fn strike(&mut self, actor: Actor, host: usize) {
        if self.healed {
            return;
        }
        let weather = self.setting.weather;
        let dice = self.dice_of(actor);
        if dice.permille(weather.stall_here) {
            let time = super::setting::stall(dice);
            self.stall(host, time);
        } else if dice.permille(weather.crash_here) {
            self.hosts[host].crashes = true;
        }
    }

    pub(super) fn stall(&mut self, host: usize, time: u64) {
        let until = self.now + time;
        if !self.healed && self.hosts[host].alive && self.hosts[host].stalled_until < until {
            self.hosts[host].stalled_until = until;
            self.note(format_args!("host {host} stops for {time} ms"));
            let tie = self.hosts[host].dice.next();
            self.at(until, tie, What::Resume { host });
        }
    }
}
