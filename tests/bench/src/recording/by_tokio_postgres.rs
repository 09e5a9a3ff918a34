//! The same rows in the same tables by tokio-postgres alone: the core's statements, in as few round trips, on as many
//! connections.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use bootpay_test_postgres::Database;
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio_postgres::{Client, NoTls, Statement};

use super::wish::{BODY_MARK, DEADLINE, ENVIRONMENT, LEASE_UNTIL, NOW, OWNER, SCOPE, WON};
use super::{Recorder, Step, Wish, Witness, share_out};

/// As many as the core has.
const CONNECTIONS: usize = 8;

/// Some connections, and whoever needs one takes one that is free.
#[derive(Debug)]
pub struct Connections {
    runtime: Arc<Runtime>,
    free: Arc<Free>,
    witness: Witness,
}

/// Those that are free.
pub struct Free {
    turns: Semaphore,
    idle: Mutex<Vec<Session>>,
}

impl std::fmt::Debug for Free {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Free").field("turns", &self.turns).finish_non_exhaustive()
    }
}

struct Session {
    client: Client,
    lock: Statement,
    read_receipt: Statement,
    read_intent: Statement,
    format: Statement,
    admitted: Statement,
    sending: Statement,
    settled: Statement,
}

impl Session {
    async fn open(database: &Database) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await?;
        tokio::spawn(connection);
        // As the core: the tables are small when these statements are planned, and grow.
        client.batch_execute("SET enable_seqscan = off; SET jit = off").await?;
        Ok(Self {
            lock: client
                .prepare(
                    "INSERT INTO bootpay.locks AS locks (name, times) SELECT name, 1 FROM unnest($1::text[]) AS name
                     ON CONFLICT (name) DO UPDATE SET times = locks.times + 1",
                )
                .await?,
            read_receipt: client
                .prepare(
                    "SELECT * FROM bootpay.intents WHERE environment = $1
                     AND (receipt_id = $2 OR (scope = $3 AND cancel_id = $4)) ORDER BY seq",
                )
                .await?,
            read_intent: client.prepare("SELECT * FROM bootpay.intents WHERE id = $1 FOR UPDATE").await?,
            format: client.prepare("SELECT format FROM bootpay.journal").await?,
            admitted: client
                .prepare(
                    "INSERT INTO bootpay.intents (id, environment, scope, receipt_id, intent_key, generation, cancel_id,
                         kind, to_account, state, held, owner, lease_until_ms, has_before, has_after, has_last,
                         mismatches, created_at_ms, updated_at_ms, attempts, written_by)
                     VALUES ($1, $2, $3, $4, 'receipt', 1, $5, 'full', FALSE, 'reserved', FALSE, $6, $7, FALSE, FALSE,
                         FALSE, '[]', $8, $8, '[]', $9)",
                )
                .await?,
            sending: client
                .prepare(
                    "UPDATE bootpay.intents SET state = 'sending', deadline_ms = $2, lease_until_ms = $3,
                         updated_at_ms = $4, attempts = $5, written_by = $6 WHERE id = $1 AND state = 'reserved'",
                )
                .await?,
            settled: client
                .prepare(
                    "UPDATE bootpay.intents SET state = 'cancelled', evidence = 'answered', money_is_back = 'yes',
                         has_after = TRUE, after_price = $2, after_remaining = 0, after_cancelled = $2, answered_at_ms = $3,
                         cancellation = $4, updated_at_ms = $3, attempts = $5, written_by = $6
                     WHERE id = $1 AND state = 'sending'",
                )
                .await?,
            client,
        })
    }

    async fn carry_out(&self, step: Step, wish: &Wish) -> Result<()> {
        const CALL: &str = "00112233445566778899aabbccddeeff";
        let begin = self.client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        if step == Step::Admitted {
            let locks = vec![format!("receipt {ENVIRONMENT} {}", wish.receipt_id)];
            let (begun, locked, rows, format) = tokio::join!(
                biased;
                begin,
                async { self.client.execute(&self.lock, &[&locks]).await },
                async { self.client.query(&self.read_receipt, &[&ENVIRONMENT, &wish.receipt_id, &SCOPE, &None::<&str>]).await },
                async { self.client.query_one(&self.format, &[]).await },
            );
            begun?;
            locked?;
            format?;
            ensure!(rows?.is_empty(), "{wish:?} is there already");
        } else {
            let (begun, row, format) = tokio::join!(
                biased;
                begin,
                async { self.client.query_one(&self.read_intent, &[&wish.intent_id]).await },
                async { self.client.query_one(&self.format, &[]).await },
            );
            begun?;
            row?;
            format?;
        }
        let attempt = |progress: &str, http_status: Option<u16>| {
            serde_json::json!([{ "started_at": NOW.0, "progress": progress, "body_mark": BODY_MARK,
                                 "http_status": http_status, "code": null }])
        };
        let commit = self.client.batch_execute("SET LOCAL statement_timeout = 0; COMMIT");
        let (written, committed) = match step {
            Step::Admitted => {
                let Wish { intent_id, receipt_id, cancel_id } = wish;
                tokio::join!(
                    biased;
                    async { self.client.execute(&self.admitted, &[intent_id, &ENVIRONMENT, &SCOPE, receipt_id, cancel_id, &OWNER, &LEASE_UNTIL.0, &NOW.0, &CALL]).await },
                    commit,
                )
            }
            Step::Sending => {
                let attempts = attempt("sending", None);
                tokio::join!(
                    biased;
                    async { self.client.execute(&self.sending, &[&wish.intent_id, &DEADLINE.0, &LEASE_UNTIL.0, &NOW.0, &attempts, &CALL]).await },
                    commit,
                )
            }
            Step::Settled => {
                let attempts = attempt("answered", Some(200));
                let figures: serde_json::Value = serde_json::from_str(&wish.figures())?;
                tokio::join!(
                    biased;
                    async { self.client.execute(&self.settled, &[&wish.intent_id, &(WON as i64), &NOW.0, &figures, &attempts, &CALL]).await },
                    commit,
                )
            }
        };
        committed?;
        ensure!(written? == 1, "not written: {wish:?}");
        Ok(())
    }
}

