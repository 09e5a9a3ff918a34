//! One measurement, as every language writes it: a line of JSON in `target/bench/<suite>.jsonl`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::place;

/// One timed block of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Whose bench it is: `rust`, `python` …
    pub suite: String,
    /// What was done: `full cancel, 32 callers`.
    pub case: String,
    /// `plain`, `tls`, `delayed` or `delayed_tls`.
    pub transport: String,
    /// Who did it: `bootpay-core, memory`.
    pub subject: String,
    /// Whether the others of its case are compared with this one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
    /// Which round; the subjects of a round ran next to each other.
    pub round: u32,
    /// How many cancels were done, each witnessed by the ledger.
    pub cancels: u64,
    /// How long they took, in seconds.
    pub seconds: f64,
    /// What they cost the measuring process, user and system together, in seconds of CPU.
    pub cpu_seconds: f64,
}

/// Writes a suite's samples.
#[derive(Debug)]
pub struct Samples {
    file: BufWriter<File>,
}

impl Samples {
    /// Begins a suite anew: what an earlier run wrote is gone.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn of(suite: &str) -> Result<Self> {
        let directory = place::samples()?;
        std::fs::create_dir_all(&directory)?;
        let path = directory.join(format!("{suite}.jsonl"));
        let file = File::create(&path).with_context(|| path.display().to_string())?;
        Ok(Self { file: BufWriter::new(file) })
    }

    /// Adds one.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, sample: &Sample) -> Result<()> {
        serde_json::to_writer(&mut self.file, sample)?;
        self.file.write_all(b"\n")?;
        Ok(self.file.flush()?)
    }
}

/// Reads a suite's samples.
///
/// # Errors
/// Where the file cannot be read, or a line is no sample.
pub fn read(path: &Path) -> Result<Vec<Sample>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}
