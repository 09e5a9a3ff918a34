//! A disk that is really full, a limit on the size of files, and a file that may only be read, under a real process.
//!
//! A full disk needs a file system of its own (tmpfs): where this user may not mount one, that test says so and leaves it to
//! the limit. Every page where `BOOTPAY_EVERY_POINT` is set, as `make prove` does; a spread of them otherwise.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use bootpay_tests::Told;
use bootpay_tests::aftermath::{Scene, Wish};
use bootpay_tests::interposed::points;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CANCEL_ONCE: &str = env!("CARGO_BIN_EXE_cancel-once");
const PAGE: usize = 4_096;

/// A file system of its own over a scene's directory, as long as it lives.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(directory: &'a Path) -> Option<Self> {
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]).arg(directory).output();
        mount.is_ok_and(|done| done.status.success()).then_some(Self(directory))
    }

    /// Fills it but for so many pages.
    fn leave(&self, pages: usize) {
        let filler = self.0.join("filler");
        let most = vec![0; (1 << 20) / PAGE * PAGE];
        // Less than asked for fits: that fills it.
        let _ = std::fs::write(&filler, most);
        let filled = std::fs::metadata(&filler).expect("a file").len() as usize;
        let file = std::fs::OpenOptions::new().write(true).open(&filler).expect("a file");
        file.set_len(filled.saturating_sub(pages * PAGE) as u64).expect("room again");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("filler")).expect("a file");
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

fn name(told: &Told) -> String {
    match told {
        Told::Cancelled { recorded, .. } => format!("cancelled, recorded: {recorded}"),
        Told::Unknown { recorded } => format!("unknown, recorded: {recorded}"),
        Told::Error { kind, .. } => kind.clone(),
        Told::AlreadyCancelled => "already cancelled".into(),
    }
}

/// Collects what was told, and stops at what did not hold.
async fn gather(mut runs: JoinSet<(Told, Result<(), String>)>) -> BTreeMap<String, usize> {
    let (mut tellings, mut wrong) = (BTreeMap::new(), Vec::new());
    while let Some(run) = runs.join_next().await {
        let (told, held) = run.expect("no panic");
        *tellings.entry(name(&told)).or_default() += 1;
        wrong.extend(held.err());
    }
    println!("{} runs: {tellings:?}", tellings.values().sum::<usize>());
    assert!(wrong.is_empty(), "{} did not hold:\n{}", wrong.len(), wrong.join("\n"));
    tellings
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_disk_with_too_few_pages_what_is_told_agrees_with_the_ledger() {
    let (turns, mut runs) = (Arc::new(Semaphore::new(4)), JoinSet::new());
    for wish in [Wish::Full, Wish::Partial] {
        let scene = Scene::new(wish).await;
        if SmallDisk::mount(scene.directory()).is_none() {
            println!("skipped: this user may not mount a file system");
            return;
        }
        for pages in points(80, 2) {
            let turns = Arc::clone(&turns);
            runs.spawn(async move {
                let _turn = turns.acquire_owned().await.expect("a turn");
                let scene = Scene::new(wish).await;
                let disk = SmallDisk::mount(scene.directory()).expect("a file system");
                disk.leave(pages);
                let ended = scene.process(CANCEL_ONCE).run().await;
                disk.make_room();
                let place = format!("{wish:?}, {pages} pages");
                let told = ended.told.clone().unwrap_or_else(|| panic!("{place}: {:?}, and no word", ended.status));
                let held = scene.check(&ended).await.map_err(|why| format!("{place}: {why}, after {told:?}"));
                (told, held)
            });
        }
    }
    let tellings = gather(runs).await;
    assert!(tellings.contains_key("journal") && tellings.contains_key("cancelled, recorded: true"), "{tellings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_files_may_not_grow_what_is_told_agrees_with_the_ledger() {
    let (turns, mut runs) = (Arc::new(Semaphore::new(4)), JoinSet::new());
    for wish in [Wish::Full, Wish::Partial] {
        for pages in points(70, 2) {
            let turns = Arc::clone(&turns);
            runs.spawn(async move {
                let _turn = turns.acquire_owned().await.expect("a turn");
                let scene = Scene::new(wish).await;
                // In blocks of 512 bytes. Without the signal, a write beyond the limit fails with EFBIG.
                let limit = format!("trap '' XFSZ; ulimit -f {}", pages * PAGE / 512);
                let ended = scene.process(CANCEL_ONCE).after(&limit).run().await;
                let place = format!("{wish:?}, {pages} pages");
                let told = ended.told.clone().unwrap_or_else(|| panic!("{place}: {:?}, and no word", ended.status));
                let held = scene.check(&ended).await.map_err(|why| format!("{place}: {why}, after {told:?}"));
                (told, held)
            });
        }
    }
    let tellings = gather(runs).await;
    assert!(tellings.contains_key("journal") && tellings.contains_key("cancelled, recorded: true"), "{tellings:?}");
    assert!(tellings.contains_key("cancelled, recorded: false"), "a limit between the send and the end: {tellings:?}");
}

/// Root may write what it likes, so the process is nobody's.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_may_only_be_read_is_an_error_and_nothing_is_sent() {
    let scene = Scene::new(Wish::Full).await;
    let first = scene.client().expect("a client");
    drop(first);
    let is_root = std::fs::metadata("/proc/self").map(|own| std::os::unix::fs::MetadataExt::uid(&own)).ok() == Some(0);
    let mode = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
    // The program where nobody may run it, whatever the clone's directory allows.
    let program = scene.directory().join("cancel-once");
    std::fs::copy(CANCEL_ONCE, &program).expect("a copy");
    mode(&program, 0o755);
    mode(&scene.journal(), 0o444);
    mode(scene.directory(), 0o555);
    let process = scene.process(&program.display().to_string());
    let ended = if is_root { process.as_nobody() } else { process }.run().await;
    mode(scene.directory(), 0o755);
    mode(&scene.journal(), 0o644);
    let told = ended.told.clone().expect("it says what it was told");
    assert!(told.is_journal_error(), "{told:?}");
    assert_eq!(scene.asked(), 0);
    scene.check(&ended).await.expect("all else holds");
}
