//! A cancel from the caller's wish to its outcome: admission, waiting, driving, telling.

use std::sync::PoisonError;
use std::time::Duration;

use crate::cancel::{
    AlreadyCancelled, CancelOutcome, Cancelled, Evidence, MoneyIsBack, ReceiptId, Unknown, UnknownCause, ValidCancel,
};
use crate::driver::{Driven, Driver, InFlight, Relations, SEND_MARGIN};
use crate::engine::Engine;
use crate::error::{BootpayError, Conflict, ConflictKind, Refusal, RefusalKind, Unreachable, UnreachableCause};
use crate::intent::{BulkId, Change, Changed, Intent, IntentKey, IntentQuery, IntentState, Settlement, UnixMillis};
use crate::protocol::machine::{Ending, Start};
use crate::protocol::reconcile::SETTLING_TIME;
use crate::protocol::{Admission, Proposal};
use crate::protocol::{admission, identity};
use crate::receipt::Totals;

/// How often another process's intent is looked at while waiting for it.
const GLANCE: Duration = Duration::from_millis(200);

/// On whose behalf a cancel is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caller {
    /// The bulk that it is a row of.
    pub(crate) bulk: Option<BulkId>,
    /// Whether to look the receipt up before a full cancel too.
    pub(crate) look_first: bool,
    /// How long to wait for others who are cancelling the same receipt; as the settings say unless told.
    pub(crate) patience: Option<Duration>,
}

impl Engine {
    /// Cancels. The receipt is locked from admission to the end.
    pub(crate) async fn cancel(
        &self,
        cancel: ValidCancel,
        caller: Caller,
        in_flight: InFlight,
    ) -> Result<CancelOutcome, BootpayError> {
        let key = self.key_of(&cancel)?;
        let arrived = self.settings.clock.wall();
        let lock = self.locks.lock(&cancel.receipt_id).await;
        if lock.waited()
            && let Some(intent) = self.ended_meanwhile(&self.proposal(&cancel, &key), arrived).await?
        {
            return match self.tell_recorded(intent, true) {
                Err(error) => Err(self.naming_what_is_open(error, &cancel).await),
                outcome => outcome,
            };
        }
        let patience = caller.patience.unwrap_or(self.settings.timeouts.wait_for_others);
        let give_up_at = self.settings.clock.elapsed() + patience;
        loop {
            let proposal = Proposal { bulk: caller.bulk.clone(), ..self.proposal(&cancel, &key) };
            let admission = match self.settings.journal.admit(proposal).await {
                Ok(admission) => admission,
                Err(error) => return self.unless_under_way(error.into(), &in_flight),
            };
            watch(&in_flight, None);
            let (left, owner_is_gone) = match admission {
                Admission::Admitted(intent) => {
                    tracing::info!(target: "bootpay::cancel", cancel_id = %intent.cancel_id, receipt_id = %intent.receipt_id, generation = intent.generation, "admitted");
                    let relations = self.relations(&intent).await?;
                    let driver = Driver::new(self, &cancel, (*intent, relations), in_flight);
                    let seen = self.tell_driven(driver.looking_first(caller.look_first).drive(Start::New).await);
                    return match seen {
                        Err(error) if cancel.amount.is_full() => Err(self.naming_what_is_open(error, &cancel).await),
                        seen => seen,
                    };
                }
                Admission::Existing(intent) if intent.state == IntentState::Unknown => {
                    return self.reconsider(*intent, Some(&cancel), in_flight).await;
                }
                Admission::Existing(intent) => return self.tell_recorded(*intent, true),
                Admission::Orphaned(intent) => (intent, false),
                Admission::InFlight(intent) if self.is_left_behind(&intent) => (intent, true),
                Admission::InFlight(intent) => {
                    if self.settings.clock.elapsed() >= give_up_at {
                        return Err(Conflict::new(ConflictKind::Busy, intent.to_ref()).into());
                    }
                    self.settings.clock.sleep(GLANCE).await;
                    continue;
                }
                Admission::Refused(conflict) => return Err(BootpayError::Conflict(conflict)),
            };
            if left.may_have_moved_money() && admission::is_same_wish(&self.proposal(&cancel, &key), &left) {
                watch(&in_flight, Some(&left));
            }
            if let Err(error) = self.take_over(&left, owner_is_gone).await {
                return self.unless_under_way(error, &in_flight);
            }
        }
    }

