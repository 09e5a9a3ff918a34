//! What a cancel is, and what decides whether it is carried out.
//!
//! A cancel names a receipt and, if it is partial, an amount. **Without an amount everything that remains is
//! cancelled**: that is the rule of the page, and the reason why a lost amount is a lost till. The judgement below is
//! made before any money moves, and changes nothing.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::korean_month;
use crate::receipt::{CANCEL_FAILED, CANCEL_IN_PROGRESS, CANCELLED, PAID, PARTIAL_PGS, Receipt, ReceiptState};
use crate::refusal::{PgRefusal, Refusal};

/// The least amount of a partial cancel, in won. The page says "more than 1,000" while its own samples send 1000.
const MINIMUM_WON: u64 = 1_000;
/// How long the guard against double partial cancels lasts, in milliseconds.
pub(crate) const GUARD_MS: u64 = 10_000;

/// What happens when a `cancel_id` comes a second time. Bootpay's own texts do not agree, so all readings are here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelIdRule {
    /// The repeat is refused. Only a cancel that was carried out uses its id up.
    #[default]
    Refuse,
    /// The repeat gets the first answer again, and no money moves.
    Replay,
    /// The id means nothing: a repeat is a second cancel.
    Ignore,
    /// Like `Refuse`, and a refused attempt uses its id up as well.
    RefuseAndBurn,
}

/// How far a `cancel_id` reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelIdScope {
    /// The same id on another receipt is another intent.
    #[default]
    Receipt,
    /// An id is used up for all receipts of the project.
    Project,
}

/// A cancel as it was asked for, in neither dialect's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CancelOrder {
    pub(crate) receipt_id: String,
    pub(crate) cancel_id: Option<String>,
    pub(crate) amount: Asked,
    /// Whether a complete refund account came with it. The account itself is dropped at the door.
    pub(crate) has_refund_account: bool,
}

/// How much was asked for, in won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Everything,
    Part { amount: u64, tax_free: Option<u64> },
}

/// A cancel that was carried out, as its answer tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cancelled {
    pub(crate) cancel_id: String,
    /// This cancel's amount, in won.
    pub(crate) requested: u64,
    pub(crate) at_ms: u64,
    /// The receipt right after it.
    pub(crate) after: ReceiptState,
}

/// An amount that may go back, in won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) amount: u64,
    pub(crate) tax_free: u64,
}

/// Judges a cancel against its receipt, first by Bootpay's book and then as the PG would.
pub(crate) fn judge(
    order: &CancelOrder,
    receipt: &Receipt,
    rules: &CancelRules,
    now_ms: u64,
) -> Result<Share, Refusal> {
    let book = receipt.state(now_ms);
    let asked_part = matches!(order.amount, Asked::Part { .. });
    if asked_part && rules.guard && receipt.last_partial_ms.is_some_and(|at| now_ms < at + GUARD_MS) {
        return Err(Refusal::TooSoon);
    }
    match book.status {
        CANCEL_IN_PROGRESS => return Err(Refusal::InProgress),
        PAID | CANCELLED | CANCEL_FAILED => {}
        _ => return Err(Refusal::NotPaid),
    }
    if book.remain_price == 0 {
        return Err(Refusal::AlreadyCancelled);
    }
    let share = share(order.amount, &book, rules)?;
    if book.virtual_account {
        if !order.has_refund_account {
            return Err(Refusal::RefundAccountMissing);
        }
        if !receipt.made_from.cms_contract {
            return Err(Refusal::NoCmsContract);
        }
    }
    judge_as_pg(asked_part, share, &book, receipt, now_ms).map_err(Refusal::ByPg)?;
    Ok(share)
}

fn share(amount: Asked, book: &ReceiptState, rules: &CancelRules) -> Result<Share, Refusal> {
    let Asked::Part { amount, tax_free } = amount else {
        return Ok(Share { amount: book.remain_price, tax_free: book.remain_tax_free });
    };
    if amount < MINIMUM_WON || (rules.strict_minimum && amount == MINIMUM_WON) {
        return Err(Refusal::BelowMinimum);
    }
    if amount > book.remain_price {
        return Err(Refusal::MoreThanRemains);
    }
    // The taxable part goes first; what it cannot cover is tax-free.
    let taxable = book.remain_price - book.remain_tax_free;
    let tax_free = tax_free.unwrap_or_else(|| amount.saturating_sub(taxable));
    let fits = tax_free <= amount && tax_free <= book.remain_tax_free && amount - tax_free <= taxable;
    if !fits {
        return Err(Refusal::TaxFreeDoesNotFit);
    }
    Ok(Share { amount, tax_free })
}

