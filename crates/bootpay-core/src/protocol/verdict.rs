//! What the answer to a cancel proves.
//!
//! The table of the project's design, row by row. *First* means: no earlier try of this intent can have arrived. Where
//! one can, no refusal proves anything about that one, and every refusal leads to a lookup and never to an error.
//!
//! Texts and codes are the weakest witnesses: v1's numeric codes are mostly undocumented, and texts change. So what
//! they are used for is only ever *which* refusal it was. Whether it is a refusal at all is decided by the form of the
//! answer and its HTTP status.

use crate::cancel::{CancelAmount, Cancellation, Mismatch, MoneyIsBack, ReceiptId, UnknownCause};
use crate::dialect::{CancelAnswer, Recognised, ServerRefusal};
use crate::error::RefusalKind;
use crate::money::Won;
use crate::receipt::{ReceiptStatus, Totals};

/// What is known besides the answer.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The receipt that was asked about.
    pub receipt_id: &'a ReceiptId,
    /// What was asked.
    pub amount: CancelAmount,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// Whether nobody else can have used the `cancel_id`, or we may have ourselves: then a refusal of it as seen before
    /// means that some try of this refund arrived.
    pub id_is_ours: bool,
    /// What the ledger said just before the request.
    pub before: Option<Totals>,
    /// Whether no earlier try of this intent can have arrived.
    pub first: bool,
    /// Whether a fresh token may still be tried.
    pub may_refresh: bool,
}

/// What an answer proves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The money of this intent is cancelled.
    Done {
        /// Whether the customer has it.
        money_is_back: MoneyIsBack,
        /// Figures that are not what was asked.
        mismatches: Vec<Mismatch>,
    },
    /// Turned away for its token, before any work.
    FreshToken,
    /// This try moved no money, and no earlier one can have.
    Refused,
    /// Bootpay says that the payment had been cancelled before; the ledger is asked what it says.
    AlreadyCancelled,
    /// The money may or may not have moved.
    Uncertain(UnknownCause),
}

/// Weighs an answer.
pub fn weigh(answer: &CancelAnswer, given: &Circumstances<'_>) -> Verdict {
    match answer {
        CancelAnswer::Accepted(cancellation) => weigh_success(cancellation, given),
        CancelAnswer::Refused(refusal) => weigh_refusal(refusal, given),
        CancelAnswer::Foreign(_) => Verdict::Uncertain(UnknownCause::Unproven),
    }
}

fn weigh_refusal(refusal: &ServerRefusal, given: &Circumstances<'_>) -> Verdict {
    if refusal.recognised == Recognised::AsGatewayLost {
        return Verdict::Uncertain(UnknownCause::GatewayLost);
    }
    if !given.first {
        return Verdict::Uncertain(match refusal.kind {
            RefusalKind::DuplicateCancelId if is_definite(refusal) => UnknownCause::IdSeenBefore,
            _ => UnknownCause::RefusedAfterATry,
        });
    }
    if !is_definite(refusal) {
        return Verdict::Uncertain(UnknownCause::Unproven);
    }
    match refusal.kind {
        RefusalKind::Unauthorized if given.may_refresh => Verdict::FreshToken,
        RefusalKind::AlreadyCancelled => Verdict::AlreadyCancelled,
        RefusalKind::DuplicateCancelId if given.id_is_ours => Verdict::Uncertain(UnknownCause::IdSeenBefore),
        _ => Verdict::Refused,
    }
}

/// Whether a well-formed refusal is a refusal: given before any work, and not in the middle of it.
fn is_definite(refusal: &ServerRefusal) -> bool {
    let by_code = refusal.recognised == Recognised::ByCode;
    let by_gateway = refusal.pg_code.is_some() && refusal.pg_code_is_final;
    // A gateway that says "done" or "being processed" has not refused, under whatever status Bootpay passes it on.
    if refusal.pg_code.is_some() && !refusal.pg_code_is_final {
        return false;
    }
    match refusal.http_status {
        // A conflict, a wall or a time-out that somebody else put up can hide a request that is being worked on.
        403 | 408 | 409 => refusal.recognised != Recognised::No || by_gateway,
        400..=499 => true,
        // 500 is two things: an unknown server error, or the gateway's definite refusal. Only its own result code
        // tells them apart, or a documented symbol.
        _ => by_code || by_gateway,
    }
}

