//! What was left open: reconciling, recovering, deciding.

use std::sync::PoisonError;

use crate::cancel::{CancelId, CancelOutcome, UnknownCause, ValidCancel};
use crate::client::Recovery;
use crate::driver::InFlight;
use crate::engine::Engine;
use crate::error::{BootpayError, Conflict, ConflictKind, InvalidInput, Problem};
use crate::intent::{Change, Changed, Decision, Intent, IntentQuery, IntentState, UnixMillis};
use crate::protocol::lifecycle;
use crate::protocol::machine::{MOST_REPETITIONS, Start};
use crate::protocol::reconcile::{self, Case, Finding, SETTLING_TIME};

impl Engine {
    /// The newest intent with a `cancel_id`; one that is open before one that is not.
    pub(crate) async fn intent(&self, cancel_id: &CancelId) -> Result<Intent, BootpayError> {
        let query = IntentQuery {
            environment: Some(self.environment.clone()),
            cancel_id: Some(cancel_id.clone()),
            ..IntentQuery::default()
        };
        // The newest is the last that the journal lists, whatever the clocks said when they were admitted.
        let mut found = self.settings.journal.find(query).await?;
        // Through other credentials of the merchant's where this client's have none: a handle that it gave out works.
        let ours = found.iter().max_by_key(|intent| (intent.scope == self.scope, intent.state.is_open()));
        if let Some(receipt_id) = ours.map(|intent| intent.receipt_id.clone()) {
            // A receipt belongs to one merchant: of its generations the open one counts, whichever credentials sent it.
            found.retain(|intent| intent.receipt_id == receipt_id);
        }
        found.into_iter().max_by_key(|intent| intent.state.is_open()).ok_or_else(|| {
            InvalidInput::new("cancel_id", Problem::NotKnown)
                .expected("the cancel_id of an intent in this journal, of this environment")
                .into()
        })
    }

    /// Settles one intent as far as the evidence goes. `asked` is its request, where somebody still has it.
    pub(crate) async fn reconcile(
        &self,
        cancel_id: &CancelId,
        asked: Option<&ValidCancel>,
        in_flight: InFlight,
    ) -> Result<CancelOutcome, BootpayError> {
        let receipt_id = self.intent(cancel_id).await?.receipt_id;
        let _one_at_a_time = self.locks.lock(&receipt_id).await;
        let intent = self.intent(cancel_id).await?;
        let intent = self.left_by_its_owner(intent).await?;
        match intent.state {
            IntentState::Unknown => self.reconsider(intent, asked, in_flight).await,
            _ => self.tell_recorded(intent, true),
        }
    }

    /// An intent that nobody carries out any more. The receipt is locked.
    async fn left_by_its_owner(&self, intent: Intent) -> Result<Intent, BootpayError> {
        if !intent.state.is_in_flight() {
            return Ok(intent);
        }
        let now = self.settings.clock.wall();
        let gone = self.is_left_behind(&intent);
        if intent.lease_until > now && !gone {
            let wait = intent.lease_until.since(now);
            return Err(Conflict::new(ConflictKind::Busy, intent.to_ref()).retry_after(wait).into());
        }
        let taken = self.take_over(&intent, gone).await?;
        if taken.state.is_in_flight() {
            return Err(Conflict::new(ConflictKind::Busy, taken.to_ref()).into());
        }
        Ok(taken)
    }

    /// Looks an unknown intent up; where that settles nothing, repeats it if the merchant's declaration allows.
    pub(crate) async fn reconsider(
        &self,
        intent: Intent,
        asked: Option<&ValidCancel>,
        in_flight: InFlight,
    ) -> Result<CancelOutcome, BootpayError> {
        let rebuilt = without_names(&intent);
        let cancel = asked.unwrap_or(&rebuilt);
        let cause = intent.unknown_cause.unwrap_or(UnknownCause::Interrupted);
        let recheck = Start::Recheck { before: intent.totals_before, cause };
        // It may have moved money before: neither a task that is lost nor a journal that falls silent makes an error of that.
        *in_flight.lock().unwrap_or_else(PoisonError::into_inner) = Some(intent.clone());
        let Ok(relations) = self.relations(&intent).await else { return self.tell_recorded(intent, true) };
        let outcome = self.drive(cancel, (intent.clone(), relations), recheck, in_flight.clone()).await?;

        // The account is nowhere but in the caller's hands: without it, what would be sent is another request.
        let complete = !intent.to_account || cancel.refund_account.is_some();
        let allowed = complete && intent.tries() <= MOST_REPETITIONS && self.still_honoured(&intent);
        if !matches!(outcome, CancelOutcome::Unknown(_)) || !allowed {
            return Ok(outcome);
        }
        // A journal that does not say who else is at work takes nothing away from what is known.
        let of_receipt = self.of_receipt(&intent.receipt_id).await;
        if !of_receipt.is_ok_and(|all| all.iter().all(|one| !one.state.is_in_flight())) {
            return Ok(outcome);
        }
        let (now, owner) = (self.settings.clock.wall(), self.owner.id());
        let change = Change::Claimed { owner: owner.clone(), lease_until: now.plus(self.reserved_lease()) };
        match self.settings.journal.change(&intent.id, &owner, change, now).await {
            // Nothing is sent without a claim, and what is known so far is still known.
            Ok(Changed::Lost(_)) | Err(_) => Ok(outcome),
            Ok(Changed::Done(claimed)) => {
                let settled_down = claimed.deadline.is_some_and(|deadline| now >= deadline.plus(SETTLING_TIME));
                // As the record counts them now, and not as they were before the lookup.
                let repeat = Start::Repeat { before: claimed.totals_before, settled_down, nth: claimed.tries() };
                self.drive(cancel, (*claimed, relations), repeat, in_flight).await
            }
        }
    }

