//! What the tests of this folder share: a merchant with a client, a sandbox to point it at, and the one question that
//! matters, *what did the money do?*

pub mod aftermath;
pub mod conformance;
pub mod cutting;
pub mod explorer;
pub mod history;
pub mod interposed;
pub mod simulation;

mod clock;
mod merchant;
mod told;

pub use clock::{NoWait, TestClock};
pub use merchant::{Merchant, Setup};
pub use told::Told;
