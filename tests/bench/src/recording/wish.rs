//! What is recorded: a full cancel of a receipt that nobody has cancelled before.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use bootpay_core::protocol::identity;
use bootpay_core::{IntentKey, ReceiptId, UnixMillis};

pub(super) const ENVIRONMENT: &str = "https://api.bootpay.co.kr";
pub(super) const SCOPE: &str = "0f5c6b1d2e3a49788796a5b4c3d2e1f0";
/// As long as a real owner's name.
pub(super) const OWNER: &str = "7c0e2a9b-3d61-4f58-9b7e-0a1c2d3e4f50+4026531836/4242.123456/0123456789abcdef";
pub(super) const BODY_MARK: &str = "00112233445566778899aabbccddeeff";
pub(super) const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
pub(super) const DEADLINE: UnixMillis = UnixMillis(NOW.0 + 60_000);
pub(super) const LEASE_UNTIL: UnixMillis = UnixMillis(NOW.0 + 75_000);
pub(super) const WON: u64 = 10_000;

/// A wish to cancel a receipt, with the ids that the core derives for it.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The receipt.
    pub receipt_id: String,
    /// The intent.
    pub intent_id: String,
    /// What Bootpay sees.
    pub cancel_id: String,
}

impl Wish {
    /// For a receipt.
    ///
    /// # Errors
    /// Where that is no receipt's id.
    pub fn of(receipt_id: String) -> Result<Self> {
        let receipt = ReceiptId::new(receipt_id.clone())?;
        let intent_id = identity::intent_id(ENVIRONMENT, SCOPE, &receipt, &IntentKey::Receipt, 1).0;
        let cancel_id = identity::cancel_id(SCOPE, &receipt, &IntentKey::Receipt, 1)?.into();
        Ok(Self { receipt_id, intent_id, cancel_id })
    }

    /// For receipts that nobody has named before. Bootpay's ids grow with time, as these do.
    ///
    /// # Errors
    /// None, in practice.
    pub fn fresh(count: usize) -> Result<Vec<Self>> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let from = NEXT.fetch_add(count as u64, Ordering::Relaxed);
        (from..from + count as u64).map(|number| Self::of(format!("6f00{number:020x}"))).collect()
    }

    /// The figures of the answer, as the journal keeps them.
    pub(super) fn figures(&self) -> String {
        format!(
            r#"{{"receipt_id":"{}","request_cancel_price":{WON},"remain_price":0,"remain_tax_free":0,"cancelled_price":{WON},"cancelled_tax_free":0,"revoked_at":"2026-11-23T11:00:00+09:00","tid":"202611231100000001","order_id":null,"cancel_id":"{}","price":null,"status":null}}"#,
            self.receipt_id, self.cancel_id
        )
    }
}
