//! A fleet: five processes cancel overlapping receipts on one PostgreSQL, while they are killed and stopped, the database
//! crashes, its connections are cut, and Bootpay's answers are lost. Then the history is held against the sandbox's ledger.
//!
//! `BOOTPAY_FLEET_SECONDS` makes it longer, `BOOTPAY_FLEET_SEED` another one.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bootpay_core::{Evidence, Intent, IntentQuery, IntentState, JournalChoice};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, Sandbox};
use bootpay_test_postgres::{Proxy, Server};
use bootpay_tests::history::{Call, History};
use bootpay_tests::{Setup, TestClock};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

const HOSTS: usize = 5;
/// How many calls of one host are under way at once.
const AT_ONCE: u64 = 4;
/// How many outcomes make a history.
const ENOUGH: u64 = 150;
const PRICE: u64 = 10_000;
/// Longer than any lease.
const PAST_A_LEASE: Duration = Duration::from_secs(400);

/// Numbers that a seed determines.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }
}

struct Fleet {
    sandbox: Sandbox,
    server: &'static Server,
    proxy: Proxy,
    url: String,
    clock: PathBuf,
    shared: Vec<String>,
    calls: Mutex<Vec<Call>>,
    pids: Mutex<[Option<u32>; HOSTS]>,
    starts: AtomicU64,
    told: AtomicU64,
    until: Instant,
    at_last: Instant,
}

impl Fleet {
    /// For its time, and on a machine that is busy until enough has been told; but not for ever.
    fn running(&self) -> bool {
        let now = Instant::now();
        now < self.until || (now < self.at_last && self.told.load(Ordering::SeqCst) < ENOUGH)
    }

    /// A wish, and its line.
    fn wish(&self, dice: &mut Dice) -> String {
        let solo = dice.roll(3) == 0;
        let receipt_id = if solo {
            self.sandbox.add(NewReceipt::paid(PRICE).pg("kcp"))
        } else {
            self.shared[dice.roll(self.shared.len())].clone()
        };
        let (what, cancel_id) = match dice.roll(4) {
            0 => ("full", None),
            1 if solo => ("3000", Some(format!("{receipt_id}/solo"))),
            1 => ("full", Some(format!("{receipt_id}/all"))),
            nth => (["2000", "3000"][nth - 2], Some(format!("{receipt_id}/{nth}"))),
        };
        let mut calls = self.calls.lock().unwrap();
        let line = format!("{} {receipt_id} {what} {}\n", calls.len(), cancel_id.as_deref().unwrap_or("-"));
        calls.push(Call { receipt_id, cancel_id, full: what == "full", solo, told: None });
        line
    }

    /// What was paid and what remains of every receipt that somebody asked about.
    fn receipts(&self) -> HashMap<String, (u64, u64)> {
        let calls = self.calls.lock().unwrap();
        let ids: HashSet<&String> = calls.iter().map(|call| &call.receipt_id).collect();
        let remains = |id: &String| self.sandbox.receipt(id).expect("a receipt").remain_price;
        ids.into_iter().map(|id| (id.clone(), (PRICE, remains(id)))).collect()
    }

    fn start(&self, number: usize) -> Child {
        self.starts.fetch_add(1, Ordering::SeqCst);
        let child = Command::new(env!("CARGO_BIN_EXE_fleet-host"))
            .arg(self.sandbox.base_url())
            .arg(&self.url)
            .arg(&self.clock)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a host");
        self.pids.lock().unwrap()[number] = child.id();
        child
    }

