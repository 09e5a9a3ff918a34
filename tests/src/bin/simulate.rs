//! Simulates the whole client with seeds. `simulate [SEEDS] [FROM]`: so many seeds, counted from `FROM`; `simulate --seed N`:
//! one of them, with everything that happens in it; `--sqlite` with a real SQLite file in the place of a journal in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bootpay_core::{Journal, MemoryJournal, SqliteJournal};
use bootpay_tests::simulation::{Simulated, how_to_repeat, simulate_with};

fn main() {
    let mut numbers = Vec::new();
    let (mut alone, mut sqlite, mut keep_going) = (false, false, false);
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--seed" => alone = true,
            "--sqlite" => sqlite = true,
            "--keep-going" => keep_going = true,
            number => match number.parse::<u64>() {
                Ok(number) => numbers.push(number),
                Err(_) => {
                    eprintln!("usage: simulate [SEEDS] [FROM] [--sqlite] [--keep-going] | simulate --seed SEED");
                    std::process::exit(2);
                }
            },
        }
    }
    let first = numbers.first().copied();
    let broken = match (alone, first) {
        (true, seed) => one(seed.unwrap_or(0), sqlite),
        (false, seeds) => many(seeds.unwrap_or(10_000), numbers.get(1).copied().unwrap_or(0), sqlite, keep_going),
    };
    std::process::exit(i32::from(broken));
}

fn one(seed: u64, sqlite: bool) -> bool {
    let simulated = live(seed, sqlite, true);
    simulated.words.iter().for_each(|line| println!("{line}"));
    println!("seed {seed}: {} events, trace {:016x}", simulated.steps, simulated.trace);
    match &simulated.broken {
        Some(promise) => println!("BROKEN: {promise}"),
        None => println!("every promise was kept"),
    }
    simulated.broken.is_some()
}

fn many(seeds: u64, from: u64, sqlite: bool, keep_going: bool) -> bool {
    let began = Instant::now();
    let (next, stop) = (AtomicU64::new(from), AtomicBool::new(false));
    let totals: [AtomicU64; 5] = std::array::from_fn(|_| AtomicU64::new(0));
    let [lived, steps, calls, intents, movements] = &totals;
    let broken = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from + seeds {
                        break;
                    }
                    let simulated = live(seed, sqlite, false);
                    lived.fetch_add(1, Ordering::Relaxed);
                    steps.fetch_add(simulated.steps, Ordering::Relaxed);
                    calls.fetch_add(simulated.calls, Ordering::Relaxed);
                    intents.fetch_add(simulated.intents, Ordering::Relaxed);
                    movements.fetch_add(simulated.movements, Ordering::Relaxed);
                    if let Some(promise) = simulated.broken {
                        broken.fetch_add(1, Ordering::Relaxed);
                        println!("BROKEN in seed {seed}: {promise}\n    {}", how_to_repeat(seed));
                        stop.store(!keep_going, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let [lived, steps, calls, intents, movements] = totals.map(AtomicU64::into_inner);
    let (took, broken) = (began.elapsed().max(Duration::from_millis(1)).as_secs_f64(), broken.into_inner());
    println!(
        "{lived} seeds, {steps} events ({:.1} million a minute), {calls} calls, {intents} intents, {movements} movements of \
         money, {broken} broken promises, {took:.0} s",
        steps as f64 / took * 60.0 / 1e6
    );
    broken > 0
}

fn live(seed: u64, sqlite: bool, in_words: bool) -> Simulated {
    if !sqlite {
        return simulate_with(seed, Arc::new(MemoryJournal::new()), in_words);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let journal = SqliteJournal::open(folder.path().join("journal.sqlite3")).expect("a journal");
    let journal: Arc<dyn Journal> = Arc::new(journal);
    simulate_with(seed, journal, in_words)
}
