//! The journal of a fleet: one PostgreSQL database that every host shares.
//!
//! **Exclusive.** An admission takes a row of `bootpay.locks` for its receipt (and one for the merchant's `cancel_id`),
//! and a change takes its intent's row; both are held until the commit. So decisions about one receipt come one after
//! the other, whichever host they are made on, and those about different receipts do not wait for each other.
//!
//! **Durable.** `synchronous_commit` is at least `on` for every session, whatever the database's default: a commit returns
//! once the server's disk has it, and its synchronous standbys' where it has some.
//!
//! **Never in doubt without saying so.** A connection that breaks before its commit left proves that nothing is recorded,
//! and the operation is begun anew. Where it breaks after that, the next transaction waits for the same locks and looks for
//! what this call has signed. Only where that is not to be had either, the answer is [`JournalError::Unconfirmed`].
//!
//! **Bounded.** Connections, statements and whole operations have time-outs: a database that hangs is an error after 25
//! seconds, and no wait for ever. One that was restarted is found again.
//!
//! **Readable.** `SELECT * FROM bootpay.open_intents` shows what waits for a person.

mod address;
mod operations;
mod pool;
mod row;
mod schema;
mod session;
mod tls;
mod trouble;

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;

use crate::clock::{Chance, Clock, SystemChance, SystemClock};
use crate::error::{BootpayError, JournalError};
use crate::intent::{Change, Changed, Intent, IntentId, IntentQuery, OwnerId, UnixMillis};
use crate::journal::Journal;
use crate::protocol::{Admission, Proposal};
use crate::secret::Secret;

use address::Address;
use operations::{Admit, ChangeIntent, Find, Operation};
use pool::{Failed, Pool};
use session::Limits;

/// A journal in a PostgreSQL database. Clones share its connections, at most eight.
///
/// It can be used from any tokio runtime, and opened from blocking code: its connections are kept by a thread of its own.
/// A call whose future is dropped may still take effect: what it would have recorded is then found in the journal. After
/// `fork`, a child must open the journal anew; a handle that crossed over answers with an error.
#[derive(Clone)]
pub struct PostgresJournal {
    desk: Arc<Desk>,
}

/// What the handles share. In a forked child it is left alone and not even dropped: its sockets are the parent's.
struct Desk {
    place: String,
    process: u32,
    open: Option<Open>,
}

struct Open {
    pool: Arc<Pool>,
    runtime: Handle,
    closing: Arc<Notify>,
    is_closed: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl PostgresJournal {
    /// Opens the journal at an address such as `postgresql://user:password@host:5432/database`, and makes its tables, in
    /// the schema `bootpay`, where there are none.
    ///
    /// Unless the host is this machine, the connection is encrypted and the server must prove its name
    /// (`sslmode=verify-full`), by the system's certificates or those in the file that `sslrootcert` names. `sslmode=require`
    /// and `sslmode=disable` are weaker and must be asked for.
    ///
    /// This waits for the database: up to five seconds for each host of the address.
    ///
    /// # Errors
    /// [`BootpayError::InvalidInput`] for the address, which is never repeated; [`BootpayError::Journal`] where the
    /// database cannot be reached or used: it only reads, its encoding is not UTF-8, its server does not sync, its clock
    /// and this machine's differ by more than 30 seconds, or its tables are another version's. They are left as they are.
    pub fn open(url: impl Into<Secret>) -> Result<Self, BootpayError> {
        Self::open_by(&url.into(), Box::new(SystemClock::default()), Limits::default())
    }

    /// The same by another clock, and with other limits.
    fn open_by(url: &Secret, clock: Box<dyn Clock>, limits: Limits) -> Result<Self, BootpayError> {
        let address = Address::parse(url)?;
        let place = address.place.clone();
        let cannot_open = |detail: String| JournalError::Open { place: place.clone(), detail };
        let tls = tls::connector(&address.encryption).map_err(cannot_open)?;
        let pool = Arc::new(Pool::new(address, tls, clock, limits));
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| cannot_open(format!("no runtime for it: {error}")))?;
        let (handle, closing) = (runtime.handle().clone(), Arc::new(Notify::new()));
        let (told, opened) = mpsc::sync_channel(1);
        let keep = {
            let (pool, closing) = (Arc::clone(&pool), Arc::clone(&closing));
            move || {
                runtime.block_on(async {
                    let done = pool.open().await;
                    let failed = done.is_err();
                    let _ = told.send(done);
                    if !failed {
                        closing.notified().await;
                        pool.close().await;
                    }
                });
                runtime.shutdown_timeout(Duration::from_secs(1));
            }
        };
        let thread = std::thread::Builder::new().name("bootpay-journal".to_owned()).spawn(keep);
        let thread = thread.map_err(|error| cannot_open(format!("no thread for it: {error}")))?;
        match opened.recv() {
            Ok(Ok(())) => {}
            Ok(Err(trouble)) => return Err(trouble.opening(&place).into()),
            Err(_) => return Err(cannot_open("the thread that opened it was lost".to_owned()).into()),
        }
        let thread = Mutex::new(Some(thread));
        let open = Some(Open { pool, runtime: handle, closing, is_closed: AtomicBool::new(false), thread });
        Ok(Self { desk: Arc::new(Desk { place, process: std::process::id(), open }) })
    }

