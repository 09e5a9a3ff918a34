//! Explores the machine in every setting, and shows that each guard is needed. `prove [WORLDS]`: at most so many worlds in
//! a setting, or else 400,000: enough for all but those with everything at once. `prove WORLDS settings` lists every setting.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use bootpay_tests::explorer::{
    Action, Broken, Explored, GROUPS, Setting, explore, explore_for, hopeless, sound, traps,
};

/// Worlds in a setting where nobody says how many.
const MOST: usize = 400_000;

fn main() {
    let most = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(MOST);
    let lists_settings = std::env::args().nth(2).is_some();
    let began = Instant::now();
    let (mut explored, mut bad) = (Vec::new(), 0);
    for group in GROUPS {
        let settings = sound().into_iter().filter(|setting| setting.group == group).collect();
        let of_group = in_parallel(settings, |setting| explore(setting, most));
        print_row(group, of_group.iter());
        for (setting, explored) in &of_group {
            if lists_settings {
                let all = if explored.complete { "all of" } else { "the first" };
                println!("    {all} {} worlds: {}", explored.worlds, setting.name);
            }
            if let Some((broken, path)) = &explored.broken {
                bad += 1;
                print_broken(setting, broken, path);
            }
        }
        explored.extend(of_group);
    }
    print_row("in all", explored.iter());
    println!("{bad} broken promises, {:.0} s, at most {most} worlds in a setting", began.elapsed().as_secs_f64());

    bad += without_guards(most);
    std::process::exit(i32::from(bad > 0));
}

fn print_broken(setting: &Setting, broken: &Broken, path: &[Action]) {
    println!("BROKEN in {}: {}: {:?}: {broken}", setting.group, setting.name, broken.promise);
    path.iter().for_each(|action| println!("    {action:?}"));
}

fn print_row<'a>(group: &str, explored: impl Iterator<Item = &'a (Setting, Explored)> + Clone) {
    let sum = |of: fn(&Explored) -> usize| explored.clone().map(|(_, explored)| of(explored)).sum::<usize>();
    println!(
        "{group}: {} settings, {} exhausted, {} cut off; {} worlds, {} actions, {} recoveries",
        sum(|_| 1),
        sum(|explored| usize::from(explored.complete)),
        sum(|explored| usize::from(!explored.complete && explored.broken.is_none())),
        sum(|explored| explored.worlds),
        sum(|explored| explored.actions),
        sum(|explored| explored.healed),
    );
}

/// Takes each guard away in turn. Says how many traps stay shut, or are open although their guard is there.
fn without_guards(most: usize) -> usize {
    let mut bad = 0;
    for found in traps() {
        let shut = explore(&found.shut, most);
        let opened = found.breaks.iter().map(|promise| match explore_for(*promise, &found.open, most).broken {
            Some((broken, path)) => format!("{broken}, after {} actions", path.len()),
            None => {
                bad += 1;
                format!("{promise:?} DID NOT BREAK")
            }
        });
        let opened: Vec<_> = opened.collect();
        println!("without {:?}: {}", found.guard, opened.join("; "));
        if let Some((broken, path)) = &shut.broken {
            bad += 1;
            print_broken(&found.shut, broken, path);
        } else if !shut.complete {
            println!("    with it, cut off at {} worlds", shut.worlds);
        }
    }
    for setting in hopeless() {
        match explore(&setting, most).broken {
            Some((broken, path)) => println!("{}: {broken}, after {} actions", setting.name, path.len()),
            None => {
                bad += 1;
                println!("{}: NOTHING BROKE", setting.name);
            }
        }
    }
    bad
}

fn in_parallel(settings: Vec<Setting>, visit: impl Fn(&Setting) -> Explored + Sync) -> Vec<(Setting, Explored)> {
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(setting) = settings.get(next.fetch_add(1, Ordering::SeqCst)) {
                    let explored = visit(setting);
                    found.lock().expect("no panic").push((setting.clone(), explored));
                }
            });
        }
    });
    found.into_inner().expect("no panic")
}
