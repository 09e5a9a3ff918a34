//! The other side: the sandbox in a process of its own, plain and over TLS, near and 10 ms away.

mod authority;
mod client;
mod delay;
mod tls;

pub use authority::Authority;
pub use client::{Addresses, Ledger, Peer};
pub use delay::{ROUND_TRIP, delaying};
pub use tls::encrypting;