    /// Takes up everything that an earlier run left open.
    pub(crate) async fn recover(&self) -> Result<Recovery, BootpayError> {
        let query = IntentQuery { environment: Some(self.environment.clone()), open: true, ..IntentQuery::default() };
        let mut recovery = Recovery::default();
        for intent in self.settings.journal.find(query).await? {
            if intent.scope != self.scope {
                recovery.of_other_merchants += 1;
            } else if intent.state == IntentState::Cancelled {
                recovery.held.push(intent.to_ref());
            } else {
                self.recover_one(&intent, &mut recovery).await;
            }
        }
        Ok(recovery)
    }

    async fn recover_one(&self, intent: &Intent, recovery: &mut Recovery) {
        match self.reconcile(&intent.cancel_id, None, InFlight::default()).await {
            Ok(CancelOutcome::Unknown(unknown)) => recovery.unknown.push(*unknown),
            Ok(outcome) => recovery.settled.push(outcome),
            Err(BootpayError::Conflict(conflict)) if conflict.kind == ConflictKind::Busy => {
                recovery.in_flight.push(conflict.intent);
            }
            Err(error) => match self.intent(&intent.cancel_id).await {
                Ok(now) if now.state.moved_nothing() => recovery.moved_nothing.push(now.to_ref()),
                _ => recovery.failed.push((intent.to_ref(), error)),
            },
        }
    }

    /// Records what a person decides.
    pub(crate) async fn resolve(
        &self,
        cancel_id: &CancelId,
        decision: Decision,
        actor: &str,
    ) -> Result<Intent, BootpayError> {
        let actor = valid_actor(actor)?;
        // A decision is as old as the call: one that waited for the receipt, or for its process, is about what was known then.
        let decided_at = self.settings.clock.wall();
        let receipt_id = self.intent(cancel_id).await?.receipt_id;
        let _one_at_a_time = self.locks.lock(&receipt_id).await;
        let intent = self.intent(cancel_id).await?;
        let intent = self.left_by_its_owner(intent).await?;
        let evidence = match decision {
            Decision::NotCancelled if intent.state == IntentState::Unknown => {
                self.evidence_against(&intent, decided_at).await?
            }
            _ => None,
        };
        let change = Change::Resolved { decision, actor, totals_after: evidence };
        let changed =
            self.settings.journal.change(&intent.id, &self.owner.id(), change, self.settings.clock.wall()).await?;
        match changed {
            Changed::Done(intent) => {
                tracing::warn!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, state = intent.state.name(), "a person decided");
                Ok(*intent)
            }
            Changed::Lost(intent) => Err(Conflict::new(ConflictKind::AlreadySettled, intent.to_ref()).into()),
        }
    }

    /// What "not moved" needs: that no request of ours can still arrive, and a lookup made after that.
    async fn evidence_against(
        &self,
        intent: &Intent,
        decided_at: UnixMillis,
    ) -> Result<Option<crate::receipt::Totals>, BootpayError> {
        let now = self.settings.clock.wall();
        let from = lifecycle::may_be_denied_from(intent);
        if now.min(decided_at) < from {
            let conflict = Conflict::new(ConflictKind::TooEarlyToDecide, intent.to_ref());
            return Err(conflict.retry_after(from.since(now)).into());
        }
        let totals = self.look_up(&intent.receipt_id).await?.totals;
        let relations = self.relations(intent).await?;
        let case = Case {
            amount: intent.amount,
            to_account: intent.to_account,
            before: intent.totals_before,
            last_answered: intent.last_answered,
            sole_canceller: self.settings.declarations.sole_canceller && !relations.superseded,
            already: None,
            id_took_effect: false,
            doubt: UnknownCause::Interrupted,
        };
        if matches!(reconcile::weigh(&case, &totals), Finding::Settled(_)) {
            return Err(Conflict::new(ConflictKind::AlreadySettled, intent.to_ref()).into());
        }
        Ok(Some(totals))
    }
}

/// An intent as a request again. The journal keeps neither names nor reasons, and no account.
fn without_names(intent: &Intent) -> ValidCancel {
    ValidCancel {
        receipt_id: intent.receipt_id.clone(),
        amount: intent.amount,
        cancel_id: Some(intent.cancel_id.clone()),
        canceller: None,
        reason: None,
        refund_account: None,
    }
}

fn valid_actor(actor: &str) -> Result<String, InvalidInput> {
    let actor = actor.trim();
    let wrong = |problem| Err(InvalidInput::new("actor", problem).expected("who decides, at most 100 characters"));
    if actor.is_empty() {
        return wrong(Problem::Empty);
    }
    if actor.chars().count() > 100 {
        return wrong(Problem::TooLong);
    }
    if actor.chars().any(char::is_control) {
        return wrong(Problem::BadCharacter);
    }
    Ok(actor.to_owned())
}
