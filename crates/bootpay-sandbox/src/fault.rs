//! Faults on request: what can go wrong between a caller and Bootpay, made to happen.
//!
//! The question that matters about every fault is whether the money had moved. So a fault stands on one of two sides:
//! **before the money** the request is not acted on and the fault is all that the caller sees; **after the money** the
//! request is really carried out, and only its answer is spoilt. To the caller both look the same. The ledger knows.
//!
//! A fault has up to three parts, and they combine: a *latency*, what the answer *says* ([`Says`]), and how it is
//! *delivered* ([`Delivery`]).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::call::Operation;
use crate::clock::millis;

/// On which side of the money a fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// The request is not acted on.
    BeforeMoney,
    /// The request is carried out; then its answer is spoilt.
    AfterMoney,
}

/// The body of an answer that a fault puts in place of the true one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultBody {
    /// A well-formed refusal in the dialect that the caller speaks.
    Envelope {
        /// v1's negative number or v2's symbol.
        code: Value,
        /// The message text.
        message: String,
        /// The PG's own result code, if the PG is to have refused.
        #[serde(default)]
        pg_code: Option<String>,
    },
    /// A gateway's HTML page.
    Html,
    /// No body at all.
    Empty,
    /// This JSON, as it is.
    Json(Value),
    /// These bytes, called JSON.
    Raw(String),
}

impl FaultBody {
    /// A well-formed refusal with this code (a number for v1, a symbol for v2) and message.
    pub fn refusal(code: impl Into<Value>, message: impl Into<String>) -> Self {
        Self::Envelope { code: code.into(), message: message.into(), pg_code: None }
    }
}

/// What the answer says instead of the truth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Says {
    /// An HTTP status with a body.
    Status {
        /// The HTTP status code.
        code: u16,
        /// The body.
        body: FaultBody,
    },
    /// The true answer's JSON, cut in the middle; the HTTP message is complete.
    TruncatedJson,
    /// The true answer with the wrong JSON types throughout.
    MistypedJson,
    /// The true answer, padded to this many bytes.
    HugeBody(u64),
    /// A 307 to this address.
    Redirect(String),
    /// The dialect's 401; the token that was used dies.
    ExpiredToken,
    /// The true answer, naming another receipt.
    OtherReceipt,
    /// The true answer, with totals that do not add up.
    OtherFigures,
    /// The true answer, with this receipt status in it.
    ReceiptStatus(i32),
}

/// How the answer is delivered, or the request taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Delivery {
    /// The connection stays open, and nothing comes.
    NoAnswer,
    /// The connection is closed (FIN) with no answer.
    Drop,
    /// The connection is reset (RST) with no answer.
    Reset,
    /// This many bytes of the answer, its head included; then the connection is closed.
    CutAnswer(u64),
    /// The answer's head and this many bytes of its body; then the connection is closed.
    CutBody(u64),
    /// This many bytes of the answer, its head included; then the connection is reset.
    ResetAnswer(u64),
    /// This many bytes of the *request* are read; then the connection is closed.
    CutRequest(u64),
    /// The body in pieces.
    SlowDrip {
        /// Bytes in each piece.
        bytes: u64,
        /// The wait between two pieces, in milliseconds.
        interval_ms: u64,
    },
}