fn weigh_success(answered: &Cancellation, given: &Circumstances<'_>) -> Verdict {
    if answered.receipt_id.as_ref().is_some_and(|id| id != given.receipt_id) {
        return Verdict::Uncertain(UnknownCause::Unproven);
    }
    if matches!(answered.status, Some(ReceiptStatus::CANCEL_FAILED | ReceiptStatus::CANCEL_IN_PROGRESS)) {
        return Verdict::Uncertain(UnknownCause::InProgress);
    }
    let figures = Figures { answered, given };
    if figures.show_no_movement() || !figures.show_a_movement() || !figures.are_ours() {
        return Verdict::Uncertain(UnknownCause::Unproven);
    }
    Verdict::Done {
        money_is_back: if given.to_account { MoneyIsBack::AcceptedForTransfer } else { MoneyIsBack::Yes },
        mismatches: figures.mismatches(),
    }
}

/// A success's figures beside what they should be.
struct Figures<'a> {
    answered: &'a Cancellation,
    given: &'a Circumstances<'a>,
}

impl Figures<'_> {
    /// A success that shows that nothing was cancelled proves nothing: it may be another request's, or come too early.
    fn show_no_movement(&self) -> bool {
        let not_grown = self.answered.cancelled_price.is_some_and(|total| {
            total == Won::ZERO
                || self.given.before.and_then(|before| before.cancelled).is_some_and(|before| total <= before)
        });
        self.answered.request_cancel_price == Some(Won::ZERO) || not_grown
    }

    /// At least one figure of a cancel: a paid receipt is not an answer to a cancel.
    fn show_a_movement(&self) -> bool {
        let some = |won: Option<Won>| won.is_some_and(|won| won > Won::ZERO);
        some(self.answered.request_cancel_price)
            || some(self.answered.cancelled_price)
            || self.answered.remain_price == Some(Won::ZERO)
            || self.answered.status == Some(ReceiptStatus::CANCELLED)
    }

    /// The answer names our receipt, or else at least our figures.
    fn are_ours(&self) -> bool {
        if self.answered.receipt_id.is_some() {
            return true;
        }
        match self.given.amount {
            CancelAmount::Full { .. } => self.answered.remain_price == Some(Won::ZERO),
            CancelAmount::Partial { price, .. } => self.answered.request_cancel_price == Some(price.won()),
        }
    }

    fn mismatches(&self) -> Vec<Mismatch> {
        let mut found = Vec::new();
        let before = self.given.before.unwrap_or_default();
        let asked = match self.given.amount {
            CancelAmount::Full { .. } => before.remaining,
            CancelAmount::Partial { price, .. } => Some(price.won()),
        };
        let cancelled_after = before.cancelled.zip(asked).and_then(|(sum, part)| sum.checked_add(part));
        let remaining_after = match self.given.amount {
            CancelAmount::Full { .. } => Some(Won::ZERO),
            CancelAmount::Partial { price, .. } => before.remaining.and_then(|rest| rest.checked_sub(price.won())),
        };
        expect(&mut found, "request_cancel_price", asked, self.answered.request_cancel_price);
        expect(&mut found, "cancelled_price", cancelled_after, self.answered.cancelled_price);
        expect(&mut found, "remain_price", remaining_after, self.answered.remain_price);

        // Whatever was before: one cancel is never more than all cancels, nor a tax-free part more than its whole.
        let this = self.answered.request_cancel_price.or(self.given.amount.price());
        at_least(&mut found, "cancelled_price", this, self.answered.cancelled_price);
        at_least(&mut found, "cancelled_tax_free", self.given.amount.tax_free(), self.answered.cancelled_tax_free);
        if let (Some(price), Some(total)) = (self.answered.price, self.answered.cancelled_price)
            && total > price
        {
            expect(&mut found, "cancelled_price", Some(price), Some(total));
        }
        if let (Some(price), Some(rest), Some(total)) =
            (before.price, self.answered.remain_price, self.answered.cancelled_price)
        {
            expect(&mut found, "remain_price", price.checked_sub(total), Some(rest));
        }
        found
    }
}

fn expect(found: &mut Vec<Mismatch>, field: &str, expected: Option<Won>, answered: Option<Won>) {
    if let (Some(expected), Some(answered)) = (expected, answered)
        && expected != answered
        && !found.iter().any(|mismatch| mismatch.field == field)
    {
        found.push(Mismatch { field: field.to_owned(), expected, answered });
    }
}

fn at_least(found: &mut Vec<Mismatch>, field: &str, least: Option<Won>, answered: Option<Won>) {
    if let (Some(least), Some(answered)) = (least, answered)
        && answered < least
    {
        expect(found, field, Some(least), Some(answered));
    }
}
