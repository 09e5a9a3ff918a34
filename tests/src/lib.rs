//! What the tests of this folder share: a merchant with a client, a sandbox to point it at, and the one question that
//! matters, *what did the money do?*

pub mod conformance;
pub mod explorer;
pub mod simulation;

mod clock;
mod merchant;

pub use clock::TestClock;
pub use merchant::{Merchant, Setup};
