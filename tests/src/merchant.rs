//! A merchant: keys, a client, a journal that is thrown away.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{Bootpay, BootpayError, Builder, Credentials, Dialect, JournalChoice, Timeouts};
use bootpay_sandbox::{MovedBy, Sandbox};

use crate::TestClock;

/// How a merchant is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Which dialect.
    pub dialect: Dialect,
    /// Whether with v2's Basic pair.
    pub basic: bool,
    /// Declares to be the only canceller.
    pub sole_canceller: bool,
    /// Declares that the server honours `cancel_id`.
    pub honours_cancel_id: bool,
    /// How long a cancel's answer is waited for; a lookup's half as long.
    pub patience: Duration,
}

impl Setup {
    /// Both dialects, and v2 with its Basic pair.
    pub fn all() -> [Self; 3] {
        let v1 = Self {
            dialect: Dialect::V1,
            basic: false,
            sole_canceller: false,
            honours_cancel_id: false,
            patience: Duration::from_millis(2_000),
        };
        let v2 = Self { dialect: Dialect::V2, ..v1.clone() };
        let basic = Self { basic: true, ..v2.clone() };
        [v1, v2, basic]
    }

    /// The page's dialect.
    pub fn v1() -> Self {
        let [v1, ..] = Self::all();
        v1
    }

    /// The same, for tests in which something is slow and still comes.
    pub fn patient(self) -> Self {
        Self { patience: Duration::from_secs(20), ..self }
    }

    /// What the sandbox's keys are.
    pub fn credentials(&self) -> Result<Credentials, BootpayError> {
        Ok(if self.basic {
            Credentials::basic(Sandbox::CLIENT_KEY, Sandbox::SECRET_KEY)?
        } else {
            Credentials::key_pair(Sandbox::APPLICATION_ID, Sandbox::PRIVATE_KEY)?
        })
    }

    /// A builder that points at `base_url`, with short time-outs.
    pub fn builder(&self, base_url: &str) -> Result<Builder, BootpayError> {
        let mut timeouts = Timeouts::default();
        timeouts.cancel = self.patience;
        timeouts.lookup = self.patience / 2;
        timeouts.token = Duration::from_secs(10);
        let mut builder = Bootpay::builder(self.credentials()?)
            .base_url(base_url)
            .dialect(self.dialect)
            .timeouts(timeouts)
            .journal(JournalChoice::Memory);
        if self.sole_canceller {
            builder = builder.nobody_else_cancels();
        }
        if self.honours_cancel_id {
            builder = builder.server_honours_cancel_id(Duration::from_secs(24 * 60 * 60));
        }
        Ok(builder)
    }
}

/// A merchant at a sandbox of its own.
#[derive(Debug)]
pub struct Merchant {
    /// The other side of the wire, and the witness.
    pub sandbox: Sandbox,
    /// What the merchant's program holds.
    pub bootpay: Bootpay,
    /// The client's clock.
    pub clock: Arc<TestClock>,
    /// Where the client's SQLite journal is.
    pub journal: tempfile::TempDir,
    /// How it was set up.
    pub setup: Setup,
}

impl Merchant {
    /// A merchant with a fresh sandbox and a fresh SQLite journal.
    pub async fn new(setup: Setup) -> Result<Self, Box<dyn std::error::Error>> {
        let (sandbox, journal, clock) = (Sandbox::start().await?, tempfile::tempdir()?, Arc::new(TestClock::default()));
        let bootpay = Self::client(&setup, &sandbox, &journal, &clock)?;
        Ok(Self { sandbox, bootpay, clock, journal, setup })
    }

    fn client(
        setup: &Setup,
        sandbox: &Sandbox,
        journal: &tempfile::TempDir,
        clock: &Arc<TestClock>,
    ) -> Result<Bootpay, BootpayError> {
        setup
            .builder(&sandbox.base_url())?
            .clock(Arc::clone(clock) as _)
            .journal(JournalChoice::Sqlite(journal.path().join("journal.sqlite3")))
            .build()
    }

    /// Another client on the same journal: another worker of the same merchant, or the same one after a restart.
    pub fn another(&self, setup: &Setup) -> Result<Bootpay, BootpayError> {
        Self::client(setup, &self.sandbox, &self.journal, &self.clock)
    }

    /// What really moved on a receipt, in won, each time that it did.
    pub fn moved(&self, receipt_id: &str) -> Vec<u64> {
        self.sandbox.movements(receipt_id).iter().map(|movement| movement.amount).collect()
    }

    /// The same, but only what moved because of a request over the API.
    pub fn moved_by_api(&self, receipt_id: &str) -> Vec<u64> {
        let movements = self.sandbox.movements(receipt_id);
        movements.iter().filter(|movement| movement.by == MovedBy::Api).map(|movement| movement.amount).collect()
    }
}
