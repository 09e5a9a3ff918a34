//! One connection, ready: whose database it is, and whether what is written there lasts, has been looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage, SimpleQueryRow};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::clock::Clock;
use crate::intent::UnixMillis;

use super::address::{Address, CONNECT};
use super::operations::Statements;
use super::schema;
use super::trouble::Trouble;

/// How far this machine's clock may be from the database's, and so two hosts' from each other's by twice that. Leases
/// and settling times are told by each host's own clock, and outlast this several times.
pub(super) const CLOCKS_DIFFER: Duration = Duration::from_secs(30);

/// How long things may take. Each outlasts the one before it, so that whoever waits for a host that hangs is not given up
/// first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How long a transaction may wait for its client: the server ends one whose client hangs.
    pub(super) idle_in_transaction: Duration,
    /// How long a statement may wait for a lock.
    pub(super) lock: Duration,
    /// How long a statement may take.
    pub(super) statement: Duration,
    /// For how long an operation is begun anew where the database is restarting, or others are in its way.
    pub(super) patience: Duration,
    /// How long an operation may take in all.
    pub(super) give_up: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle_in_transaction: Duration::from_secs(5),
            lock: Duration::from_secs(8),
            statement: Duration::from_secs(10),
            patience: Duration::from_secs(10),
            give_up: Duration::from_secs(25),
        }
    }
}

impl Limits {
    /// How a session is set up, and what is asked about its server.
    ///
    /// `synchronous_commit` is raised where it is lower: a record that a crash or a failover may take back is none. And no
    /// statement of ours wants a whole table: a plan that is made while the table is small is kept while it grows. What that
    /// makes of a plan's cost must not set the server's compiler to work for one row.
    fn set_up(&self) -> String {
        let ms = |time: Duration| time.as_millis();
        let Self { idle_in_transaction, lock, statement, .. } = *self;
        format!(
            "SET statement_timeout = {};
             SET lock_timeout = {};
             SET idle_in_transaction_session_timeout = {};
             SET search_path = pg_catalog, pg_temp;
             SET client_min_messages = warning;
             SELECT set_config(name, 'off', false) FROM pg_settings WHERE name IN ('enable_seqscan', 'jit');
             SELECT set_config('synchronous_commit',
                               CASE current_setting('synchronous_commit')
                                   WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
                               false);
             SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms,
                    pg_is_in_recovery() AS standby,
                    current_setting('transaction_read_only') AS read_only,
                    current_setting('server_encoding') AS encoding,
                    coalesce(current_setting('fsync', true), 'on') AS fsync,
                    to_regclass('bootpay.journal') IS NOT NULL AS made",
            ms(statement),
            ms(lock),
            ms(idle_in_transaction)
        )
    }
}

/// A connection and what belongs to it.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) statements: Statements,
    /// Whether a transaction may be open: then nobody else can use it.
    pub(super) in_transaction: bool,
    pub(super) opened: Instant,
    pub(super) used: Instant,
    connection: Connection,
}

impl Session {
    /// Connects, and makes the tables or brings them up to date where that is needed.
    pub(super) async fn open(
        address: &Address,
        tls: &MakeRustlsConnect,
        clock: &dyn Clock,
        limits: &Limits,
    ) -> Result<Self, Trouble> {
        // Each of several hosts gets its time.
        let hosts = u32::try_from(address.config.get_hosts().len()).unwrap_or(1).max(1);
        let (mut client, connection, made) =
            within(CONNECT * hosts, Self::connect(address, tls, clock, limits)).await?;
        within(schema::MIGRATION, schema::prepare(&mut client, made)).await?;
        let statements = within(CONNECT, Statements::prepare(&client)).await?;
        let now = Instant::now();
        Ok(Self { client, statements, in_transaction: false, opened: now, used: now, connection })
    }

