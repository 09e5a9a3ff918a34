//! A cancel in a process of its own to which something happens, and what must hold afterwards: in the ledger, in the
//! journal, for whoever recovers it, and for whoever clicks again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bootpay_core::{Bootpay, CancelOutcome, CancelRequest, Intent, IntentQuery, IntentState, JournalChoice, Recovery};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation, Sandbox};
use tempfile::TempDir;

use crate::interposed::{Ended, Process};
use crate::{NoWait, Setup, TestClock, Told};

/// What the process is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A full cancel.
    Full,
    /// A partial cancel with a `cancel_id`, looked up before.
    Partial,
    /// The same under the declaration that the server honours `cancel_id`: its first answer is lost, and it repeats.
    Repeated,
}

/// A process's world: its sandbox, its receipt, its journal.
#[derive(Debug)]
pub struct Scene {
    /// The other side of the wire, and the witness.
    pub sandbox: Sandbox,
    /// The receipt.
    pub receipt_id: String,
    /// The clock of whoever comes afterwards.
    pub clock: Arc<TestClock>,
    wish: Wish,
    directory: TempDir,
}

impl Scene {
    /// A fresh world.
    pub async fn new(wish: Wish) -> Self {
        let sandbox = Sandbox::start().await.expect("a sandbox");
        let receipt_id = sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
        if wish == Wish::Repeated {
            sandbox.set_cancel_id_rule(CancelIdRule::Replay);
            sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
        }
        let directory = tempfile::tempdir().expect("a directory");
        Self { sandbox, receipt_id, clock: Arc::default(), wish, directory }
    }

    /// Where all that belongs to the journal is.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The journal.
    pub fn journal(&self) -> PathBuf {
        self.directory().join("journal.sqlite3")
    }

    /// The process.
    pub fn process(&self, cancel_once: &str) -> Process {
        self.process_with(cancel_once, &self.journal())
    }

    /// The process, with a journal elsewhere.
    pub fn process_with(&self, cancel_once: &str, journal: &Path) -> Process {
        let process = Process::new(cancel_once, &self.sandbox.base_url(), journal, &self.receipt_id, self.price());
        if self.is_declared() { process.env("HONOURS_CANCEL_ID", "1") } else { process }
    }

    fn price(&self) -> Option<u64> {
        (self.wish != Wish::Full).then_some(3_000)
    }

    fn is_declared(&self) -> bool {
        self.wish == Wish::Repeated
    }

    /// What the process asks for, from here.
    pub fn request(&self) -> CancelRequest {
        match self.price() {
            Some(price) => CancelRequest::partial(&self.receipt_id, price).cancel_id("killed"),
            None => CancelRequest::full(&self.receipt_id),
        }
    }

    /// A client of the same merchant on the same journal.
    ///
    /// # Errors
    /// Where the journal does not open.
    pub fn client(&self) -> Result<Bootpay, bootpay_core::BootpayError> {
        let setup = Setup { honours_cancel_id: self.is_declared(), ..Setup::v1() };
        setup
            .builder(&self.sandbox.base_url())?
            .clock(Arc::clone(&self.clock) as _)
            .chance(Arc::new(NoWait))
            .journal(JournalChoice::Sqlite(self.journal()))
            .build()
    }

    /// What really moved, in won.
    pub fn moved(&self) -> Vec<u64> {
        self.sandbox.movements(&self.receipt_id).iter().map(|movement| movement.amount).collect()
    }

    /// How many requests for a cancel Bootpay has seen.
    pub fn asked(&self) -> usize {
        self.sandbox.count(Operation::Cancel)
    }

    /// What must hold once the process has ended, however it did: recovers, clicks again, and asks for another refund.
    ///
    /// # Errors
    /// The first thing that does not hold, in words.
    pub async fn check(&self, ended: &Ended) -> Result<(), String> {
        let (moved, asked) = (self.moved(), self.asked());
        if let Some(told) = &ended.told {
            told.agrees_with(&moved)?;
            if told.is_journal_error() && asked > usize::from(self.is_declared()) {
                return Err(format!("an error of the journal's, and {asked} requests had left"));
            }
        }
        let bootpay = self.client().map_err(|error| format!("the journal does not open: {error}"))?;
        self.check_record(&bootpay, ended, asked).await?;
        let recovery = bootpay.recover().await.map_err(|error| format!("recover: {error}"))?;
        self.check_recovery(&bootpay, &recovery, &moved, ended).await?;
        self.click_again(&bootpay).await?;

        let another = self.sandbox.add(NewReceipt::paid(5_000).pg("kcp"));
        match bootpay.cancel(another.as_str()).await {
            Ok(CancelOutcome::Cancelled(_)) => {}
            other => return Err(format!("the journal takes no other refund: {other:?}")),
        }
        is_sound(&self.journal())
    }

