//! The runner: every recorder once in a round, in rotating order, and its rows counted after each block.

use anyhow::{Context as _, Result, ensure};

use super::{Wish, Witness};
use crate::cpu::cost_of;
use crate::sample::{Sample, Samples};

/// What is measured.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in tables.
    pub name: String,
    /// Cancels in a timed block.
    pub cancels: usize,
    /// Who share them.
    pub callers: usize,
}

/// Somebody who records cancels.
pub trait Recorder {
    /// The name in tables.
    fn name(&self) -> &str;

    /// Whether the others are compared with this one.
    fn is_baseline(&self) -> bool {
        false
    }

    /// Records each of these, from beginning to end.
    ///
    /// # Errors
    /// Where one was not recorded.
    fn record(&mut self, wishes: Vec<Wish>, callers: usize) -> Result<()>;

    /// Who counts its rows.
    fn witness(&mut self) -> &mut Witness;
}

/// Runs the rounds of a case and writes its samples. One round more than asked for comes first, and is thrown away.
///
/// # Errors
/// Where a recorder fails, or its rows are not those of what was timed.
pub fn run(samples: &mut Samples, case: &Case, rounds: u32, recorders: &mut [Box<dyn Recorder>]) -> Result<()> {
    eprintln!("{}: {} cancels x {rounds} rounds …", case.name, case.cancels);
    for round in 0..=rounds {
        for turn in 0..recorders.len() {
            let at = (round as usize + turn) % recorders.len();
            let recorder = recorders[at].as_mut();
            let wishes = Wish::fresh(case.cancels)?;
            let cost = cost_of(|| recorder.record(wishes, case.callers)).with_context(|| recorder.name().to_owned())?;
            let recorded = recorder.witness().count_new()?;
            ensure!(
                recorded == case.cancels as u64,
                "what was timed did not happen: {} cancels, {recorded} of them in the journal of {}",
                case.cancels,
                recorder.name()
            );
            if round == 0 {
                continue;
            }
            samples.add(&Sample {
                suite: "journal".to_owned(),
                case: case.name.clone(),
                transport: "recording alone".to_owned(),
                subject: recorder.name().to_owned(),
                baseline: recorder.is_baseline(),
                round,
                cancels: case.cancels as u64,
                seconds: cost.seconds,
                cpu_seconds: cost.cpu_seconds,
            })?;
        }
    }
    Ok(())
}
