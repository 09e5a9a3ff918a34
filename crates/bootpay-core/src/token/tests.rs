//! The token cache against a clock that is moved by hand.

use std::collections::VecDeque;
use std::future::Future as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::error::{Refusal, RefusalKind};
use crate::intent::UnixMillis;
use crate::testing::{FixedChance, ManualClock, settle};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HALF_HOUR: Duration = Duration::from_secs(1800);

/// A token service: `token-1`, `token-2` …, unless told otherwise.
#[derive(Debug)]
struct Service {
    clock: Arc<ManualClock>,
    asked: AtomicUsize,
    asked_at: Mutex<Vec<Duration>>,
    told_refused: Mutex<Vec<Option<Secret>>>,
    next: Mutex<VecDeque<Result<Fetched, BootpayError>>>,
    takes: Mutex<Duration>,
}

impl Service {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn takes(&self, time: Duration) {
        *self.takes.lock().unwrap() = time;
    }

    fn then(&self, outcome: Result<Fetched, BootpayError>) {
        self.next.lock().unwrap().push_back(outcome);
    }
}

#[async_trait::async_trait]
impl TokenFetch for Service {
    async fn fetch(&self, refused: Option<Secret>) -> Result<Fetched, BootpayError> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        self.asked_at.lock().unwrap().push(self.clock.elapsed());
        self.told_refused.lock().unwrap().push(refused);
        let takes = *self.takes.lock().unwrap();
        self.clock.sleep(takes).await;
        let told = self.next.lock().unwrap().pop_front();
        told.unwrap_or_else(|| Ok(fetched(&format!("token-{number}"), HALF_HOUR)))
    }
}

fn fetched(token: &str, lifetime: Duration) -> Fetched {
    Fetched { token: Secret::new(token), lifetime: Some(lifetime) }
}

fn unreachable() -> BootpayError {
    BootpayError::Token(Unreachable::new(UnreachableCause::Disconnected, "down"))
}

fn refusal() -> BootpayError {
    let refusal = Refusal {
        kind: RefusalKind::Unauthorized,
        http_status: Some(401),
        code: None,
        message: "no".to_owned(),
        pg_code: None,
        pg_message: None,
        retry_after: None,
        intent: None,
        ledger: None,
        earlier: None,
    };
    refusal.into()
}

fn set_up() -> (TokenCache, Arc<Service>, Arc<ManualClock>) {
    let clock = ManualClock::new();
    let service = Arc::new(Service {
        clock: clock.clone(),
        asked: AtomicUsize::new(0),
        asked_at: Mutex::default(),
        told_refused: Mutex::default(),
        next: Mutex::default(),
        takes: Mutex::default(),
    });
    (
        TokenCache::new(service.clone(), clock.clone(), Arc::new(FixedChance(0.5)), Duration::from_secs(10)),
        service,
        clock,
    )
}

async fn get(cache: &TokenCache) -> String {
    cache.get().await.unwrap().expose().to_owned()
}

fn call(cache: &TokenCache) -> tokio::task::JoinHandle<Result<Secret, BootpayError>> {
    let cache = cache.clone();
    tokio::spawn(async move { cache.get().await })
}

#[tokio::test]
async fn ten_thousand_callers_with_an_expired_token_make_one_request() {
    let (cache, service, clock) = set_up();
    assert_eq!(get(&cache).await, "token-1");
    clock.advance(HALF_HOUR);
    service.takes(SECOND);
    let callers: Vec<_> = (0..10_000).map(|_| call(&cache)).collect();
    while service.asked() < 2 {
        settle().await;
    }
    clock.pass(SECOND, SECOND).await;
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-2")));
    }
    assert_eq!(service.asked(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_callers_on_two_threads_make_one_request() {
    let (cache, service, _) = set_up();
    let callers: Vec<_> = (0..10_000).map(|_| call(&cache)).collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-1")));
    }
    assert_eq!(service.asked(), 1);
}

#[tokio::test]
async fn a_token_is_refreshed_after_its_25th_minute_in_the_background_and_not_before() {
    let (cache, service, clock) = set_up();
    get(&cache).await;
    clock.advance(25 * MINUTE);
    assert_eq!(get(&cache).await, "token-1");
    settle().await;
    assert_eq!(service.asked(), 1, "with the least jitter it is two seconds later");

    clock.advance(MINUTE);
    service.takes(3 * SECOND);
    assert_eq!(get(&cache).await, "token-1", "the old one serves while the new one is fetched");
    clock.pass(2 * SECOND, SECOND).await;
    assert_eq!(get(&cache).await, "token-1");
    assert_eq!(service.asked(), 2);
    clock.pass(SECOND, SECOND).await;
    assert_eq!(get(&cache).await, "token-2");
    assert_eq!(service.asked(), 2);
}

#[tokio::test]
async fn with_ten_seconds_left_callers_wait_for_the_next_one() {
    let (cache, _, clock) = set_up();
    get(&cache).await;
    clock.advance(HALF_HOUR - 10 * SECOND);
    assert_eq!(get(&cache).await, "token-2");
}

#[tokio::test]
async fn a_hundred_refusals_of_one_token_are_one_request() {
    let (cache, service, clock) = set_up();
    let refused = cache.get().await.unwrap();
    service.takes(SECOND);
    let refresh = |cache: TokenCache, refused: Secret| tokio::spawn(async move { cache.refresh(&refused).await });
    let callers: Vec<_> = (0..100).map(|_| refresh(cache.clone(), refused.clone())).collect();
    clock.pass(SECOND, SECOND).await;
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-2")));
    }
    assert_eq!(cache.refresh(&refused).await, Ok(Secret::new("token-2")), "a late refusal finds the new one");
    assert_eq!(service.asked(), 2);
    assert_eq!(*service.told_refused.lock().unwrap(), [None, Some(refused)]);
}

