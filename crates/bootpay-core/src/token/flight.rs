//! One request for a token, and the many who wait for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::{Fetched, Held, Shared};
use crate::error::BootpayError;
use crate::secret::Secret;

type Outcome = Option<Result<Secret, BootpayError>>;

/// A seat: clones of it land together.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    number: u64,
    /// The refused token that the flight knew of when it left.
    pub(super) refused: Option<Secret>,
    outcome: watch::Receiver<Outcome>,
}

impl Flight {
    /// Waits for the end of the flight.
    pub(super) async fn landed(&self) -> Result<Secret, BootpayError> {
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
    outcome: watch::Sender<Outcome>,
    done: bool,
}

impl Landing {
    pub(super) fn prepare(shared: Arc<Shared>, number: u64, refused: Option<Secret>) -> (Flight, Self) {
        let (sender, receiver) = watch::channel(None);
        (Flight { number, refused, outcome: receiver }, Self { shared, number, outcome: sender, done: false })
    }

    /// Files the token away and tells everybody.
    pub(super) fn land(mut self, outcome: Result<(Fetched, Duration), BootpayError>) {
        self.done = true;
        let outcome = outcome.map(|(fetched, asked_at)| {
            let token = fetched.token.clone();
            tracing::info!(target: "bootpay::token", flight = self.number, lifetime = ?fetched.lifetime, "a token came");
            self.clear(Some(Held::new(fetched, asked_at, &*self.shared.chance)));
            token
        });
        if let Err(error) = &outcome {
            tracing::warn!(target: "bootpay::token", flight = self.number, kind = error.kind(), %error, "no token came");
            self.clear(None);
        }
        // After the state, so that whoever is told finds it as told.
        let _ = self.outcome.send_replace(Some(outcome));
    }

    fn clear(&self, held: Option<Held>) {
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
        if held.is_some() {
            state.held = held;
        }
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.done {
            self.clear(None);
        }
    }
}
