//! The resident set of a process that cancels a million receipts on the SQLite journal, into `memory.jsonl`:
//! `make bench-memory`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "benches talk to people")]

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use bootpay_bench::memory::{Look, draw, in_use, resident, tenths};
use bootpay_bench::peer::Peer;
use bootpay_bench::place;
use bootpay_bench::rounds::{Case, Subject};
use bootpay_bench::subjects::{Core, runtime};
use bootpay_core::JournalChoice;

const WON: u64 = 10_000;
const CALLERS: usize = 256;
/// Receipts that are made and cancelled at a time.
const LIST: usize = 1_000;
/// Blocks before the first that counts: connections, caches and the allocator's arenas come about in them.
const WARM_UP: u64 = 10;
/// Blocks that count.
const LOOKS: u64 = 100;

fn main() -> Result<()> {
    let cancels: u64 = std::env::var("CANCELS").map_or(Ok(1_000_000), |cancels| cancels.parse())?;
    let block = usize::try_from(cancels / LOOKS)?;
    ensure!(block >= CALLERS, "at least {} cancels", CALLERS as u64 * LOOKS);
    let samples = place::samples()?;
    std::fs::create_dir_all(&samples)?;
    let directory = tempfile::tempdir_in(&samples)?;
    let mut peer = Peer::start()?;
    let journal = JournalChoice::Sqlite(directory.path().join("journal.sqlite3"));
    let mut core = Core::new("bootpay-core", &runtime(2)?, &peer.addresses, "plain", journal)?;
    let case = Case {
        name: "memory".to_owned(),
        transport: "plain",
        cancels: block,
        callers: CALLERS,
        paid: WON,
        won: WON,
        lookups: 0,
    };
    let mut lines = std::fs::File::create(samples.join("memory.jsonl"))?;
    let mut looks = Vec::new();
    let begun = Instant::now();
    for number in 1..=WARM_UP + LOOKS {
        // In small lists, so that what is looked at is the library and not what it is fed with.
        for some in (0..block).step_by(LIST).map(|from| LIST.min(block - from)) {
            peer.forget()?;
            let receipts = peer.receipts(some, WON)?;
            core.cancel(receipts, &case)?;
            let ledger = peer.ledger()?;
            let (moved, some) = ((ledger.movements, ledger.cancelled_won, ledger.cancel_requests), some as u64);
            ensure!(moved == (some, some * WON, some), "what was looked at did not happen: the ledger says {ledger:?}");
        }
        if number <= WARM_UP {
            continue;
        }
        let look = Look {
            suite: "memory",
            cancels: (number - WARM_UP) * block as u64,
            seconds: begun.elapsed().as_secs_f64(),
            resident_bytes: resident()?,
            in_use_bytes: in_use(),
        };
        writeln!(lines, "{}", serde_json::to_string(&look)?)?;
        looks.push(look);
        if number.is_multiple_of(10) {
            eprintln!("{} cancels, {:.1} MiB", look.cancels, look.resident_bytes as f64 / 1_048_576.0);
        }
    }
    println!("{cancels} cancels in {:.0} s", begun.elapsed().as_secs_f64());
    for (name, (first, last)) in [
        ("resident set", tenths(&looks, |look| look.resident_bytes)),
        ("in use", tenths(&looks, |look| look.in_use_bytes)),
    ] {
        let [first_mib, last_mib] = [first, last].map(|bytes| bytes / 1_048_576.0);
        println!("{name}: first tenth {first_mib:.2} MiB, last tenth {last_mib:.2} MiB, {:.3} of it", last / first);
    }
    draw(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures/memory.svg"), &looks)
}
