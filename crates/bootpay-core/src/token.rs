//! The access token, and how one is always at hand.
//!
//! **A token's life.** Bootpay gives a token 30 minutes. Asked again within the first 25, it hands back the *same* token
//! with the same end; asked later, it issues a new one, and the old one works on for its last five minutes. So:
//!
//! ```text
//! issue ─────────────── 25 min ──────────── 30 min
//!   a refresh gains nothing │ a refresh is seamless │ gone
//! ```
//!
//! - The token is refreshed once five minutes or less of it remain, up to a minute later at random, in the background,
//!   while the old one still serves. Nobody waits.
//! - With ten seconds or less left it counts as expired: it could end on the way. Then callers wait.
//! - How long it lives is the difference of two times by the *server's* clock, told in the answer. Its passing is
//!   measured from before the request was sent, on a clock that never jumps. A merchant's wall clock is not asked.
//! - Whatever the number of callers, one request for a token is under way at a time: a [`Flight`]. It runs in a task of
//!   its own, so a caller that goes away takes nothing from the others, and all who waited share how it ended, failure
//!   included.
//! - A failure is not remembered beyond those who waited for it, but the next flight leaves a second after it at the
//!   earliest. Whoever comes in between waits for that one.
//! - Bootpay may refuse a token before its time (the keys were changed, say). Then it is replaced once, whoever was
//!   refused first; the others find the new one already there. A flight that left before the refusal was known may bring
//!   the refused one back: nobody gets it, and the next flight says what was refused.

mod fetch;
mod flight;
mod life;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

pub(crate) use fetch::{AskBootpay, AskSource};

use self::flight::{Flight, Landing};
use self::life::Held;
use crate::clock::{Chance, Clock};
use crate::error::{BootpayError, Unreachable, UnreachableCause};
use crate::retry::{Retry, RetryBudget, RetryPolicy};
use crate::secret::Secret;
use crate::sync::{self, Mutex, MutexGuard};

/// Between a flight that gained nothing and the next.
const PAUSE: Duration = Duration::from_secs(1);

/// Between a background refresh that gained nothing and the next: the old token still serves, so there is no hurry.
const BACKGROUND_PAUSE: Duration = Duration::from_secs(10);

/// Where tokens come from: Bootpay, or a source of the caller's.
#[async_trait::async_trait]
pub(crate) trait TokenFetch: Send + Sync + fmt::Debug {
    /// Asks once. `refused` is the token that Bootpay turned away last. Errors are [`BootpayError::Token`] or
    /// [`BootpayError::Refused`].
    async fn fetch(&self, refused: Option<Secret>) -> Result<Fetched, BootpayError>;
}

/// A token as it was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fetched {
    pub(crate) token: Secret,
    /// How long it still lives, by the clock of whoever handed it out. `None`: they don't say.
    pub(crate) lifetime: Option<Duration>,
}

/// One merchant's token. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct TokenCache(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    fetch: Arc<dyn TokenFetch>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    /// For a flight in all, its retries and the wait before it included.
    limit: Duration,
    budget: RetryBudget,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    held: Option<Held>,
    flight: Option<Flight>,
    flights: u64,
    /// The token that Bootpay turned away, until another one has come.
    refused: Option<Secret>,
    /// When the last flight that gained nothing landed.
    gained_nothing: Option<Duration>,
}

/// A seat, and the flight's departure where it has not left yet.
struct Boarding {
    flight: Flight,
    departure: Option<(Landing, Duration)>,
}

impl TokenCache {
    /// A cache whose fetches may each take `limit`, retries included.
    pub(crate) fn new(
        fetch: Arc<dyn TokenFetch>,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
        limit: Duration,
    ) -> Self {
        let (state, budget) = (Mutex::default(), RetryBudget::default());
        Self(Arc::new(Shared { fetch, clock, chance, limit, budget, state }))
    }

    /// A token that works, as far as anybody knows: the one at hand, or else a new one.
    pub(crate) async fn get(&self) -> Result<Secret, BootpayError> {
        loop {
            let (serving, boarding) = {
                let mut state = self.0.state();
                let now = self.0.clock.elapsed();
                let serving = state.serving(now);
                let boards = serving.is_none() || state.wants_refresh(now);
                (serving, boards.then(|| self.0.board(&mut state, now)))
            };
            let flight = boarding.map(|boarding| self.0.depart(boarding)).transpose()?;
            let token = match (serving, flight) {
                (Some(token), _) => Some(token),
                (None, Some(flight)) => flight.landed().await?,
                (None, None) => {
                    return Err(BootpayError::Internal("neither a token nor a flight for one".to_owned()));
                }
            };
            if let Some(token) = token {
                return Ok(token);
            }
        }
    }

