//! A cancel from the caller's wish to its outcome: admission, waiting, driving, telling.

use std::time::Duration;

use crate::cancel::{
    AlreadyCancelled, CancelOutcome, Cancelled, Evidence, MoneyIsBack, Unknown, UnknownCause, ValidCancel,
};
use crate::driver::{Driven, Driver, InFlight, RESERVED_LEASE};
use crate::engine::Engine;
use crate::error::{BootpayError, Conflict, ConflictKind, Refusal, RefusalKind, Unreachable, UnreachableCause};
use crate::intent::{Change, Changed, Intent, IntentKey, IntentState, Settlement};
use crate::protocol::machine::{Ending, Start};
use crate::protocol::{Admission, Proposal};

/// How often another process's intent is looked at while waiting for it.
const GLANCE: Duration = Duration::from_millis(200);

impl Engine {
    /// Cancels. The receipt is locked from admission to the end.
    pub(crate) async fn cancel(&self, cancel: ValidCancel, in_flight: InFlight) -> Result<CancelOutcome, BootpayError> {
        let key = self.key_of(&cancel)?;
        let _one_at_a_time = self.locks.lock(&cancel.receipt_id).await;
        let give_up_at = self.settings.clock.elapsed() + self.settings.timeouts.wait_for_others;
        loop {
            match self.settings.journal.admit(self.proposal(&cancel, &key)).await? {
                Admission::Admitted(intent) => {
                    tracing::info!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, generation = intent.generation, "admitted");
                    return self.drive(&cancel, *intent, Start::New, in_flight).await;
                }
                Admission::Existing(intent) if intent.state == IntentState::Unknown => {
                    return self.reconsider(*intent, Some(&cancel), in_flight).await;
                }
                Admission::Existing(intent) => return self.tell_recorded(*intent, true),
                Admission::Orphaned(intent) => self.take_over(&intent, false).await.map(drop)?,
                Admission::InFlight(intent) if self.owner.is_gone(&intent.owner) => {
                    self.take_over(&intent, true).await.map(drop)?;
                }
                Admission::InFlight(intent) => {
                    if self.settings.clock.elapsed() >= give_up_at {
                        return Err(Conflict::new(ConflictKind::Busy, intent.to_ref()).into());
                    }
                    self.settings.clock.sleep(GLANCE).await;
                }
                Admission::Refused(conflict) => return Err(BootpayError::Conflict(conflict)),
            }
        }
    }

    fn key_of(&self, cancel: &ValidCancel) -> Result<IntentKey, BootpayError> {
        Ok(match &cancel.cancel_id {
            Some(id) => IntentKey::Merchant(id.clone()),
            None if cancel.amount.is_full() => IntentKey::Receipt,
            None => {
                let bytes = self.settings.chance.bytes();
                let bytes = bytes.map_err(|error| BootpayError::Internal(format!("no random numbers: {error}")))?;
                IntentKey::Fresh(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            }
        })
    }

    pub(crate) fn proposal(&self, cancel: &ValidCancel, key: &IntentKey) -> Proposal {
        let now = self.settings.clock.wall();
        Proposal {
            environment: self.environment.clone(),
            scope: self.scope.clone(),
            receipt_id: cancel.receipt_id.clone(),
            key: key.clone(),
            amount: cancel.amount,
            to_account: cancel.refund_account.is_some(),
            account_mark: cancel.refund_account.as_ref().and_then(|account| {
                let text = format!("{}/{}", account.bank().code(), account.digits().expose());
                self.settings.credentials.mark(zeroize::Zeroizing::new(text).as_bytes())
            }),
            owner: self.owner.id(),
            now,
            lease_until: now.plus(RESERVED_LEASE),
        }
    }

    /// Closes or opens what a vanished owner left behind: reserved becomes not sent, sending becomes unknown.
    pub(crate) async fn take_over(&self, intent: &Intent, owner_is_gone: bool) -> Result<Intent, BootpayError> {
        let owner = self.owner.id();
        let change = Change::TakenOver { owner: owner.clone(), owner_is_gone };
        let changed = self.settings.journal.change(&intent.id, &owner, change, self.settings.clock.wall()).await?;
        let (Changed::Done(intent) | Changed::Lost(intent)) = changed;
        tracing::info!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, state = intent.state.name(), "taken over");
        Ok(*intent)
    }

    /// Whether the merchant's declaration about `cancel_id` still covers an intent.
    pub(crate) fn still_honoured(&self, intent: &Intent) -> bool {
        let first_sent = intent.attempts.first().map_or(self.settings.clock.wall(), |attempt| attempt.started_at);
        let age = self.settings.clock.wall().since(first_sent);
        self.settings.declarations.honours_cancel_id_for.is_some_and(|retention| age < retention)
    }

    pub(crate) async fn drive(
        &self,
        cancel: &ValidCancel,
        intent: Intent,
        start: Start,
        in_flight: InFlight,
    ) -> Result<CancelOutcome, BootpayError> {
        let Driven { ending, intent, kept } = Driver::new(self, cancel, intent, in_flight).drive(start).await;
        let outcome = match ending {
            Ending::Settled { settlement, recorded } => Ok(tell_settled(&intent, *settlement, recorded)),
            Ending::Unknown { cause, after, recorded } => Ok(tell_unknown(&intent, cause, after, recorded)),
            Ending::AsRecorded => self.tell_recorded(intent, false),
            Ending::Failed(failure) => Err(Driven::error(failure, &intent, kept)),
        };
        if let Ok(outcome) = &outcome
            && !outcome.is_recorded()
        {
            let intent = outcome.intent();
            tracing::error!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, "this outcome is NOT in the journal: keep it");
        }
        outcome
    }

    /// The outcome that the journal holds.
    pub(crate) fn tell_recorded(&self, intent: Intent, repeated: bool) -> Result<CancelOutcome, BootpayError> {
        Ok(match intent.state {
            IntentState::Cancelled => CancelOutcome::Cancelled(Box::new(Cancelled {
                cancellation: intent.cancellation.clone().unwrap_or_default(),
                evidence: intent.evidence.unwrap_or(Evidence::Declared),
                money_is_back: intent.money_is_back.unwrap_or(MoneyIsBack::Unconfirmed),
                mismatches: intent.mismatches.clone(),
                repeated,
                recorded: true,
                intent: intent.to_ref(),
            })),
            IntentState::AlreadyCancelled => CancelOutcome::AlreadyCancelled(Box::new(AlreadyCancelled {
                ledger: intent.totals_after,
                evidence: intent.evidence.unwrap_or(Evidence::Declared),
                money_is_back: intent.money_is_back.unwrap_or(MoneyIsBack::Unconfirmed),
                message: intent.refusal.as_ref().map(|note| note.message.clone()),
                repeated,
                recorded: true,
                intent: intent.to_ref(),
            })),
            IntentState::Reserved | IntentState::Sending | IntentState::Unknown => {
                let cause = intent.unknown_cause.unwrap_or(UnknownCause::Interrupted);
                tell_unknown(&intent, cause, intent.totals_after, true)
            }
            IntentState::Refused => return Err(refused_as_recorded(&intent)),
            IntentState::NotSent => {
                return Err(BootpayError::NotSent(Unreachable::new(
                    UnreachableCause::Deadline,
                    format!("the cancel {} of receipt {} never reached Bootpay", intent.cancel_id, intent.receipt_id),
                )));
            }
            IntentState::NotCancelled => {
                return Err(Conflict::new(ConflictKind::AlreadySettled, intent.to_ref()).into());
            }
        })
    }
}

