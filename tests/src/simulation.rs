//! The whole client in a world that a seed makes.
//!
//! Everything of the client is real: [`bootpay_core::Bootpay`] with its engine, driver, token cache, receipt locks and
//! retries, several of them, each in a runtime of its own as if it were a process; the journal that they share; and, at
//! the other end of the wire, the sandbox's own logic. What stands in between is the world's: the time, the network, the
//! journal's disk, and the people. There is no socket, no thread and no waiting, so that an hour passes in milliseconds.
//!
//! A seed decides everything: what the merchant has declared (always truly), what is asked for, what goes wrong and when. The
//! same seed makes the same world, event by event. After it the network heals, everybody wakes up, and what is still open
//! is recovered, decided and asked for once more: then every refund must be accounted for.

mod clock;
mod dice;
mod ending;
mod host;
mod journal;
mod network;
mod people;
mod server;
mod setting;
mod witness;
mod world;

use std::sync::Arc;

use bootpay_core::{Bootpay, Journal, MemoryJournal};

use host::Process;
use setting::Setting;
use witness::Told;
use world::{Shared, What, World};

/// What came of a seed.
#[derive(Debug)]
pub struct Simulated {
    /// The seed.
    pub seed: u64,
    /// How many events there were.
    pub steps: u64,
    /// How many calls were told how they ended.
    pub calls: u64,
    /// How many intents were admitted.
    pub intents: u64,
    /// How often money moved.
    pub movements: u64,
    /// A fingerprint of everything that happened, in order.
    pub trace: u64,
    /// The first broken promise.
    pub broken: Option<String>,
    /// What must show nowhere: keys, the account, its holder, and every token that was used.
    pub secrets: Vec<String>,
    /// The trace in words, where it was asked for.
    pub words: Vec<String>,
}

/// Lives through the world of a seed, with a journal in memory that outlives every process.
pub fn simulate(seed: u64) -> Simulated {
    Simulation::new(seed, Arc::new(MemoryJournal::new()), false).live()
}

/// The same with another journal, or with the trace in words.
pub fn simulate_with(seed: u64, journal: Arc<dyn Journal>, in_words: bool) -> Simulated {
    Simulation::new(seed, journal, in_words).live()
}

/// How to see a seed by itself.
pub fn how_to_repeat(seed: u64) -> String {
    format!("cargo run --locked --release -p bootpay-tests --bin simulate -- --seed {seed}")
}

struct Simulation {
    world: Shared,
    processes: Vec<Option<Process>>,
}

impl Simulation {
    fn new(seed: u64, journal: Arc<dyn Journal>, in_words: bool) -> Self {
        let setting = Setting::of(seed);
        let processes = setting.hosts.iter().map(|_| None).collect();
        let mut world = World::new(seed, setting, journal, in_words);
        if in_words {
            let words = format!("{:#?}", world.setting);
            world.note(format_args!("seed {seed}: {words}"));
        }
        Self { world: Shared::new(world), processes }
    }

    fn live(mut self) -> Simulated {
        for host in 0..self.processes.len() {
            self.boot(host);
        }
        self.until_nothing_happens(true);
        self.end();
        drop(self.processes);
        let world = self.world.lock();
        Simulated {
            seed: world.seed,
            steps: world.steps,
            calls: world.witness.told,
            intents: world.witness.intents.len() as u64,
            movements: world.server.ledger().len() as u64,
            trace: world.trace,
            broken: world.broken.clone(),
            secrets: world.secrets(),
            words: world.words.clone().unwrap_or_default(),
        }
    }

    /// One event after the other. Until the end of the script there are misfortunes; afterwards all is well.
    fn until_nothing_happens(&mut self, heals: bool) {
        let end = self.world.lock().setting.end;
        loop {
            let next = {
                let mut world = self.world.lock();
                if world.broken.is_some() {
                    return;
                }
                let is_over = heals && !world.healed && world.next_at().is_none_or(|at| at > end);
                if is_over { None } else { world.next() }
            };
            match next {
                Some(what) => self.happens(what),
                None if heals && !self.world.lock().healed => self.heal(),
                None => return,
            }
        }
    }