    /// An error, unless this very wish was found under way, left by whoever sent it: then that is what is known of it.
    fn unless_under_way(&self, error: BootpayError, in_flight: &InFlight) -> Result<CancelOutcome, BootpayError> {
        match in_flight.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(intent) => self.tell_recorded(intent, true),
            None => Err(error),
        }
    }

    /// The intent of the same wish, where Bootpay refused it, or it did not get there, while this caller waited: its end
    /// is shared, and not asked for once more by everybody who clicked.
    async fn ended_meanwhile(&self, wish: &Proposal, arrived: UnixMillis) -> Result<Option<Intent>, BootpayError> {
        let of_receipt = self.of_receipt(&wish.receipt_id).await?;
        let latest = of_receipt.into_iter().rfind(|one| admission::is_same_wish(wish, one));
        Ok(latest.filter(|one| {
            // An objection of the ledger's is about what that caller expected, and not about this one's wish.
            let ended =
                one.state == IntentState::NotSent || (one.state == IntentState::Refused && one.answered_at.is_some());
            ended
                && one.updated_at >= arrived
                && one.same_money(&wish.amount, wish.to_account, wish.account_mark.as_deref())
        }))
    }

    pub(crate) async fn of_receipt(&self, receipt_id: &ReceiptId) -> Result<Vec<Intent>, BootpayError> {
        let query = IntentQuery {
            environment: Some(self.environment.clone()),
            receipt_id: Some(receipt_id.clone()),
            ..IntentQuery::default()
        };
        Ok(self.settings.journal.find(query).await?)
    }

    /// How an intent stands to the others of its receipt. A new wish has nothing to do with them, unless its id is one of
    /// this library's own that comes back as the merchant's.
    pub(crate) async fn relations(&self, intent: &Intent) -> Result<Relations, BootpayError> {
        let handed_out = matches!(intent.key, IntentKey::Merchant(_)) && identity::is_derived(&intent.cancel_id);
        if intent.generation == 1 && intent.attempts.is_empty() && !handed_out {
            return Ok(Relations::default());
        }
        let of_receipt = self.of_receipt(&intent.receipt_id).await?;
        let (mut id_sent_before, mut superseded, mut later) = (false, false, false);
        for one in &of_receipt {
            if one.id == intent.id {
                later = true;
            } else if later {
                superseded |= !one.state.moved_nothing();
            } else {
                id_sent_before |= one.cancel_id == intent.cancel_id && one.may_have_moved_money();
            }
        }
        Ok(Relations { id_sent_before, superseded })
    }

    /// Law 1: an error names the earlier intent that may have moved money, where there is one.
    async fn naming_what_is_open(&self, error: BootpayError, cancel: &ValidCancel) -> BootpayError {
        let of_receipt = self.of_receipt(&cancel.receipt_id).await.unwrap_or_default();
        match of_receipt.iter().find(|one| one.state == IntentState::Unknown) {
            Some(open) => error.naming(&open.to_ref()),
            None => error,
        }
    }

    pub(crate) fn key_of(&self, cancel: &ValidCancel) -> Result<IntentKey, BootpayError> {
        Ok(match &cancel.cancel_id {
            Some(id) => IntentKey::Merchant(id.clone()),
            None if cancel.amount.is_full() => IntentKey::Receipt,
            None => {
                let bytes = self.settings.chance.bytes();
                let bytes = bytes.map_err(|error| BootpayError::Internal(format!("no random numbers: {error}")))?;
                IntentKey::Fresh(crate::hex::hex(&bytes))
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
            bulk: None,
            owner: self.owner.id(),
            now,
            lease_until: now.plus(self.reserved_lease()),
        }
    }

    /// Whether it is certain that nobody carries an intent out any more. For whoever holds the receipt's lock: then no other call
    /// of this client is at work on it, and what bears this client's name was left by one whose journal failed, or whose task
    /// was lost.
    pub(crate) fn is_left_behind(&self, intent: &Intent) -> bool {
        intent.owner == self.owner.id() || self.owner.is_gone(&intent.owner)
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

    /// Whether the merchant's declaration about `cancel_id` still covers an intent that is sent now: until its request
    /// has arrived, and by a clock that has not been set back since.
    pub(crate) fn still_honoured(&self, intent: &Intent) -> bool {
        let now = self.settings.clock.wall();
        let first_sent = intent.attempts.first().map_or(now, |attempt| attempt.started_at);
        let on_the_way = self.settings.timeouts.token + self.settings.timeouts.connect + SEND_MARGIN + self.lateness();
        let declared = self.settings.declarations.honours_cancel_id_for;
        now >= first_sent && declared.is_some_and(|retention| now.since(first_sent) + on_the_way < retention)
    }

    /// How long after it left a request can still arrive and be worked on: what has been forgotten by then would be carried
    /// out again.
    pub(crate) fn lateness(&self) -> Duration {
        self.settings.timeouts.cancel + SETTLING_TIME
    }

    /// How long an intent is ours before its request leaves: a token twice, and a lookup with its repetitions twice.
    pub(crate) fn reserved_lease(&self) -> Duration {
        let timeouts = &self.settings.timeouts;
        timeouts.token * 3 + timeouts.lookup * 8 + Duration::from_secs(60)
    }

    pub(crate) async fn drive(
        &self,
        cancel: &ValidCancel,
        intent: (Intent, Relations),
        start: Start,
        in_flight: InFlight,
    ) -> Result<CancelOutcome, BootpayError> {
        self.tell_driven(Driver::new(self, cancel, intent, in_flight).drive(start).await)
    }

    fn tell_driven(&self, driven: Driven) -> Result<CancelOutcome, BootpayError> {
        let Driven { ending, intent, before, kept } = driven;
        let outcome = match ending {
            // What somebody else has decided meanwhile does not make an error of a request that may have moved money.
            Ending::Overtaken(_) if matches!(intent.state, IntentState::Cancelled | IntentState::AlreadyCancelled) => {
                self.tell_recorded(intent, false)
            }
            Ending::Overtaken(known) if matches!(*known, Ending::Failed(_)) && intent.state.is_open() => {
                self.tell_recorded(intent, false)
            }
            Ending::Overtaken(known) => tell(*known, &intent, before, kept),
            ending => tell(ending, &intent, before, kept),
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

/// What may be on its way, for whoever outlives this task.
fn watch(in_flight: &InFlight, intent: Option<&Intent>) {
    *in_flight.lock().unwrap_or_else(PoisonError::into_inner) = intent.cloned();
}

/// What a drive knows by itself.
fn tell(
    ending: Ending,
    intent: &Intent,
    before: Option<Totals>,
    kept: Option<BootpayError>,
) -> Result<CancelOutcome, BootpayError> {
    match ending {
        Ending::Settled { settlement, recorded } => Ok(tell_settled(intent, *settlement, recorded)),
        Ending::Unknown { cause, after, recorded } => Ok(tell_unknown(intent, cause, after, recorded)),
        Ending::Failed(failure) => Err(Driven::error(failure, intent, before, kept)),
        Ending::Overtaken(known) => tell(*known, intent, before, kept),
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
    after: Option<Totals>,
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
    refusal.retry_after = kind.usual_wait();
    refusal.into()
}