/// A fault, waiting for the requests that it will spoil.
///
/// ```
/// use std::time::Duration;
/// use bootpay_sandbox::{Fault, Operation};
///
/// // The next cancel is really carried out, and its answer never comes.
/// let lost = Fault::on(Operation::Cancel).after_money().no_answer();
/// // The next two lookups are slow and then fail.
/// let busy = Fault::on(Operation::Lookup).times(2).latency(Duration::from_millis(300)).html();
/// ```
///
/// A side that is not given follows from the fault: what replaces the answer (a status, a redirect, an expired token, no
/// answer, a dropped or reset connection) stands *before* the money, as does a bare latency; what spoils the true answer
/// (cut, truncated, mistyped, huge, dripping, other receipt, figures or status) stands *after* it.
///
/// Where a fault that spoils the true answer is put *before* the money, the answer is a rehearsal: the very bytes that
/// the caller would have got. Only a slow drip or a huge body, which reach the caller whole in the end, are a 503 then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation that it waits for; any, if not given.
    #[serde(default)]
    pub(crate) on: Option<Operation>,
    /// The receipt that it waits for; any, if not given.
    #[serde(default)]
    pub(crate) receipt_id: Option<String>,
    /// How many requests it spoils.
    #[serde(default = "once")]
    pub(crate) times: u64,
    #[serde(default)]
    pub(crate) when: Option<When>,
    #[serde(default)]
    pub(crate) latency_ms: u64,
    #[serde(default)]
    pub(crate) retry_after_s: Option<u64>,
    #[serde(default)]
    pub(crate) says: Option<Says>,
    #[serde(default)]
    pub(crate) delivery: Option<Delivery>,
}

fn once() -> u64 {
    1
}

impl Fault {
    /// A fault for the next request of this operation.
    pub fn on(operation: Operation) -> Self {
        Self { on: Some(operation), ..Self::on_any() }
    }

    /// A fault for the next request, whatever it is.
    pub fn on_any() -> Self {
        Self {
            on: None,
            receipt_id: None,
            times: 1,
            when: None,
            latency_ms: 0,
            retry_after_s: None,
            says: None,
            delivery: None,
        }
    }

    /// Spoils this many requests instead of one.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    /// Spoils every request, until faults are cleared.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Waits for a request about this receipt.
    #[must_use]
    pub fn for_receipt(mut self, receipt_id: impl Into<String>) -> Self {
        self.receipt_id = Some(receipt_id.into());
        self
    }

    /// The request is not acted on.
    #[must_use]
    pub fn before_money(mut self) -> Self {
        self.when = Some(When::BeforeMoney);
        self
    }

    /// The request is carried out; then its answer is spoilt.
    #[must_use]
    pub fn after_money(mut self) -> Self {
        self.when = Some(When::AfterMoney);
        self
    }

