//! What belongs to one process and must not be used in its children.
//!
//! A `fork` copies memory but no threads: a runtime that crossed over has nobody to run it, a connection is shared with
//! the parent, a lock that another thread held is never released. So each process keeps its own copy, found by its id,
//! and leaves its parent's alone: not locked, not even dropped.

use std::sync::OnceLock;

/// One value for each process that asks, made when it first does.
#[derive(Debug)]
pub(crate) struct PerProcess<T> {
    first: Link<T>,
}

type Link<T> = OnceLock<Box<Node<T>>>;

#[derive(Debug)]
struct Node<T> {
    process: u32,
    value: T,
    next: Link<T>,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self { first: OnceLock::new() }
    }
}

impl<T: Default> PerProcess<T> {
    /// This process's value. Nothing is locked on the way, so that no lock can be caught in a `fork`.
    pub(crate) fn get(&self) -> &T {
        let process = std::process::id();
        let mut link = &self.first;
        loop {
            let node = match link.get() {
                Some(node) => node,
                None => {
                    // Where another thread is faster, its node is looked at like any other.
                    let _ = link.set(Box::new(Node { process, value: T::default(), next: OnceLock::new() }));
                    continue;
                }
            };
            if node.process == process {
                return &node.value;
            }
            link = &node.next;
        }
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let process = std::process::id();
        let mut link = self.first.take();
        while let Some(node) = link {
            let Node { process: owner, value, mut next } = *node;
            if owner != process {
                // A parent's: dropping it would wait for threads that are not here.
                std::mem::forget(value);
            }
            link = next.take();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn a_process_finds_its_own_value_again() {
        let values: PerProcess<Mutex<u8>> = PerProcess::new();
        *values.get().lock().unwrap() = 7;
        assert_eq!(*values.get().lock().unwrap(), 7);
    }

    #[test]
    fn a_parents_value_is_left_alone() {
        #[derive(Debug, Default)]
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("a parent's value was dropped");
            }
        }
        let values: PerProcess<Bomb> = PerProcess::new();
        let parents = Node { process: std::process::id() + 1, value: Bomb, next: OnceLock::new() };
        values.first.set(Box::new(parents)).unwrap();
        drop(values);
    }
}
