//! The calls that shops make all day, by plain numbers and bytes.
//!
//! For hosts to whom a structure that crosses costs more than what it says: Java's way into C takes 10 µs for each, a
//! dozen of them for a cancel, and attaches a thread for each callback. Here a call crosses once, as one array of bytes
//! there and one back, in the very form that UniFFI gives records. And nobody is called back: what has ended is fetched,
//! by a thread of the host's own, all that has ended at once.
//!
//! An answer is one byte, [`DONE`] or [`FAILED`], and then the record or the error.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::task::AbortHandle;
use uniffi::{Lift, Lower};

use crate::UniFfiTag;
use crate::client::{Bootpay, Setup};
use crate::error::BootpayError;
use crate::process::PerProcess;
use crate::request::CancelRequest;
use crate::runtime::{Call, accompany, block_on};

mod edge;

const DONE: u8 = 0;
const FAILED: u8 = 1;

/// Which call. The numbers are agreed on with the host's side.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Cancel,
    Preview,
    Receipt,
    Reconcile,
    Intent,
}

/// The clients that are called so.
static CLIENTS: Mutex<Clients> = Mutex::new(Clients { last: 0, known: Vec::new() });

struct Clients {
    last: u64,
    known: Vec<(u64, Weak<Setup>)>,
}

static CALLS: PerProcess<Calls> = PerProcess::new();

/// Calls that were begun and not fetched yet.
#[derive(Default)]
struct Calls {
    /// Without a handle while they are being started.
    under_way: Mutex<HashMap<u64, Option<AbortHandle>>>,
    ended: Mutex<VecDeque<(u64, Vec<u8>)>>,
    changed: Condvar,
    /// Answers that their callers had no room for.
    left: Mutex<HashMap<u64, Vec<u8>>>,
    last_left: AtomicU64,
}

#[uniffi::export]
impl Bootpay {
    /// The number by which this client goes where calls are plain.
    pub fn plain_number(&self) -> u64 {
        let mut clients = lock(&CLIENTS);
        clients.known.retain(|(_, setup)| setup.strong_count() > 0);
        clients.last += 1;
        let number = clients.last;
        clients.known.push((number, Arc::downgrade(&self.setup)));
        number
    }
}

impl Operation {
    fn of(number: i32) -> Option<Self> {
        [Self::Cancel, Self::Preview, Self::Receipt, Self::Reconcile, Self::Intent]
            .get(usize::try_from(number).ok()?)
            .copied()
    }
}

/// A call that has been started, whatever it gives.
type Started = std::pin::Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

fn start(client: u64, operation: i32, request: &[u8]) -> Result<Started, BootpayError> {
    let known = |(number, setup): &(u64, Weak<Setup>)| (*number == client).then(|| setup.upgrade()).flatten();
    let client = || {
        let setup = lock(&CLIENTS).known.iter().find_map(known);
        let gone = || BootpayError::not_sent("not_sent.closed", "there is no such client");
        setup.map(|setup| Bootpay { setup }).ok_or_else(gone)
    };
    let broken = || BootpayError::not_sent("not_sent.broken_call", "there is no such call");
    // The request first: an account number is wiped once it is a request, and the client may be gone.
    Ok(match Operation::of(operation).ok_or_else(broken)? {
        Operation::Cancel => {
            let request = lift::<CancelRequest>(request)?;
            boxed(client()?.start_cancel(request)?)
        }
        Operation::Preview => {
            let request = lift::<CancelRequest>(request)?;
            boxed(client()?.start_preview(request)?)
        }
        Operation::Receipt => boxed(client()?.start_receipt(lift::<String>(request)?)?),
        Operation::Reconcile => boxed(client()?.start_reconcile(lift::<String>(request)?)?),
        Operation::Intent => boxed(client()?.start_intent(lift::<String>(request)?)?),
    })
}

fn boxed<T: Lower<UniFfiTag> + Send + 'static>(call: Call<T>) -> Started {
    Box::pin(async move { answer(call.await) })
}

fn lift<T: Lift<UniFfiTag>>(mut request: &[u8]) -> Result<T, BootpayError> {
    let broken = |_| BootpayError::not_sent("not_sent.broken_call", "the request did not cross whole");
    let lifted = T::try_read(&mut request).map_err(broken)?;
    if request.is_empty() {
        Ok(lifted)
    } else {
        Err(BootpayError::not_sent("not_sent.broken_call", "too much crossed"))
    }
}

fn answer<T: Lower<UniFfiTag>>(result: Result<T, BootpayError>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    match result {
        Ok(value) => {
            bytes.push(DONE);
            T::write(value, &mut bytes);
        }
        Err(error) => {
            bytes.push(FAILED);
            <BootpayError as Lower<UniFfiTag>>::write(error, &mut bytes);
        }
    }
    bytes
}

