//! The same in every language: the cases of `tests/vectors`, and the judge of what the languages make of them.
//!
//! See `tests/vectors/README.md` for what a runner is told and what it answers.

mod case;
mod fits;
mod judge;
mod plain;
mod runner;
mod stage;

pub use case::{Case, load};
pub use judge::{Judgement, judge};
pub use runner::Runner;
