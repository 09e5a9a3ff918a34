//! The token cache under every order of its callers, its flights and those who go away.
//!
//! It is the cache itself, with its locks and tasks in the hands of a scheduler ([`in_many_orders`]). Time stands still
//! unless a scenario moves it, so that only the order differs.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Mutex as Plain;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use shuttle::future::{JoinHandle, block_on, spawn, yield_now};

use super::*;
use crate::error::{Refusal, RefusalKind};
use crate::testing::schedules::in_many_orders;
use crate::testing::{FixedChance, ManualClock};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A token service: `token-1`, `token-2` …, unless told otherwise. It takes its time, and is asked one thing at a time.
#[derive(Debug)]
struct Service {
    clock: Arc<ManualClock>,
    asked: AtomicUsize,
    under_way: AtomicUsize,
    /// When each request came, and when it was answered.
    times: Plain<Vec<(Duration, Duration)>>,
    next: Plain<VecDeque<Answer>>,
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    /// This token, or where it is the refused one, the next of its own.
    Unless(&'static str),
    Refusal,
}

#[async_trait::async_trait]
impl TokenFetch for Service {
    async fn fetch(&self, refused: Option<Secret>) -> Result<Fetched, BootpayError> {
        assert_eq!(self.under_way.fetch_add(1, Ordering::SeqCst), 0, "two requests at once");
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let asked_at = self.clock.elapsed();
        let answer = self.next.lock().unwrap().pop_front();
        yield_now().await;
        yield_now().await;
        self.times.lock().unwrap().push((asked_at, self.clock.elapsed()));
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        let token = match answer {
            Some(Answer::Refusal) => return Err(refusal()),
            Some(Answer::Unless(token)) if refused != Some(Secret::new(token)) => token.to_owned(),
            _ => format!("token-{number}"),
        };
        Ok(Fetched { token: Secret::new(token), lifetime: Some(30 * MINUTE) })
    }
}

fn refusal() -> BootpayError {
    Refusal {
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
    }
    .into()
}

fn set_up(answers: &[Answer]) -> (TokenCache, Arc<Service>, Arc<ManualClock>) {
    let clock = ManualClock::new();
    let service = Arc::new(Service {
        clock: clock.clone(),
        asked: AtomicUsize::new(0),
        under_way: AtomicUsize::new(0),
        times: Plain::default(),
        next: Plain::new(answers.iter().copied().collect()),
    });
    let cache = TokenCache::new(service.clone(), clock.clone(), Arc::new(FixedChance(0.0)), HOUR);
    (cache, service, clock)
}

fn call(cache: &TokenCache) -> JoinHandle<Result<Secret, BootpayError>> {
    let cache = cache.clone();
    spawn(async move { cache.get().await })
}

async fn get(cache: &TokenCache) -> String {
    cache.get().await.unwrap().expose().to_owned()
}

/// What a future has at once, without waiting.
async fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    std::future::poll_fn(|context: &mut Context<'_>| {
        Poll::Ready(match future.as_mut().poll(context) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        })
    })
    .await
}

#[test]
fn whoever_comes_while_a_flight_is_under_way_shares_it() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, _) = set_up(&[]);
            let callers: Vec<_> = (0..3).map(|_| call(&cache)).collect();
            for caller in callers {
                assert_eq!(caller.await.unwrap(), Ok(Secret::new("token-1")));
            }
            assert_eq!(service.asked.load(Ordering::SeqCst), 1);
        });
    });
}

#[test]
fn a_token_that_is_due_serves_at_once_while_one_flight_brings_the_next() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, clock) = set_up(&[]);
            assert_eq!(get(&cache).await, "token-1");
            clock.advance(26 * MINUTE);
            let callers: Vec<_> = (0..3)
                .map(|_| {
                    let cache = cache.clone();
                    spawn(async move {
                        let token = at_once(cache.get()).await.expect("nobody waits").unwrap();
                        assert!(["token-1", "token-2"].contains(&token.expose()));
                    })
                })
                .collect();
            for caller in callers {
                caller.await.unwrap();
            }
            while get(&cache).await != "token-2" {
                yield_now().await;
            }
            assert_eq!(service.asked.load(Ordering::SeqCst), 2);
        });
    });
}

#[test]
fn a_refused_token_is_replaced_once_and_never_served_again() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, _) = set_up(&[]);
            let refused = cache.get().await.unwrap();
            let replaced = Arc::new(AtomicBool::new(false));
            let refusers: Vec<_> = (0..2)
                .map(|_| {
                    let (cache, refused, replaced) = (cache.clone(), refused.clone(), replaced.clone());
                    spawn(async move {
                        assert_eq!(cache.refresh(&refused).await, Ok(Secret::new("token-2")));
                        replaced.store(true, Ordering::SeqCst);
                    })
                })
                .collect();
            for _ in 0..2 {
                let is_over = replaced.load(Ordering::SeqCst);
                let token = get(&cache).await;
                assert!(!(is_over && token == "token-1"), "served after it was replaced");
            }
            for refuser in refusers {
                refuser.await.unwrap();
            }
            assert_eq!(get(&cache).await, "token-2");
            assert_eq!(service.asked.load(Ordering::SeqCst), 2);
        });
    });
}

