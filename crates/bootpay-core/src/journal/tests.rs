//! Every journal keeps the same rules: each test runs against each of them.

mod admission;
pub(crate) mod fixtures;
pub(crate) mod intents;
mod lifecycle;
mod queries;

/// Runs each of the named tests against a journal of each kind.
macro_rules! against_every_journal {
    ($($name:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::journal::MemoryJournal::new()).await;
            })+
        }

        #[cfg(feature = "sqlite")]
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let directory = tempfile::tempdir().unwrap();
                let journal = crate::journal::SqliteJournal::open(directory.path().join("journal.sqlite3")).unwrap();
                super::$name(&journal).await;
            })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                let database = bootpay_test_postgres::Server::shared().database();
                let journal = crate::journal::PostgresJournal::open(database.url()).unwrap();
                super::$name(&journal).await;
            })+
        }
    };
}
use against_every_journal;
