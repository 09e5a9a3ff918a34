//! What the order of threads can reach: locks, atomic words, and the start of a task.
//!
//! In a build these are the standard library's and tokio's, by another name. In this crate's own tests each can also be
//! one that a scheduler of the test's choice interrupts ([`testing::schedules`](crate::testing::schedules)), so that what
//! is tried in every order is this code and no copy of it.

use std::pin::Pin;
#[cfg(not(test))]
pub(crate) use std::sync::{Mutex, MutexGuard, atomic::AtomicU8};

#[cfg(test)]
pub(crate) use crate::testing::schedules::{AtomicU8, Mutex, MutexGuard};

/// Starts a task of its own. Nobody waits for it.
///
/// # Errors
/// Where there is no runtime here to run it.
pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Result<(), tokio::runtime::TryCurrentError> {
    #[cfg(test)]
    if crate::testing::schedules::are_tried() {
        drop(shuttle::future::spawn(work));
        return Ok(());
    }
    // Boxed: a type for each task would have tokio's task machinery compiled for each.
    let work: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(work);
    tokio::runtime::Handle::try_current().map(|runtime| drop(runtime.spawn(work)))
}
