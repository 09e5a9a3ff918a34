//! The same rows in the same file by rusqlite alone: the core's transactions, statement by statement. What decides about an
//! intent is read in the transaction that writes it, so the reads are part of it.

use std::path::Path;
use std::sync::{Arc, mpsc};

use anyhow::{Context as _, Result, ensure};
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use super::wish::{BODY_MARK, DEADLINE, ENVIRONMENT, LEASE_UNTIL, NOW, OWNER, SCOPE, WON};
use super::{Recorder, Step, Wish, Witness, share_out};

/// As many in one transaction as the core puts there.
const MOST_AT_ONCE: usize = 256;

fn open(path: &Path) -> Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;",
    )?;
    Ok(connection)
}

/// Reads what the core reads, every column of it.
fn read(connection: &Connection, step: Step, wish: &Wish) -> Result<()> {
    let found = match step {
        Step::Admitted => {
            let sql = "SELECT * FROM intents WHERE environment = ? AND receipt_id = ? ORDER BY seq";
            rows(connection, sql, &[ENVIRONMENT, &wish.receipt_id])?
        }
        Step::Sending | Step::Settled => {
            let attempts = "SELECT number, started_at_ms, progress, body_mark, http_status, code FROM attempts
                            WHERE intent_id = ? ORDER BY number";
            rows(connection, attempts, &[&wish.intent_id])?;
            rows(connection, "SELECT * FROM intents WHERE id = ?", &[&wish.intent_id])?
        }
    };
    ensure!(found == usize::from(step != Step::Admitted), "{found} rows found for {wish:?}");
    Ok(())
}

fn rows(connection: &Connection, sql: &str, values: &[&str]) -> Result<usize> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(rusqlite::params_from_iter(values))?;
    let mut found = 0;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            std::hint::black_box(row.get_ref(column)?);
        }
        found += 1;
    }
    Ok(found)
}

fn write(connection: &Connection, step: Step, wish: &Wish) -> Result<()> {
    let changed = match step {
        Step::Admitted => connection
            .prepare_cached(
                "INSERT INTO intents (id, environment, scope, receipt_id, intent_key, generation, cancel_id, kind,
                     to_account, state, held, owner, lease_until_ms, has_before, has_after, has_last, mismatches,
                     created_at_ms, updated_at_ms)
                 VALUES (?, ?, ?, ?, 'receipt', 1, ?, 'full', 0, 'reserved', 0, ?, ?, 0, 0, 0, '[]', ?, ?)",
            )?
            .execute(params![
                wish.intent_id,
                ENVIRONMENT,
                SCOPE,
                wish.receipt_id,
                wish.cancel_id,
                OWNER,
                LEASE_UNTIL.0,
                NOW.0,
                NOW.0
            ])?,
        Step::Sending => {
            connection
                .prepare_cached(
                    "INSERT INTO attempts (intent_id, number, started_at_ms, progress, body_mark)
                     VALUES (?, 1, ?, 'sending', ?)",
                )?
                .execute(params![wish.intent_id, NOW.0, BODY_MARK])?;
            connection
                .prepare_cached(
                    "UPDATE intents SET state = 'sending', deadline_ms = ?, lease_until_ms = ?, updated_at_ms = ?
                     WHERE id = ? AND state = 'reserved'",
                )?
                .execute(params![DEADLINE.0, LEASE_UNTIL.0, NOW.0, wish.intent_id])?
        }
        Step::Settled => {
            connection
                .prepare_cached(
                    "UPDATE attempts SET progress = 'answered', http_status = 200 WHERE intent_id = ? AND number = 1",
                )?
                .execute(params![wish.intent_id])?;
            connection
                .prepare_cached(
                    "UPDATE intents SET state = 'cancelled', evidence = 'answered', money_is_back = 'yes',
                         has_after = 1, after_price = ?1, after_remaining = 0, after_cancelled = ?1, answered_at_ms = ?2, cancellation = ?3,
                         updated_at_ms = ?2 WHERE id = ?4 AND state = 'sending'",
                )?
                .execute(params![WON as i64, NOW.0, wish.figures(), wish.intent_id])?
        }
    };
    ensure!(changed == 1, "{changed} rows changed for {wish:?}");
    Ok(())
}

