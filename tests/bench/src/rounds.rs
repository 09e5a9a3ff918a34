//! The runner: every subject once in a round, in rotating order, so that whatever else the machine does meets all alike.

use anyhow::{Context as _, Result, ensure};

use crate::cpu::cost_of;
use crate::peer::{Ledger, Peer};
use crate::sample::{Sample, Samples};

/// What is measured: so many cancels, by so many callers.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name in tables.
    pub name: String,
    /// Which of the peer's addresses.
    pub transport: &'static str,
    /// Cancels in a timed block.
    pub cancels: usize,
    /// Who share them, each doing one after the other.
    pub callers: usize,
    /// What a receipt was paid with, in won.
    pub paid: u64,
    /// What a cancel gives back, in won.
    pub won: u64,
    /// Lookups per cancel.
    pub lookups: u64,
}

/// Somebody who cancels.
pub trait Subject {
    /// The name in tables.
    fn name(&self) -> &str;

    /// Whether the others are compared with this one.
    fn is_baseline(&self) -> bool {
        false
    }

    /// In a timed block it gets only one of so many cancels: for those who would take too long.
    fn slowness(&self) -> usize {
        1
    }

    /// Cancels each of these receipts once, as the case says.
    ///
    /// # Errors
    /// Where one was not cancelled.
    fn cancel(&mut self, receipts: Vec<String>, case: &Case) -> Result<()>;
}

/// Runs the rounds of a case and writes its samples. One round more than asked for comes first, and is thrown away.
///
/// # Errors
/// Where a subject fails, or the ledger says that what was timed did not happen.
pub fn run(
    peer: &mut Peer,
    samples: &mut Samples,
    suite: &str,
    case: &Case,
    rounds: u32,
    subjects: &mut [Box<dyn Subject>],
) -> Result<()> {
    eprintln!("{}, {}: {} cancels x {rounds} rounds …", case.name, case.transport, case.cancels);
    for round in 0..=rounds {
        for turn in 0..subjects.len() {
            let at = (round as usize + turn) % subjects.len();
            let subject = subjects[at].as_mut();
            let case = &Case { cancels: (case.cancels / subject.slowness()).max(case.callers), ..case.clone() };
            let cost = timed(peer, case, subject)
                .with_context(|| format!("{} ({}, {})", subject.name(), case.name, case.transport))?;
            if round == 0 {
                continue;
            }
            samples.add(&Sample {
                suite: suite.to_owned(),
                case: case.name.clone(),
                transport: case.transport.to_owned(),
                subject: subject.name().to_owned(),
                baseline: subject.is_baseline(),
                round,
                cancels: case.cancels as u64,
                seconds: cost.seconds,
                cpu_seconds: cost.cpu_seconds,
            })?;
        }
    }
    Ok(())
}

/// One block, with its connections opened before, and the ledger asked after.
fn timed(peer: &mut Peer, case: &Case, subject: &mut dyn Subject) -> Result<crate::cpu::Cost> {
    let warm_up = peer.receipts(case.callers * 4, case.paid)?;
    subject.cancel(warm_up, case).context("while warming up")?;
    peer.forget()?;
    let receipts = peer.receipts(case.cancels, case.paid)?;
    let cost = cost_of(|| subject.cancel(receipts, case))?;
    witness(case, peer.ledger()?)?;
    Ok(cost)
}

/// The timed work was done, all of it, once.
fn witness(case: &Case, ledger: Ledger) -> Result<()> {
    let cancels = case.cancels as u64;
    let wanted = Ledger {
        cancelled_won: cancels * case.won,
        movements: cancels,
        cancel_requests: cancels,
        lookups: cancels * case.lookups,
        // Neither is this work's.
        tokens: ledger.tokens,
        connections: ledger.connections,
    };
    ensure!(ledger == wanted, "what was timed did not happen: the ledger says {ledger:?}, and not {wanted:?}");
    Ok(())
}
