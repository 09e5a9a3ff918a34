//! What the library logs, for the host's own logging.
//!
//! The host *pulls*: a thread of its own waits in [`take_logs`] and hands the records on. The library never calls a
//! logger, so none can hold up a cancel, or be called in an interpreter that is ending.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, SystemTime};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::process::PerProcess;

static QUEUE: PerProcess<Queue> = PerProcess::new();

/// The most records that wait for a host that does not take them; then the oldest are given up.
const MOST: usize = 4096;

#[derive(Default)]
struct Queue {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    records: VecDeque<LogRecord>,
    lost: u64,
    closed: bool,
}

/// One record of the library's log. It holds no secret.
#[derive(Clone, Debug, uniffi::Record)]
pub struct LogRecord {
    /// How grave it is.
    pub level: LogLevel,
    /// The part of the library: `bootpay::cancel`, `bootpay::token` …
    pub target: String,
    /// What happened.
    pub text: String,
    /// When.
    pub at: SystemTime,
}

/// How grave a record is.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum LogLevel {
    /// Something failed that needs a person.
    Error,
    /// Something is not as it should be.
    Warn,
    /// What happens to cancels and tokens.
    Info,
    /// Every step.
    Debug,
}

/// What was logged since the last call.
#[derive(Clone, Debug, uniffi::Record)]
pub struct LogBatch {
    /// The records, oldest first.
    pub records: Vec<LogRecord>,
    /// How many were given up, because nobody had taken them.
    pub lost: u64,
    /// Whether the library is shut down: nothing comes any more.
    pub closed: bool,
}

/// Waits up to `patience` for something to be logged, and takes it. To be called in a loop, on a thread of its own;
/// the first call turns the log on.
#[uniffi::export]
pub fn take_logs(patience: Duration) -> LogBatch {
    static LISTEN: Once = Once::new();
    // Where another subscriber is set, this library is part of a Rust program that logs for itself.
    LISTEN.call_once(|| drop(tracing::subscriber::set_global_default(Listener)));

    let queue = QUEUE.get();
    let state = lock(&queue.state);
    let nothing_yet = |waiting: &mut Waiting| waiting.records.is_empty() && !waiting.closed;
    let (mut state, _) =
        queue.changed.wait_timeout_while(state, patience, nothing_yet).unwrap_or_else(PoisonError::into_inner);
    LogBatch { records: state.records.drain(..).collect(), lost: std::mem::take(&mut state.lost), closed: state.closed }
}

/// How grave a record must be to be kept at all: every one, unless told. A record costs more than the call that it tells
/// of, so hosts that can tell whether anybody listens say so.
#[uniffi::export]
pub fn log_from(level: LogLevel) {
    if LEAST.swap(level as u8, Ordering::Relaxed) != level as u8 {
        // What is not wanted is then not even made.
        tracing::callsite::rebuild_interest_cache();
    }
}

static LEAST: AtomicU8 = AtomicU8::new(LogLevel::Debug as u8);

/// Lets whoever waits for records know that none will come.
pub(crate) fn close() {
    let queue = QUEUE.get();
    lock(&queue.state).closed = true;
    queue.changed.notify_all();
}

fn push(record: LogRecord) {
    let queue = QUEUE.get();
    let mut state = lock(&queue.state);
    if state.records.len() == MOST {
        state.records.pop_front();
        state.lost += 1;
    }
    state.records.push_back(record);
    queue.changed.notify_all();
}

fn lock(state: &Mutex<Waiting>) -> MutexGuard<'_, Waiting> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the library's own records, and nobody else's: what the HTTP stack logs may hold what must not be shown.
struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let ours = metadata.target().starts_with("bootpay::") || metadata.target().starts_with("bootpay_core::");
        let wanted = *metadata.level() <= Level::DEBUG && grave(metadata) as u8 <= LEAST.load(Ordering::Relaxed);
        ours && metadata.is_event() && wanted
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        push(LogRecord {
            level: grave(event.metadata()),
            target: event.metadata().target().to_owned(),
            text: format!("{}{}", text.message, text.fields),
            at: SystemTime::now(),
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn grave(metadata: &Metadata<'_>) -> LogLevel {
    match *metadata.level() {
        Level::ERROR => LogLevel::Error,
        Level::WARN => LogLevel::Warn,
        Level::INFO => LogLevel::Info,
        _ => LogLevel::Debug,
    }
}

/// `message, then its fields=values`.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing into a text cannot fail.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}