    /// Keeps a host busy, and starts it again where it died.
    async fn host(self: Arc<Self>, number: usize, mut dice: Dice) {
        while self.running() {
            let mut child = self.start(number);
            let (mut into, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            let (fleet, told) = (Arc::clone(&self), Arc::new(AtomicU64::new(0)));
            let answers = Arc::clone(&told);
            let reader = tokio::spawn(async move {
                let mut lines = BufReader::new(out).lines();
                while let Ok(Some(line)) = lines.next_line().await {
                    let (number, kind) = line.split_once(' ').expect("a number and a kind");
                    fleet.calls.lock().unwrap()[number.parse::<usize>().unwrap()].told = Some(kind.to_owned());
                    answers.fetch_add(1, Ordering::SeqCst);
                    // What is told of a database that is down is true, and soon said.
                    if kind != "journal" {
                        fleet.told.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
            let mut alive = into.write_all(b"recover\n").await.is_ok();
            let mut asked = 0;
            while alive && self.running() {
                tokio::time::sleep(Duration::from_millis(10 + dice.roll(30) as u64)).await;
                alive = !reader.is_finished();
                if asked - told.load(Ordering::SeqCst) >= AT_ONCE {
                    continue;
                }
                asked += 1;
                alive &= into.write_all(self.wish(&mut dice).as_bytes()).await.is_ok();
                if dice.roll(60) == 0 {
                    alive &= into.write_all(b"recover\n").await.is_ok();
                }
            }
            drop(into);
            // One that ends by itself finishes what it has begun.
            if tokio::time::timeout(Duration::from_secs(60), child.wait()).await.is_err() {
                panic!("host {number} did not end");
            }
            self.pids.lock().unwrap()[number] = None;
            reader.await.unwrap();
        }
    }

    fn signal(&self, number: usize, signal: &str) -> bool {
        let Some(pid) = self.pids.lock().unwrap()[number] else { return false };
        std::process::Command::new("kill").args([signal, &pid.to_string()]).status().is_ok_and(|one| one.success())
    }

    fn move_clocks(&self, shift: &mut Duration) {
        *shift += PAST_A_LEASE;
        let fresh = self.clock.with_extension("new");
        std::fs::write(&fresh, shift.as_millis().to_string()).unwrap();
        std::fs::rename(fresh, &self.clock).unwrap();
        self.sandbox.advance(PAST_A_LEASE);
    }

    fn lose_answers(&self, dice: &mut Dice) {
        let fault = Fault::on(Operation::Cancel).times(1 + dice.roll(3) as u64);
        self.sandbox.fault(match dice.roll(4) {
            0 => fault.no_answer().before_money(),
            1 => fault.no_answer().after_money(),
            2 => fault.drop_connection().after_money(),
            _ => fault.latency(Duration::from_millis(400)),
        });
    }

    /// Everything that can go wrong. Says how often each did, and how far the clocks were moved.
    async fn trouble(self: Arc<Self>, mut dice: Dice) -> (HashMap<&'static str, usize>, Duration) {
        let (mut done, mut shift, mut round) = (HashMap::new(), Duration::ZERO, 0);
        while self.running() {
            tokio::time::sleep(Duration::from_millis(150 + dice.roll(300) as u64)).await;
            let host = dice.roll(HOSTS);
            // Each at least once, then by chance.
            let kind = if round < 6 { round } else { [0, 1, 2, 3, 3, 3, 4, 5][dice.roll(8)] };
            round += 1;
            let what = match kind {
                0 if self.signal(host, "-KILL") => "kill -9",
                1 if self.signal(host, "-STOP") => {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    self.move_clocks(&mut shift);
                    tokio::time::sleep(Duration::from_millis(800)).await;
                    self.signal(host, "-CONT");
                    "stopped past a lease"
                }
                2 => {
                    self.server.sql(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bootpay'",
                    );
                    "sessions ended"
                }
                3 => {
                    self.lose_answers(&mut dice);
                    "answers lost"
                }
                4 => {
                    self.proxy.cut();
                    "connections cut"
                }
                5 => {
                    let server = self.server;
                    let restart = move || server.crash().and_then(|()| server.begin()).expect("a restart");
                    tokio::task::spawn_blocking(restart).await.unwrap();
                    "database crashed"
                }
                _ => continue,
            };
            *done.entry(what).or_default() += 1;
        }
        (done, shift)
    }
}

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hosts_on_one_database_refund_nothing_twice_lose_nothing_and_tell_no_error_for_what_moved() {
    let (seconds, seed) = (setting("BOOTPAY_FLEET_SECONDS", 12), setting("BOOTPAY_FLEET_SEED", 20_231_114));
    let sandbox = Sandbox::start().await.expect("a sandbox");
    // Nothing on the other side keeps a refund from being issued twice.
    sandbox.set_cancel_id_rule(CancelIdRule::Ignore);
    sandbox.set_guard(false);
    let server: &'static Server = Box::leak(Box::new(Server::start().expect("a PostgreSQL server")));
    let database = server.database();
    let proxy = Proxy::to(server.port()).expect("a proxy");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("clock"), "0").expect("a clock");
    let shared = (0..setting("BOOTPAY_FLEET_RECEIPTS", seconds * 4))
        .map(|_| sandbox.add(NewReceipt::paid(PRICE).pg("kcp")))
        .collect();
    let fleet = Arc::new(Fleet {
        sandbox,
        server,
        url: database.url_at(proxy.port()),
        proxy,
        clock: folder.path().join("clock"),
        shared,
        calls: Mutex::default(),
        pids: Mutex::default(),
        starts: AtomicU64::new(0),
        told: AtomicU64::new(0),
        until: Instant::now() + Duration::from_secs(seconds),
        at_last: Instant::now() + Duration::from_secs(seconds.max(60)),
    });
    let hosts: Vec<_> = (0..HOSTS)
        .map(|number| tokio::spawn(Arc::clone(&fleet).host(number, Dice(seed * 31 + number as u64 + 1))))
        .collect();
    let trouble = tokio::spawn(Arc::clone(&fleet).trouble(Dice(seed)));
    let (done, shift) = trouble.await.expect("trouble");
    for host in hosts {
        host.await.expect("a host");
    }
    fleet.sandbox.clear_faults();

    // Whoever comes first recovers; here it is somebody new, after every lease.
    let clock = Arc::new(TestClock::default());
    clock.advance(shift + PAST_A_LEASE);
    let builder = Setup::v1().builder(&fleet.sandbox.base_url()).expect("a builder").clock(clock);
    let bootpay = builder.journal(JournalChoice::url(database.url())).build().expect("a client");
    let recovery = bootpay.recover().await.expect("a recovery");
    assert!(recovery.failed.is_empty() && recovery.in_flight.is_empty(), "{recovery:?}");
    let intents = bootpay.intents(IntentQuery::default()).await.expect("the journal");
    let open = bootpay.intents(IntentQuery { open: true, ..IntentQuery::default() }).await.expect("the journal");
    let history = History {
        movements: fleet.sandbox.ledger(),
        receipts: fleet.receipts(),
        intents,
        open: open.into_iter().map(|one| one.id).collect(),
        calls: fleet.calls.lock().unwrap().clone(),
    };
    let broken = history.broken();
    assert!(broken.is_empty(), "seed {seed}: {broken:#?}");
    for (words, lie) in LIES {
        let mut told = history.clone();
        lie(&mut told);
        let noticed = told.broken();
        assert!(noticed.iter().any(|one| one.contains(words)), "seed {seed}: {words} went unnoticed: {noticed:?}");
    }
    eprintln!(
        "seed {seed}: {} calls, {} intents, {} movements, {} open, {} starts, {done:?}",
        history.calls.len(),
        history.intents.len(),
        history.movements.len(),
        history.open.len(),
        fleet.starts.load(Ordering::SeqCst)
    );
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for call in &history.calls {
        *kinds.entry(call.told.clone().unwrap_or_else(|| "nothing".to_owned())).or_default() += 1;
    }
    eprintln!("told: {kinds:?}");
    assert_eq!(done.len(), 6, "everything that can go wrong did: {done:?}");
    keep_log(server.log().as_path());
}

/// The server's log, where somebody wants to read it.
fn keep_log(log: &Path) {
    if let Some(place) = std::env::var_os("BOOTPAY_FLEET_LOG") {
        std::fs::copy(log, place).expect("a copy");
    }
}

/// A lie, and the words in which it is found.
type Lie = (&'static str, fn(&mut History));

/// Each way in which a run can break its promise, told of one that did not: a check that is silent about it proves nothing.
const LIES: [Lie; 9] = [
    ("moved twice", |run| run.movements.push(run.movements[0].clone())),
    ("no record of", |run| {
        let moved = run.movements[0].cancel_id.clone();
        run.intents.retain(|one| moved.as_deref() != Some(one.cancel_id.as_str()));
    }),
    ("remain", |run| run.movements.truncate(run.movements.len() - 1)),
    ("it moved, and its intent says that it did not", |run| {
        answered(run).state = IntentState::Refused;
    }),
    ("unknown, and not listed", |run| {
        answered(run).state = IntentState::Unknown;
    }),
    ("not so", |run| {
        answered(run).state = IntentState::Sending;
    }),
    ("not so", |run| {
        let (receipt_id, cancel_id) = (answered(run).receipt_id.clone(), answered(run).cancel_id.clone());
        run.movements.retain(|one| {
            one.receipt_id != receipt_id.as_str() || one.cancel_id.as_deref() != Some(cancel_id.as_str())
        });
    }),
    ("told what is not so", |run| {
        let told = run.calls.iter_mut().find(|call| call.solo && call.told.as_deref() == Some("cancelled"));
        told.expect("a refund that one caller asked for").told = Some("not_sent".to_owned());
    }),
    ("told what is not so", |run| {
        let id = run.calls.iter().find(|call| call.solo && call.told.as_deref() == Some("cancelled"));
        let id = id.expect("a refund that one caller asked for").receipt_id.clone();
        run.movements.retain(|one| one.receipt_id != id);
        let (paid, remains) = run.receipts.get_mut(&id).expect("its receipt");
        *remains = *paid;
    }),
];

/// An intent that Bootpay's answer settled.
fn answered(run: &mut History) -> &mut Intent {
    let mut all = run.intents.iter_mut();
    let found = all.find(|one| one.state == IntentState::Cancelled && one.evidence == Some(Evidence::Answered));
    found.expect("a cancel that was answered")
}
