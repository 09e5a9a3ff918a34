//! Every order of threads: the locks, atomic words and tasks of [`sync`](crate::sync), as a scheduler of the test's
//! choice interrupts them.
//!
//! Inside [`in_every_order`] and [`in_many_orders`] a thread can be interrupted wherever it takes or leaves a lock,
//! touches an atomic word, or waits. Outside of them, in every other test, they are the standard library's own.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering;
use std::sync::{LockResult, PoisonError};

thread_local! {
    static TRIED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is one whose orders are being tried.
pub(crate) fn are_tried() -> bool {
    TRIED.get()
}

/// Runs a scenario in every order that there is, and says in how many. It must be small: give up after `most`.
pub(crate) fn in_every_order(most: usize, scenario: impl Fn() + Send + Sync + 'static) -> usize {
    let tried = try_them(shuttle::scheduler::DfsScheduler::new(Some(most), false), scenario);
    assert!(tried < most, "there are more than {most} orders");
    tried
}

/// Runs a scenario in 500 orders drawn at random, and in as many again of the kind that such a draw seldom finds: those
/// where a thread stands still for long. `ORDERS=100000` tries more. A failure prints its order, for `shuttle::replay`.
pub(crate) fn in_many_orders(scenario: impl Fn() + Clone + Send + Sync + 'static) {
    let orders = std::env::var("ORDERS").map_or(500, |orders| orders.parse().expect("ORDERS is a number"));
    try_them(shuttle::scheduler::RandomScheduler::new(orders), scenario.clone());
    try_them(shuttle::scheduler::PctScheduler::new(3, orders), scenario);
}

fn try_them(
    scheduler: impl shuttle::scheduler::Scheduler + 'static,
    scenario: impl Fn() + Send + Sync + 'static,
) -> usize {
    struct Over;
    impl Drop for Over {
        fn drop(&mut self) {
            TRIED.set(false);
        }
    }
    let _over = Over;
    TRIED.set(true);
    shuttle::Runner::new(scheduler, shuttle::Config::new()).run(scenario)
}

/// A lock.
pub(crate) enum Mutex<T> {
    Plain(std::sync::Mutex<T>),
    Tried(shuttle::sync::Mutex<T>),
}

/// A lock that is held.
pub(crate) enum MutexGuard<'a, T> {
    Plain(std::sync::MutexGuard<'a, T>),
    Tried(shuttle::sync::MutexGuard<'a, T>),
}

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        if are_tried() {
            Self::Tried(shuttle::sync::Mutex::new(value))
        } else {
            Self::Plain(std::sync::Mutex::new(value))
        }
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        match self {
            Self::Plain(lock) => lock
                .lock()
                .map(MutexGuard::Plain)
                .map_err(|held| PoisonError::new(MutexGuard::Plain(held.into_inner()))),
            Self::Tried(lock) => lock
                .lock()
                .map(MutexGuard::Tried)
                .map_err(|held| PoisonError::new(MutexGuard::Tried(held.into_inner()))),
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain(lock) => lock.fmt(f),
            Self::Tried(lock) => lock.fmt(f),
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Plain(held) => held,
            Self::Tried(held) => held,
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Plain(held) => held,
            Self::Tried(held) => held,
        }
    }
}

/// An atomic word.
#[derive(Debug)]
pub(crate) enum AtomicU8 {
    Plain(std::sync::atomic::AtomicU8),
    Tried(shuttle::sync::atomic::AtomicU8),
}

impl AtomicU8 {
    pub(crate) fn new(value: u8) -> Self {
        if are_tried() {
            Self::Tried(shuttle::sync::atomic::AtomicU8::new(value))
        } else {
            Self::Plain(std::sync::atomic::AtomicU8::new(value))
        }
    }

    pub(crate) fn load(&self, order: Ordering) -> u8 {
        match self {
            Self::Plain(word) => word.load(order),
            Self::Tried(word) => word.load(order),
        }
    }

    pub(crate) fn compare_exchange(&self, from: u8, to: u8, done: Ordering, not: Ordering) -> Result<u8, u8> {
        match self {
            Self::Plain(word) => word.compare_exchange(from, to, done, not),
            Self::Tried(word) => word.compare_exchange(from, to, done, not),
        }
    }
}
