//! What a caller asks for.

use std::fmt;
use std::sync::Arc;

use crate::error::BootpayError;
use crate::numbers::won_from;

/// A cancel to be asked for.
#[derive(Clone, Debug, uniffi::Record)]
pub struct CancelRequest {
    /// The payment's receipt id.
    pub receipt_id: String,
    /// How much to give back. It has no default: a full cancel is asked for by name.
    pub amount: CancelAmount,
    /// The merchant's own key of this refund, sent word for word. The same key on the same receipt is the same refund,
    /// however often it is asked for; another key is another refund.
    #[uniffi(default = None)]
    pub cancel_id: Option<String>,
    /// Who cancels (취소자 이름).
    #[uniffi(default = None)]
    pub canceller: Option<String>,
    /// Why (취소 사유).
    #[uniffi(default = None)]
    pub reason: Option<String>,
    /// Where the money goes, for a payment into a virtual account.
    #[uniffi(default = None)]
    pub refund_account: Option<Arc<RefundAccount>>,
}

/// How much to give back. There is no optional amount in which "none" means "everything".
#[derive(Clone, Copy, Debug, uniffi::Enum)]
pub enum CancelAmount {
    /// All that remains on the receipt.
    Full {
        /// What the caller expects to remain, in won. Where the ledger says otherwise, nothing is sent.
        expected_remaining: Option<i64>,
    },
    /// A part of it.
    Partial {
        /// The amount in won, above 0.
        price: i64,
        /// How much of `price` is tax-free, in won.
        tax_free: Option<i64>,
    },
}

/// The bank account that receives a virtual-account refund. Its number and holder are not shown.
///
/// Nobody verifies the account: a wrong bank or number loses the money.
#[derive(Debug, uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub struct RefundAccount(bootpay_core::RefundAccount);

#[uniffi::export]
impl RefundAccount {
    /// Checks an account. `bank` is a bank's code, its name, or a usual short or English name.
    #[uniffi::constructor]
    pub fn new(bank: String, account: String, holder: String) -> Result<Arc<Self>, BootpayError> {
        let account = bootpay_core::RefundAccount::new(&bank, account, holder);
        Ok(Arc::new(Self(account.map_err(bootpay_core::BootpayError::from)?)))
    }

    /// The same with a three-digit code that may not be on the list, for banks that opened since. It is sent as it is.
    #[uniffi::constructor]
    pub fn with_raw_code(code: String, account: String, holder: String) -> Result<Arc<Self>, BootpayError> {
        let bank = bootpay_core::Bank::raw(&code).map_err(bootpay_core::BootpayError::from)?;
        let account = bootpay_core::RefundAccount::with_bank(bank, account, holder);
        Ok(Arc::new(Self(account.map_err(bootpay_core::BootpayError::from)?)))
    }

    /// The bank's code.
    pub fn bank_code(&self) -> String {
        self.0.bank().code().to_owned()
    }
}

impl fmt::Display for RefundAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, account and holder [redacted]", self.0.bank())
    }
}

impl CancelRequest {
    /// The core's request. Every check but the amounts' sign is the core's.
    pub(crate) fn into_core(self) -> Result<bootpay_core::CancelRequest, BootpayError> {
        let mut request = match self.amount {
            CancelAmount::Full { expected_remaining } => {
                let full = bootpay_core::CancelRequest::full(self.receipt_id);
                match expected_remaining {
                    Some(remaining) => full.expected_remaining(won_from("expected_remaining", remaining)?),
                    None => full,
                }
            }
            CancelAmount::Partial { price, tax_free } => {
                let partial = bootpay_core::CancelRequest::partial(self.receipt_id, won_from("price", price)?);
                match tax_free {
                    Some(tax_free) => partial.tax_free(won_from("tax_free", tax_free)?),
                    None => partial,
                }
            }
        };
        if let Some(cancel_id) = self.cancel_id {
            request = request.cancel_id(cancel_id);
        }
        if let Some(canceller) = self.canceller {
            request = request.canceller(canceller);
        }
        if let Some(reason) = self.reason {
            request = request.reason(reason);
        }
        if let Some(account) = self.refund_account {
            request = request.refund_account(account.0.clone());
        }
        Ok(request)
    }
}

impl From<bootpay_core::CancelAmount> for CancelAmount {
    fn from(amount: bootpay_core::CancelAmount) -> Self {
        use crate::numbers::{won, wons};
        match amount {
            bootpay_core::CancelAmount::Full { expected_remaining } => {
                Self::Full { expected_remaining: wons(expected_remaining) }
            }
            bootpay_core::CancelAmount::Partial { price, tax_free } => {
                Self::Partial { price: won(price.won()), tax_free: wons(tax_free) }
            }
        }
    }
}