fn tell_settled(intent: &Intent, settlement: Settlement, recorded: bool) -> CancelOutcome {
    let Settlement { already, evidence, money_is_back, cancellation, mismatches, message, .. } = settlement;
    let mut intent = intent.to_ref();
    if already {
        intent.state = IntentState::AlreadyCancelled;
        let ledger = Some(cancellation.totals()).filter(|totals| *totals != Default::default());
        return CancelOutcome::AlreadyCancelled(Box::new(AlreadyCancelled {
            intent,
            ledger,
            evidence,
            money_is_back,
            message,
            repeated: false,
            recorded,
        }));
    }
    intent.state = IntentState::Cancelled;
    CancelOutcome::Cancelled(Box::new(Cancelled {
        intent,
        cancellation,
        evidence,
        money_is_back,
        mismatches,
        repeated: false,
        recorded,
    }))
}

pub(crate) fn tell_unknown(
    intent: &Intent,
    cause: UnknownCause,
    after: Option<crate::receipt::Totals>,
    recorded: bool,
) -> CancelOutcome {
    let before = intent.totals_before;
    let mut intent = intent.to_ref();
    intent.state = IntentState::Unknown;
    CancelOutcome::Unknown(Box::new(Unknown { intent, cause, before, after, recorded }))
}

fn refused_as_recorded(intent: &Intent) -> BootpayError {
    let note = intent.refusal.clone();
    let kind = note.as_ref().map_or(RefusalKind::Other, |note| RefusalKind::from_name(&note.kind));
    let mut refusal = Refusal::local(kind, note.as_ref().map(|note| note.message.clone()).unwrap_or_default());
    refusal.http_status = intent.attempts.last().and_then(|attempt| attempt.http_status);
    refusal.code = note.and_then(|note| note.code);
    refusal.intent = Some(intent.to_ref());
    refusal.into()
}
