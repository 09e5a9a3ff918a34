//! The schema `bootpay`: its tables, how they come about, and how older ones become current ones.

use std::time::Duration;

use tokio_postgres::Client;

use super::trouble::Trouble;

/// What leads from each format to the next. A step that was released is never edited: another is added.
pub(super) const MIGRATIONS: [&str; 2] = [FORMAT_1, FORMAT_2];

/// The format that this version reads and writes, kept in `bootpay.journal`.
pub(super) const FORMAT: i64 = MIGRATIONS.len() as i64;

/// Which intents wait for somebody. A query must repeat it word for word to be served by the index.
pub(super) const IS_OPEN: &str = "(state IN ('reserved', 'sending', 'unknown') OR held)";

/// An index over a large journal takes its time; whoever finds another host at it waits.
pub(super) const MIGRATION: Duration = Duration::from_secs(75);
const UNHURRIED: &str = "SET LOCAL statement_timeout = '60s'; SET LOCAL lock_timeout = '60s'; \
                         SET LOCAL idle_in_transaction_session_timeout = '60s'";

/// "BPJ1": what hosts that find an empty database at once queue up for.
const ONE_AT_A_TIME: &str = "SELECT pg_advisory_xact_lock(1112558129)";

const FORMAT_1: &str = "
CREATE TABLE bootpay.journal (
    only_row BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (only_row),
    format BIGINT NOT NULL
);

-- Money is in whole won, a time in milliseconds since 1970 (UTC). `seq` is the order of admission.
CREATE TABLE bootpay.intents (
    seq BIGINT GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    scope TEXT NOT NULL,
    receipt_id TEXT NOT NULL,
    intent_key TEXT NOT NULL,
    generation BIGINT NOT NULL CHECK (generation >= 1),
    cancel_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('full', 'partial')),
    price BIGINT,
    tax_free BIGINT,
    expected_remaining BIGINT,
    to_account BOOLEAN NOT NULL,
    account_mark TEXT,
    state TEXT NOT NULL CHECK (state IN ('reserved', 'sending', 'unknown', 'cancelled', 'already_cancelled', 'refused',
                                         'not_sent', 'not_cancelled')),
    held BOOLEAN NOT NULL,
    owner TEXT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    deadline_ms BIGINT,
    -- The ledger just before the request. `has_…` tells 'not asked' from 'asked, and every figure was missing'.
    has_before BOOLEAN NOT NULL,
    before_price BIGINT, before_remaining BIGINT, before_cancelled BIGINT, before_status BIGINT,
    -- What the last answer or lookup said.
    has_after BOOLEAN NOT NULL,
    after_price BIGINT, after_remaining BIGINT, after_cancelled BIGINT, after_status BIGINT,
    -- The journal's latest answered totals of the receipt at admission.
    has_last BOOLEAN NOT NULL,
    last_price BIGINT, last_remaining BIGINT, last_cancelled BIGINT, last_status BIGINT,
    answered_at_ms BIGINT,
    unknown_cause TEXT,
    evidence TEXT,
    money_is_back TEXT,
    cancellation JSONB,
    mismatches JSONB NOT NULL,
    refusal_kind TEXT, refusal_code TEXT, refusal_message TEXT,
    decided_by TEXT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    -- Its tries, oldest first. An intent with its tries is one row, so that a change is one statement.
    attempts JSONB NOT NULL,
    -- Which call wrote it last: one whose commit was not answered knows its own work by this.
    written_by TEXT NOT NULL,
    -- The receipt first: it is what nearly every question is about.
    CONSTRAINT intents_of_receipt UNIQUE (receipt_id, environment, scope, intent_key, generation),
    CHECK (CASE kind WHEN 'full' THEN price IS NULL AND tax_free IS NULL
                     ELSE price > 0 AND expected_remaining IS NULL END)
);

CREATE INDEX intents_with_cancel_id ON bootpay.intents (cancel_id, environment, scope);
-- Small however old the journal is.
CREATE INDEX intents_open ON bootpay.intents (seq) WHERE (state IN ('reserved', 'sending', 'unknown') OR held);

-- What admissions queue up for: a row for each receipt, and for each of the merchant's own ids. It is written, not only
-- locked, so that two at once cannot both commit under snapshot isolation either.
CREATE TABLE bootpay.locks (
    name TEXT PRIMARY KEY,
    times BIGINT NOT NULL
);

