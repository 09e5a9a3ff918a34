//! The thread that owns the connection.
//!
//! Callers hand it closures and wait without blocking. It takes all that has queued up, and what comes meanwhile, carries
//! it out inside one exclusive transaction and commits once: so a hundred cancels at a time cost one sync of the disk.
//! Where one of them fails, all is taken back and carried out again, each in a savepoint of its own, so that it fails
//! alone. Answers go out after the commit, and never before.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::error::JournalError;

use super::file::JournalFile;
use super::schema;
use super::trouble::Trouble;

/// The most changes in one transaction: other processes get their turn too.
const MOST_AT_ONCE: usize = 256;

/// The way to the thread. It ends once the last of these is gone and what was handed over is done.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    work: mpsc::Sender<Work>,
    place: Arc<str>,
    pub(super) process: u32,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, file: JournalFile) -> Result<Self, JournalError> {
        let (work, queue) = mpsc::channel();
        let place: Arc<str> = file.place().into();
        let keeper = Keeper { connection, file };
        match std::thread::Builder::new().name("bootpay-journal".to_owned()).spawn(move || keeper.run(&queue)) {
            Ok(thread) => {
                Ok(Self { work, place, process: std::process::id(), thread: Arc::new(Mutex::new(Some(thread))) })
            }
            Err(error) => {
                Err(JournalError::Open { place: place.to_string(), detail: format!("no thread for it: {error}") })
            }
        }
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Ends the thread once what was handed over before is done, and waits until the file is closed.
    pub(super) fn close(&self) {
        if self.process != std::process::id() {
            return;
        }
        // Where it has stopped already, there is nobody to tell.
        let _ = self.work.send(Work::Close);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }

    /// Runs `run` inside an exclusive transaction, and answers once that is synced. What is not committed is taken back
    /// whole, and `run` may then be run again.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        run: impl Fn(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        let operation = Operation { run, outcome: None, reply };
        self.hand_over(Work::Write(Box::new(operation)), answer, JournalError::Write).await
    }

    /// Runs `run` over what is committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        run: impl FnOnce(&Connection) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (reply, answer) = oneshot::channel();
        let work = Work::Read(Box::new(move |keeper: &mut Keeper| {
            let found = keeper.read(run);
            // Whoever asked may have gone; a read leaves nothing behind.
            let _ = reply.send(found.map_err(|trouble| trouble.reading(keeper.file.place())));
        }));
        self.hand_over(work, answer, JournalError::Read).await
    }

    async fn hand_over<T>(
        &self,
        work: Work,
        answer: oneshot::Receiver<Result<T, JournalError>>,
        error: fn(String) -> JournalError,
    ) -> Result<T, JournalError> {
        if self.process != std::process::id() {
            return Err(error(format!(
                "{}: the process has forked since the journal was opened. Open it anew in the child",
                self.place
            )));
        }
        let stopped = || error(format!("{}: the journal's thread has stopped. Open it anew", self.place));
        self.work.send(work).map_err(|_| stopped())?;
        // Without an answer nothing was committed: answers follow the commit without a step between them that can fail.
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

enum Work {
    Write(Box<dyn Write>),
    Read(Read),
    Close,
}

type Read = Box<dyn FnOnce(&mut Keeper) + Send>;

/// A change, whatever its answer's type.
trait Write: Send {
    /// Carries it out; what it did must be rolled back where it fails.
    fn carry_out(&mut self, connection: &Connection, place: &str) -> Result<(), JournalError>;

    /// Tells the caller.
    fn answer(self: Box<Self>, committed: &Result<(), JournalError>);
}

struct Operation<T, F> {
    run: F,
    outcome: Option<Result<T, JournalError>>,
    reply: oneshot::Sender<Result<T, JournalError>>,
}

impl<T, F> Write for Operation<T, F>
where
    T: Send,
    F: Fn(&Connection) -> Result<T, Trouble> + Send,
{
    fn carry_out(&mut self, connection: &Connection, place: &str) -> Result<(), JournalError> {
        let outcome = (self.run)(connection).map_err(|trouble| trouble.writing(place));
        let done = outcome.as_ref().map(|_| ()).map_err(JournalError::clone);
        self.outcome = Some(outcome);
        done
    }

    fn answer(self: Box<Self>, committed: &Result<(), JournalError>) {
        let answer = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => return,
            (Err(error), _) => Err(error.clone()),
        };
        // Whoever asked may have gone. The change stands all the same, for the next to find.
        let _ = self.reply.send(answer);
    }
}

/// What goes into one transaction, and what comes after it.
#[derive(Default)]
struct Batch {
    writes: Vec<Box<dyn Write>>,
    reads: Vec<Read>,
    close: bool,
}

impl Batch {
    fn add(&mut self, work: Work) {
        match work {
            Work::Write(write) => self.writes.push(write),
            Work::Read(read) => self.reads.push(read),
            Work::Close => self.close = true,
        }
    }