    /// A wait. Before the money it comes before the request is acted on (and a caller who gives up meanwhile does not
    /// stop that), after the money it comes before the answer.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency_ms = millis(latency);
        self
    }

    /// The answer tells the caller to come again after so many seconds. Alone it is a 503.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The connection stays open, and nothing comes.
    #[must_use]
    pub fn no_answer(self) -> Self {
        self.delivered(Delivery::NoAnswer)
    }

    /// The connection is closed (FIN) with no answer.
    #[must_use]
    pub fn drop_connection(self) -> Self {
        self.delivered(Delivery::Drop)
    }

    /// The connection is reset (RST) with no answer.
    #[must_use]
    pub fn reset(self) -> Self {
        self.delivered(Delivery::Reset)
    }

    /// So many bytes of the answer, counted from its status line, then the connection is closed (FIN).
    #[must_use]
    pub fn cut_answer(self, bytes: u64) -> Self {
        self.delivered(Delivery::CutAnswer(bytes))
    }

    /// The answer's head and so many bytes of its body, then the connection is closed (FIN).
    #[must_use]
    pub fn cut_body(self, bytes: u64) -> Self {
        self.delivered(Delivery::CutBody(bytes))
    }

    /// So many bytes of the answer, counted from its status line, then the connection is reset (RST).
    #[must_use]
    pub fn reset_answer(self, bytes: u64) -> Self {
        self.delivered(Delivery::ResetAnswer(bytes))
    }

    /// So many bytes of the request are read, then the connection is closed. The request is never acted on.
    #[must_use]
    pub fn cut_request(self, bytes: u64) -> Self {
        self.delivered(Delivery::CutRequest(bytes))
    }

    /// The body in pieces of so many bytes, with a wait between them.
    #[must_use]
    pub fn slow_drip(self, bytes: u64, interval: Duration) -> Self {
        let interval_ms = millis(interval);
        self.delivered(Delivery::SlowDrip { bytes, interval_ms })
    }

    /// An HTTP status with a body.
    #[must_use]
    pub fn status(self, code: u16, body: FaultBody) -> Self {
        self.saying(Says::Status { code, body })
    }

    /// A gateway's 502 with its HTML page.
    #[must_use]
    pub fn html(self) -> Self {
        self.status(502, FaultBody::Html)
    }

    /// The true answer's JSON, cut in the middle; the HTTP message is complete.
    #[must_use]
    pub fn truncated_json(self) -> Self {
        self.saying(Says::TruncatedJson)
    }

    /// The true answer with the wrong JSON types throughout.
    #[must_use]
    pub fn mistyped_json(self) -> Self {
        self.saying(Says::MistypedJson)
    }

    /// The true answer, padded to so many bytes.
    #[must_use]
    pub fn huge_body(self, bytes: u64) -> Self {
        self.saying(Says::HugeBody(bytes))
    }

    /// A 307 to this address.
    #[must_use]
    pub fn redirect(self, url: impl Into<String>) -> Self {
        self.saying(Says::Redirect(url.into()))
    }

    /// The dialect's 401; the token that was used dies, so that asking again brings a new one.
    #[must_use]
    pub fn expired_token(self) -> Self {
        self.saying(Says::ExpiredToken)
    }

    /// The true answer, naming another receipt.
    #[must_use]
    pub fn other_receipt(self) -> Self {
        self.saying(Says::OtherReceipt)
    }

    /// The true answer, with totals that do not add up.
    #[must_use]
    pub fn other_figures(self) -> Self {
        self.saying(Says::OtherFigures)
    }

    /// The true answer, with this receipt status in it: -20 (cancel failed) or -30 (in progress at the PG).
    #[must_use]
    pub fn receipt_status(self, status: i32) -> Self {
        self.saying(Says::ReceiptStatus(status))
    }

    fn saying(mut self, says: Says) -> Self {
        self.says = Some(says);
        self
    }

    fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// The side of the money on which it stands.
    pub(crate) fn side(&self) -> When {
        if matches!(self.delivery, Some(Delivery::CutRequest(_))) {
            return When::BeforeMoney;
        }
        if let Some(when) = self.when {
            return when;
        }
        let replaced_answer = match &self.says {
            Some(Says::Status { .. } | Says::Redirect(_) | Says::ExpiredToken) => true,
            Some(_) => false,
            None => self.retry_after_s.is_some(),
        };
        let unanswered = matches!(self.delivery, Some(Delivery::NoAnswer | Delivery::Drop | Delivery::Reset));
        let only_late = self.says.is_none() && self.delivery.is_none();
        if replaced_answer || unanswered || only_late { When::BeforeMoney } else { When::AfterMoney }
    }

    /// Whether it does nothing but wait.
    pub(crate) fn is_only_latency(&self) -> bool {
        self.says.is_none() && self.delivery.is_none() && self.retry_after_s.is_none()
    }

    pub(crate) fn awaits(&self, operation: Operation, receipt_id: Option<&str>) -> bool {
        self.on.is_none_or(|on| on == operation)
            && self.receipt_id.as_deref().is_none_or(|wanted| receipt_id == Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_replaces_the_answer_stands_before_the_money_and_what_spoils_it_after() {
        let on = || Fault::on(Operation::Cancel);
        for before in [on().html(), on().reset(), on().no_answer(), on().retry_after(3)] {
            assert_eq!(before.side(), When::BeforeMoney);
        }
        for after in [on().cut_answer(9), on().truncated_json(), on().huge_body(9)] {
            assert_eq!(after.side(), When::AfterMoney);
        }
        assert_eq!(on().html().after_money().side(), When::AfterMoney);
        assert_eq!(on().cut_request(9).after_money().side(), When::BeforeMoney);
    }

    #[test]
    fn a_fault_survives_its_json_form() {
        let fault = Fault::on(Operation::Cancel)
            .after_money()
            .latency(Duration::from_millis(20))
            .status(500, FaultBody::refusal(-15006, "금액오류"))
            .slow_drip(1, Duration::from_millis(5));
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
    }
}
