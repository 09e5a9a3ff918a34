//! The handle of a running sandbox: what a test holds.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use http::{Method, Uri};
use serde_json::Value;
use tokio::sync::{oneshot, watch};

use crate::builder::SandboxBuilder;
use crate::call::Operation;
use crate::cancel::CancelIdRule;
use crate::control;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::ledger::{MovedBy, Movement};
use crate::receipt::{NewReceipt, ReceiptState};
use crate::refusal::{Noise, PgRefusal};
use crate::seen::SeenRequest;
use crate::server;

/// A Bootpay on your own machine. It runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    desk: Arc<Desk>,
    running: Mutex<Option<Running>>,
}

impl Sandbox {
    /// The application id that gets a token, unless the builder sets another. It is made up, like all keys here.
    pub const APPLICATION_ID: &str = "5a0d0b0c0000000000000001";
    /// Its private key.
    pub const PRIVATE_KEY: &str = "sandbox-private-key-AAAAAAAAAAAAAAAAAAAAAAA=";
    /// The client key that v2 takes as `Basic`.
    pub const CLIENT_KEY: &str = "sandbox-client-key";
    /// Its secret key.
    pub const SECRET_KEY: &str = "sandbox-secret-key";

    pub(crate) fn new(address: SocketAddr, desk: Arc<Desk>, running: Running) -> Self {
        Self { address, desk, running: Mutex::new(Some(running)) }
    }

