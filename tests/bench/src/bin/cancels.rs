//! The core's cancels beside reqwest's, into `rust.jsonl`: `make bench`.

use std::sync::Arc;

use anyhow::Result;
use bootpay_bench::peer::Peer;
use bootpay_bench::place;
use bootpay_bench::rounds::{Case, Subject, run};
use bootpay_bench::sample::Samples;
use bootpay_bench::subjects::{BareReqwest, Core, runtime};
use bootpay_core::JournalChoice;

const SUITE: &str = "rust";

/// What is paid, and what a partial cancel gives back, in won.
const PAID: u64 = 10_000;
const PART: u64 = 3_000;

struct Plan {
    transport: &'static str,
    partial: bool,
    callers: usize,
    /// 0 is a runtime of one thread.
    workers: usize,
    cancels: usize,
}

fn main() -> Result<()> {
    let rounds: u32 = std::env::var("ROUNDS").map_or(Ok(9), |rounds| rounds.parse())?;
    // Only cases whose name has this in it.
    let only = std::env::args().nth(1).unwrap_or_default();
    let mut peer = Peer::start()?;
    let mut samples = Samples::of(SUITE)?;
    let plan = |transport, partial, callers, workers, cancels| Plan { transport, partial, callers, workers, cancels };
    for plan in [
        plan("plain", false, 1, 2, 3_000),
        plan("plain", false, 32, 2, 6_000),
        plan("plain", false, 1, 0, 3_000),
        plan("plain", false, 32, 0, 6_000),
        plan("plain", true, 1, 2, 2_000),
        plan("plain", true, 32, 2, 4_000),
        plan("tls", false, 1, 2, 2_000),
        plan("tls", false, 32, 2, 5_000),
        plan("delayed", false, 1, 2, 40),
        plan("delayed", false, 32, 2, 960),
        plan("delayed", true, 1, 2, 20),
    ] {
        let case = case_of(&plan);
        if !format!("{}, {}", case.name, case.transport).contains(&only) {
            continue;
        }
        let runtime = runtime(plan.workers)?;
        let (bare, memory) = {
            let addresses = &peer.addresses;
            let memory = JournalChoice::Memory;
            (
                BareReqwest::new(&runtime, addresses, plan.transport)?,
                Core::new("bootpay-core, memory", &runtime, addresses, plan.transport, memory)?,
            )
        };
        let mut subjects: Vec<Box<dyn Subject>> = vec![Box::new(bare), Box::new(memory)];
        // On the disk that the target directory is on: what a temporary directory is on may be no disk at all.
        let directory = tempfile::tempdir_in(place::samples()?)?;
        if plan.workers > 0 {
            let journal = JournalChoice::Sqlite(directory.path().join("journal.sqlite3"));
            let sqlite = Core::new("bootpay-core, SQLite", &runtime, &peer.addresses, plan.transport, journal)?;
            subjects.push(Box::new(sqlite.slower(if plan.transport == "delayed" { 1 } else { 10 })));
        }
        run(&mut peer, &mut samples, SUITE, &case, rounds, &mut subjects)?;
        drop(subjects);
        if let Some(runtime) = Arc::into_inner(runtime) {
            runtime.shutdown_background();
        }
    }
    Ok(())
}

fn case_of(plan: &Plan) -> Case {
    let what = if plan.partial { "partial cancel" } else { "full cancel" };
    let callers = if plan.callers == 1 { "one caller".to_owned() } else { format!("{} callers", plan.callers) };
    let threads = if plan.workers == 0 { ", one thread" } else { "" };
    Case {
        name: format!("{what}, {callers}{threads}"),
        transport: plan.transport,
        cancels: plan.cancels,
        callers: plan.callers,
        paid: PAID,
        won: if plan.partial { PART } else { PAID },
        lookups: u64::from(plan.partial),
    }
}
