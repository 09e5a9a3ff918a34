//! One request for a token, and the many who wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Fetched, Held, Shared};
use crate::error::BootpayError;
use crate::secret::Secret;

/// Nothing inside: the flight brought a token back that was refused while it was under way.
type Outcome = Option<Result<Option<Secret>, BootpayError>>;

/// A seat: clones of it land together.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    number: u64,
    /// The refused token that the flight knew of when it left.
    pub(super) refused: Option<Secret>,
    outcome: watch::Receiver<Outcome>,
}

impl Flight {
    /// Waits for the end of the flight. Nothing: what it brought was refused meanwhile, so the next one is waited for.
    pub(super) async fn landed(&self) -> Result<Option<Secret>, BootpayError> {
        let mut outcome = self.outcome.clone();
        let landed = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        landed.unwrap_or_else(|| Err(BootpayError::Internal("the task that asked for a token was lost".to_owned())))
    }
}

/// The duty to end a flight: in the state, so that others can start the next, and towards those who wait. A task that
/// is lost on the way (a panic, a runtime that shuts down) fulfils it by dropping this.
#[derive(Debug)]
pub(super) struct Landing {
    shared: Arc<Shared>,
    number: u64,
    refused: Option<Secret>,
    outcome: watch::Sender<Outcome>,
    done: bool,
}

impl Landing {
    pub(super) fn prepare(shared: Arc<Shared>, number: u64, refused: Option<Secret>) -> (Flight, Self) {
        let (sender, receiver) = watch::channel(None);
        let flight = Flight { number, refused: refused.clone(), outcome: receiver };
        (flight, Self { shared, number, refused, outcome: sender, done: false })
    }

    /// Files the token away and tells everybody.
    pub(super) fn land(mut self, outcome: Result<(Fetched, Duration), BootpayError>) {
        self.done = true;
        let outcome = outcome.map(|(fetched, asked_at)| {
            let token = fetched.token.clone();
            tracing::info!(target: "bootpay::token", flight = self.number, lifetime = ?fetched.lifetime, "a token came");
            let is_of_use = self.clear(Some(Held::new(fetched, asked_at, &*self.shared.chance)));
            is_of_use.then_some(token)
        });
        if let Err(error) = &outcome {
            tracing::warn!(target: "bootpay::token", flight = self.number, kind = error.kind(), %error, "no token came");
            self.clear(None);
        }
        // After the state, so that whoever is told finds it as told.
        let _ = self.outcome.send_replace(Some(outcome));
    }

    /// Ends the flight in the state. Whether what it brought may be used: not what was refused on its way, by somebody that
    /// whoever handed it out did not hear of.
    fn clear(&self, held: Option<Held>) -> bool {
        let mut state = self.shared.state();
        let now = self.shared.clock.elapsed();
        if state.flight.as_ref().is_some_and(|flight| flight.number == self.number) {
            state.flight = None;
        }
        // The refused token again, or one that is over, is no gain: it must not become a loop of requests.
        let gained = held.as_ref().is_some_and(|held| held.serves(now) && state.refused.as_ref() != Some(&held.token));
        if gained {
            state.refused = None;
            state.gained_nothing = None;
        } else {
            state.gained_nothing = Some(now);
        }
        let is_of_use = held.as_ref().is_some_and(|held| {
            state.refused.as_ref() != Some(&held.token) || self.refused.as_ref() == Some(&held.token)
        });
        if is_of_use {
            state.held = held;
        }
        is_of_use
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.done {
            self.clear(None);
        }
    }
}
