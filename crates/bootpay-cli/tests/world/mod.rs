//! A sandbox, a journal of its own, and the real binary between them.

#![allow(dead_code, reason = "each test file uses what it needs")]
#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use bootpay_sandbox::{NewReceipt, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) directory: TempDir,
}

/// How a run of the command ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output as the one object that it is.
    pub(crate) fn object(&self) -> Value {
        let value: Value = serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why} in {self:?}"));
        assert!(value.is_object(), "{self:?}");
        value
    }

    pub(crate) fn everything(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Sandbox::builder().start_blocking().unwrap())
    }

    pub(crate) fn with(sandbox: Sandbox) -> Self {
        Self { sandbox, directory: TempDir::new().unwrap() }
    }

    pub(crate) fn paid(&self, price: u64) -> String {
        self.sandbox.add(NewReceipt::paid(price))
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.directory.path().join("journal.sqlite3")
    }

    /// The command in an environment that has nothing but the sandbox's settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bootpay"));
        command
            .args(arguments)
            .env_clear()
            .env("BOOTPAY_BASE_URL", self.sandbox.base_url())
            .env("BOOTPAY_APPLICATION_ID", Sandbox::APPLICATION_ID)
            .env("BOOTPAY_PRIVATE_KEY", Sandbox::PRIVATE_KEY)
            .env("BOOTPAY_JOURNAL", self.journal())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_with_stdin(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Run::of(child.wait_with_output().unwrap())
    }

    /// Runs with `--json` and reads the one object.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let run = self.run(&[&["--json"], arguments].concat());
        (run.status, run.object())
    }

    /// The amounts that moved back, in won.
    pub(crate) fn moved(&self, receipt_id: &str) -> Vec<u64> {
        self.sandbox.movements(receipt_id).iter().map(|movement| movement.amount).collect()
    }
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "waited too long until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Sends a signal by its short name.
pub(crate) fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
