//! What a caller asks for, and its check.

use crate::cancel::{CancelAmount, CancelId, ReceiptId, RefundAccount};
use crate::error::{InvalidInput, Problem};
use crate::money::{PartialAmount, Won};

/// A cancel to be asked for. It is checked when it is handed to [`Bootpay::cancel`](crate::Bootpay::cancel), before
/// anything is sent; [`CancelRequest::check`] does so earlier.
///
/// ```
/// use bootpay_core::CancelRequest;
///
/// let full = CancelRequest::full("612df0250d681b001de61de6");
/// let part = CancelRequest::partial("612df0250d681b001de61de6", 3_000)
///     .tax_free(1_500)
///     .cancel_id("order-1042/refund-1")
///     .canceller("관리자")
///     .reason("고객 요청");
/// assert!(full.check().is_ok() && part.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is handed to `Bootpay::cancel`"]
pub struct CancelRequest {
    receipt_id: String,
    asked: Asked,
    tax_free: Option<Won>,
    expected_remaining: Option<Won>,
    cancel_id: Option<String>,
    canceller: Option<String>,
    reason: Option<String>,
    refund_account: Option<RefundAccount>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Full,
    Partial { price: Won },
}

impl CancelRequest {
    /// The most characters of a canceller's name. Bootpay states no limit; this one is ours.
    pub const MAX_CANCELLER_LENGTH: usize = 100;
    /// The most characters of a reason. Bootpay states no limit; this one is ours.
    pub const MAX_REASON_LENGTH: usize = 500;

    /// Gives back all that remains on a receipt.
    pub fn full(receipt_id: impl Into<String>) -> Self {
        Self::new(receipt_id.into(), Asked::Full)
    }

    /// Gives back `price` won of a receipt. Zero is refused: it never means "everything".
    ///
    /// Only with the gateways inicis, kcp, danal, payletter, nicepay, kakao and payco (the page, "결제 취소하기").
    pub fn partial(receipt_id: impl Into<String>, price: u64) -> Self {
        Self::new(receipt_id.into(), Asked::Partial { price: Won::new(price) })
    }

    fn new(receipt_id: String, asked: Asked) -> Self {
        Self {
            receipt_id,
            asked,
            tax_free: None,
            expected_remaining: None,
            cancel_id: None,
            canceller: None,
            reason: None,
            refund_account: None,
        }
    }

    /// How much of a partial cancel's amount is tax-free, in won. Refused for a full cancel, which takes all of it.
    pub fn tax_free(mut self, tax_free: u64) -> Self {
        self.tax_free = Some(Won::new(tax_free));
        self
    }

    /// What a full cancel expects to remain, in won: where the ledger says otherwise, nothing is sent. Costs one
    /// lookup. Refused for a partial cancel, which names its own amount.
    pub fn expected_remaining(mut self, remaining: u64) -> Self {
        self.expected_remaining = Some(Won::new(remaining));
        self
    }

    /// The merchant's own key of this refund, sent word for word. The same key on the same receipt is the same refund,
    /// however often it is asked for; another key is another refund.
    pub fn cancel_id(mut self, cancel_id: impl Into<String>) -> Self {
        self.cancel_id = Some(cancel_id.into());
        self
    }

    /// Who cancels (`name` on the page, 취소자 이름).
    pub fn canceller(mut self, name: impl Into<String>) -> Self {
        self.canceller = Some(name.into());
        self
    }

    /// Why (`reason` on the page, 취소 사유).
    pub fn reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Where the money goes, for a payment into a virtual account. Needs a CMS contract with the payment gateway.
    pub fn refund_account(mut self, account: RefundAccount) -> Self {
        self.refund_account = Some(account);
        self
    }

    /// Checks the request without sending anything.
    ///
    /// # Errors
    /// [`InvalidInput`], naming the field and saying what would be right.
    pub fn check(&self) -> Result<(), InvalidInput> {
        self.validate().map(drop)
    }

    pub(crate) fn validate(&self) -> Result<ValidCancel, InvalidInput> {
        Ok(ValidCancel {
            receipt_id: ReceiptId::new(self.receipt_id.clone())?,
            amount: self.valid_amount()?,
            cancel_id: self.cancel_id.clone().map(CancelId::new).transpose()?,
            canceller: valid_text("canceller", self.canceller.as_deref(), Self::MAX_CANCELLER_LENGTH)?,
            reason: valid_text("reason", self.reason.as_deref(), Self::MAX_REASON_LENGTH)?,
            refund_account: self.refund_account.clone(),
        })
    }

    fn valid_amount(&self) -> Result<CancelAmount, InvalidInput> {
        let inconsistent = |field, why: &str| Err(InvalidInput::new(field, Problem::Inconsistent).expected(why));
        match (self.asked, self.tax_free, self.expected_remaining) {
            (Asked::Full, Some(_), _) => {
                inconsistent("tax_free", "a full cancel gives back all, tax-free part included")
            }
            (Asked::Partial { .. }, _, Some(_)) => {
                inconsistent("expected_remaining", "a partial cancel names its own amount")
            }
            (Asked::Full, None, Some(Won::ZERO)) => Err(InvalidInput::new("expected_remaining", Problem::Zero)
                .expected("what remains on the receipt: where nothing does, there is nothing to cancel")),
            (Asked::Full, None, Some(remaining)) if remaining > Won::MAX => {
                Err(InvalidInput::new("expected_remaining", Problem::TooLarge).expected("an amount in won"))
            }
            (Asked::Full, None, expected_remaining) => Ok(CancelAmount::Full { expected_remaining }),
            (Asked::Partial { price }, tax_free, None) => {
                let price = PartialAmount::new(price)?;
                if tax_free.is_some_and(|tax_free| tax_free > price.won()) {
                    return Err(InvalidInput::new("tax_free", Problem::TooLarge)
                        .expected(format!("at most the cancelled amount, {price} won")));
                }
                Ok(CancelAmount::Partial { price, tax_free })
            }
        }
    }
}

/// The one-line case: a receipt id by itself asks for a full cancel.
impl<T: Into<String>> From<T> for CancelRequest {
    fn from(receipt_id: T) -> Self {
        Self::full(receipt_id)
    }
}

/// An empty text is left out, as the wire wants it: "send no empty member" (`protocol.md` §3).
fn valid_text(field: &'static str, text: Option<&str>, most: usize) -> Result<Option<String>, InvalidInput> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let wrong = |problem| Err(InvalidInput::new(field, problem).expected(format!("at most {most} characters")));
    if text.chars().count() > most {
        return wrong(Problem::TooLong);
    }
    if text.chars().any(|char| char.is_control() && char != '\n') {
        return wrong(Problem::BadCharacter);
    }
    Ok(Some(text.to_owned()))
}

/// A request that has passed the check: what the rest of the core works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ValidCancel {
    pub(crate) receipt_id: ReceiptId,
    pub(crate) amount: CancelAmount,
    pub(crate) cancel_id: Option<CancelId>,
    pub(crate) canceller: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) refund_account: Option<RefundAccount>,
}
