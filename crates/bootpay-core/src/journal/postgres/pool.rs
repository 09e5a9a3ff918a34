//! A few connections, and the patience to get a new one where the database was restarted.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::clock::{Chance, Clock, SystemChance};

use super::address::Address;
use super::operations::{Doubt, Operation};
use super::session::{Limits, Session};
use super::trouble::Trouble;

/// The most connections of one journal. Each is used for a few milliseconds at a time.
pub(super) const MOST: usize = 8;
/// A connection that nobody has used for so long is given up.
const IDLE: Duration = Duration::from_secs(60);
/// After so long a connection is made anew, and what was looked at when it was made is looked at again.
const OLD: Duration = Duration::from_secs(10 * 60);
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// A journal's connections to its database.
pub(super) struct Pool {
    address: Address,
    tls: MakeRustlsConnect,
    clock: Box<dyn Clock>,
    limits: Limits,
    turns: Semaphore,
    idle: Mutex<Vec<Session>>,
}

/// An operation that failed.
pub(super) struct Failed {
    pub(super) trouble: Trouble,
    /// Whether its change may be recorded all the same.
    pub(super) in_doubt: bool,
}

impl Pool {
    pub(super) fn new(address: Address, tls: MakeRustlsConnect, clock: Box<dyn Clock>, limits: Limits) -> Self {
        Self { address, tls, clock, limits, turns: Semaphore::new(MOST), idle: Mutex::default() }
    }

    pub(super) fn place(&self) -> &str {
        &self.address.place
    }

    /// Makes the first connection.
    pub(super) async fn open(&self) -> Result<(), Trouble> {
        let session = Session::open(&self.address, &self.tls, self.clock.as_ref(), &self.limits).await?;
        self.put_back(session);
        Ok(())
    }

    /// Carries an operation out, in bounded time.
    pub(super) async fn carry_out<O: Operation>(&self, operation: &O) -> Result<O::Answer, Failed> {
        let mut doubt = Doubt::default();
        let done = match tokio::time::timeout(self.limits.give_up, self.try_patiently(operation, &mut doubt)).await {
            Ok(done) => done,
            Err(_) => Err(Trouble::Silent(self.limits.give_up)),
        };
        done.map_err(|trouble| Failed { trouble, in_doubt: doubt.committing })
    }

    async fn try_patiently<O: Operation>(&self, operation: &O, doubt: &mut Doubt) -> Result<O::Answer, Trouble> {
        let _turn = self.turns.acquire().await.map_err(|_| Trouble::Unusable("the journal is closed".to_owned()))?;
        let (began, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            let trouble = match self.try_once(operation, doubt).await {
                Ok(answer) => return Ok(answer),
                Err(trouble) => trouble,
            };
            if !trouble.may_pass() || began.elapsed() >= self.limits.patience {
                return Err(trouble);
            }
            tracing::debug!(place = self.place(), ?trouble, "the journal's database is asked once more");
            tokio::time::sleep(pause / 2 + SystemChance.part_of(pause / 2)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn try_once<O: Operation>(&self, operation: &O, doubt: &mut Doubt) -> Result<O::Answer, Trouble> {
        let mut session = self.session().await?;
        let done = operation.run(&mut session, doubt).await;
        if session.in_transaction && !session.client.is_closed() {
            session.roll_back().await;
        }
        match &done {
            // A server that was restarted has forgotten every connection; one that only reads now is another's standby.
            Err(trouble) if trouble.may_pass() && !trouble.is_a_conflict() => self.idle().clear(),
            _ if session.in_transaction || session.client.is_closed() => {}
            _ => self.put_back(session),
        }
        done
    }

    /// A connection that was used lately, or a new one.
    async fn session(&self) -> Result<Session, Trouble> {
        let lately = {
            let mut idle = self.idle();
            idle.retain(|one| !one.client.is_closed() && one.used.elapsed() < IDLE && one.opened.elapsed() < OLD);
            idle.pop()
        };
        match lately {
            Some(session) => Ok(session),
            None => Session::open(&self.address, &self.tls, self.clock.as_ref(), &self.limits).await,
        }
    }

    fn put_back(&self, mut session: Session) {
        session.used = Instant::now();
        self.idle().push(session);
    }

    /// Waits until what is being carried out is done, and closes every connection.
    pub(super) async fn close(&self) {
        let all = u32::try_from(MOST).unwrap_or(u32::MAX);
        if let Ok(turns) = self.turns.acquire_many(all).await {
            turns.forget();
        }
        self.turns.close();
        let idle = std::mem::take(&mut *self.idle());
        for session in idle {
            session.close().await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
