//! How a client is set up. Everything is checked once, when the client is built, and never changes afterwards.

mod address;
mod journal;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use address::Address;
pub use address::Environment;
pub use journal::JournalChoice;

use crate::clock::{Chance, Clock, SystemChance, SystemClock};
use crate::credentials::Credentials;
use crate::dialect::Dialect;
use crate::driver::SEND_MARGIN;
use crate::error::{BootpayError, InvalidInput, Problem};
use crate::journal::Journal;
use crate::protocol::reconcile::SETTLING_TIME;
use crate::transport::{HttpSettings, HttpTransport, ProxyChoice, Transport};

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// To connect, TLS included. 5 seconds.
    pub connect: Duration,
    /// For a cancel's whole answer, however slowly it drips. 60 seconds: a short one manufactures unknowns.
    pub cancel: Duration,
    /// For a lookup, each try. 15 seconds.
    pub lookup: Duration,
    /// For an access token, from Bootpay or from the caller's own source. 10 seconds.
    pub token: Duration,
    /// How long a connection is kept without being used. 10 seconds: a stale one manufactures unknowns.
    pub idle: Duration,
    /// How long a call waits for another process that is cancelling the same receipt. 90 seconds.
    pub wait_for_others: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            cancel: Duration::from_secs(60),
            lookup: Duration::from_secs(15),
            token: Duration::from_secs(10),
            idle: Duration::from_secs(10),
            wait_for_others: Duration::from_secs(90),
        }
    }
}

/// What a merchant declares about its set-up. Both are off by default, because a wrong one costs money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declarations {
    /// Nobody else cancels this merchant's receipts: no console, no other system. Then a total that grew by the amount
    /// settles an unknown partial cancel, as long as every earlier cancel of the receipt was answered and no later one of
    /// ours stands beside it.
    pub sole_canceller: bool,
    /// The server honours `cancel_id` for this long: a second request with the same one does not cancel again, also
    /// while the first is under way, and a refused attempt does not use the id up. Then an unknown cancel is repeated
    /// within that time, less the quarter of an hour in which a late request can still arrive.
    pub honours_cancel_id_for: Option<Duration>,
}

/// Sets a [`Bootpay`](crate::Bootpay) client up.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct Builder {
    credentials: Credentials,
    environment: Environment,
    dialect: Option<Dialect>,
    journal: JournalChoice,
    timeouts: Timeouts,
    declarations: Declarations,
    look_before_partial: bool,
    proxy: ProxyChoice,
    ca_bundle: Option<Vec<u8>>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    transport: Option<Arc<dyn Transport>>,
}

/// What a builder leaves behind, checked.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) credentials: Credentials,
    pub(crate) address: Address,
    pub(crate) dialect: Dialect,
    pub(crate) timeouts: Timeouts,
    pub(crate) declarations: Declarations,
    pub(crate) look_before_partial: bool,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
}