fn commit<'w>(
    connection: &mut Connection,
    reads: bool,
    work: impl IntoIterator<Item = (Step, &'w Wish)>,
) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (step, wish) in work {
        if reads {
            read(&transaction, step, wish)?;
        }
        write(&transaction, step, wish)?;
    }
    Ok(transaction.commit()?)
}

/// One thread that has all the work in hand: in each transaction the same step of as many cancels as there are callers,
/// since so many could have handed it over at once. It waits for nobody and wakes nobody.
#[derive(Debug)]
pub struct Loop {
    connection: Connection,
    witness: Witness,
    reads: bool,
}

impl Loop {
    /// On a file that a journal has made.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn new(path: &Path) -> Result<Self> {
        Ok(Self { connection: open(path)?, witness: Witness::of_file(path)?, reads: true })
    }

    /// Writes, and looks at nothing before: what it would cost if nobody else could have been there.
    #[must_use]
    pub fn without_reading(self) -> Self {
        Self { reads: false, ..self }
    }
}

impl Recorder for Loop {
    fn name(&self) -> &str {
        if self.reads { "rusqlite in a loop" } else { "rusqlite in a loop, writes alone" }
    }

    fn is_baseline(&self) -> bool {
        self.reads
    }

    fn record(&mut self, wishes: Vec<Wish>, callers: usize) -> Result<()> {
        for group in wishes.chunks(callers.min(MOST_AT_ONCE)) {
            for step in Step::ALL {
                commit(&mut self.connection, self.reads, group.iter().map(|wish| (step, wish)))?;
            }
        }
        Ok(())
    }

    fn witness(&mut self) -> &mut Witness {
        &mut self.witness
    }
}

/// A thread that commits what its callers have handed over: what a group commit by hand looks like.
#[derive(Debug)]
pub struct Thread {
    runtime: Arc<Runtime>,
    pub(crate) handle: Handle,
    witness: Witness,
}

/// The way to such a thread. It ends once the last of these is gone.
#[derive(Clone, Debug)]
pub struct Handle {
    work: mpsc::Sender<Work>,
}

struct Work {
    step: Step,
    wish: Arc<Wish>,
    done: oneshot::Sender<Result<()>>,
}

impl Handle {
    /// On a file that a journal has made.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn start(path: &Path) -> Result<Self> {
        let mut connection = open(path)?;
        let (work, queue) = mpsc::channel::<Work>();
        std::thread::spawn(move || {
            while let Ok(first) = queue.recv() {
                let batch: Vec<Work> = std::iter::once(first).chain(queue.try_iter().take(MOST_AT_ONCE - 1)).collect();
                let done = commit(&mut connection, true, batch.iter().map(|work| (work.step, work.wish.as_ref())));
                let failed = done.err().map(|error| format!("{error:#}"));
                for work in batch {
                    let _ = work.done.send(failed.clone().map_or(Ok(()), |error| Err(anyhow::Error::msg(error))));
                }
            }
        });
        Ok(Self { work })
    }

    /// Hands a step over, and waits until it is on the disk.
    ///
    /// # Errors
    /// Where it is not.
    pub async fn record(&self, step: Step, wish: &Arc<Wish>) -> Result<()> {
        let (done, answer) = oneshot::channel();
        self.work.send(Work { step, wish: Arc::clone(wish), done }).ok().context("the thread has ended")?;
        answer.await?
    }
}

impl Thread {
    /// On a file that a journal has made.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn new(runtime: &Arc<Runtime>, path: &Path) -> Result<Self> {
        Ok(Self { runtime: Arc::clone(runtime), handle: Handle::start(path)?, witness: Witness::of_file(path)? })
    }
}

impl Recorder for Thread {
    fn name(&self) -> &str {
        "rusqlite, callers by channel"
    }

    fn record(&mut self, wishes: Vec<Wish>, callers: usize) -> Result<()> {
        let handle = self.handle.clone();
        share_out(&self.runtime, wishes, callers, move |wish| {
            let (handle, wish) = (handle.clone(), Arc::new(wish));
            async move {
                for step in Step::ALL {
                    handle.record(step, &wish).await?;
                }
                Ok(())
            }
        })
    }

    fn witness(&mut self) -> &mut Witness {
        &mut self.witness
    }
}