/// In a token's first 25 minutes Bootpay hands the same one out again. So a flight that left before the refusal was known
/// can bring back the very token that was refused.
#[test]
fn a_flight_that_brings_the_refused_token_back_files_it_for_nobody() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, clock) = set_up(&[Answer::Unless("token-1"), Answer::Unless("token-1")]);
            let refused = cache.get().await.unwrap();
            clock.advance(26 * MINUTE);
            let time = let_time_pass(&clock);
            let is_known = Arc::new(AtomicBool::new(false));
            let (bystander, refuser) = (
                spawn({
                    let (cache, is_known) = (cache.clone(), is_known.clone());
                    async move {
                        for _ in 0..3 {
                            let was_known = is_known.load(Ordering::SeqCst);
                            let token = get(&cache).await;
                            assert!(!(was_known && token == "token-1"), "served after it was refused");
                        }
                    }
                }),
                spawn({
                    let (cache, is_known) = (cache.clone(), is_known.clone());
                    async move {
                        let mut refresh = pin!(cache.refresh(&refused));
                        let first = at_once(refresh.as_mut()).await;
                        is_known.store(true, Ordering::SeqCst);
                        let token = match first {
                            Some(token) => token,
                            None => refresh.await,
                        };
                        assert_ne!(token.unwrap(), refused);
                    }
                }),
            );
            bystander.await.unwrap();
            refuser.await.unwrap();
            assert_ne!(get(&cache).await, "token-1");
            time.store(true, Ordering::SeqCst);
            assert!(service.asked.load(Ordering::SeqCst) <= 3);
        });
    });
}

#[test]
fn a_waiter_that_goes_away_takes_nothing_from_the_others() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, _) = set_up(&[]);
            let (leaver, stayer) = (call(&cache), call(&cache));
            yield_now().await;
            leaver.abort();
            assert_eq!(stayer.await.unwrap(), Ok(Secret::new("token-1")));
            assert_eq!(get(&cache).await, "token-1");
            assert_eq!(service.asked.load(Ordering::SeqCst), 1);
        });
    });
}

#[test]
fn a_flight_that_everybody_left_lands_all_the_same() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, _) = set_up(&[]);
            for caller in [call(&cache), call(&cache)] {
                yield_now().await;
                caller.abort();
            }
            assert_eq!(get(&cache).await, "token-1");
            assert_eq!(service.asked.load(Ordering::SeqCst), 1);
        });
    });
}

#[test]
fn a_flight_that_is_lost_is_an_error_for_those_aboard_and_the_next_one_flies() {
    in_many_orders(|| {
        block_on(async {
            let (cache, _, clock) = set_up(&[]);
            // What a panic or a runtime's end does to a flight.
            let lost = {
                let mut state = cache.0.state();
                cache.0.board(&mut state, Duration::ZERO)
            };
            let callers = [call(&cache), call(&cache)];
            yield_now().await;
            drop(lost);
            let time = let_time_pass(&clock);
            for caller in callers {
                match caller.await.unwrap() {
                    Ok(token) => assert_eq!(token, Secret::new("token-1")),
                    Err(error) => assert_eq!(error.kind(), "internal"),
                }
            }
            assert_eq!(get(&cache).await, "token-1");
            time.store(true, Ordering::SeqCst);
        });
    });
}

#[test]
fn a_failure_is_not_remembered_and_the_next_request_leaves_a_second_later() {
    in_many_orders(|| {
        block_on(async {
            let (cache, service, clock) = set_up(&[Answer::Refusal, Answer::Refusal]);
            let time = let_time_pass(&clock);
            let callers = [call(&cache), call(&cache)];
            for caller in callers {
                // Whoever came after the first failure was aboard the second flight.
                assert_eq!(caller.await.unwrap(), Err(refusal()));
            }
            while cache.get().await.is_err() {}
            time.store(true, Ordering::SeqCst);
            let times = service.times.lock().unwrap().clone();
            assert_eq!(times.len(), 3);
            assert!(times.windows(2).all(|pair| pair[1].0 >= pair[0].1 + SECOND), "{times:?}");
        });
    });
}

/// Lets time pass, a tenth of a second at a time and whenever the scheduler likes, until the flag is set.
fn let_time_pass(clock: &Arc<ManualClock>) -> Arc<AtomicBool> {
    let (clock, over) = (clock.clone(), Arc::new(AtomicBool::new(false)));
    let flag = over.clone();
    drop(spawn(async move {
        while !flag.load(Ordering::SeqCst) {
            clock.advance(SECOND / 10);
            yield_now().await;
        }
    }));
    over
}
