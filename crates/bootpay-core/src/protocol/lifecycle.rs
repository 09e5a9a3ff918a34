//! What may happen to an intent, given where it stands.
//!
//! This is the compare-and-set behind law 5: a worker that was stalled and wakes up after another took over finds its
//! change refused, and sends nothing.

use crate::cancel::{Evidence, UnknownCause};
use crate::error::RefusalKind;
use crate::intent::{
    Attempt, Change, Closing, Decision, Intent, IntentState, OwnerId, Progress, RefusalNote, Settlement, UnixMillis,
};
use crate::protocol::machine::MOST_REPETITIONS;
use crate::protocol::reconcile::SETTLING_TIME;

/// Applies a change.
///
/// # Errors
/// The intent as it is, where the change is not allowed: somebody else has moved it on.
pub fn apply(intent: &Intent, by: &OwnerId, change: &Change, now: UnixMillis) -> Result<Intent, Box<Intent>> {
    if !is_allowed(intent, by, change, now) {
        return Err(Box::new(intent.clone()));
    }
    let mut next = intent.clone();
    next.updated_at = now;
    match change {
        Change::Sending { totals_before, deadline, lease_until, body_mark } => {
            next.state = IntentState::Sending;
            next.totals_before = next.totals_before.or(*totals_before);
            next.deadline = Some(*deadline);
            next.lease_until = *lease_until;
            close_attempt(&mut next, Progress::Unproven, None, None);
            next.attempts.push(Attempt {
                started_at: now,
                progress: Progress::Sending,
                body_mark: body_mark.clone(),
                http_status: None,
                code: None,
            });
        }
        Change::Returned { lease_until } => {
            // A repetition that never arrived proves nothing about the try before it.
            next.state = if may_have_arrived(intent) { IntentState::Unknown } else { IntentState::Reserved };
            next.lease_until = *lease_until;
            close_attempt(&mut next, Progress::NotSent, None, None);
        }
        Change::Closed(closing) => close(&mut next, closing, now),
        Change::Unknown { cause, totals_after, http_status, code } => {
            next.state = IntentState::Unknown;
            next.unknown_cause = Some(*cause);
            next.totals_after = totals_after.or(next.totals_after);
            close_attempt(&mut next, Progress::Unproven, *http_status, code.clone());
        }
        Change::Settled(settlement) => settle(&mut next, settlement, now),
        Change::TakenOver { owner, .. } => {
            next.owner = owner.clone();
            if intent.state == IntentState::Reserved {
                next.state = IntentState::NotSent;
            } else {
                next.state = IntentState::Unknown;
                next.unknown_cause = Some(UnknownCause::Interrupted);
                close_attempt(&mut next, Progress::Unproven, None, None);
            }
        }
        Change::Claimed { owner, lease_until } => {
            next.owner = owner.clone();
            next.lease_until = *lease_until;
        }
        Change::Resolved { decision, actor, totals_after } => {
            next.decided_by = Some(actor.clone());
            next.totals_after = totals_after.or(next.totals_after);
            next.held = false;
            match decision {
                // Lifting a hold leaves what was answered as it is.
                Decision::Cancelled if intent.state == IntentState::Cancelled => {}
                Decision::Cancelled => {
                    next.unknown_cause = None;
                    next.state = IntentState::Cancelled;
                    next.evidence = Some(Evidence::Declared);
                    next.money_is_back = Some(crate::cancel::MoneyIsBack::Unconfirmed);
                }
                Decision::NotCancelled => {
                    next.unknown_cause = None;
                    next.state = IntentState::NotCancelled;
                    next.evidence = Some(Evidence::Declared);
                }
            }
        }
    }
    Ok(next)
}