    fn happens(&mut self, what: What) {
        let host = match what {
            What::Script(line) => {
                let action = self.world.lock().setting.script[line].1.clone();
                self.act(action);
                None
            }
            What::Resume { host } => Some(host),
            What::Start { host } => {
                self.boot(host);
                self.recover(host);
                None
            }
            What::Leave { call } => {
                let host = self.world.lock().calls[call].host;
                self.leave(host, call);
                Some(host)
            }
            What::Wake { host, sleeper } => {
                let _ = sleeper.send(());
                Some(host)
            }
            What::Connected { host, connected, caller } => {
                let _ = caller.send(connected);
                Some(host)
            }
            What::Arrives { message, copy } => {
                let mut world = self.world.lock();
                world.arrives(message, copy);
                Some(world.messages[message].host)
            }
            What::Answers { message, answer } => {
                let mut world = self.world.lock();
                world.ends(message, network::Ended::Answered(answer));
                Some(world.messages[message].host)
            }
            What::TimesOut { message } => {
                let mut world = self.world.lock();
                world.ends(message, network::Ended::TimedOut);
                Some(world.messages[message].host)
            }
            What::Journal(asked) => {
                self.world.lock().carry_out(*asked);
                None
            }
            What::JournalAnswers { host, reply, caller } => {
                let _ = caller.send(*reply);
                Some(host)
            }
        };
        host.iter().for_each(|host| self.run(*host));
        self.carry_off_the_dead();
    }

    /// Runs a host, unless it is stopped.
    fn run(&mut self, host: usize) {
        let is_stopped = {
            let world = self.world.lock();
            world.hosts[host].stalled_until > world.now
        };
        if let Some(process) = self.processes[host].as_ref().filter(|_| !is_stopped) {
            process.run();
        }
    }

    fn start<Work: Future<Output = Told> + Send + 'static>(
        &mut self,
        host: usize,
        call: usize,
        is_task: bool,
        work: impl FnOnce(Bootpay) -> Work,
    ) {
        let world = self.world.clone();
        if let Some(process) = &mut self.processes[host] {
            let work = work(process.bootpay.clone());
            process.call(&world, call, is_task, work);
        }
    }

    fn leave(&mut self, host: usize, call: usize) {
        let life = self.world.lock().calls[call].life;
        let same_life = self.world.lock().hosts[host].life == life;
        if let Some(process) = self.processes[host].as_mut().filter(|_| same_life)
            && process.leave(call)
        {
            let mut world = self.world.lock();
            world.calls[call].dropped = true;
            world.note(format_args!("the caller of call {call} goes away"));
        }
    }

    fn boot(&mut self, host: usize) {
        {
            let mut world = self.world.lock();
            let state = &mut world.hosts[host];
            if state.alive {
                return;
            }
            (state.alive, state.crashes, state.stalled_until) = (true, false, 0);
            state.life += 1;
            world.note(format_args!("host {host} starts"));
        }
        match Process::start(&self.world, host) {
            Ok(process) => self.processes[host] = Some(process),
            Err(error) => self.world.lock().breaks(format!("host {host} cannot start: {error}")),
        }
    }

    fn crash(&mut self, host: usize, down_for: u64) {
        {
            let mut world = self.world.lock();
            if !world.hosts[host].alive || world.healed {
                return;
            }
            world.note(format_args!("host {host} is killed, and comes back after {down_for} ms"));
            let state = &mut world.hosts[host];
            (state.alive, state.crashes, state.stalled_until) = (false, false, 0);
            let (tie, owner) = (state.dice.next(), state.owner.take());
            world.dead_owners.extend(owner.map(|owner| owner.0));
            let at = world.now + down_for;
            world.at(at, tie, What::Start { host });
        }
        // Not under the lock: what is dropped asks for it.
        self.processes[host] = None;
    }

    /// Kills the hosts that were struck while they ran.
    fn carry_off_the_dead(&mut self) {
        for host in 0..self.processes.len() {
            let down_for = {
                let mut world = self.world.lock();
                if !world.hosts[host].crashes {
                    continue;
                }
                world.hosts[host].crashes = false;
                world.hosts[host].dice.pick(&[0, 500, 20_000, 150_000])
            };
            self.crash(host, down_for);
        }
    }
}
