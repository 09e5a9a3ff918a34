//! What it costs to record cancels on a disk, beside the same rows by hand, into `journal.jsonl`: `make bench-journal`.

use std::sync::Arc;

use anyhow::{Result, ensure};
use bootpay_bench::peer::Peer;
use bootpay_bench::place;
use bootpay_bench::recording::{
    Case, Connections, Loop, Recorder, Thread, ThroughCore, Witness, age_postgres, age_sqlite, alike, run,
};
use bootpay_bench::rounds::{self, Subject};
use bootpay_bench::sample::Samples;
use bootpay_bench::subjects::{Core, Recorded, runtime};
use bootpay_core::{Journal, JournalChoice, PostgresJournal, SqliteJournal};
use bootpay_test_postgres::Server;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Callers, and how many cancels a block of theirs has. A sync of the disk is what one caller waits for three times.
const CALLERS: [(usize, usize); 3] = [(1, 60), (32, 1_920), (256, 7_680)];

/// What is paid and given back, in won.
const WON: u64 = 10_000;

fn main() -> Result<()> {
    let rounds: u32 = std::env::var("ROUNDS").map_or(Ok(9), |rounds| rounds.parse())?;
    // How many old intents; 0 leaves those cases out.
    let rows: u64 = std::env::var("ROWS").map_or(Ok(0), |rows| rows.parse())?;
    // Only cases whose name has this in it.
    let only = std::env::args().nth(1).unwrap_or_default();
    let bench = Bench { runtime: runtime(2)?, rounds, only };
    let mut samples = Samples::of(if rows > 0 { "journal-old" } else { "journal" })?;
    if rows > 0 {
        bench.sqlite_when_old(&mut samples, rows)?;
        return bench.postgres_when_old(&mut samples, rows);
    }
    bench.sqlite_alone(&mut samples)?;
    bench.postgres_alone(&mut samples)?;
    bench.whole_cancels(&mut samples)
}

struct Bench {
    runtime: Arc<Runtime>,
    rounds: u32,
    only: String,
}

impl Bench {
    fn cases(&self, of: &str) -> Vec<Case> {
        let case = |&(callers, cancels): &(usize, usize)| {
            let who = if callers == 1 { "one caller".to_owned() } else { format!("{callers} callers") };
            Case { name: format!("{of}, {who}"), cancels, callers }
        };
        let mut cases: Vec<Case> = CALLERS.iter().map(case).collect();
        cases.retain(|case| case.name.contains(&self.only));
        cases
    }

    fn sqlite_alone(&self, samples: &mut Samples) -> Result<()> {
        for case in self.cases("SQLite") {
            let directory = on_the_disk()?;
            let path = |name: &str| directory.path().join(name);
            for by_hand in ["loop", "writes", "thread"] {
                SqliteJournal::open(path(by_hand))?.close();
            }
            let core = SqliteJournal::open(path("core"))?;
            let witness = Witness::of_file(path("core"))?;
            let mut recorders: Vec<Box<dyn Recorder>> = vec![
                Box::new(Loop::new(&path("loop"))?),
                Box::new(Loop::new(&path("writes"))?.without_reading()),
                Box::new(Thread::new(&self.runtime, &path("thread"))?),
                Box::new(ThroughCore::new("bootpay-core", &self.runtime, Arc::new(core), witness)),
            ];
            alike(&mut recorders)?;
            run(samples, &case, self.rounds, &mut recorders)?;
        }
        Ok(())
    }

    fn postgres_alone(&self, samples: &mut Samples) -> Result<()> {
        for case in self.cases("PostgreSQL") {
            let (by_hand, for_core) = (Server::shared().database(), Server::shared().database());
            PostgresJournal::open(by_hand.url())?.close();
            let core = PostgresJournal::open(for_core.url())?;
            let witness = Witness::of_database(for_core)?;
            let mut recorders: Vec<Box<dyn Recorder>> = vec![
                Box::new(Connections::new(&self.runtime, &by_hand)?),
                Box::new(ThroughCore::new("bootpay-core", &self.runtime, Arc::new(core), witness)),
            ];
            alike(&mut recorders)?;
            let case = Case { cancels: case.cancels.div_ceil(4), ..case };
            run(samples, &case, self.rounds, &mut recorders)?;
        }
        Ok(())
    }