-- For people: what waits, with the time where they are.
CREATE VIEW bootpay.open_intents AS
SELECT to_timestamp(created_at_ms / 1000.0) AS admitted,
       to_timestamp(updated_at_ms / 1000.0) AS changed,
       receipt_id, cancel_id, kind, price, state, unknown_cause, held, mismatches,
       jsonb_array_length(attempts) AS tries,
       before_remaining, after_remaining,
       to_timestamp(lease_until_ms / 1000.0) AS owned_until,
       environment
FROM bootpay.intents
WHERE (state IN ('reserved', 'sending', 'unknown') OR held)
ORDER BY seq;

-- For people: a line for each try.
CREATE VIEW bootpay.attempts AS
SELECT intents.id AS intent_id, tries.number, (tries.attempt ->> 'started_at')::bigint AS started_at_ms,
       tries.attempt ->> 'progress' AS progress, tries.attempt ->> 'body_mark' AS body_mark,
       (tries.attempt ->> 'http_status')::bigint AS http_status, tries.attempt ->> 'code' AS code
FROM bootpay.intents AS intents
CROSS JOIN LATERAL jsonb_array_elements(intents.attempts) WITH ORDINALITY AS tries (attempt, number);
";

const FORMAT_2: &str = "
-- Which bulk began the intent. Only those of a bulk are in the index, so that it costs the others nothing.
ALTER TABLE bootpay.intents ADD COLUMN bulk TEXT;
CREATE INDEX intents_of_bulk ON bootpay.intents (bulk, seq) WHERE bulk IS NOT NULL;
";

/// Makes sure that the tables are this version's.
pub(super) async fn prepare(client: &mut Client, made: bool) -> Result<(), Trouble> {
    if made && format_of(client).await? == FORMAT {
        return Ok(());
    }
    // Of two hosts that migrate at once, one is told to come back where the database knows no such lock.
    let mut patience = 10;
    loop {
        match migrate(client).await {
            Err(trouble) if trouble.is_a_race() && patience > 0 => {
                patience -= 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            done => return done,
        }
    }
}

/// Refuses what another version has written.
pub(super) fn check_format(found: i64) -> Result<(), Trouble> {
    if found == FORMAT { Ok(()) } else { Err(another_version(found)) }
}

/// All steps in one transaction. What is there is read again inside: of two hosts, one migrates.
async fn migrate(client: &mut Client) -> Result<(), Trouble> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(UNHURRIED).await?;
    transaction.batch_execute(ONE_AT_A_TIME).await?;
    let found: (bool, bool, bool) = {
        let row = transaction
            .query_one(
                "SELECT to_regclass('bootpay.journal') IS NOT NULL,
                        EXISTS (SELECT FROM information_schema.schemata WHERE schema_name = 'bootpay'),
                        EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('bootpay'))",
                &[],
            )
            .await?;
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)
    };
    let format = match found {
        (true, ..) => {
            let format = transaction.query_one(FORMAT_OF, &[]).await?.try_get(0)?;
            if !(1..=FORMAT).contains(&format) {
                return Err(another_version(format));
            }
            format
        }
        (false, _, true) => {
            return Err(Trouble::Unusable(
                "its schema `bootpay` holds something else; it was left as it is. Name another database".to_owned(),
            ));
        }
        (false, is_there, false) => {
            // Asked for even where it is there, it needs a right that it does not need then.
            if !is_there {
                transaction.batch_execute("CREATE SCHEMA bootpay").await?;
            }
            0
        }
    };
    for step in MIGRATIONS.iter().skip(usize::try_from(format).unwrap_or(MIGRATIONS.len())) {
        transaction.batch_execute(step).await?;
    }
    if format < FORMAT {
        transaction
            .execute(
                "INSERT INTO bootpay.journal (format) VALUES ($1) ON CONFLICT (only_row) DO UPDATE SET format = $1",
                &[&FORMAT],
            )
            .await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Whoever reads it keeps it from being migrated until his transaction ends, since a migration alters the tables.
pub(super) const FORMAT_OF: &str = "SELECT format FROM bootpay.journal";

async fn format_of(client: &Client) -> Result<i64, Trouble> {
    Ok(client.query_one(FORMAT_OF, &[]).await?.try_get(0)?)
}

fn another_version(format: i64) -> Trouble {
    Trouble::Unusable(format!(
        "another version of this library has written it (format {format}; this version knows {FORMAT}). It was left as \
         it is. Use that version here too"
    ))
}