    /// What a call signs its work with.
    fn call() -> Result<String, JournalError> {
        let bytes = SystemChance.bytes();
        let bytes = bytes.map_err(|error| JournalError::Write(format!("no random numbers: {error}")))?;
        Ok(crate::hex::hex(&bytes))
    }
}

impl Desk {
    async fn run<O: Operation>(&self, operation: O) -> Result<O::Answer, JournalError> {
        let failed = |why: &str| O::FAILED(format!("{}: {why}", self.place));
        if self.process != std::process::id() {
            return Err(failed("the process has forked since the journal was opened. Open it anew in the child"));
        }
        let Some(open) = self.open.as_ref().filter(|open| !open.is_closed.load(Ordering::SeqCst)) else {
            return Err(failed("the journal is closed. Open it anew"));
        };
        let pool = Arc::clone(&open.pool);
        let done = open.runtime.spawn(async move { pool.carry_out(&operation).await }).await;
        match done {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Failed { trouble, in_doubt })) => {
                let error = trouble.during(&self.place, if in_doubt { JournalError::Unconfirmed } else { O::FAILED });
                if !matches!(error, JournalError::NoSuchIntent(_)) {
                    tracing::error!(%error, "the journal failed an operation");
                }
                Err(error)
            }
            Err(_) => Err(JournalError::Unconfirmed(format!("{}: the operation's task was lost", self.place))),
        }
    }

    fn close(&self) {
        let Some(open) = self.open.as_ref().filter(|_| self.process == std::process::id()) else { return };
        open.is_closed.store(true, Ordering::SeqCst);
        open.closing.notify_one();
        if let Some(thread) = open.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let Some(open) = self.open.take() else { return };
        if self.process == std::process::id() {
            // The thread ends by itself, once what was handed over is done.
            open.closing.notify_one();
        } else {
            std::mem::forget(open);
        }
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresJournal").field("place", &self.desk.place).finish_non_exhaustive()
    }
}

#[async_trait]
impl Journal for PostgresJournal {
    async fn admit(&self, proposal: Proposal) -> Result<Admission, JournalError> {
        self.desk.run(Admit { proposal, call: Self::call()? }).await
    }

    async fn change(
        &self,
        id: &IntentId,
        by: &OwnerId,
        change: Change,
        now: UnixMillis,
    ) -> Result<Changed, JournalError> {
        self.desk.run(ChangeIntent { id: id.clone(), by: by.clone(), change, now, call: Self::call()? }).await
    }

    async fn find(&self, query: IntentQuery) -> Result<Vec<Intent>, JournalError> {
        self.desk.run(Find { query }).await
    }

    fn place(&self) -> String {
        self.desk.place.clone()
    }

    /// Closes every connection, and waits until that is done: what was handed over before is carried out first. Clones
    /// are closed too, and answer with an error.
    fn close(&self) {
        self.desk.close();
    }
}

#[cfg(test)]
mod tests;
