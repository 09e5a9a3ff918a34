//! Fuzz targets: everything that reads bytes from outside, and what must hold whatever those bytes are.
//!
//! A target is a function of bytes that panics where a promise is broken. What the promise is stands in the target, written
//! from the page and the table of proofs and not from the code: a target never asks the code what is right. All of it
//! goes through the public faces, with a transport of our own in place of the network, so there is no back door to fuzz.
//!
//! - `make test` replays `corpus/`, and then a bounded number of inputs that are made from it ([`mutate`]).
//! - `make fuzz` lets libFuzzer search, guided by coverage, for as long as one likes.

pub mod mutate;
mod oracle;
mod stage;
mod targets;

/// A function that panics where a promise is broken.
pub struct Target {
    /// Its name, and its folder's in `corpus/`.
    pub name: &'static str,
    /// What it does with an input.
    pub run: fn(&[u8]),
    /// How many inputs `make test` makes from its corpus.
    pub bounded: usize,
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "cancel_answer", run: targets::cancel_answer::run, bounded: 4_000 },
    Target { name: "lookup_answer", run: targets::lookup_answer::run, bounded: 3_000 },
    Target { name: "token_answer", run: targets::token_answer::run, bounded: 3_000 },
    Target { name: "korean_time", run: targets::korean_time::run, bounded: 20_000 },
    Target { name: "inputs", run: targets::inputs::run, bounded: 4_000 },
    Target { name: "journal_row", run: targets::journal_row::run, bounded: 1_000 },
    Target { name: "bulk_file", run: targets::bulk_file::run, bounded: 4_000 },
    Target { name: "ffi_config", run: targets::ffi_config::run, bounded: 200 },
    Target { name: "ffi_request", run: targets::ffi_request::run, bounded: 300 },
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
