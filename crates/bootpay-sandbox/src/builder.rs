//! What a sandbox is started with.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use crate::cancel::{CancelIdRule, CancelIdScope, CancelRules};
use crate::desk::Desk;
use crate::offline::OfflineBootpay;
use crate::sandbox::{Running, Sandbox};
use crate::seen::REMEMBERED;
use crate::token::hex;
use crate::world::{Beginning, Keys, World};

/// Settings of a sandbox that is about to start.
#[derive(Debug, Clone)]
pub struct SandboxBuilder {
    address: SocketAddr,
    beginning: Beginning,
}

impl SandboxBuilder {
    pub(crate) fn new() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            beginning: Beginning {
                keys: Keys {
                    application_id: Sandbox::APPLICATION_ID.to_owned(),
                    private_key: Sandbox::PRIVATE_KEY.to_owned(),
                    client_key: Sandbox::CLIENT_KEY.to_owned(),
                    secret_key: Sandbox::SECRET_KEY.to_owned(),
                },
                rules: CancelRules::default(),
                lookup_lag: Duration::ZERO,
                random_refusals: None,
                remembered_requests: REMEMBERED,
                seed: 1,
                salt: String::new(),
            },
        }
    }

    /// The port; 0, the default, takes a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// The address, 127.0.0.1 by default. Anything but a loopback address makes the start fail: a fake payment gateway
    /// has no business on a network.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.address.set_ip(address);
        self
    }

    /// The keys that get a token: an application id and its private key.
    #[must_use]
    pub fn key_pair(mut self, application_id: &str, private_key: &str) -> Self {
        application_id.clone_into(&mut self.beginning.keys.application_id);
        private_key.clone_into(&mut self.beginning.keys.private_key);
        self
    }

    /// The keys that v2 takes as `Basic`, with no token.
    #[must_use]
    pub fn basic_pair(mut self, client_key: &str, secret_key: &str) -> Self {
        client_key.clone_into(&mut self.beginning.keys.client_key);
        secret_key.clone_into(&mut self.beginning.keys.secret_key);
        self
    }

    /// What happens when a `cancel_id` comes again.
    #[must_use]
    pub fn cancel_ids(mut self, rule: CancelIdRule) -> Self {
        self.beginning.rules.cancel_ids = rule;
        self
    }

    /// How far a `cancel_id` reaches: its receipt (the default) or the whole project.
    #[must_use]
    pub fn cancel_id_scope(mut self, scope: CancelIdScope) -> Self {
        self.beginning.rules.cancel_id_scope = scope;
        self
    }

    /// How long a used `cancel_id` is remembered; for ever, unless told.
    #[must_use]
    pub fn cancel_id_memory(mut self, memory: Duration) -> Self {
        self.beginning.rules.cancel_id_memory = Some(memory);
        self
    }

    /// The guard that refuses a second partial cancel of a receipt within ten seconds. Off, as at Bootpay.
    #[must_use]
    pub fn guard(mut self, on: bool) -> Self {
        self.beginning.rules.guard = on;
        self
    }

    /// Whether a partial cancel of exactly 1,000 won is refused. The page says "more than 1,000" and sends 1000.
    #[must_use]
    pub fn strict_minimum(mut self, strict: bool) -> Self {
        self.beginning.rules.strict_minimum = strict;
        self
    }

    /// Lookups show totals as they were this long ago.
    #[must_use]
    pub fn lookup_lag(mut self, lag: Duration) -> Self {
        self.beginning.lookup_lag = lag;
        self
    }

    /// Replaces every refusal's code and message by pseudo-random ones.
    #[must_use]
    pub fn randomise_refusals(mut self, seed: u64) -> Self {
        self.beginning.random_refusals = Some(seed);
        self
    }

    /// How many of the latest requests are kept for [`Sandbox::requests`]: 100,000, unless told. With 0 they are only counted,
    /// which costs the least: for benches.
    #[must_use]
    pub fn remembered_requests(mut self, most: usize) -> Self {
        self.beginning.remembered_requests = most;
        self
    }

    /// What receipt ids are made from: the same seed makes the same ids in the same order. 1, unless told.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.beginning.seed = seed;
        self
    }

    /// The fake Bootpay alone, with no socket and no clock, for simulations. Everything that it makes up follows from
    /// the seed.
    pub fn offline(self) -> OfflineBootpay {
        OfflineBootpay::new(World::new(&self.beginning))
    }

    /// Starts the sandbox on a thread of its own, so that it answers whatever the caller's runtime does: a blocked
    /// thread, or a paused clock.
    ///
    /// # Errors
    /// When the address is not a loopback address, the port is taken, or the system gives no thread.
    pub fn start_blocking(mut self) -> io::Result<Sandbox> {
        if !self.address.ip().is_loopback() {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("the sandbox listens on loopback addresses only, not on {}", self.address.ip()),
            ));
        }
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(io::Error::other)?;
        self.beginning.salt = hex(&salt);
        let listener = TcpListener::bind(self.address)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::new(self.beginning));
        let running = Running::start(listener, Arc::clone(&desk))?;
        Ok(Sandbox::new(address, desk, running))
    }

    /// Like [`start_blocking`](Self::start_blocking), for those who are in the habit of awaiting.
    ///
    /// # Errors
    /// As there.
    #[expect(clippy::unused_async, reason = "callers await the start of a server; what it does may become slow")]
    pub async fn start(self) -> io::Result<Sandbox> {
        self.start_blocking()
    }
}
