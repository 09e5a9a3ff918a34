//! The sandbox's own ledger: every real movement of money.
//!
//! It is the word of truth that no merchant has in production. Bootpay's lookup shows what Bootpay knows; the ledger
//! here shows what happened, whoever did it, and under which `cancel_id`. A test that asks "was this refunded once?"
//! asks the ledger. Account numbers never enter it: only whether the money went to an account.

use serde::{Deserialize, Serialize};

/// Who moved the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovedBy {
    /// A cancel over Bootpay's REST API.
    Api,
    /// A person in Bootpay's own console: Bootpay's lookups show it.
    Console,
    /// A person in the PG's console: Bootpay never hears of it.
    PgConsole,
    /// The PG's same-day scheduler, which cancels test payments: Bootpay never hears of it.
    PgSweep,
}

/// One movement of money back to the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// The receipt whose money moved.
    pub receipt_id: String,
    /// The intent: the `cancel_id` that the caller sent, if any.
    pub cancel_id: Option<String>,
    /// How much moved, in won.
    pub amount: u64,
    /// The tax-free part of it, in won.
    pub tax_free: u64,
    /// Who moved it.
    pub by: MovedBy,
    /// When, in milliseconds since 1970 by the sandbox's clock.
    pub at_unix_ms: u64,
    /// Whether it was sent to a bank account (a virtual account's refund) instead of back the way it came.
    pub to_account: bool,
}