/// Carries a call out and waits for its end on this thread.
fn call(client: u64, operation: i32, request: &[u8]) -> Vec<u8> {
    let ended = catch_unwind(AssertUnwindSafe(|| match start(client, operation, request) {
        Ok(started) => block_on(started),
        Err(error) => answer::<String>(Err(error)),
    }));
    ended.unwrap_or_else(|_| answer::<String>(Err(BootpayError::lost())))
}

/// Begins a call under a number of the host's. Its end is fetched, whatever it is.
fn begin(client: u64, operation: i32, number: u64, request: &[u8]) {
    let calls = CALLS.get();
    lock(&calls.under_way).insert(number, None);
    let telling = Telling { number, told: false };
    // A panic here leaves `telling` to say that the end was lost.
    let _ = catch_unwind(AssertUnwindSafe(|| match start(client, operation, request) {
        Ok(started) => {
            let work = async move { telling.tell(started.await) };
            // Where it cannot be, `telling` goes with it, and tells.
            let Ok(handle) = accompany(work) else { return };
            match lock(&calls.under_way).get_mut(&number) {
                Some(place) => *place = Some(handle),
                // It has ended already, or its caller has gone away.
                None => handle.abort(),
            }
        }
        Err(error) => telling.tell(answer::<String>(Err(error))),
    }));
}

/// Goes away before the call's end: a read is aborted, and a cancel is carried out to its end.
fn leave(number: u64) {
    let left = lock(&CALLS.get().under_way).remove(&number).flatten();
    if let Some(handle) = left {
        handle.abort();
    }
}

/// Waits up to `patience` for calls that have ended, and writes as many as there is room for: number, length, answer.
/// Less than nothing is the room that the next one needs.
fn ended(room: &mut [u8], patience: Duration) -> i64 {
    let calls = CALLS.get();
    let (mut ended, _) = calls
        .changed
        .wait_timeout_while(lock(&calls.ended), patience, |ended| ended.is_empty())
        .unwrap_or_else(PoisonError::into_inner);
    let mut written = 0;
    while let Some((number, answer)) = ended.front() {
        let wanted = written + 12 + answer.len();
        let Some(place) = room.get_mut(written..wanted) else {
            return if written == 0 { -length(wanted) } else { length(written) };
        };
        place[..8].copy_from_slice(&number.to_be_bytes());
        place[8..12].copy_from_slice(&(answer.len() as u32).to_be_bytes());
        place[12..].copy_from_slice(answer);
        written = wanted;
        ended.pop_front();
    }
    length(written)
}

/// Puts an answer where there is room for it. Where there is not enough, less than nothing: the number to fetch it by.
fn put(answer: Vec<u8>, room: &mut [u8]) -> i64 {
    if let Some(place) = room.get_mut(..answer.len()) {
        place.copy_from_slice(&answer);
        return length(answer.len());
    }
    let calls = CALLS.get();
    let number = calls.last_left.fetch_add(1, Ordering::Relaxed) + 1;
    lock(&calls.left).insert(number, answer);
    -i64::try_from(number).unwrap_or(i64::MAX)
}

/// An answer for which there was no room: its length, or, with enough room, itself.
fn fetch(number: u64, room: &mut [u8]) -> i64 {
    let mut left = lock(&CALLS.get().left);
    let Some(answer) = left.get(&number) else { return 0 };
    let wanted = answer.len();
    if let Some(place) = room.get_mut(..wanted) {
        place.copy_from_slice(answer);
        left.remove(&number);
    }
    length(wanted)
}

fn length(bytes: usize) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Sees to it that a call's end is told, even where nobody knows it.
struct Telling {
    number: u64,
    told: bool,
}

impl Telling {
    fn tell(mut self, answer: Vec<u8>) {
        self.told = true;
        self.push(answer);
    }

