//! Explores the machine in every setting, and shows that each guard is needed. `prove [WORLDS]`: at most so many worlds a
//! setting; without it, all of them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bootpay_tests::explorer::{Explored, Setting, explore, hopeless, sound, traps};

fn main() {
    let most = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(usize::MAX);
    let began = Instant::now();
    let (mut worlds, mut actions, mut bad) = (0, 0, 0);
    for (setting, explored) in in_parallel(sound(), most) {
        worlds += explored.worlds;
        actions += explored.actions;
        let all = if explored.complete { "all of" } else { "the first" };
        if explored.broken.is_some() || std::env::args().nth(2).is_some() {
            println!("{all} {} worlds: {}", explored.worlds, setting.name);
        }
        if let Some((promise, path)) = &explored.broken {
            bad += 1;
            println!("BROKEN: {promise}");
            path.iter().for_each(|action| println!("    {action:?}"));
        }
    }
    println!("{worlds} worlds, {actions} actions, {bad} broken promises, {:.0} s", began.elapsed().as_secs_f64());

    for (setting, explored) in in_parallel(traps().into_iter().chain([hopeless()]).collect(), most) {
        match explored.broken {
            Some((promise, path)) => println!("{}: {promise}, after {} actions", setting.name, path.len()),
            None => {
                bad += 1;
                println!("{}: NOTHING BROKE in {} worlds", setting.name, explored.worlds);
            }
        }
    }
    std::process::exit(i32::from(bad > 0));
}

fn in_parallel(settings: Vec<Setting>, most: usize) -> Vec<(Setting, Explored)> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(setting) = settings.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let explored = explore(setting, most);
                    found.lock().expect("no panic").push((setting.clone(), explored));
                }
            });
        }
    });
    found.into_inner().expect("no panic")
}
