//! How a client is set up. Every member has the core's default; the core checks them all.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{Builder, Credentials, JournalChoice, ProxyChoice, Timeouts};

use crate::error::BootpayError;
use crate::journal::ForkSafeJournal;
use crate::secret::Secret;

/// How a client is set up. What is left out has a sensible default.
#[derive(Clone, uniffi::Record)]
pub struct Config {
    /// Which Bootpay to talk to: production, where money is real, unless told.
    #[uniffi(default = None)]
    pub environment: Option<Environment>,
    /// Which dialect to speak: unless told, v1, the page's, and v2 with a Basic pair.
    #[uniffi(default = None)]
    pub dialect: Option<Dialect>,
    /// Where intents are kept: an SQLite file in the user's data directory unless told.
    #[uniffi(default = None)]
    pub journal: Option<JournalPlace>,
    /// To connect, TLS included: 5 seconds.
    #[uniffi(default = None)]
    pub connect_timeout: Option<Duration>,
    /// For a cancel's whole answer: 60 seconds. A short one manufactures unknowns.
    #[uniffi(default = None)]
    pub cancel_timeout: Option<Duration>,
    /// For a lookup, each try: 15 seconds.
    #[uniffi(default = None)]
    pub lookup_timeout: Option<Duration>,
    /// For an access token, from Bootpay or from the caller's own source: 10 seconds.
    #[uniffi(default = None)]
    pub token_timeout: Option<Duration>,
    /// How long an unused connection is kept: 10 seconds.
    #[uniffi(default = None)]
    pub idle_timeout: Option<Duration>,
    /// How long a call waits for another process that is cancelling the same receipt: 90 seconds.
    #[uniffi(default = None)]
    pub wait_for_others: Option<Duration>,
    /// Declares that nobody else cancels this merchant's receipts: no console, no other system. A wrong declaration
    /// costs money.
    #[uniffi(default = false)]
    pub nobody_else_cancels: bool,
    /// Declares that the server honours `cancel_id` for this long. A wrong declaration costs money.
    #[uniffi(default = None)]
    pub server_honours_cancel_id_for: Option<Duration>,
    /// Looks a receipt up before each partial cancel. Without it, every unknown one waits for a person.
    #[uniffi(default = true)]
    pub look_before_partial: bool,
    /// Which proxy to use: the environment's unless told.
    #[uniffi(default = None)]
    pub proxy: Option<Proxy>,
    /// Certificates to trust besides the system's, in PEM.
    #[uniffi(default = None)]
    pub ca_bundle: Option<Vec<u8>>,
}

/// Which Bootpay to talk to.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum Environment {
    /// Where money is real.
    Production,
    /// Bootpay's development host.
    Development,
    /// Bootpay's test host.
    Test,
    /// Bootpay's stage host.
    Stage,
    /// Another base address, such as the sandbox's. Plain http goes only to this machine.
    Custom {
        /// Scheme, host and port.
        base_url: String,
    },
}

/// Which of Bootpay's two dialects to speak.
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum Dialect {
    /// The page's: `POST /cancel.json`.
    V1,
    /// What Bootpay sells today, under `/v2`.
    V2,
}

/// Where intents are kept. All who cancel the same receipts share one durable journal.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum JournalPlace {
    /// An SQLite file in the user's data directory.
    UserData,
    /// An SQLite file on a local disk.
    Sqlite {
        /// Its path.
        path: String,
    },
    /// What a URL names: a PostgreSQL database that many hosts share, `postgresql://user:password@host:5432/database`, or
    /// `sqlite:` and a path.
    Url {
        /// A secret, since it may carry a password.
        url: Arc<Secret>,
    },
    /// Nowhere: everything is forgotten when the process ends, and a forked child begins anew. For tests.
    Memory,
}

/// Which proxy requests go through. None is ever used to this machine itself.
#[derive(Clone, uniffi::Enum)]
pub enum Proxy {
    /// The one that the environment names: `HTTPS_PROXY`, `NO_PROXY`.
    Environment,
    /// None at all.
    Off,
    /// This one.
    Url {
        /// `http://user:password@proxy.example:3128`: a secret, since it may carry a password.
        url: Arc<Secret>,
    },
}

impl Config {
    /// Everything but the journal.
    pub(crate) fn builder(&self, credentials: Credentials) -> Builder {
        let mut builder =
            bootpay_core::Bootpay::builder(credentials).environment(self.environment()).timeouts(self.timeouts());
        builder = match self.dialect {
            None => builder,
            Some(Dialect::V1) => builder.dialect(bootpay_core::Dialect::V1),
            Some(Dialect::V2) => builder.dialect(bootpay_core::Dialect::V2),
        };
        if self.nobody_else_cancels {
            builder = builder.nobody_else_cancels();
        }
        if let Some(retention) = self.server_honours_cancel_id_for {
            builder = builder.server_honours_cancel_id(retention);
        }
        if !self.look_before_partial {
            builder = builder.without_lookup_before_partial();
        }
        if let Some(pem) = &self.ca_bundle {
            builder = builder.ca_bundle(pem.clone());
        }
        builder.proxy(match &self.proxy {
            None | Some(Proxy::Environment) => ProxyChoice::Environment,
            Some(Proxy::Off) => ProxyChoice::None,
            Some(Proxy::Url { url }) => ProxyChoice::Url(url.0.clone()),
        })
    }

    fn environment(&self) -> bootpay_core::Environment {
        match &self.environment {
            None | Some(Environment::Production) => bootpay_core::Environment::Production,
            Some(Environment::Development) => bootpay_core::Environment::Development,
            Some(Environment::Test) => bootpay_core::Environment::Test,
            Some(Environment::Stage) => bootpay_core::Environment::Stage,
            Some(Environment::Custom { base_url }) => bootpay_core::Environment::Custom(base_url.clone()),
        }
    }

    /// A journal for this process. It is opened by its first use, and again after a fork. `place` is what
    /// [`Config::check_journal`] told.
    pub(crate) fn journal(&self, place: &str) -> JournalChoice {
        match self.durable() {
            Some(choice) => JournalChoice::Custom(Arc::new(ForkSafeJournal::new(choice, place.to_owned()))),
            None => JournalChoice::Memory,
        }
    }

    /// Opens the journal and lets it go again, so that a place that cannot be one is told at once. Tells where it is.
    pub(crate) fn check_journal(&self) -> Result<String, BootpayError> {
        Ok(match self.durable() {
            Some(choice) => ForkSafeJournal::check(choice)?,
            None => String::new(),
        })
    }

    /// A journal that holds files or connections; nothing for one that forgets.
    fn durable(&self) -> Option<JournalChoice> {
        match &self.journal {
            Some(JournalPlace::Memory) => None,
            Some(JournalPlace::Sqlite { path }) => Some(JournalChoice::Sqlite(path.into())),
            Some(JournalPlace::Url { url }) => Some(JournalChoice::Url(url.0.clone())),
            None | Some(JournalPlace::UserData) => Some(JournalChoice::UserData),
        }
    }

    fn timeouts(&self) -> Timeouts {
        let mut timeouts = Timeouts::default();
        for (given, place) in [
            (self.connect_timeout, &mut timeouts.connect),
            (self.cancel_timeout, &mut timeouts.cancel),
            (self.lookup_timeout, &mut timeouts.lookup),
            (self.token_timeout, &mut timeouts.token),
            (self.idle_timeout, &mut timeouts.idle),
            (self.wait_for_others, &mut timeouts.wait_for_others),
        ] {
            *place = given.unwrap_or(*place);
        }
        timeouts
    }
}
