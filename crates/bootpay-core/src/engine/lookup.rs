//! Lookups. A read moves no money, so it may be repeated.

use crate::cancel::ReceiptId;
use crate::dialect::{Foreign, LookupAnswer};
use crate::engine::Authorization;
use crate::engine::Engine;
use crate::error::{BootpayError, Refusal, RefusalKind, Unreachable, UnreachableCause};
use crate::receipt::Receipt;
use crate::retry::{Retry, RetryPolicy};
use crate::transport::{Exchange, Limits};

impl Engine {
    /// Looks a receipt up: tried again where no readable answer comes, and once with a fresh token.
    pub(crate) async fn look_up(&self, receipt_id: &ReceiptId) -> Result<Receipt, BootpayError> {
        let authorization = self.authorization().await?;
        match self.look_up_with(receipt_id, &authorization).await {
            Err(BootpayError::Refused(refusal))
                if refusal.kind == RefusalKind::Unauthorized && self.tokens.is_some() =>
            {
                let fresh = self.refreshed(&authorization).await?;
                self.look_up_with(receipt_id, &fresh).await
            }
            result => result,
        }
    }

    async fn look_up_with(
        &self,
        receipt_id: &ReceiptId,
        authorization: &Authorization,
    ) -> Result<Receipt, BootpayError> {
        let retry = Retry {
            policy: RetryPolicy::READS,
            budget: &self.retry_budget,
            clock: self.settings.clock.as_ref(),
            chance: self.settings.chance.as_ref(),
        };
        let again = |error: &BootpayError| {
            tracing::info!(target: "bootpay::lookup", %receipt_id, kind = error.kind(), "a lookup failed");
            matches!(error, BootpayError::Lookup(_))
        };
        retry.run(again, || self.try_look_up(receipt_id, authorization)).await
    }

    async fn try_look_up(
        &self,
        receipt_id: &ReceiptId,
        authorization: &Authorization,
    ) -> Result<Receipt, BootpayError> {
        let request = self.settings.dialect.lookup_request(receipt_id);
        let limits = Limits { overall: self.settings.timeouts.lookup, send_by: None };
        let answer = match self.settings.transport.exchange(request, Some(authorization.header()), limits).await {
            Exchange::Answered(answer) => answer,
            Exchange::NotSent(reason) | Exchange::NoAnswer(reason) => return Err(BootpayError::Lookup(reason)),
        };
        let mut secrets = self.settings.credentials.secrets();
        secrets.extend(authorization.secrets());
        match self.settings.dialect.decode_lookup(&answer) {
            LookupAnswer::Accepted(mut receipt) if receipt.receipt_id == *receipt_id => {
                receipt.scrub(&secrets);
                Ok(*receipt)
            }
            LookupAnswer::Accepted(_) => {
                Err(unreadable("the answer names another receipt than the one asked about".into()))
            }
            LookupAnswer::Refused(refusal) if refusal.http_status >= 500 || refusal.http_status == 429 => {
                Err(unreadable(format!("Bootpay answered HTTP {}", refusal.http_status)))
            }
            LookupAnswer::Refused(mut refusal) => {
                refusal.scrub(&secrets);
                Err(Refusal::from_server(&refusal).into())
            }
            LookupAnswer::Foreign(Foreign { http_status, what, .. }) => {
                Err(unreadable(format!("Bootpay answered HTTP {http_status} with {what}")))
            }
        }
    }
}

fn unreadable(detail: String) -> BootpayError {
    BootpayError::Lookup(Unreachable::new(UnreachableCause::BadAnswer, detail))
}