    /// Asks for a token although one may be at hand, which serves meanwhile, and still does where none comes.
    pub(crate) async fn renew(&self) -> Result<(), BootpayError> {
        let boarding = {
            let mut state = self.0.state();
            let now = self.0.clock.elapsed();
            self.0.board(&mut state, now)
        };
        self.0.depart(boarding)?.landed().await.map(drop)
    }

    /// Another token than the one that Bootpay has just refused. Where somebody has replaced it meanwhile, that one.
    ///
    /// It can be the same one again: in its first 25 minutes Bootpay has no other to give.
    pub(crate) async fn refresh(&self, refused: &Secret) -> Result<Secret, BootpayError> {
        loop {
            let boarding = {
                let mut state = self.0.state();
                let now = self.0.clock.elapsed();
                if let Some(held) = state.held.take_if(|held| held.token == *refused) {
                    state.refused = Some(held.token);
                }
                if let Some(token) = state.serving(now) {
                    return Ok(token);
                }
                if state.held.is_none() && (state.flight.is_none() || state.refused.is_none()) {
                    state.refused = Some(refused.clone());
                }
                self.0.board(&mut state, now)
            };
            let flight = self.0.depart(boarding)?;
            // A flight that left before the refusal was known may bring back what was refused: then one that knows.
            match flight.landed().await? {
                Some(token) if token != *refused || flight.refused.as_ref() == Some(refused) => return Ok(token),
                _ => {}
            }
        }
    }
}

impl State {
    fn serving(&self, now: Duration) -> Option<Secret> {
        self.held.as_ref().filter(|held| held.serves(now)).map(|held| held.token.clone())
    }

    fn wants_refresh(&self, now: Duration) -> bool {
        self.flight.is_none()
            && self.held.as_ref().is_some_and(|held| held.is_due(now))
            && self.gained_nothing.is_none_or(|at| now >= at.saturating_add(BACKGROUND_PAUSE))
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat on the flight under way, or on a new one that is ready to depart.
    fn board(self: &Arc<Self>, state: &mut State, now: Duration) -> Boarding {
        if let Some(flight) = &state.flight {
            return Boarding { flight: flight.clone(), departure: None };
        }
        let earliest = state.gained_nothing.map_or(Duration::ZERO, |at| at.saturating_add(PAUSE));
        state.flights += 1;
        let (flight, landing) = Landing::prepare(self.clone(), state.flights, state.refused.clone());
        state.flight = Some(flight.clone());
        Boarding { flight, departure: Some((landing, earliest.saturating_sub(now))) }
    }

    /// Starts the flight if it is a new one. Not under the state's lock: a runtime that is shutting down drops the task
    /// on the spot, and its [`Landing`] needs the lock.
    fn depart(self: &Arc<Self>, boarding: Boarding) -> Result<Flight, BootpayError> {
        let Boarding { flight, departure } = boarding;
        if let Some((landing, wait)) = departure {
            tracing::debug!(target: "bootpay::token", ?wait, "asking for a token");
            sync::spawn(self.clone().fly(landing, flight.refused.clone(), wait))
                .map_err(|_| BootpayError::Internal("a token was asked for outside a tokio runtime".to_owned()))?;
        }
        Ok(flight)
    }

    async fn fly(self: Arc<Self>, landing: Landing, refused: Option<Secret>, wait: Duration) {
        let time_is_up = self.clock.sleep(self.limit);
        let work = async {
            self.clock.sleep(wait).await;
            self.ask(refused).await
        };
        let outcome = tokio::select! {
            biased;
            outcome = work => outcome,
            () = time_is_up => {
                let words = format!("no token within {:?}", self.limit);
                Err(BootpayError::Token(Unreachable::new(UnreachableCause::TimedOut, words)))
            }
        };
        landing.land(outcome);
    }

    /// Asks, a few times where that is worth it. With the token comes the moment just before it was asked for.
    async fn ask(&self, refused: Option<Secret>) -> Result<(Fetched, Duration), BootpayError> {
        let (clock, chance) = (&*self.clock, &*self.chance);
        let retry = Retry { policy: RetryPolicy::READS, budget: &self.budget, clock, chance };
        let attempt = || {
            let refused = refused.clone();
            async {
                let asked_at = self.clock.elapsed();
                self.fetch.fetch(refused).await.map(|fetched| (fetched, asked_at))
            }
        };
        retry.run(worth_another_try, attempt).await
    }
}

/// A refusal is final. So is the failure of a caller's own source, which knows best when to try again.
fn worth_another_try(error: &BootpayError) -> bool {
    match error {
        BootpayError::Token(reason) => reason.cause != UnreachableCause::TokenSource,
        BootpayError::Refused(refusal) => refusal.http_status.is_some_and(|status| status >= 500),
        _ => false,
    }
}