    /// Takes what has queued up.
    fn gather(&mut self, queue: &mpsc::Receiver<Work>) {
        while !self.close && self.writes.len() + self.reads.len() < MOST_AT_ONCE {
            let Ok(work) = queue.try_recv() else { return };
            self.add(work);
        }
    }
}

/// What the thread owns.
struct Keeper {
    connection: Connection,
    file: JournalFile,
}

impl Keeper {
    fn run(mut self, queue: &mpsc::Receiver<Work>) {
        while let Ok(first) = queue.recv() {
            let mut batch = Batch::default();
            batch.add(first);
            // A panic would take the journal from everybody. Unwinding rolls the transaction back, and those who wait
            // are told that there is no answer.
            let served = catch_unwind(AssertUnwindSafe(|| {
                batch.gather(queue);
                self.serve(&mut batch, queue);
                std::mem::take(&mut batch.reads).into_iter().for_each(|read| read(&mut self));
            }));
            if served.is_err() {
                tracing::error!(place = self.file.place(), "a panic in the journal; its transaction was rolled back");
            }
            if batch.close {
                return;
            }
        }
    }

    fn serve(&mut self, batch: &mut Batch, queue: &mpsc::Receiver<Work>) {
        if batch.writes.is_empty() {
            return;
        }
        let committed = self.commit(batch, queue).map_err(|trouble| trouble.writing(self.file.place()));
        let writes = std::mem::take(&mut batch.writes);
        if let Err(error) = &committed {
            tracing::error!(%error, changes = writes.len(), "the journal recorded nothing of these changes");
        }
        for write in writes {
            write.answer(&committed);
        }
    }

    /// Commits all or nothing. Where a commit fails half-way and the machine crashes at once, SQLite may find it whole
    /// in its log after all. That errs to the safe side: a reserved intent that nobody sends is closed as not sent,
    /// and one that says it is being sent, though it never was, becomes unknown.
    fn commit(&mut self, batch: &mut Batch, queue: &mpsc::Receiver<Work>) -> Result<(), Trouble> {
        if self.commit_together(batch, queue)? {
            return Ok(());
        }
        self.commit_each_by_itself(&mut batch.writes)
    }

    /// The common case: nobody fails, and nobody needs a savepoint, for which SQLite keeps a copy of every page that is changed: a
    /// quarter of the rate with 32 callers. Otherwise nothing is committed, and the answer is no.
    fn commit_together(&mut self, batch: &mut Batch, queue: &mpsc::Receiver<Work>) -> Result<bool, Trouble> {
        let Self { connection, file } = self;
        let transaction = begin(connection, file)?;
        for next in 0.. {
            // Who was answered by the last commit comes back while this one is being made. Otherwise they would go by
            // turns in two halves, and pay for two syncs.
            batch.gather(queue);
            let Some(write) = batch.writes.get_mut(next) else { break };
            let done = write.carry_out(&transaction, file.place());
            unless_taken_back(&transaction, &done)?;
            if done.is_err() {
                transaction.rollback()?;
                return Ok(false);
            }
        }
        transaction.commit()?;
        Ok(true)
    }

    /// Others may have written since the batch was taken back: everybody reads anew what he decides by.
    fn commit_each_by_itself(&mut self, writes: &mut [Box<dyn Write>]) -> Result<(), Trouble> {
        let Self { connection, file } = self;
        let mut transaction = begin(connection, file)?;
        for write in writes {
            let mut savepoint = transaction.savepoint()?;
            let done = write.carry_out(&savepoint, file.place());
            unless_taken_back(&savepoint, &done)?;
            if done.is_err() {
                savepoint.rollback()?;
            }
            savepoint.commit()?;
        }
        transaction.commit()?;
        Ok(())
    }

    fn read<T>(&mut self, run: impl FnOnce(&Connection) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.file.check()?;
        // One transaction, so that intents and their attempts are of one moment.
        let transaction = self.connection.transaction()?;
        schema::check_format(&transaction)?;
        let found = run(&transaction)?;
        transaction.commit()?;
        Ok(found)
    }
}

fn begin<'a>(connection: &'a mut Connection, file: &JournalFile) -> Result<Transaction<'a>, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // After the wait for whoever held the file: it may have been replaced meanwhile.
    file.check()?;
    schema::check_format(&transaction)?;
    Ok(transaction)
}

/// A full disk or a failed read makes SQLite roll back everything, the neighbours' changes included. What follows would
/// commit itself piece by piece, and be reported as failed.
fn unless_taken_back(connection: &Connection, done: &Result<(), JournalError>) -> Result<(), Trouble> {
    if !connection.is_autocommit() {
        return Ok(());
    }
    let whole = "SQLite took the whole transaction back; nothing of it is recorded";
    Err(done
        .as_ref()
        .err()
        .map_or_else(|| Trouble::Unusable(whole.to_owned()), |error| Trouble::Journal(error.clone())))
}
