//! The table of proofs, row by row, on the machine itself: what was seen, and what must come next.
//!
//! Nothing here reads a byte: answers are given as what they mean. The same rows over real HTTP, with a ledger as the
//! witness, are in the workspace's `tests/`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says so and stops")]

mod already_cancelled;
mod answers;
mod before_the_send;
mod doubt;
mod figures;
mod lookups;
mod record;
mod repetition;
mod run;
