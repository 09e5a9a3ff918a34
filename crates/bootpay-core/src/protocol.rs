//! The rules about money, as pure code: no clock, no socket, no random number, no `async`.
//!
//! - [`identity`]: how a `cancel_id` comes about.
//! - [`admission`]: which intents may begin, given those before them.
//! - [`lifecycle`]: what may happen to an intent, given where it stands.
//! - [`verdict`]: what an answer proves.
//! - [`reconcile`]: what a lookup proves.
//! - [`machine`]: what comes next.

pub mod admission;
pub mod identity;
pub mod lifecycle;
pub mod machine;
pub mod reconcile;
pub mod verdict;

pub use admission::{Admission, Proposal};
