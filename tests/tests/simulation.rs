//! The whole client in the worlds of a fixed number of seeds. `make simulate` lives through as many as one likes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bootpay_core::SqliteJournal;
use bootpay_tests::simulation::{how_to_repeat, simulate, simulate_with};

/// Seeds in a run of the tests.
const SEEDS: u64 = 400;

#[test]
fn no_seed_breaks_a_promise() {
    let next = AtomicU64::new(0);
    let broken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= SEEDS {
                        break;
                    }
                    if let Some(promise) = simulate(seed).broken {
                        let line = format!("seed {seed}: {promise}\n    {}", how_to_repeat(seed));
                        broken.lock().expect("no panic").push(line);
                    }
                }
            });
        }
    });
    let broken = broken.into_inner().expect("no panic");
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_same_seed_makes_the_same_world() {
    for seed in (0..SEEDS).step_by(20) {
        let (once, again) = (simulate(seed), simulate(seed));
        assert_eq!((once.steps, once.trace), (again.steps, again.trace), "seed {seed}");
        assert_ne!(once.trace, simulate(seed + 1).trace, "seed {seed} is a world of its own");
    }
}

#[test]
fn a_real_file_makes_the_same_world_as_a_journal_in_memory() {
    for seed in (0..SEEDS).step_by(100) {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = SqliteJournal::open(folder.path().join("journal.sqlite3")).expect("a journal");
        let (file, memory) = (simulate_with(seed, Arc::new(journal), false), simulate(seed));
        assert_eq!((file.trace, file.broken), (memory.trace, memory.broken), "seed {seed}");
    }
}