fn is_allowed(intent: &Intent, by: &OwnerId, change: &Change, now: UnixMillis) -> bool {
    let mine = intent.owner == *by;
    match change {
        Change::Sending { .. } => {
            mine && matches!(intent.state, IntentState::Reserved | IntentState::Sending | IntentState::Unknown)
                // A lease that ran out is a right lost, whether or not somebody has used it yet.
                && now < intent.lease_until
        }
        Change::Returned { .. } => mine && intent.state == IntentState::Sending,
        Change::Closed(_) => mine && intent.state.is_in_flight() && !may_have_arrived(intent),
        Change::Unknown { .. } => {
            (mine && intent.state == IntentState::Sending) || intent.state == IntentState::Unknown
        }
        // Proof is welcome from anybody, at any time: an answer that comes back after a take-over is still the answer.
        Change::Settled(settlement) => match settlement.evidence {
            // Our own cancel, however it is known, is not undone by hearing that the payment is cancelled.
            Evidence::Answered if settlement.already && intent.state == IntentState::Cancelled => false,
            Evidence::Answered => !is_answered(intent) && intent.state != IntentState::Reserved,
            _ => matches!(intent.state, IntentState::Unknown) || (mine && intent.state == IntentState::Sending),
        },
        Change::TakenOver { owner_is_gone, .. } => {
            intent.state.is_in_flight() && (*owner_is_gone || intent.lease_until <= now)
        }
        // The tries are counted here too: another process may have repeated it since they were last looked at.
        Change::Claimed { .. } => {
            intent.state == IntentState::Unknown
                && (mine || intent.lease_until <= now)
                && intent.tries() <= MOST_REPETITIONS
        }
        Change::Resolved { decision: Decision::Cancelled, .. } => {
            intent.state == IntentState::Unknown || (intent.state == IntentState::Cancelled && intent.held)
        }
        // An intent that found the payment already cancelled moved nothing itself. Where a person sees in the gateway's
        // console that only a part of it was, the rest can be asked for anew.
        Change::Resolved { decision: Decision::NotCancelled, .. } => match intent.state {
            IntentState::AlreadyCancelled => true,
            // Checked again here: between the decision's lookup and its record, somebody may have sent once more.
            IntentState::Unknown => may_be_denied_from(intent) <= now && (mine || intent.lease_until <= now),
            _ => false,
        },
    }
}

/// The moment from which a person may decide that an intent moved nothing: before it, a late request could still arrive.
pub fn may_be_denied_from(intent: &Intent) -> UnixMillis {
    intent.deadline.unwrap_or(intent.updated_at).plus(SETTLING_TIME)
}

/// Whether an earlier try can have arrived: then no refusal, and no try that was not sent, closes the intent.
fn may_have_arrived(intent: &Intent) -> bool {
    intent.attempts.iter().any(|attempt| attempt.progress == Progress::Unproven)
}

fn is_answered(intent: &Intent) -> bool {
    intent.state == IntentState::Cancelled && intent.evidence == Some(Evidence::Answered)
}

fn close_attempt(next: &mut Intent, progress: Progress, http_status: Option<u16>, code: Option<String>) {
    if let Some(attempt) = next.attempts.last_mut().filter(|attempt| attempt.progress == Progress::Sending) {
        attempt.progress = progress;
        attempt.http_status = http_status;
        attempt.code = code;
    }
}

fn close(next: &mut Intent, closing: &Closing, now: UnixMillis) {
    match closing {
        Closing::NotSent => {
            next.state = IntentState::NotSent;
            close_attempt(next, Progress::NotSent, None, None);
        }
        Closing::Refused { note, http_status } => {
            next.state = IntentState::Refused;
            if http_status.is_some() {
                next.answered_at = Some(now);
            }
            close_attempt(next, Progress::Answered, *http_status, note.code.clone());
            next.refusal = Some(note.clone());
        }
    }
}

fn settle(next: &mut Intent, settlement: &Settlement, now: UnixMillis) {
    next.state = if settlement.already { IntentState::AlreadyCancelled } else { IntentState::Cancelled };
    next.unknown_cause = None;
    if let Some(message) = &settlement.message {
        next.refusal = Some(RefusalNote::new(RefusalKind::AlreadyCancelled, None, message.clone()));
    }
    next.evidence = Some(settlement.evidence);
    next.money_is_back = Some(settlement.money_is_back);
    next.totals_after = Some(settlement.cancellation.totals());
    let mut figures = settlement.cancellation.clone();
    // Members that nobody knows can hold personal data; the journal keeps the page's table alone.
    figures.extra = crate::receipt::Extra::default();
    next.cancellation = Some(figures);
    next.mismatches = settlement.mismatches.clone();
    next.held = !settlement.mismatches.is_empty();
    if settlement.evidence == Evidence::Answered {
        next.answered_at = Some(now);
    }
    close_attempt(next, Progress::Answered, settlement.http_status, None);
}