#[tokio::test]
async fn a_flight_that_left_before_the_refusal_does_not_bring_the_refused_token_back() {
    let (cache, service, clock) = set_up();
    let refused = cache.get().await.unwrap();
    clock.advance(26 * MINUTE);
    service.takes(SECOND);
    service.then(Ok(fetched("token-1", 4 * MINUTE)));
    get(&cache).await;
    let caller = tokio::spawn({
        let (cache, refused) = (cache.clone(), refused.clone());
        async move { cache.refresh(&refused).await }
    });
    clock.pass(5 * SECOND, SECOND).await;
    assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-3")));
    assert_eq!(*service.told_refused.lock().unwrap(), [None, None, Some(refused)]);
}

#[tokio::test]
async fn the_same_token_again_is_given_once_and_asked_for_at_most_once_a_second() {
    let (cache, service, clock) = set_up();
    let refused = cache.get().await.unwrap();
    for _ in 0..20 {
        service.then(Ok(fetched("token-1", HALF_HOUR)));
    }
    assert_eq!(cache.refresh(&refused).await, Ok(refused.clone()), "in its first 25 minutes Bootpay has no other");
    let again = tokio::spawn({
        let (cache, refused) = (cache.clone(), refused.clone());
        async move { cache.refresh(&refused).await }
    });
    clock.pass(Duration::from_millis(900), Duration::from_millis(100)).await;
    assert_eq!(service.asked(), 2);
    clock.pass(Duration::from_millis(200), Duration::from_millis(100)).await;
    assert_eq!(again.await.unwrap(), Ok(refused));
    assert_eq!(service.asked(), 3);
}

#[tokio::test]
async fn a_failure_is_shared_by_those_who_waited_and_by_nobody_else() {
    let (cache, service, clock) = set_up();
    service.takes(SECOND);
    service.then(Err(refusal()));
    let callers: Vec<_> = (0..10).map(|_| call(&cache)).collect();
    clock.pass(SECOND, SECOND).await;
    for caller in callers {
        assert_eq!(caller.await.unwrap(), Err(refusal()));
    }
    assert_eq!(service.asked(), 1, "a refusal is not tried again");

    let late: Vec<_> = (0..10).map(|_| call(&cache)).collect();
    clock.pass(3 * SECOND, SECOND).await;
    for caller in late {
        assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-2")));
    }
    assert_eq!(service.asked(), 2);
}

#[tokio::test]
async fn after_a_failure_the_next_request_leaves_a_second_later() {
    let (cache, service, clock) = set_up();
    for _ in 0..100 {
        service.then(Err(refusal()));
    }
    for _ in 0..100 {
        drop(call(&cache));
        clock.pass(SECOND / 10, SECOND / 10).await;
    }
    let asked_at = service.asked_at.lock().unwrap().clone();
    assert!(asked_at.windows(2).all(|pair| pair[1] - pair[0] >= SECOND), "{asked_at:?}");
    assert!((9..=11).contains(&asked_at.len()), "{}", asked_at.len());
}

#[tokio::test]
async fn an_unreachable_server_is_tried_again_three_times_with_growing_waits() {
    let (cache, service, clock) = set_up();
    for _ in 0..4 {
        service.then(Err(unreachable()));
    }
    let caller = call(&cache);
    clock.pass(3 * SECOND, SECOND / 20).await;
    assert_eq!(caller.await.unwrap(), Err(unreachable()));
    let waited: Vec<_> = service.asked_at.lock().unwrap().iter().map(Duration::as_millis).collect();
    assert_eq!(waited, [0, 250, 750, 1_750], "half of 0.5 s, of 1 s, of 2 s");
}

