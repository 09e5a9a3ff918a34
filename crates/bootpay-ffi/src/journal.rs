//! A journal that is closed while the process forks.
//!
//! A child must not inherit an open SQLite file: it would believe to hold locks that it does not, and its records could
//! vanish with a log that another process removes. Nor may it share a database's connection with its parent. So [`before_fork`] closes every journal of this process and holds
//! back whoever wants to use one, and [`after_fork`] lets them go on. The next use opens the journal again, on either side.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use bootpay_core::protocol::{Admission, Proposal};
use bootpay_core::{
    BootpayError, Change, Changed, Intent, IntentId, IntentQuery, Journal, JournalChoice, JournalError, OwnerId,
    UnixMillis,
};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::process::PerProcess;
use crate::runtime::block_on;

static DESK: PerProcess<Desk> = PerProcess::new();

/// What this process knows about its journals.
#[derive(Default)]
struct Desk {
    /// Read by whoever uses a journal; written by whoever forks.
    gate: Arc<RwLock<()>>,
    /// Held from before a fork until after it.
    closed: Mutex<Option<OwnedRwLockWriteGuard<()>>>,
    journals: Mutex<Vec<Weak<Place>>>,
    /// Journals whose clients are gone, still open: whoever comes first closes them.
    orphans: Mutex<Vec<Arc<dyn Journal>>>,
}

impl Desk {
    /// Closes what nobody uses any more. The gate is held meanwhile, by a fork or by a reader of it.
    fn close_orphans(&self) {
        let orphans = std::mem::take(&mut *lock(&self.orphans));
        orphans.iter().for_each(|journal| journal.close());
    }
}

/// A journal that is opened by its first use.
#[derive(Debug)]
pub(crate) struct ForkSafeJournal(Arc<Place>);

#[derive(Debug)]
struct Place {
    choice: JournalChoice,
    /// For people.
    place: String,
    open: tokio::sync::Mutex<Option<Arc<dyn Journal>>>,
}

/// Closes the journals of this process, and holds back whoever wants to use one until `after_fork`. To be called right
/// before a fork, where the host has such a hook.
#[uniffi::export]
pub fn before_fork() {
    let desk = DESK.get();
    let gate = block_on(Arc::clone(&desk.gate).write_owned());
    let mut journals = lock(&desk.journals);
    journals.retain(|journal| journal.strong_count() > 0);
    for journal in journals.iter().filter_map(Weak::upgrade) {
        if let Some(open) = block_on(journal.open.lock()).take() {
            open.close();
        }
    }
    drop(journals);
    desk.close_orphans();
    *lock(&desk.closed) = Some(gate);
}

/// Lets the parent go on after a fork. A child has nothing to let go.
#[uniffi::export]
pub fn after_fork() {
    drop(lock(&DESK.get().closed).take());
}

impl Drop for Place {
    /// The last to let go may be a call that is carried out on one of the library's own threads, which must never wait: so
    /// it is closed by another thread, or by a fork that comes first.
    fn drop(&mut self) {
        let Some(journal) = self.open.get_mut().take() else { return };
        lock(&DESK.get().orphans).push(journal);
        let close = || {
            let desk = DESK.get();
            let _gate = block_on(Arc::clone(&desk.gate).read_owned());
            desk.close_orphans();
        };
        // Where there is no thread to be had, the next fork or the process's end closes it.
        drop(std::thread::Builder::new().name("bootpay-close".into()).spawn(close));
    }
}

impl ForkSafeJournal {
    /// A journal at a place that [`ForkSafeJournal::check`] has told.
    pub(crate) fn new(choice: JournalChoice, place: String) -> Self {
        let place = Arc::new(Place { choice, place, open: tokio::sync::Mutex::default() });
        lock(&DESK.get().journals).push(Arc::downgrade(&place));
        Self(place)
    }

    /// Opens a journal and closes it again. Tells where it is.
    pub(crate) fn check(choice: JournalChoice) -> Result<String, BootpayError> {
        let _gate = block_on(Arc::clone(&DESK.get().gate).read_owned());
        let journal = choice.open()?;
        journal.close();
        Ok(journal.place())
    }

    /// The journal, open, for as long as the guard is held.
    async fn open(&self) -> Result<(Arc<dyn Journal>, OwnedRwLockReadGuard<()>), JournalError> {
        let gate = Arc::clone(&DESK.get().gate).read_owned().await;
        let mut open = self.0.open.lock().await;
        if let Some(journal) = &*open {
            return Ok((Arc::clone(journal), gate));
        }
        let choice = self.0.choice.clone();
        let cannot_open = |detail: String| JournalError::Open { place: self.place(), detail };
        let opened = match tokio::task::spawn_blocking(move || choice.open()).await {
            Ok(Ok(journal)) => journal,
            Ok(Err(BootpayError::Journal(error))) => return Err(error),
            Ok(Err(error)) => return Err(cannot_open(error.to_string())),
            Err(_) => return Err(cannot_open("the thread that opened it was lost".into())),
        };
        *open = Some(Arc::clone(&opened));
        Ok((opened, gate))
    }
}

#[async_trait]
impl Journal for ForkSafeJournal {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        let (journal, _open) = self.open().await?;
        journal.admit(proposal).await
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        let (journal, _open) = self.open().await?;
        journal.change(id, by, change, now).await
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        let (journal, _open) = self.open().await?;
        journal.find(query).await
    }

    fn place(&self) -> String {
        self.0.place.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