    async fn intents(&self, bootpay: &Bootpay) -> Result<Vec<Intent>, String> {
        let found = bootpay.intents(IntentQuery::default()).await.map_err(|error| format!("reading: {error}"))?;
        Ok(found.into_iter().filter(|one| one.receipt_id.as_str() == self.receipt_id).collect())
    }

    /// What the process left in the journal: law 3, and that what it called recorded is.
    async fn check_record(&self, bootpay: &Bootpay, ended: &Ended, asked: usize) -> Result<(), String> {
        let intents = self.intents(bootpay).await?;
        let states: Vec<_> = intents.iter().map(|one| one.state).collect();
        if asked > 0 && !states.iter().any(|state| !state.moved_nothing() && *state != IntentState::Reserved) {
            return Err(format!("a request left, and the journal says {states:?}"));
        }
        let recorded = match ended.told {
            Some(Told::Cancelled { recorded: true, .. }) => states.contains(&IntentState::Cancelled),
            Some(Told::Unknown { recorded: true }) => states.contains(&IntentState::Unknown),
            _ => true,
        };
        if recorded { Ok(()) } else { Err(format!("told as recorded, and the journal says {states:?}")) }
    }

    async fn check_recovery(
        &self,
        bootpay: &Bootpay,
        recovery: &Recovery,
        moved: &[u64],
        ended: &Ended,
    ) -> Result<(), String> {
        let now = self.moved();
        if !self.is_declared() && now != moved {
            return Err(format!("recovering moved money: {now:?}"));
        }
        if ended.told.as_ref().is_some_and(Told::is_error) && !now.is_empty() {
            return Err("it was told as an error, and recovering moved it".into());
        }
        if now.len() > 1 {
            return Err(format!("moved more than once: {now:?}"));
        }
        if !recovery.failed.is_empty() || !recovery.in_flight.is_empty() {
            return Err(format!("not recovered: {recovery:?}"));
        }
        let intents = self.intents(bootpay).await?;
        let (mut cancelled, mut unknown) = (0, 0);
        for one in &intents {
            match one.state {
                IntentState::Cancelled => cancelled += 1,
                IntentState::Unknown => unknown += 1,
                state if state.moved_nothing() => {}
                state => return Err(format!("{} after recovering", state.name())),
            }
        }
        match now.is_empty() {
            true if cancelled > 0 => Err("the journal says cancelled, and nothing moved".into()),
            true if recovery.settled.iter().any(|one| matches!(one, CancelOutcome::Cancelled(_))) => {
                Err("recovered as cancelled, and nothing moved".into())
            }
            false if cancelled + unknown != 1 => Err(format!("it moved, and the journal says {intents:?}")),
            false if unknown == 1 && recovery.unknown.len() != 1 => {
                Err("it moved, and recover does not list it".into())
            }
            false if unknown == 1 && self.wish == Wish::Full => {
                Err("the receipt is empty, and it stays unknown".into())
            }
            _ => Ok(()),
        }
    }

    async fn click_again(&self, bootpay: &Bootpay) -> Result<(), String> {
        let (open, asked) =
            (self.intents(bootpay).await?.iter().any(|one| one.state == IntentState::Unknown), self.asked());
        let again = bootpay.cancel(self.request()).await;
        let now = self.moved();
        // An error about *this* call may be told of a refund that an earlier one made; but not here, where it is known.
        Told::of(&again).agrees_with(&now).map_err(|why| format!("the second click: {why}: {again:?}"))?;
        match again {
            Ok(CancelOutcome::Cancelled(_)) => Ok(()),
            Ok(CancelOutcome::Unknown(_)) if open && (self.is_declared() || self.asked() == asked) => Ok(()),
            other => Err(format!("the second click: {other:?}")),
        }
    }
}

/// Whether the file is a sound database, asked over a connection of its own.
///
/// # Errors
/// What SQLite says is wrong with it.
pub fn is_sound(journal: &Path) -> Result<(), String> {
    let check = || {
        let connection = rusqlite::Connection::open(journal)?;
        connection.busy_timeout(std::time::Duration::from_secs(30))?;
        connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))
    };
    match check() {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(format!("integrity_check: {verdict}")),
        Err(error) => Err(format!("integrity_check: {error}")),
    }
}