    /// A sandbox on a free port of 127.0.0.1, with the defaults.
    ///
    /// # Errors
    /// When the system gives no port or no thread.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A sandbox with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::new()
    }

    /// Where it listens: `http://127.0.0.1:PORT` for v1. v2 is this and `/v2`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its address and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes a payment known, and returns its receipt id.
    ///
    /// # Panics
    /// When the id is taken or the tax-free part is more than the price: a mistake in the test, which
    /// [`try_add`](Self::try_add) returns instead.
    #[expect(clippy::panic, reason = "a test that begins wrong should end at once")]
    pub fn add(&self, receipt: NewReceipt) -> String {
        match self.try_add(receipt) {
            Ok(id) => id,
            Err(why) => panic!("this receipt cannot be added: {why}"),
        }
    }

    /// Makes a payment known, and returns its receipt id.
    ///
    /// # Errors
    /// When the id is taken, or the tax-free part is more than the price.
    pub fn try_add(&self, receipt: NewReceipt) -> Result<String, String> {
        self.desk.with(|state, now_ms| state.world.add(receipt, now_ms))
    }

    /// What is known of a receipt now, whatever the lookups show.
    pub fn receipt(&self, receipt_id: &str) -> Option<ReceiptState> {
        self.desk.with(|state, now_ms| state.world.receipt(receipt_id, now_ms))
    }

    /// From now on the PG refuses (or with `None` no longer refuses) every cancel of this receipt.
    ///
    /// # Errors
    /// When there is no such receipt.
    pub fn refuse_from_now_on(&self, receipt_id: &str, refusal: Option<PgRefusal>) -> Result<(), String> {
        self.desk.with(|state, _| state.world.refuse_from_now_on(receipt_id, refusal))
    }

    /// Every real movement of money, oldest first.
    pub fn ledger(&self) -> Vec<Movement> {
        self.desk.with(|state, _| state.world.ledger().to_vec())
    }

    /// The movements of one receipt, oldest first.
    pub fn movements(&self, receipt_id: &str) -> Vec<Movement> {
        let mut movements = self.ledger();
        movements.retain(|movement| movement.receipt_id == receipt_id);
        movements
    }

    /// The wire as seen, oldest first: the last 100,000 requests, control calls not among them.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.desk.with(|state, _| state.seen.all())
    }

    /// How many requests of this operation have come since the start or the last clearing.
    pub fn count(&self, operation: Operation) -> usize {
        self.desk.with(|state, _| state.seen.count(operation))
    }

    /// How many connections have been accepted since the start.
    pub fn connections(&self) -> u64 {
        self.desk.connections()
    }

    /// Forgets receipts, ledger, used `cancel_id`s and requests, so that a long run stays small. Tokens, faults and
    /// settings stay as they are, and no receipt id is made a second time.
    pub fn forget_receipts(&self) {
        self.desk.with(|state, _| {
            state.world.forget_receipts();
            state.seen.clear();
        });
    }

    /// Forgets the requests seen so far.
    pub fn clear_requests(&self) {
        self.desk.with(|state, _| state.seen.clear());
    }

    /// Puts a fault in the queue. Each request takes the oldest fault that suits it.
    pub fn fault(&self, fault: Fault) {
        self.desk.push_fault(fault);
    }

    /// Forgets the faults that still wait.
    pub fn clear_faults(&self) {
        self.desk.with(|state, _| state.faults.clear());
    }

    /// The faults that still wait, oldest first.
    pub fn waiting_faults(&self) -> Vec<Fault> {
        self.desk.with(|state, _| state.faults.waiting().to_vec())
    }

    /// What happens from now on when a `cancel_id` comes again.
    pub fn set_cancel_id_rule(&self, rule: CancelIdRule) {
        self.desk.with(|state, _| state.world.rules.cancel_ids = rule);
    }

    /// Whether a second partial cancel of a receipt within ten seconds is refused.
    pub fn set_guard(&self, on: bool) {
        self.desk.with(|state, _| state.world.rules.guard = on);
    }

    /// Whether a partial cancel of exactly 1,000 won is refused.
    pub fn set_strict_minimum(&self, strict: bool) {
        self.desk.with(|state, _| state.world.rules.strict_minimum = strict);
    }

    /// Lookups show totals as they were this long ago, by the sandbox's clock.
    pub fn set_lookup_lag(&self, lag: Duration) {
        self.desk.with(|state, _| state.world.lookup_lag = lag);
    }

    /// Replaces every refusal's code and message by pseudo-random ones from this seed; the HTTP status stays. `None`
    /// brings the usual ones back.
    pub fn randomise_refusals(&self, seed: Option<u64>) {
        self.desk.with(|state, _| state.world.noise = seed.map(Noise::new));
    }

    /// A call of the control API by its method and path (`"POST"`, `"receipts"`), without HTTP: for tests whose set-up is
    /// data.
    ///
    /// # Errors
    /// What the control API would say, where it refuses.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let method = Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
        let uri = Uri::try_from(format!("/_sandbox/{path}")).map_err(|error| error.to_string())?;
        let answer = control::answer(&self.desk, &method, &uri, body.to_string().as_bytes());
        if answer.is_success() {
            Ok(answer.body)
        } else {
            Err(answer.body["error"].as_str().unwrap_or_default().to_owned())
        }
    }

    /// Somebody cancels `amount` won in Bootpay's own console: its lookups show it.
    ///
    /// # Errors
    /// When there is no such receipt, or less remains.
    pub fn cancel_in_console(&self, receipt_id: &str, amount: u64) -> Result<(), String> {
        self.desk.with(|state, now_ms| state.world.cancel_in_console(receipt_id, amount, now_ms))
    }

    /// Somebody cancels `amount` won in the PG's console: Bootpay's lookups go on saying paid, and a cancel of more
    /// than really remains is refused as already cancelled.
    ///
    /// # Errors
    /// When there is no such receipt, or less remains at the PG.
    pub fn cancel_at_pg(&self, receipt_id: &str, amount: u64) -> Result<(), String> {
        self.desk.with(|state, now_ms| state.world.cancel_at_pg(receipt_id, amount, MovedBy::PgConsole, now_ms))
    }

    /// The PG's same-day scheduler cancels all test payments, and Bootpay does not hear of it. Returns how many.
    pub fn sweep(&self) -> usize {
        self.desk.with(|state, now_ms| state.world.sweep(now_ms))
    }

    /// Moves the sandbox's clock forward.
    pub fn advance(&self, by: Duration) {
        self.desk.clock.advance(by);
    }

    /// The sandbox's time, in milliseconds since 1970.
    pub fn now_unix_ms(&self) -> u64 {
        self.desk.clock.now_ms()
    }

    /// All tokens become invalid at once.
    pub fn expire_tokens(&self) {
        self.desk.with(|state, _| state.world.expire_tokens());
    }

    /// Everything as it was at the start: no receipts, ledger, requests or faults, the first settings, real time.
    pub fn reset(&self) {
        self.desk.reset();
    }

    /// Stops listening and closes every connection. The ledger and the log can still be asked.
    pub async fn stop(&self) {
        let running = self.take_running();
        if let Some(mut running) = running {
            running.signal();
            running.ended().await;
        }
    }

    /// Listens again at the same address after [`stop`](Self::stop), with everything as it was: a Bootpay that comes
    /// back after an outage.
    ///
    /// # Errors
    /// When the port has been taken meanwhile.
    pub async fn resume(&self) -> io::Result<()> {
        self.stop().await;
        let listener = TcpListener::bind(self.address)?;
        let running = Running::start(listener, Arc::clone(&self.desk))?;
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
        Ok(())
    }

    fn take_running(&self) -> Option<Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The thread that serves.
#[derive(Debug)]
pub(crate) struct Running {
    stop: watch::Sender<bool>,
    ended: Option<oneshot::Receiver<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(listener: TcpListener, desk: Arc<Desk>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = watch::channel(false);
        let (end, ended) = oneshot::channel();
        let thread = std::thread::Builder::new().name("bootpay-sandbox".to_owned()).spawn(move || {
            runtime.block_on(server::run(listener, desk, stopped));
            // With the runtime go the connections.
            drop(runtime);
            let _ = end.send(());
        })?;
        Ok(Self { stop, ended: Some(ended), thread: Some(thread) })
    }

    fn signal(&self) {
        let _ = self.stop.send(true);
    }

    async fn ended(&mut self) {
        if let Some(ended) = self.ended.take() {
            let _ = ended.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
