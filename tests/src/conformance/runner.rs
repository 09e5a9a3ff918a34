//! A runner: a program in one of the languages, spoken to line by line.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longer than any call of any case takes, on a slow machine too.
const PATIENCE: Duration = Duration::from_secs(90);

/// A program that makes the calls that it is told.
#[derive(Debug)]
pub struct Runner {
    name: String,
    // Ends with this: a runner that hangs does not outlive its judge.
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Runner {
    /// Starts a program with its arguments. What it writes to its standard error is shown.
    ///
    /// # Errors
    /// Where it cannot be started.
    pub fn start(name: &str, program: &[String]) -> Result<Self> {
        let (file, arguments) = program.split_first().context("a runner's command is empty")?;
        let mut process = Command::new(file)
            .args(arguments)
            .env("NO_PROXY", "*")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("the runner {name} could not be started: {file}"))?;
        let input = process.stdin.take().context("no standard input")?;
        let output = BufReader::new(process.stdout.take().context("no standard output")?).lines();
        Ok(Self { name: name.to_owned(), _process: process, input, output })
    }

    /// The language and the form.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells it what to do, and gives its answer, word for word.
    pub(super) async fn ask(&mut self, told: &Value) -> Result<String> {
        self.input.write_all(format!("{told}\n").as_bytes()).await?;
        self.input.flush().await?;
        match tokio::time::timeout(PATIENCE, self.output.next_line()).await {
            Ok(Ok(Some(line))) => Ok(line),
            Ok(Ok(None)) => bail!("the runner {} ended at {told}", self.name),
            Ok(Err(error)) => Err(error).with_context(|| format!("the runner {} at {told}", self.name)),
            Err(_) => bail!("the runner {} did not answer in {PATIENCE:?}: {told}", self.name),
        }
    }
}
