//! What a lookup proves about a cancel whose answer did not.
//!
//! **A lookup alone never denies.** It gives totals only, ledgers lag, and a console's cancel never reaches Bootpay's
//! ledger. An empty receipt proves that a full cancel's goal is reached, whoever did it. A total that grew by the amount
//! settles a partial only where the merchant has declared that nobody else cancels its receipts *and* the totals before
//! equal the journal's latest answered ones. A total that did not grow proves nothing.

use std::time::Duration;

use crate::cancel::{CancelAmount, Cancellation, Evidence, MoneyIsBack, UnknownCause};
use crate::intent::Settlement;
use crate::money::Won;
use crate::receipt::Totals;

/// How long after a send's deadline a request that was sent may still arrive and be worked on.
pub const SETTLING_TIME: Duration = Duration::from_secs(15 * 60);

/// A cancel that a lookup is held against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    /// What was asked.
    pub amount: CancelAmount,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// What the ledger said just before the request.
    pub before: Option<Totals>,
    /// The journal's latest answered totals of this receipt; `None` where it has no answered cancel of it.
    pub last_answered: Option<Totals>,
    /// The merchant's declaration that nobody else cancels its receipts, and no later cancel of ours has either.
    pub sole_canceller: bool,
    /// Bootpay refused the first try as already cancelled, with this message: nothing of ours has moved.
    pub already: Option<String>,
    /// Bootpay knows this `cancel_id`, the merchant has declared that it remembers only those that took effect, and no
    /// try of ours can be under way any more.
    pub id_took_effect: bool,
    /// Why it is not known.
    pub doubt: UnknownCause,
}

/// What a lookup shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// It is settled.
    Settled(Box<Settlement>),
    /// It stays open; the totals are evidence.
    Open(UnknownCause),
}

/// Holds a case against what the ledger says now.
pub fn weigh(case: &Case, after: &Totals) -> Finding {
    match case.amount {
        CancelAmount::Full { .. } => weigh_full(case, after),
        CancelAmount::Partial { price, .. } => weigh_partial(case, price.won(), after),
    }
}

fn weigh_full(case: &Case, after: &Totals) -> Finding {
    match (&case.already, after) {
        (None, after) if after.is_empty() => settled(case, after, back(case)),
        (Some(_), after) if after.is_empty() => settled(case, after, MoneyIsBack::Yes),
        (_, after) if after.is_unfinished() => Finding::Open(UnknownCause::InProgress),
        // Swept in test mode, or cancelled in the gateway's console: the ledger never hears of either.
        (Some(_), after) => settled(case, after, MoneyIsBack::Unconfirmed),
        (None, _) => Finding::Open(case.doubt),
    }
}

fn weigh_partial(case: &Case, price: Won, after: &Totals) -> Finding {
    if after.is_unfinished() {
        return Finding::Open(UnknownCause::InProgress);
    }
    let by_id = case.id_took_effect && grew_by_at_least(case, price, after);
    if by_id || (case.sole_canceller && grew_by(case, price, after)) {
        return settled(case, after, back(case));
    }
    Finding::Open(case.doubt)
}

/// Whether the growth can only be ours: the totals before are those of our own last answer (a ledger that lagged behind
/// it would show its growth now), and they moved by exactly the amount.
fn grew_by(case: &Case, price: Won, after: &Totals) -> bool {
    let Some(before) = case.before else { return false };
    let (Some(cancelled), Some(remaining)) = (before.cancelled, before.remaining) else { return false };
    let ours_until_then = case.last_answered.map_or(Some(Won::ZERO), |totals| totals.cancelled);
    ours_until_then == Some(cancelled)
        && after.cancelled.is_some()
        && after.cancelled == cancelled.checked_add(price)
        && after.remaining.is_some()
        && after.remaining == remaining.checked_sub(price)
}

/// An id can have taken effect on another receipt, where another system used it: this one must show it too.
fn grew_by_at_least(case: &Case, price: Won, after: &Totals) -> bool {
    let before = case.before.and_then(|before| before.cancelled).unwrap_or_default();
    after.cancelled.zip(before.checked_add(price)).is_some_and(|(after, least)| after >= least)
}

fn back(case: &Case) -> MoneyIsBack {
    if case.to_account { MoneyIsBack::AcceptedForTransfer } else { MoneyIsBack::Yes }
}

fn settled(case: &Case, after: &Totals, money_is_back: MoneyIsBack) -> Finding {
    let cancellation = Cancellation {
        remain_price: after.remaining,
        cancelled_price: after.cancelled,
        price: after.price,
        status: after.status,
        ..Cancellation::default()
    };
    Finding::Settled(Box::new(Settlement {
        already: case.already.is_some(),
        evidence: if case.already.is_some() { Evidence::Answered } else { Evidence::Inferred },
        money_is_back,
        cancellation,
        mismatches: Vec::new(),
        http_status: None,
        message: case.already.clone(),
    }))
}