fn judge_as_pg(
    asked_part: bool,
    share: Share,
    book: &ReceiptState,
    receipt: &Receipt,
    now_ms: u64,
) -> Result<(), PgRefusal> {
    if share.amount > receipt.remains_at_pg() {
        return Err(PgRefusal::AlreadyCancelled);
    }
    if asked_part && !PARTIAL_PGS.contains(&book.pg.as_str()) {
        return Err(PgRefusal::PartialUnsupported);
    }
    let other_month = korean_month(receipt.paid_at_ms) != korean_month(now_ms);
    if book.method == "phone" && other_month {
        return Err(PgRefusal::PhoneMonth);
    }
    match &receipt.made_from.refuse_with {
        None => Ok(()),
        Some(PgRefusal::PartialUnsupported) if !asked_part => Ok(()),
        Some(refusal) => Err(refusal.clone()),
    }
}

/// The rules that can be chosen, because nobody knows Bootpay's or because a merchant can choose them at Bootpay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CancelRules {
    pub(crate) cancel_ids: CancelIdRule,
    pub(crate) cancel_id_scope: CancelIdScope,
    /// How long a used id is remembered; for ever, unless told.
    pub(crate) cancel_id_memory: Option<Duration>,
    /// The opt-in guard: no second partial cancel of a receipt within ten seconds.
    pub(crate) guard: bool,
    /// Whether exactly 1,000 won is refused.
    pub(crate) strict_minimum: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::NewReceipt;

    fn part(amount: u64, tax_free: Option<u64>) -> CancelOrder {
        CancelOrder {
            receipt_id: "r".to_owned(),
            cancel_id: None,
            amount: Asked::Part { amount, tax_free },
            has_refund_account: false,
        }
    }

    fn judged(order: &CancelOrder, made_from: NewReceipt) -> Result<Share, Refusal> {
        let receipt = Receipt::new(made_from, "r".to_owned(), 1, 0);
        judge(order, &receipt, &CancelRules::default(), 0)
    }

    #[test]
    fn without_an_amount_all_that_remains_goes_back() {
        let everything = CancelOrder { amount: Asked::Everything, ..part(0, None) };
        let share = judged(&everything, NewReceipt::paid(3_000).tax_free(1_500));
        assert_eq!(share, Ok(Share { amount: 3_000, tax_free: 1_500 }));
    }

    #[test]
    fn exactly_1000_won_passes_unless_the_strict_reading_is_chosen() {
        assert!(judged(&part(1_000, None), NewReceipt::paid(10_000)).is_ok());
        assert_eq!(judged(&part(999, None), NewReceipt::paid(10_000)), Err(Refusal::BelowMinimum));
        let strict = CancelRules { strict_minimum: true, ..CancelRules::default() };
        let receipt = Receipt::new(NewReceipt::paid(10_000), "r".to_owned(), 1, 0);
        let exactly = judge(&part(1_000, None), &receipt, &strict, 0);
        assert_eq!(exactly, Err(Refusal::BelowMinimum));
        assert!(judge(&part(1_001, None), &receipt, &strict, 0).is_ok());
    }

    #[test]
    fn only_the_seven_pgs_of_the_page_cancel_in_part() {
        for pg in ["inicis", "kcp", "danal", "payletter", "nicepay", "kakao", "payco"] {
            assert!(judged(&part(2_000, None), NewReceipt::paid(10_000).pg(pg)).is_ok());
        }
        assert_eq!(
            judged(&part(2_000, None), NewReceipt::paid(10_000).pg("toss")),
            Err(Refusal::ByPg(PgRefusal::PartialUnsupported))
        );
    }

    #[test]
    fn a_tax_free_part_must_fit_what_is_left_on_both_sides() {
        let half = || NewReceipt::paid(10_000).tax_free(5_000);
        assert!(judged(&part(6_000, Some(1_000)), half()).is_ok());
        let too_much_taxable = judged(&part(6_000, Some(0)), half());
        assert_eq!(too_much_taxable, Err(Refusal::TaxFreeDoesNotFit));
        let too_much_free = judged(&part(6_000, Some(5_001)), half());
        assert_eq!(too_much_free, Err(Refusal::TaxFreeDoesNotFit));
        let untold = judged(&part(6_000, None), half());
        assert_eq!(untold.map(|share| share.tax_free), Ok(1_000));
    }
}
