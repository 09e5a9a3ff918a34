//! What a cancel costs, beside what one would use instead.
//!
//! Every figure here is a ratio: the subjects of a case take turns within each round, on the same machine, against the
//! same server ([`peer`], a process of its own), and the server's ledger says afterwards whether the work that was timed
//! was done. Other languages measure against the same server and write the same [`sample`]s; the README tells how.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "benches talk to people")]

pub mod cpu;
pub mod memory;
pub mod peer;
pub mod picture;
pub mod place;
pub mod recording;
pub mod rounds;
pub mod sample;
pub mod standing;
pub mod subjects;
pub mod table;