    fn push(&self, answer: Vec<u8>) {
        let calls = CALLS.get();
        lock(&calls.under_way).remove(&self.number);
        lock(&calls.ended).push_back((self.number, answer));
        calls.changed.notify_one();
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        if !self.told {
            self.push(answer::<String>(Err(BootpayError::lost())));
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::config::{Config, Environment, JournalPlace};

    /// Where nobody listens: what is asked of it fails soon, and nothing is cancelled.
    fn client() -> Arc<Bootpay> {
        let config = Config {
            environment: Some(Environment::Custom { base_url: "http://127.0.0.1:9".to_owned() }),
            dialect: None,
            journal: Some(JournalPlace::Memory),
            connect_timeout: None,
            cancel_timeout: None,
            lookup_timeout: None,
            token_timeout: None,
            idle_timeout: None,
            wait_for_others: None,
            nobody_else_cancels: false,
            server_honours_cancel_id_for: None,
            look_before_partial: true,
            proxy: None,
            ca_bundle: None,
        };
        Bootpay::with_key_pair("5b8f6a4d396fa665fdc2b5ea".to_owned(), "key".to_owned(), config).unwrap()
    }

    fn lowered<T: Lower<UniFfiTag>>(value: T) -> Vec<u8> {
        let mut bytes = Vec::new();
        T::write(value, &mut bytes);
        bytes
    }

    fn full(receipt_id: &str) -> Vec<u8> {
        lowered(CancelRequest {
            receipt_id: receipt_id.to_owned(),
            amount: crate::request::CancelAmount::Full { expected_remaining: None },
            cancel_id: None,
            canceller: None,
            reason: None,
            refund_account: None,
        })
    }

    fn error(answer: &[u8]) -> BootpayError {
        assert_eq!(answer[0], FAILED);
        <BootpayError as Lift<UniFfiTag>>::try_read(&mut &answer[1..]).unwrap()
    }

    /// What has ended of some calls, once all have.
    fn all_ended(count: usize) -> HashMap<u64, Vec<u8>> {
        let mut all = HashMap::new();
        let give_up_at = Instant::now() + Duration::from_secs(60);
        let mut room = vec![0; 16 * 1024];
        while all.len() < count {
            assert!(Instant::now() < give_up_at, "{} of {count} ended", all.len());
            let written = usize::try_from(ended(&mut room, Duration::from_millis(100))).unwrap();
            let mut left = &room[..written];
            while !left.is_empty() {
                let number = u64::from_be_bytes(left[..8].try_into().unwrap());
                let end = 12 + u32::from_be_bytes(left[8..12].try_into().unwrap()) as usize;
                assert!(all.insert(number, left[12..end].to_vec()).is_none(), "{number} ended twice");
                left = &left[end..];
            }
        }
        all
    }

    #[test]
    fn a_call_gives_its_error_and_says_that_nothing_was_sent() {
        let client = client();
        let answer = call(client.plain_number(), Operation::Cancel as i32, &full("5df6e8034f74b4002177e0bb"));
        assert!(matches!(error(&answer), BootpayError::Token { .. } | BootpayError::NotSent { .. }));
    }

    #[test]
    fn an_answer_that_finds_no_room_is_fetched_once() {
        let client = client();
        let answer = call(client.plain_number(), Operation::Receipt as i32, &lowered("no receipt".to_owned()));
        let number = u64::try_from(-put(answer.clone(), &mut [0; 3])).unwrap();
        let mut room = vec![0; answer.len()];
        assert_eq!(fetch(number, &mut room[..2]), length(answer.len()));
        assert_eq!(fetch(number, &mut room), length(answer.len()));
        assert_eq!(room, answer);
        assert_eq!(fetch(number, &mut room), 0);
    }

    #[test]
    fn what_is_no_request_and_who_is_no_client_sends_nothing() {
        let client = client();
        let number = client.plain_number();
        let mut too_long = full("5df6e8034f74b4002177e0bb");
        too_long.push(0);
        for (client, operation, request) in [
            (number, 0, &too_long[..]),
            (number, 0, &too_long[..7]),
            (number, 0, &[]),
            (number, 99, &full("5df6e8034f74b4002177e0bb")),
            (number, -1, &[]),
            (u64::MAX, 0, &full("5df6e8034f74b4002177e0bb")),
        ] {
            assert!(matches!(error(&call(client, operation, request)), BootpayError::NotSent { .. }));
        }
        drop(client);
        let gone = call(number, 0, &full("5df6e8034f74b4002177e0bb"));
        assert!(matches!(error(&gone), BootpayError::NotSent { facts } if facts.kind == "not_sent.closed"));
    }

    // One test, since there is one queue.
    #[test]
    fn every_call_that_was_begun_is_told_once_whether_it_ended_or_was_left_or_never_began() {
        let client = client();
        let number = client.plain_number();
        let receipts: Vec<String> = (0..20).map(|one| format!("5df6e8034f74b4002177e0{one:02}")).collect();
        for (own, receipt) in (0..).zip(&receipts) {
            begin(number, Operation::Cancel as i32, own, &full(receipt));
        }
        begin(u64::MAX, Operation::Cancel as i32, 100, &full("5df6e8034f74b4002177e0bb"));
        begin(number, Operation::Receipt as i32, 101, &lowered(receipts[0].clone()));
        leave(101);
        let all = all_ended(22);
        assert!((0..20).chain([100, 101]).all(|own| all.contains_key(&own)));
        assert!(matches!(error(&all[&100]), BootpayError::NotSent { .. }));
        assert!(lock(&CALLS.get().under_way).is_empty());

        // An answer for which there is no room says how much it wants, and stays.
        begin(u64::MAX, Operation::Cancel as i32, 102, &[]);
        let wanted = usize::try_from(-ended(&mut [0; 5], Duration::from_secs(1))).unwrap();
        let mut room = vec![0; wanted];
        assert_eq!(ended(&mut room, Duration::ZERO), length(wanted));
        assert_eq!(room[..8], 102_u64.to_be_bytes());
        assert_eq!(ended(&mut room, Duration::ZERO), 0);
    }
}