#[tokio::test]
async fn a_server_that_never_answers_costs_ten_seconds() {
    let (cache, service, clock) = set_up();
    service.takes(HALF_HOUR);
    let caller = call(&cache);
    clock.pass(9 * SECOND, SECOND).await;
    assert!(!caller.is_finished());
    clock.pass(SECOND, SECOND).await;
    assert_eq!(caller.await.unwrap().unwrap_err().kind(), "token.timed_out");
}

#[tokio::test]
async fn a_background_refresh_that_fails_harms_nobody_and_is_not_hammered() {
    let (cache, service, clock) = set_up();
    get(&cache).await;
    clock.advance(26 * MINUTE);
    service.then(Err(refusal()));
    for _ in 0..95 {
        assert_eq!(get(&cache).await, "token-1");
        clock.pass(SECOND / 10, SECOND / 10).await;
    }
    assert_eq!(service.asked(), 2);
    clock.pass(SECOND, SECOND).await;
    get(&cache).await;
    settle().await;
    assert_eq!(get(&cache).await, "token-3");
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nothing_from_the_others() {
    let (cache, service, clock) = set_up();
    service.takes(2 * SECOND);
    let first = call(&cache);
    settle().await;
    let second = call(&cache);
    clock.pass(SECOND, SECOND).await;
    first.abort();
    clock.pass(SECOND, SECOND).await;
    assert_eq!(second.await.unwrap(), Ok(Secret::new("token-1")));
    assert_eq!(service.asked(), 1);
}

#[tokio::test]
async fn a_tokens_life_is_the_servers_own_figure_from_before_it_was_asked_for() {
    let (cache, service, clock) = set_up();
    service.takes(5 * SECOND);
    service.then(Ok(fetched("short", 100 * SECOND)));
    let caller = call(&cache);
    clock.pass(5 * SECOND, SECOND).await;
    assert_eq!(caller.await.unwrap(), Ok(Secret::new("short")));
    service.takes(Duration::ZERO);
    clock.advance(83 * SECOND);
    settle().await;
    assert_eq!(cache.0.state().serving(clock.elapsed()), Some(Secret::new("short")), "88 s after it was asked for");
    clock.advance(2 * SECOND);
    assert_eq!(cache.0.state().serving(clock.elapsed()), None, "90 s: ten are left");
    assert_eq!(get(&cache).await, "token-2");
}

#[tokio::test]
async fn a_wall_clock_that_jumps_changes_nothing() {
    let (cache, service, clock) = set_up();
    get(&cache).await;
    for wall in [0, i64::MAX, 1_000_000_000_000] {
        clock.set_wall(UnixMillis(wall));
        assert_eq!(get(&cache).await, "token-1");
        settle().await;
    }
    assert_eq!(service.asked(), 1);
}

#[tokio::test]
async fn a_source_that_does_not_tell_a_lifetime_is_asked_again_after_five_minutes() {
    let (cache, service, clock) = set_up();
    service.then(Ok(Fetched { token: Secret::new("untold"), lifetime: None }));
    assert_eq!(get(&cache).await, "untold");
    clock.advance(5 * MINUTE - SECOND);
    assert_eq!(get(&cache).await, "untold");
    settle().await;
    assert_eq!(service.asked(), 1);
    clock.advance(SECOND);
    assert_eq!(get(&cache).await, "untold");
    settle().await;
    assert_eq!(get(&cache).await, "token-2");
}

#[test]
fn a_flight_lost_with_its_runtime_is_an_error_and_the_next_caller_starts_another() {
    let (cache, service, clock) = set_up();
    service.takes(SECOND);
    let runtime = || tokio::runtime::Builder::new_current_thread().build().unwrap();
    let first = runtime();
    let mut waiting = Box::pin(cache.get());
    first.block_on(async {
        tokio::select! { biased; _ = &mut waiting => panic!("nobody has answered"), () = settle() => {} }
    });
    drop(first);
    let second = runtime();
    assert_eq!(second.block_on(waiting).unwrap_err().kind(), "internal");
    service.takes(Duration::ZERO);
    clock.advance(SECOND);
    assert_eq!(second.block_on(get(&cache)), "token-2");
}

#[test]
fn outside_a_runtime_it_is_an_error_and_no_panic() {
    let (cache, _, _) = set_up();
    let mut get = Box::pin(cache.get());
    let polled = get.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(matches!(polled, std::task::Poll::Ready(Err(BootpayError::Internal(_)))));
}

#[tokio::test]
async fn no_token_is_ever_printed() {
    let (cache, service, _) = set_up();
    service.then(Ok(fetched("canary-token", HALF_HOUR)));
    let token = cache.get().await.unwrap();
    cache.refresh(&token).await.unwrap();
    assert!(!format!("{cache:?}").contains("canary"));
}
