//! `kill -9` at every call with which a cancelling process touches its journal or the network, and the power cord pulled
//! at each of them: what the journal, `recover` and a second click make of it.
//!
//! All points where `BOOTPAY_EVERY_POINT` is set, as `make prove` does; a spread of them otherwise.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bootpay_tests::Told;
use bootpay_tests::aftermath::{Scene, Wish, is_sound};
use bootpay_tests::interposed::{Point, Strike, points};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CANCEL_ONCE: &str = env!("CARGO_BIN_EXE_cancel-once");

const WISHES: [Wish; 3] = [Wish::Full, Wish::Partial, Wish::Repeated];

/// A run to which nothing happens, and its calls.
async fn undisturbed(wish: Wish) -> Vec<Point> {
    let scene = Scene::new(wish).await;
    let (ended, points) = scene.process(CANCEL_ONCE).count(scene.directory()).await;
    assert_eq!(ended.told, Some(Told::Cancelled { recorded: true, answered: true }), "{wish:?}");
    scene.check(&ended).await.expect("an undisturbed cancel");
    points
}

fn by_class(points: &[Point]) -> BTreeMap<&str, usize> {
    let mut classes = BTreeMap::new();
    for point in points {
        *classes.entry(point.class.as_str()).or_default() += 1;
    }
    classes
}

/// Strikes at each of `points` with each of `deeds`, a few processes at a time, and tells what did not hold.
async fn strike_all(wish: Wish, deeds: &'static [&'static str], stride: usize) -> (usize, usize) {
    let last = undisturbed(wish).await.len();
    let (turns, mut runs) = (Arc::new(Semaphore::new(4)), JoinSet::new());
    for deed in deeds {
        for at in points(last, stride) {
            let turns = Arc::clone(&turns);
            runs.spawn(async move {
                let _turn = turns.acquire_owned().await.expect("a turn");
                let scene = Scene::new(wish).await;
                let strike = Strike { only: &[], at, onward: false, deed };
                let ended = scene.process(CANCEL_ONCE).struck(scene.directory(), &strike).run().await;
                let killed = !ended.status.success();
                (killed, scene.check(&ended).await.map_err(|why| format!("{wish:?}, {deed} {at} of {last}: {why}")))
            });
        }
    }
    let (mut killed, mut all, mut wrong) = (0, 0, Vec::new());
    while let Some(run) = runs.join_next().await {
        let (was_killed, held) = run.expect("no panic");
        killed += usize::from(was_killed);
        all += 1;
        wrong.extend(held.err());
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{} of {all} did not hold:\n{}", wrong.len(), wrong.join("\n"));
    (killed, all)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_class_of_calls_is_seen() {
    let points = undisturbed(Wish::Repeated).await;
    let classes = by_class(&points);
    for class in
        ["open", "read", "write", "sync", "sync-directory", "truncate", "unlink", "lock", "connect", "send", "receive"]
    {
        assert!(classes.contains_key(class), "no {class} among {classes:?}: the test would test nothing");
    }
    // The journal's three commits and its creation at the least; a token, a lookup and two cancels.
    assert!(classes["sync"] >= 8 && classes["send"] >= 4 && points.len() >= 100, "{classes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_killed_at_any_point_loses_no_refund_and_makes_none_twice() {
    for wish in WISHES {
        let (killed, all) = strike_all(wish, &["kill-before", "kill-after"], 13).await;
        println!("{wish:?}: killed at {killed} points of {all}");
        // The last calls can fall out where the process is quicker than the one that was counted.
        assert!(killed * 10 >= all * 9, "only {killed} of {all} were killed");
    }
}

/// The file system of a kill keeps what was written; that of a power cut keeps what was synced, and of the rest none or some.
#[tokio::test(flavor = "multi_thread")]
async fn where_the_power_fails_at_any_point_nothing_that_left_is_missing_in_the_journal() {
    for wish in WISHES {
        let (killed, all) = strike_all(wish, &["power-before", "power-after", "torn-before", "torn-after"], 17).await;
        println!("{wish:?}: power failed at {killed} points of {all}");
        assert!(killed * 10 >= all * 9, "only {killed} of {all} were killed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_a_kill_left_half_made_is_finished_by_the_next_process() {
    let last = undisturbed(Wish::Full).await.len();
    let scene = Scene::new(Wish::Full).await;
    for at in points(last.min(60), 7) {
        let strike = Strike { only: &["open", "write", "sync", "truncate"], at, onward: false, deed: "kill-before" };
        scene.process(CANCEL_ONCE).struck(scene.directory(), &strike).run().await;
    }
    let ended = scene.process(CANCEL_ONCE).run().await;
    assert!(ended.status.success());
    is_sound(&scene.journal()).expect("a sound journal");
    assert!(scene.moved().len() <= 1);
    assert!(!matches!(ended.told, Some(Told::Error { .. })), "{:?}", ended.told);
}