impl Builder {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            environment: Environment::default(),
            dialect: None,
            journal: JournalChoice::default(),
            timeouts: Timeouts::default(),
            declarations: Declarations::default(),
            look_before_partial: true,
            proxy: ProxyChoice::default(),
            ca_bundle: None,
            clock: Arc::new(SystemClock::default()),
            chance: Arc::new(SystemChance),
            transport: None,
        }
    }

    /// Which Bootpay to talk to. Production unless told.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// The base address of another Bootpay, such as the sandbox's `http://127.0.0.1:8787`. Plain http goes only to
    /// this machine.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        self.environment(Environment::Custom(url.into()))
    }

    /// Which dialect to speak. Unless told, v1, the page's; v2 with a Basic pair, which v1 does not know.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = Some(dialect);
        self
    }

    /// Where intents are kept. An SQLite file in the user's data directory unless told.
    pub fn journal(mut self, journal: JournalChoice) -> Self {
        self.journal = journal;
        self
    }

    /// How long things may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Declares that nobody else cancels this merchant's receipts. See [`Declarations::sole_canceller`].
    pub fn nobody_else_cancels(mut self) -> Self {
        self.declarations.sole_canceller = true;
        self
    }

    /// Declares that the server honours `cancel_id` for this long. See [`Declarations::honours_cancel_id_for`].
    pub fn server_honours_cancel_id(mut self, retention: Duration) -> Self {
        self.declarations.honours_cancel_id_for = Some(retention);
        self
    }

    /// Sends partial cancels without looking the receipt up first: one round trip less, and every unknown one stays
    /// unknown until a person decides.
    pub fn without_lookup_before_partial(mut self) -> Self {
        self.look_before_partial = false;
        self
    }

    /// Which proxy to use. The environment's (`HTTPS_PROXY`, `NO_PROXY`) unless told; never one to this machine.
    pub fn proxy(mut self, proxy: ProxyChoice) -> Self {
        self.proxy = proxy;
        self
    }

    /// Certificates to trust besides the system's, in PEM: those of a company's proxy, say.
    pub fn ca_bundle(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_bundle = Some(pem.into());
        self
    }

    /// Another clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other random numbers.
    pub fn chance(mut self, chance: Arc<dyn Chance>) -> Self {
        self.chance = chance;
        self
    }

    /// Another way to Bootpay than HTTP: for tests and simulations.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Checks everything and opens the journal. Nothing is sent.
    pub(crate) fn check(self) -> Result<Settings, BootpayError> {
        let usual = if self.credentials.is_basic() { Dialect::V2 } else { Dialect::V1 };
        let dialect = self.dialect.unwrap_or(usual);
        let address = Address::new(&self.environment, dialect)?;
        if dialect == Dialect::V1 && self.credentials.is_basic() {
            return Err(InvalidInput::new("credentials", Problem::Inconsistent)
                .expected(
                    "a client key and a secret key are v2's; the v1 dialect takes an application id and a private key",
                )
                .into());
        }
        check_timeouts(&self.timeouts)?;
        check_retention(&self.declarations, &self.timeouts)?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new(
                HttpSettings {
                    connect_timeout: self.timeouts.connect,
                    idle_timeout: self.timeouts.idle,
                    proxy: self.proxy,
                    ca_bundle: self.ca_bundle,
                    ..HttpSettings::new(address.url().clone())
                },
                Arc::clone(&self.clock),
            )?),
        };
        Ok(Settings {
            journal: self.journal.open()?,
            credentials: self.credentials,
            address,
            dialect,
            timeouts: self.timeouts,
            declarations: self.declarations,
            look_before_partial: self.look_before_partial,
            transport,
            clock: self.clock,
            chance: self.chance,
        })
    }
}

/// A declaration under which nothing could ever be repeated is a mistake, seconds for hours say: a request can arrive until
/// the settling time is over, and what the server has forgotten by then it would carry out again.
fn check_retention(declarations: &Declarations, timeouts: &Timeouts) -> Result<(), InvalidInput> {
    let least = timeouts.cancel + timeouts.connect + timeouts.token + SEND_MARGIN + SETTLING_TIME;
    match declarations.honours_cancel_id_for {
        Some(retention) if retention <= least => {
            Err(InvalidInput::new("server_honours_cancel_id_for", Problem::TooSmall)
                .expected(format!("more than {least:?}, or no declaration: how long the server remembers a cancel_id")))
        }
        _ => Ok(()),
    }
}

fn check_timeouts(timeouts: &Timeouts) -> Result<(), InvalidInput> {
    let Timeouts { connect, cancel, lookup, token, idle, wait_for_others } = *timeouts;
    let day = Duration::from_secs(24 * 60 * 60);
    for (field, value) in [
        ("timeouts.connect", connect),
        ("timeouts.cancel", cancel),
        ("timeouts.lookup", lookup),
        ("timeouts.token", token),
        ("timeouts.idle", idle),
        ("timeouts.wait_for_others", wait_for_others),
    ] {
        if value.is_zero() && field != "timeouts.idle" && field != "timeouts.wait_for_others" {
            return Err(InvalidInput::new(field, Problem::Zero).expected("a time in seconds"));
        }
        if value > day {
            return Err(InvalidInput::new(field, Problem::TooLarge).expected("at most a day"));
        }
    }
    Ok(())
}