impl Free {
    /// Opens them.
    ///
    /// # Errors
    /// Where the database cannot be reached.
    pub async fn open(database: &Database) -> Result<Self> {
        let mut idle = Vec::new();
        for _ in 0..CONNECTIONS {
            idle.push(Session::open(database).await?);
        }
        Ok(Self { turns: Semaphore::new(CONNECTIONS), idle: Mutex::new(idle) })
    }

    /// Carries a step out on a connection that is free.
    ///
    /// # Errors
    /// Where it is not committed.
    pub async fn record(&self, step: Step, wish: &Wish) -> Result<()> {
        let _turn = self.turns.acquire().await?;
        let session = self.idle().pop().context("no connection is free")?;
        let done = session.carry_out(step, wish).await;
        self.idle().push(session);
        done
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// To a database that a journal has made its tables in.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub fn new(runtime: &Arc<Runtime>, database: &Database) -> Result<Self> {
        let free = Arc::new(runtime.block_on(Free::open(database))?);
        Ok(Self { runtime: Arc::clone(runtime), free, witness: Witness::of_database(database.clone())? })
    }
}

impl Recorder for Connections {
    fn name(&self) -> &str {
        "tokio-postgres by itself"
    }

    fn is_baseline(&self) -> bool {
        true
    }

    fn record(&mut self, wishes: Vec<Wish>, callers: usize) -> Result<()> {
        let free = Arc::clone(&self.free);
        share_out(&self.runtime, wishes, callers, move |wish| {
            let free = Arc::clone(&free);
            async move {
                for step in Step::ALL {
                    free.record(step, &wish).await?;
                }
                Ok(())
            }
        })
    }

    fn witness(&mut self) -> &mut Witness {
        &mut self.witness
    }
}
