//! A client whose Bootpay is an input: every answer is what the target says.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bootpay_core::{
    Bootpay, Builder, Chance, Clock, Credentials, Dialect, Exchange, JournalChoice, Limits, Secret, Transport,
    UnixMillis, WireAnswer, WireRequest,
};

/// The page's receipt.
pub(crate) const RECEIPT: &str = "5df6e8034f74b4002177e0bb";
/// What was paid for it, in won. Nothing is cancelled yet, and the ledger never says otherwise.
pub(crate) const PRICE: u64 = 10_000;

/// The private key, the token and the refund account: none of them may ever be printed.
pub(crate) const KEY: &str = "canary-key-5b8f6a4d";
pub(crate) const TOKEN: &str = "canary-token-d6941c65";
pub(crate) const ACCOUNT: &str = "66569112432134";
pub(crate) const HOLDER: &str = "홍길동카나리아";

/// An input's first line in words, and the rest of it.
pub(crate) fn header(input: &[u8]) -> (Vec<String>, &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let words = String::from_utf8_lossy(&input[..end]).split_whitespace().map(str::to_owned).collect();
    (words, input.get(end + 1..).unwrap_or_default())
}

/// The dialect that a header names: the page's unless it says `v2`.
pub(crate) fn dialect(words: &[String]) -> Dialect {
    if words.iter().any(|word| word == "v2") { Dialect::V2 } else { Dialect::V1 }
}

/// The HTTP status that a header names.
pub(crate) fn status(words: &[String]) -> u16 {
    words.iter().find_map(|word| word.parse().ok()).filter(|status| (100..1000).contains(status)).unwrap_or(200)
}

/// A whole answer.
pub(crate) fn answer(status: u16, body: &[u8]) -> WireAnswer {
    WireAnswer { status, retry_after: None, body: body.to_vec() }
}

/// The network.
#[derive(Debug)]
pub(crate) struct Wire {
    dialect: Dialect,
    /// What a cancel, a lookup and a request for a token are answered.
    cancel: Option<WireAnswer>,
    lookup: Option<WireAnswer>,
    token: Option<WireAnswer>,
    pub(crate) cancels: AtomicUsize,
}

impl Wire {
    pub(crate) fn new(dialect: Dialect) -> Self {
        Self { dialect, cancel: None, lookup: None, token: None, cancels: AtomicUsize::new(0) }
    }

    pub(crate) fn cancel(self, answer: WireAnswer) -> Self {
        Self { cancel: Some(answer), ..self }
    }

    pub(crate) fn lookup(self, answer: WireAnswer) -> Self {
        Self { lookup: Some(answer), ..self }
    }

    pub(crate) fn token(self, answer: WireAnswer) -> Self {
        Self { token: Some(answer), ..self }
    }

    fn usual_token(&self) -> WireAnswer {
        let body = match self.dialect {
            Dialect::V1 => format!(
                r#"{{"status":200,"code":0,"message":"","data":{{"token":"{TOKEN}","server_time":1527569986,"expired_at":1527571786}}}}"#
            ),
            Dialect::V2 => format!(r#"{{"access_token":"{TOKEN}","expire_in":1800}}"#),
        };
        answer(200, body.as_bytes())
    }

    fn paid(&self) -> WireAnswer {
        let body = match self.dialect {
            Dialect::V1 => format!(
                r#"{{"status":200,"code":0,"message":"","data":{{"receipt_id":"{RECEIPT}","price":{PRICE},"remain_price":{PRICE},"cancelled_price":0,"status":1}}}}"#
            ),
            Dialect::V2 => format!(r#"{{"receipt_id":"{RECEIPT}","price":{PRICE},"cancelled_price":0,"status":1}}"#),
        };
        answer(200, body.as_bytes())
    }
}

#[async_trait::async_trait]
impl Transport for Wire {
    async fn exchange(&self, request: WireRequest, _: Option<Secret>, _: Limits) -> Exchange {
        let given = if request.path.contains("/request/token") {
            self.token.clone().unwrap_or_else(|| self.usual_token())
        } else if request.path.contains("/receipt/") {
            self.lookup.clone().unwrap_or_else(|| self.paid())
        } else {
            self.cancels.fetch_add(1, Ordering::SeqCst);
            self.cancel.clone().expect("this target sends no cancel")
        };
        Exchange::Answered(given)
    }
}

/// A clock on which waiting takes no time.
#[derive(Debug, Default)]
struct Hurry(Mutex<Duration>);

impl Clock for Hurry {
    fn wall(&self) -> UnixMillis {
        UnixMillis(1_700_000_000_000).plus(self.elapsed())
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        // A time-out's sleep is asked for too, and must not end first: only what is short passes.
        if duration >= Duration::from_secs(10) {
            return Box::pin(std::future::pending());
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += duration;
        Box::pin(std::future::ready(()))
    }
}

/// Numbers that are the same in every run.
#[derive(Debug, Default)]
struct Counted(AtomicU64);

impl Chance for Counted {
    fn bytes(&self) -> std::io::Result<[u8; 16]> {
        Ok((u128::from(self.0.fetch_add(1, Ordering::SeqCst)) * 0x9E37_79B9_7F4A_7C15).to_le_bytes())
    }
}

/// A client on this network, with a journal that forgets.
pub(crate) fn client(wire: &Arc<Wire>) -> Bootpay {
    builder(wire.dialect).transport(wire.clone()).build().expect("a client that can be set up")
}

fn builder(dialect: Dialect) -> Builder {
    Bootpay::builder(Credentials::key_pair("5b8f6a4d396fa665fdc2b5ea", KEY).expect("keys"))
        .base_url("http://127.0.0.1:1")
        .dialect(dialect)
        .journal(JournalChoice::Memory)
        .clock(Arc::new(Hurry::default()))
        .chance(Arc::new(Counted::default()))
}

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
}

/// Runs something to its end.
pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    RUNTIME.with(|runtime| runtime.block_on(work))
}
