//! Refusals: Bootpay, or the payment gateway behind it, said no.

use std::fmt;
use std::time::Duration;

use crate::dialect::ServerRefusal;
use crate::hint::{self, Language};
use crate::intent::IntentRef;
use crate::receipt::Totals;

/// A refusal, with the server's own words kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind of refusal it is, as far as it can be told.
    pub kind: RefusalKind,
    /// The HTTP status, or `None` where the library itself refused because of what the ledger says.
    pub http_status: Option<u16>,
    /// Bootpay's code, word for word: a negative number in v1, a symbol in v2.
    pub code: Option<String>,
    /// Bootpay's message, word for word.
    pub message: String,
    /// The payment gateway's own result code, where the answer carries one.
    pub pg_code: Option<String>,
    /// The payment gateway's own message, where the answer carries one.
    pub pg_message: Option<String>,
    /// How long to wait before trying again, where the server or the rule says so.
    pub retry_after: Option<Duration>,
    /// The intent that was refused, where there was one. It is closed: it moved no money.
    pub intent: Option<IntentRef>,
    /// What Bootpay's ledger says, where it was asked.
    pub ledger: Option<Totals>,
    /// An earlier intent of the same receipt that is still unknown: *that* one may have moved money.
    pub earlier: Option<IntentRef>,
}

/// Why a cancel, a lookup or a token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalKind {
    /// Wrong keys, a token that is not accepted, or a caller's address that is not on the merchant's list.
    Unauthorized,
    /// No such receipt.
    NotFound,
    /// The payment is already cancelled, here or in the payment gateway's own console.
    AlreadyCancelled,
    /// The settlement due to the merchant is smaller than the cancel.
    Settlement,
    /// The payment gateway limits this merchant's cancels.
    MerchantLimit,
    /// Bootpay's address is not registered in KCP's console.
    KcpIp,
    /// This payment gateway does not do partial cancels, or not for this merchant.
    PartialUnsupported,
    /// A refund to an account needs a CMS contract with the payment gateway.
    CmsContract,
    /// A virtual-account payment is refunded to an account, and none was given or it was not accepted.
    RefundAccount,
    /// More than remains on the receipt, or not what was expected to remain.
    MoreThanRemains,
    /// The amount is below what Bootpay cancels.
    AmountTooSmall,
    /// The `cancel_id` was seen before.
    DuplicateCancelId,
    /// Bootpay's own guard: a second partial cancel of this receipt within ten seconds.
    TenSecondGuard,
    /// Too many requests.
    RateLimited,
    /// Phone payments can be cancelled only within their calendar month.
    PhoneMonth,
    /// The payment was never made: it is waiting, failed or withdrawn.
    NotPaid,
    /// A member of the request is wrong.
    Validation,
    /// The payment gateway refused for a reason of its own.
    PgRefused,
    /// A refusal that the library does not recognise; its code and message are kept.
    Other,
}

impl RefusalKind {
    /// Every kind.
    pub const ALL: [Self; 19] = [
        Self::Unauthorized,
        Self::NotFound,
        Self::AlreadyCancelled,
        Self::Settlement,
        Self::MerchantLimit,
        Self::KcpIp,
        Self::PartialUnsupported,
        Self::CmsContract,
        Self::RefundAccount,
        Self::MoreThanRemains,
        Self::AmountTooSmall,
        Self::DuplicateCancelId,
        Self::TenSecondGuard,
        Self::RateLimited,
        Self::PhoneMonth,
        Self::NotPaid,
        Self::Validation,
        Self::PgRefused,
        Self::Other,
    ];

    /// Reads what [`RefusalKind::name`] wrote; [`RefusalKind::Other`] for anything else.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.name() == name).unwrap_or(Self::Other)
    }

    /// How long to wait where the server does not say: the page's guard lasts ten seconds.
    pub(crate) fn usual_wait(self) -> Option<Duration> {
        match self {
            Self::TenSecondGuard => Some(Duration::from_secs(10)),
            _ => None,
        }
    }

    /// A stable name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::AlreadyCancelled => "already_cancelled",
            Self::Settlement => "settlement",
            Self::MerchantLimit => "merchant_limit",
            Self::KcpIp => "kcp_ip",
            Self::PartialUnsupported => "partial_unsupported",
            Self::CmsContract => "cms_contract",
            Self::RefundAccount => "refund_account",
            Self::MoreThanRemains => "more_than_remains",
            Self::AmountTooSmall => "amount_too_small",
            Self::DuplicateCancelId => "duplicate_cancel_id",
            Self::TenSecondGuard => "ten_second_guard",
            Self::RateLimited => "rate_limited",
            Self::PhoneMonth => "phone_month",
            Self::NotPaid => "not_paid",
            Self::Validation => "validation",
            Self::PgRefused => "pg_refused",
            Self::Other => "other",
        }
    }
}

impl Refusal {
    /// A refusal that the library itself makes, because of what the ledger says.
    pub(crate) fn local(kind: RefusalKind, message: String) -> Self {
        Self {
            kind,
            http_status: None,
            code: None,
            message,
            pg_code: None,
            pg_message: None,
            retry_after: None,
            intent: None,
            ledger: None,
            earlier: None,
        }
    }

    pub(crate) fn from_server(refusal: &ServerRefusal) -> Self {
        Self {
            http_status: Some(refusal.http_status),
            code: refusal.code.clone(),
            pg_code: refusal.pg_code.clone(),
            pg_message: refusal.pg_message.clone(),
            retry_after: refusal.retry_after.or_else(|| refusal.kind.usual_wait()),
            ..Self::local(refusal.kind, refusal.message.clone())
        }
    }

    /// What the merchant can do about it.
    pub fn hint(&self, language: Language) -> Option<String> {
        hint::refusal(self.kind, language).map(str::to_owned)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")?;
        if let Some(status) = self.http_status {
            write!(f, " (HTTP {status}")?;
            if let Some(code) = &self.code {
                write!(f, ", code {code}")?;
            }
            if let Some(code) = &self.pg_code {
                write!(f, ", PG code {code}")?;
            }
            f.write_str(")")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(message) = self.pg_message.as_deref().filter(|message| !self.message.contains(*message)) {
            write!(f, " ({message})")?;
        }
        if let Some(earlier) = &self.earlier {
            write!(f, "; the earlier cancel {} of this receipt is still unknown", earlier.cancel_id)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