    /// Against the common server: reqwest and rusqlite by hand, and the core.
    fn whole_cancels(&self, samples: &mut Samples) -> Result<()> {
        let cases = self.cases("SQLite, whole cancels");
        if cases.is_empty() {
            return Ok(());
        }
        let mut peer = Peer::start()?;
        for Case { name, cancels, callers } in cases {
            let directory = on_the_disk()?;
            let path = |name: &str| directory.path().join(name);
            SqliteJournal::open(path("by-hand"))?.close();
            let mut witnesses = [Witness::of_file(path("by-hand"))?];
            let journal = JournalChoice::Sqlite(path("core"));
            let core = Core::new("bootpay-core", &self.runtime, &peer.addresses, "plain", journal)?;
            let by_core = Witness::of_file(path("core"))?;
            let by_hand = Recorded::new(&self.runtime, &peer.addresses, "plain", &path("by-hand"))?;
            let mut subjects: Vec<Box<dyn Subject>> = vec![Box::new(by_hand), Box::new(core)];
            let case = rounds::Case { name, transport: "plain", cancels, callers, paid: WON, won: WON, lookups: 0 };
            rounds::run(&mut peer, samples, "journal", &case, self.rounds, &mut subjects)?;
            // Each block is warmed up with four cancels of each caller.
            let wanted = (cancels + callers * 4) as u64 * u64::from(self.rounds + 1);
            for (who, witness) in ["by hand", "core"].iter().zip(witnesses.iter_mut().chain([&mut by_core.clone()])) {
                let recorded = witness.count_new()?;
                ensure!(recorded == wanted, "{wanted} cancels, {recorded} in the journal ({who})");
            }
        }
        Ok(())
    }

    fn sqlite_when_old(&self, samples: &mut Samples, rows: u64) -> Result<()> {
        let cases = self.cases("SQLite, old intents");
        if cases.is_empty() {
            return Ok(());
        }
        let directory = on_the_disk()?;
        let old = directory.path().join("old");
        let journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&old)?);
        let witness = Witness::of_file(&old)?;
        let mut first: Vec<Box<dyn Recorder>> =
            vec![Box::new(ThroughCore::new("first", &self.runtime, journal.clone(), witness))];
        alike(&mut first)?;
        journal.close();
        drop((first, journal));
        timed(&format!("{rows} old intents into SQLite"), || age_sqlite(&old, rows))?;
        eprintln!("the file has {} MB", std::fs::metadata(&old)?.len() / 1_000_000);
        let old_journal: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&old)?);
        for case in cases {
            let new = directory.path().join(format!("new {}", case.callers));
            let none: Arc<dyn Journal> = Arc::new(SqliteJournal::open(&new)?);
            let by = |name: String, journal: &Arc<dyn Journal>, path| {
                anyhow::Ok(ThroughCore::new(name, &self.runtime, Arc::clone(journal), Witness::of_file(path)?))
            };
            let mut recorders: Vec<Box<dyn Recorder>> = vec![
                Box::new(by("bootpay-core, none".to_owned(), &none, &new)?.as_baseline()),
                Box::new(by(format!("bootpay-core, {rows}"), &old_journal, &old)?),
            ];
            run(samples, &case, self.rounds, &mut recorders)?;
        }
        Ok(())
    }

    fn postgres_when_old(&self, samples: &mut Samples, rows: u64) -> Result<()> {
        let cases = self.cases("PostgreSQL, old intents");
        if cases.is_empty() {
            return Ok(());
        }
        let old = Server::shared().database();
        let old_journal: Arc<dyn Journal> = Arc::new(PostgresJournal::open(old.url())?);
        let by = |name: String, journal: &Arc<dyn Journal>, database: &bootpay_test_postgres::Database| {
            let witness = Witness::of_database(database.clone())?;
            anyhow::Ok(ThroughCore::new(name, &self.runtime, Arc::clone(journal), witness))
        };
        let mut first: Vec<Box<dyn Recorder>> = vec![Box::new(by("first".to_owned(), &old_journal, &old)?)];
        alike(&mut first)?;
        timed(&format!("{rows} old intents into PostgreSQL"), || age_postgres(&old, rows))?;
        for case in cases {
            let new = Server::shared().database();
            let none: Arc<dyn Journal> = Arc::new(PostgresJournal::open(new.url())?);
            let mut recorders: Vec<Box<dyn Recorder>> = vec![
                Box::new(by("bootpay-core, none".to_owned(), &none, &new)?.as_baseline()),
                Box::new(by(format!("bootpay-core, {rows}"), &old_journal, &old)?),
            ];
            let case = Case { cancels: case.cancels.div_ceil(4), ..case };
            run(samples, &case, self.rounds, &mut recorders)?;
        }
        Ok(())
    }
}

/// What a temporary directory is on may be no disk at all; the target directory's is one.
fn on_the_disk() -> Result<TempDir> {
    let samples = place::samples()?;
    std::fs::create_dir_all(&samples)?;
    Ok(tempfile::tempdir_in(samples)?)
}

fn timed(what: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    let begun = std::time::Instant::now();
    work()?;
    eprintln!("{what}: {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}