    async fn connect(
        address: &Address,
        tls: &MakeRustlsConnect,
        clock: &dyn Clock,
        limits: &Limits,
    ) -> Result<(Client, Connection, bool), Trouble> {
        let (client, mut connection) = address.config.connect(tls.clone()).await.map_err(Trouble::Connecting)?;
        let warned = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let warned = Arc::clone(&warned);
            async move {
                // What ends a connection is told to whoever waits for an answer from it.
                while let Some(Ok(message)) = std::future::poll_fn(|context| connection.poll_message(context)).await {
                    if matches!(message, AsyncMessage::Notice(_)) {
                        warned.store(true, Ordering::SeqCst);
                    }
                }
            }
        });
        let connection = Connection { task, warned };
        let (asked, asked_at) = (Instant::now(), clock.wall());
        let answers = client.simple_query(&limits.set_up()).await?;
        let seen =
            answers.iter().rev().find_map(row).ok_or(Trouble::Unusable("it told nothing about itself".into()))?;
        let made = check(seen, asked_at, asked.elapsed())?;
        Ok((client, connection, made))
    }

    /// Takes leave of the server, and waits until the socket is closed; not for long.
    pub(super) async fn close(self) {
        let Self { client, mut connection, .. } = self;
        drop(client);
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut connection.task).await;
    }

    /// Forgets what the server has warned of so far.
    pub(super) fn forget_warnings(&self) {
        self.connection.warned.store(false, Ordering::SeqCst);
    }

    /// Whether the server has warned of something meanwhile. A commit whose wait for a standby somebody ends by hand comes
    /// with a warning, and is called committed all the same: the warning comes first.
    pub(super) fn was_warned(&self) -> bool {
        self.connection.warned.load(Ordering::SeqCst)
    }
}

async fn within<T>(time: Duration, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| Err(Trouble::Silent(time)))
}

/// The task that owns the socket. Whoever lets go of it, half-way through a set-up or after a failure, cuts it off.
struct Connection {
    task: JoinHandle<()>,
    warned: Arc<AtomicBool>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn row(message: &SimpleQueryMessage) -> Option<&SimpleQueryRow> {
    match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    }
}

/// Whether this is a server that a journal can be kept on. Says whether the journal's tables are there.
fn check(seen: &SimpleQueryRow, asked_at: UnixMillis, took: Duration) -> Result<bool, Trouble> {
    let word = |name: &str| seen.try_get(name).ok().flatten().unwrap_or_default();
    let refuse = |why: &str| Err(Trouble::Unusable(why.to_owned()));
    if word("standby") != "f" && word("standby") != "false" {
        return refuse(
            "it is a standby, which only reads. Name the primary, or every host with \
                       target_session_attrs=read-write",
        );
    }
    if word("read_only") != "off" {
        return refuse("it only reads (default_transaction_read_only is on). Name a database that this user may write");
    }
    if !matches!(word("encoding"), "UTF8" | "UTF-8") {
        return refuse(
            "its encoding is not UTF8, so it cannot hold what Bootpay writes. Name a database that was \
                       created with ENCODING 'UTF8'",
        );
    }
    if word("fsync") != "on" {
        return refuse("the server runs with fsync = off: a crash can take back what it has recorded. Turn it on");
    }
    let Ok(now) = word("now_ms").parse() else { return refuse("it does not tell the time") };
    check_clock(asked_at, took, UnixMillis(now))?;
    Ok(matches!(word("made"), "t" | "true"))
}

/// Leases are told by clocks. The answer was given at some moment of `took`.
fn check_clock(asked_at: UnixMillis, took: Duration, theirs: UnixMillis) -> Result<(), Trouble> {
    let answered_at = asked_at.plus(took);
    let (off, way) =
        if theirs < asked_at { (asked_at.since(theirs), "ahead of") } else { (theirs.since(answered_at), "behind") };
    if off <= CLOCKS_DIFFER {
        return Ok(());
    }
    Err(Trouble::Unusable(format!(
        "this machine's clock is {} s {way} the database's, and {} s are allowed: who may take over whose cancel is told \
         by clocks. Set both by a time server (NTP)",
        off.as_secs(),
        CLOCKS_DIFFER.as_secs()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_differ_by_thirty_seconds_and_a_slow_answer_is_not_held_against_it() {
        let at = |seconds: i64| UnixMillis(1_700_000_000_000 + seconds * 1_000);
        let checked = |ours, took, theirs| check_clock(at(ours), Duration::from_secs(took), at(theirs));
        for (ours, took, theirs) in [(0, 0, 0), (0, 0, 30), (30, 0, 0), (0, 4, 34), (30, 4, 0), (0, 4, 2)] {
            assert!(checked(ours, took, theirs).is_ok(), "{ours} {took} {theirs}");
        }
        for (ours, took, theirs, words) in [
            (0, 0, 31, "31 s behind"),
            (31, 0, 0, "31 s ahead of"),
            (0, 4, 35, "31 s behind"),
            (40, 4, 0, "40 s ahead"),
        ] {
            let Err(Trouble::Unusable(why)) = checked(ours, took, theirs) else { panic!("{ours} {took} {theirs}") };
            assert!(why.contains(words), "{why}");
        }
    }
}
