//! A disk, and a network, that fail at any one of a cancelling process's calls: what it tells is held against the ledger,
//! and against what its journal holds afterwards.
//!
//! All points where `BOOTPAY_EVERY_POINT` is set, as `make prove` does; a spread of them otherwise.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::sync::Arc;

use bootpay_tests::Told;
use bootpay_tests::aftermath::{Scene, Wish};
use bootpay_tests::interposed::{Strike, points};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CANCEL_ONCE: &str = env!("CARGO_BIN_EXE_cancel-once");

const WISHES: [Wish; 3] = [Wish::Full, Wish::Partial, Wish::Repeated];

/// A way in which calls fail.
#[derive(Clone, Copy)]
struct Failing {
    only: &'static [&'static str],
    deed: &'static str,
    onward: bool,
    stride: usize,
}

const fn once(only: &'static [&'static str], deed: &'static str) -> Failing {
    Failing { only, deed, onward: false, stride: 7 }
}

const fn from_then_on(only: &'static [&'static str], deed: &'static str) -> Failing {
    Failing { only, deed, onward: true, stride: 7 }
}

/// Runs every wish with every failure at every point, and tells how often each thing was told.
async fn fail_all(failures: &[Failing]) -> BTreeMap<String, usize> {
    let (turns, mut runs) = (Arc::new(Semaphore::new(4)), JoinSet::new());
    for wish in WISHES {
        let scene = Scene::new(wish).await;
        let (_, counted) = scene.process(CANCEL_ONCE).count(scene.directory()).await;
        for failing in failures.iter().copied() {
            let last = counted.iter().filter(|point| failing.only.contains(&point.class.as_str())).count();
            assert!(last > 0, "{wish:?}: no call of {:?}: nothing would be tested", failing.only);
            for at in points(last, failing.stride) {
                let turns = Arc::clone(&turns);
                runs.spawn(async move {
                    let _turn = turns.acquire_owned().await.expect("a turn");
                    let Failing { only, deed, onward, .. } = failing;
                    let scene = Scene::new(wish).await;
                    let strike = Strike { only, at, onward, deed };
                    let ended = scene.process(CANCEL_ONCE).struck(scene.directory(), &strike).run().await;
                    let place = format!("{wish:?}, {deed} at {at} of {last} {only:?}, onward: {onward}");
                    let told = ended.told.clone().unwrap_or_else(|| panic!("{place}: it said nothing"));
                    let held = scene.check(&ended).await;
                    (told.clone(), held.map_err(|why| format!("{place}: {why}, after {told:?}")))
                });
            }
        }
    }
    let (mut tellings, mut wrong) = (BTreeMap::new(), Vec::new());
    while let Some(run) = runs.join_next().await {
        let (told, held) = run.expect("no panic");
        let name = match &told {
            Told::Cancelled { recorded, .. } => format!("cancelled, recorded: {recorded}"),
            Told::Unknown { recorded } => format!("unknown, recorded: {recorded}"),
            Told::Error { kind, .. } => kind.clone(),
            Told::AlreadyCancelled => "already cancelled".into(),
        };
        *tellings.entry(name).or_default() += 1;
        wrong.extend(held.err());
    }
    wrong.sort();
    println!("{} runs: {tellings:?}", tellings.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} did not hold:\n{}", wrong.len(), wrong.join("\n"));
    tellings
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_sync_fails_what_is_told_agrees_with_the_ledger() {
    let tellings = fail_all(&[
        once(&["sync"], "EIO"),
        from_then_on(&["sync"], "EIO"),
        // As Linux does it: the error is told once, the pages are taken for clean, and what was in them is gone.
        once(&["sync"], "drop"),
    ])
    .await;
    assert!(tellings.contains_key("journal") && tellings.contains_key("cancelled, recorded: false"), "{tellings:?}");
}

/// SQLite lets a failed sync of the directory pass, and then its log may have no name after a power cut.
#[tokio::test(flavor = "multi_thread")]
async fn where_a_directory_cannot_be_synced_nothing_is_sent() {
    let tellings = fail_all(&[Failing { stride: 1, ..from_then_on(&["sync-directory"], "EIO") }]).await;
    assert_eq!(tellings.keys().collect::<Vec<_>>(), ["journal"], "{tellings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_disk_is_full_or_writes_half_what_is_told_agrees_with_the_ledger() {
    let tellings = fail_all(&[
        once(&["write"], "ENOSPC"),
        from_then_on(&["write", "truncate"], "ENOSPC"),
        once(&["write"], "EIO"),
        once(&["write"], "short"),
        from_then_on(&["write"], "short"),
        once(&["write"], "EINTR"),
    ])
    .await;
    assert!(tellings.contains_key("journal") && tellings.contains_key("cancelled, recorded: false"), "{tellings:?}");
    assert!(
        tellings.contains_key("cancelled, recorded: true"),
        "a short write or EINTR is written again: {tellings:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_disk_cannot_be_read_or_opened_what_is_told_agrees_with_the_ledger() {
    let tellings = fail_all(&[
        once(&["read"], "EIO"),
        from_then_on(&["read"], "EIO"),
        once(&["open"], "EACCES"),
        once(&["open", "truncate", "unlink"], "EIO"),
        once(&["sync", "read"], "EINTR"),
    ])
    .await;
    assert!(tellings.contains_key("journal"), "{tellings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_network_fails_at_any_call_what_is_told_agrees_with_the_ledger() {
    let tellings = fail_all(&[
        once(&["connect"], "ECONNREFUSED"),
        once(&["send"], "EPIPE"),
        once(&["send"], "ECONNRESET"),
        once(&["send"], "short"),
        once(&["send"], "EINTR"),
        once(&["receive"], "ECONNRESET"),
        once(&["receive"], "EINTR"),
        from_then_on(&["send"], "EPIPE"),
        from_then_on(&["connect"], "ECONNREFUSED"),
    ])
    .await;
    assert!(tellings.contains_key("cancelled, recorded: true"), "{tellings:?}");
}
