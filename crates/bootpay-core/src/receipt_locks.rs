//! One cancel of a receipt at a time, within one client. Between processes, the journal's lease does the same.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::cancel::ReceiptId;
use crate::sync::Mutex;

/// A lock for every receipt that is being cancelled, and for no other.
#[derive(Debug, Default)]
pub(crate) struct ReceiptLocks {
    locks: Mutex<HashMap<ReceiptId, Arc<tokio::sync::Mutex<()>>>>,
}

/// Held while a receipt is being cancelled.
#[derive(Debug)]
pub(crate) struct ReceiptGuard<'a> {
    locks: &'a ReceiptLocks,
    receipt_id: ReceiptId,
    guard: Option<OwnedMutexGuard<()>>,
    waited: bool,
}

impl ReceiptGuard<'_> {
    /// Whether somebody else was cancelling the receipt, and this caller waited for them.
    pub(crate) fn waited(&self) -> bool {
        self.waited
    }
}

impl ReceiptLocks {
    pub(crate) async fn lock(&self, receipt_id: &ReceiptId) -> ReceiptGuard<'_> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(locks.entry(receipt_id.clone()).or_default())
        };
        // Made before the wait, so that a caller who gives up waiting tidies up as well.
        let mut guard = ReceiptGuard { locks: self, receipt_id: receipt_id.clone(), guard: None, waited: false };
        guard.guard = Some(match Arc::clone(&lock).try_lock_owned() {
            Ok(free) => free,
            Err(_) => {
                guard.waited = true;
                lock.lock_owned().await
            }
        });
        guard
    }
}

impl Drop for ReceiptGuard<'_> {
    fn drop(&mut self) {
        drop(self.guard.take());
        let mut locks = self.locks.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the table holds it: nobody waits, and nobody can begin to while the table is locked.
        if locks.get(&self.receipt_id).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.receipt_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use shuttle::future::{block_on, spawn, yield_now};

    use super::*;
    use crate::testing::schedules::in_many_orders;

    #[test]
    fn in_many_orders_one_holds_a_receipt_and_who_gives_up_leaves_nothing_behind() {
        in_many_orders(|| {
            block_on(async {
                let (locks, is_held) = (Arc::new(ReceiptLocks::default()), Arc::new(AtomicBool::new(false)));
                let callers: Vec<_> = (0..3)
                    .map(|_| {
                        let (locks, is_held) = (locks.clone(), is_held.clone());
                        spawn(async move {
                            let guard = locks.lock(&ReceiptId::new("a").unwrap()).await;
                            assert!(!is_held.swap(true, Ordering::SeqCst), "two hold it");
                            shuttle::thread::yield_now();
                            is_held.store(false, Ordering::SeqCst);
                            drop(guard);
                        })
                    })
                    .collect();
                yield_now().await;
                for (index, caller) in callers.into_iter().enumerate() {
                    if index == 0 {
                        caller.abort();
                    }
                    let _ = caller.await;
                }
                assert!(locks.locks.lock().unwrap().is_empty());
            });
        });
    }

    #[tokio::test]
    async fn receipts_do_not_wait_for_each_other_and_leave_nothing_behind() {
        let locks = ReceiptLocks::default();
        let (a, b) = (ReceiptId::new("a").unwrap(), ReceiptId::new("b").unwrap());
        let first = locks.lock(&a).await;
        let other = locks.lock(&b).await;
        let second = tokio::time::timeout(std::time::Duration::from_millis(20), locks.lock(&a)).await;
        assert!(second.is_err(), "the same receipt waits");
        drop(first);
        drop(locks.lock(&a).await);
        drop(other);
        assert!(locks.locks.lock().unwrap().is_empty());
    }
}
