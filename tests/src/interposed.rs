//! A process whose calls to the C library are counted, and struck at one of them: killed, stopped, or lied to.
//!
//! [`interpose.c`](interposed/interpose.c) says what it can do and what it cannot see. For Linux with a C compiler.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::Told;

/// Longer than any process here takes on a loaded machine.
pub const GIVE_UP: Duration = Duration::from_secs(120);

/// The library that strikes, compiled once for a test program.
pub fn library() -> &'static Path {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = BUILT.get_or_init(|| {
        let directory = tempfile::tempdir().expect("a directory");
        let (source, built) = (directory.path().join("interpose.c"), directory.path().join("interpose.so"));
        std::fs::write(&source, include_str!("interposed/interpose.c")).expect("its source");
        let mut cc = std::process::Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"]).arg(&built).arg(&source).arg("-ldl");
        assert!(cc.status().expect("a C compiler, as SQLite's build needs one").success(), "it did not compile");
        (directory, built)
    });
    path
}

/// Which call is struck, and what befalls it.
#[derive(Clone, Debug)]
pub struct Strike {
    /// The classes that count: `open`, `read`, `write`, `sync`, `sync-directory`, `truncate`, `unlink`, `lock`,
    /// `connect`, `send`, `receive`. All where there are none.
    pub only: &'static [&'static str],
    /// The number of the call, from 1.
    pub at: usize,
    /// Whether all later ones are struck too.
    pub onward: bool,
    /// What befalls it: `kill-before`, `power-after`, `EIO` …
    pub deed: &'static str,
}

/// A counted call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Its class.
    pub class: String,
    /// The C library's function.
    pub function: String,
}

/// How a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// What it was told, where it came to say so.
    pub told: Option<Told>,
    /// What it was told about each of its receipts.
    pub tellings: Vec<Told>,
}

/// A `cancel-once` process.
#[derive(Debug)]
pub struct Process {
    command: Command,
}

impl Process {
    /// The program `cancel_once` (its path, which only a test knows), with its arguments.
    pub fn new(cancel_once: &str, base_url: &str, journal: &Path, receipt_id: &str, price: Option<u64>) -> Self {
        let mut command = Command::new(cancel_once);
        command.arg(base_url).arg(journal).arg(receipt_id).args(price.map(|price| price.to_string()));
        for name in ["SOLE_CANCELLER", "HONOURS_CANCEL_ID", "PATIENCE_MS", "CLOCK_FILE", "LEAVE_OPEN"] {
            command.env_remove(name);
        }
        command.stdout(Stdio::piped()).kill_on_drop(true);
        Self { command }
    }

    /// Sets a variable of its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Has a shell say something first: a limit, say.
    #[must_use]
    pub fn after(self, words: &str) -> Self {
        let process = self.command.as_std();
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!("{words}; exec \"$0\" \"$@\""))
            .arg(process.get_program())
            .args(process.get_args());
        for (name, value) in process.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdout(Stdio::piped()).kill_on_drop(true);
        Self { command }
    }

    /// Runs it as another user, who has no rights beyond everybody's.
    #[cfg(unix)]
    #[must_use]
    pub fn as_nobody(mut self) -> Self {
        self.command.uid(65_534).gid(65_534);
        self
    }

    /// Puts the library between it and its C library: what is below `directory` is the journal.
    #[must_use]
    pub fn watched(self, directory: &Path) -> Self {
        self.env("LD_PRELOAD", library()).env("INTERPOSE_DIR", directory)
    }

    /// Strikes it.
    #[must_use]
    pub fn struck(mut self, directory: &Path, strike: &Strike) -> Self {
        self = self.watched(directory).env("INTERPOSE_AT", strike.at.to_string()).env("INTERPOSE_DEED", strike.deed);
        if !strike.only.is_empty() {
            self = self.env("INTERPOSE_ONLY", format!(",{},", strike.only.join(",")));
        }
        if strike.onward { self.env("INTERPOSE_ON", "1") } else { self }
    }

    /// Runs it to its end.
    pub async fn run(self) -> Ended {
        ended(self.start()).await
    }

    /// Starts it.
    pub fn start(mut self) -> Child {
        self.command.spawn().expect("a process")
    }

    /// Runs it, and lists the calls that were counted.
    pub async fn count(self, directory: &Path) -> (Ended, Vec<Point>) {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let ended = self.watched(directory).env("INTERPOSE_LOG", log.path()).run().await;
        let text = std::fs::read_to_string(log.path()).expect("what it wrote");
        let points = text.lines().map(|line| {
            let mut words = line.split(' ').skip(1).map(str::to_owned);
            Point { class: words.next().unwrap_or_default(), function: words.next().unwrap_or_default() }
        });
        (ended, points.collect())
    }
}

/// Waits for a process's end.
pub async fn ended(child: Child) -> Ended {
    let output = tokio::time::timeout(GIVE_UP, child.wait_with_output()).await.expect("it hangs").expect("its end");
    let text = String::from_utf8_lossy(&output.stdout);
    let tellings: Vec<Told> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    Ended { status: output.status, told: tellings.first().cloned(), tellings }
}

/// Whether a process is stopped, as `/proc` says.
pub fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
}

/// Waits until a process is stopped.
pub async fn stopped(pid: u32) {
    let wait = async {
        while !is_stopped(pid) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(GIVE_UP, wait).await.expect("it was never stopped");
}

/// Lets a stopped process go on.
pub fn go_on(pid: u32) {
    let sent = std::process::Command::new("sh").args(["-c", &format!("kill -CONT {pid}")]).status();
    assert!(sent.expect("a shell").success(), "nobody to wake up");
}

/// The points out of `1..=last` that are tried: all where `BOOTPAY_EVERY_POINT` is set, as `make prove` does; otherwise
/// one in `stride`, the first and the last among them. A prime stride meets every kind of point.
pub fn points(last: usize, stride: usize) -> Vec<usize> {
    let stride = if is_exhaustive() { 1 } else { stride };
    (1..=last).filter(|point| point % stride == 1 % stride || *point == last).collect()
}

/// Whether every point is tried.
pub fn is_exhaustive() -> bool {
    std::env::var_os("BOOTPAY_EVERY_POINT").is_some()
}
