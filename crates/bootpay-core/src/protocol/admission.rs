//! Which intents may begin, given those before them.
//!
//! A journal calls [`decide`] inside one exclusive transaction, with every intent of the receipt in hand, whatever
//! their credentials or dialect: the lock of law 8 is on (environment, receipt).

use std::time::Duration;

use crate::cancel::{CancelAmount, CancelId, Evidence, ReceiptId};
use crate::error::{BootpayError, Conflict, ConflictKind};
use crate::intent::{BulkId, Intent, IntentKey, IntentState, OwnerId, UnixMillis};
use crate::protocol::identity;
use crate::receipt::Totals;

/// The page's own rule brought home: no second partial cancel of a receipt within ten seconds of its last answer,
/// unless a `cancel_id` says that it is another refund.
pub const QUIET_PERIOD: Duration = Duration::from_secs(10);

/// An intent that asks to be admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which Bootpay.
    pub environment: String,
    /// Which merchant.
    pub scope: String,
    /// The receipt.
    pub receipt_id: ReceiptId,
    /// What makes two calls the same wish.
    pub key: IntentKey,
    /// Full or partial, and how much.
    pub amount: CancelAmount,
    /// Whether the money goes to a refund account.
    pub to_account: bool,
    /// A keyed hash of that account.
    pub account_mark: Option<String>,
    /// Which bulk it belongs to, where it does. It decides nothing: it is kept with the intent, where one is begun.
    pub bulk: Option<BulkId>,
    /// Who will carry it out.
    pub owner: OwnerId,
    /// Now.
    pub now: UnixMillis,
    /// Until when nobody else may take it over.
    pub lease_until: UnixMillis,
}

impl Proposal {
    /// The merchant's own id, where one was given.
    pub fn merchant_id(&self) -> Option<&CancelId> {
        match &self.key {
            IntentKey::Merchant(id) => Some(id),
            IntentKey::Receipt | IntentKey::Fresh(_) => None,
        }
    }

    fn is_keyless_partial(&self) -> bool {
        matches!(self.key, IntentKey::Fresh(_))
    }
}

/// What is decided about a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may begin; the journal inserts it.
    Admitted(Box<Intent>),
    /// It is an intent that the journal has: settled, or unknown. Nothing is sent.
    Existing(Box<Intent>),
    /// Somebody is cancelling this receipt now; wait for them.
    InFlight(Box<Intent>),
    /// Somebody was, and their lease has run out: take it over, then propose again.
    Orphaned(Box<Intent>),
    /// It may not begin.
    Refused(Box<Conflict>),
}

/// Decides about a proposal.
///
/// `of_receipt` are all intents of the same environment and receipt, oldest first; `with_id` are all of the same
/// environment and scope that carry the merchant's `cancel_id`, on whatever receipt.
///
/// # Errors
/// [`BootpayError::Internal`] where an id cannot be derived, which does not happen.
pub fn decide(proposal: &Proposal, of_receipt: &[Intent], with_id: &[Intent]) -> Result<Admission, BootpayError> {
    // "Used" begins with the first byte: an id that was never sent can still be sent for another receipt.
    let elsewhere =
        with_id.iter().find(|one| one.receipt_id != proposal.receipt_id && one.state != IntentState::NotSent);
    if let Some(one) = elsewhere {
        return refuse(ConflictKind::KeyUsedElsewhere, one);
    }

    // Whatever the credentials: a receipt belongs to one merchant, and a refund is the same refund through each of them.
    let same_wish = || of_receipt.iter().filter(|one| is_same_wish(proposal, one));
    if let Some(one) = same_wish().rfind(|one| !one.state.moved_nothing()) {
        if !one.same_money(&proposal.amount, proposal.to_account, proposal.account_mark.as_deref()) {
            return refuse(ConflictKind::KeyReused, one);
        }
        return Ok(match one.state {
            state if state.is_in_flight() => in_flight(one, proposal.now),
            _ => Admission::Existing(Box::new(one.clone())),
        });
    }

    if let Some(one) = of_receipt.iter().find(|one| one.state.is_in_flight()) {
        return Ok(in_flight(one, proposal.now));
    }
    if let Some(one) = of_receipt.iter().find(|one| one.held) {
        return refuse(ConflictKind::Held, one);
    }
    if let Some(one) = of_receipt.iter().find(|one| one.state == IntentState::Unknown && !may_supersede(proposal, one))
    {
        return refuse(ConflictKind::OpenIntent, one);
    }
    if proposal.is_keyless_partial()
        && let Some(conflict) = keyless_conflict(proposal, of_receipt)
    {
        return Ok(Admission::Refused(Box::new(conflict)));
    }
    if is_handle_of_keyless(proposal, of_receipt)
        && let Some(one) = repeated_keyless(proposal, of_receipt)
    {
        return refuse(ConflictKind::RepeatedPartial, one);
    }

    let generations = same_wish().filter(|one| one.key == proposal.key).map(|one| one.generation);
    let generation = generations.max().map_or(1, |latest| latest.saturating_add(1));
    Ok(Admission::Admitted(Box::new(begin(proposal, generation, latest_answered(of_receipt))?)))
}

/// The same key, or a `cancel_id` that this library handed out for the refund and that comes back as the merchant's own.
pub fn is_same_wish(proposal: &Proposal, one: &Intent) -> bool {
    one.key == proposal.key || proposal.merchant_id() == Some(&one.cancel_id)
}

fn refuse(kind: ConflictKind, one: &Intent) -> Result<Admission, BootpayError> {
    Ok(Admission::Refused(Box::new(Conflict::new(kind, one.to_ref()))))
}

fn in_flight(one: &Intent, now: UnixMillis) -> Admission {
    let boxed = Box::new(one.clone());
    if one.lease_until <= now { Admission::Orphaned(boxed) } else { Admission::InFlight(boxed) }
}

/// A full cancel may supersede an open partial: together they cannot exceed the price.
fn may_supersede(proposal: &Proposal, open: &Intent) -> bool {
    proposal.amount.is_full() && !open.amount.is_full()
}

/// A caller that timed out clicks again, without a key: the second click must not be another refund.
fn keyless_conflict(proposal: &Proposal, of_receipt: &[Intent]) -> Option<Conflict> {
    if let Some(one) = repeated_keyless(proposal, of_receipt) {
        return Some(Conflict::new(ConflictKind::RepeatedPartial, one.to_ref()));
    }
    let (one, answered_at) = of_receipt
        .iter()
        .filter(|one| !one.state.moved_nothing())
        .filter_map(|one| Some((one, one.answered_at?)))
        .max_by_key(|(_, answered_at)| *answered_at)?;
    let wait = answered_at.plus(QUIET_PERIOD).since(proposal.now);
    // A wall clock that was set right by seconds changes nothing; one that was set back by hours must not hold a receipt
    // for hours.
    let holds = !wait.is_zero() && wait <= QUIET_PERIOD * 2;
    holds.then(|| Conflict::new(ConflictKind::TooSoon, one.to_ref()).retry_after(wait.min(QUIET_PERIOD)))
}

/// The latest refund of the same amount that was asked for without a key, and may have moved money.
fn repeated_keyless<'a>(proposal: &Proposal, of_receipt: &'a [Intent]) -> Option<&'a Intent> {
    let is_one = |one: &&Intent| {
        !one.state.moved_nothing() && one.amount.price() == proposal.amount.price() && is_keyless(one, of_receipt)
    };
    of_receipt.iter().rfind(is_one)
}

/// Whether a proposal is a refund that was first asked for without a key: what a failed click handed out comes back. Another
/// click may have made that refund meanwhile.
fn is_handle_of_keyless(proposal: &Proposal, of_receipt: &[Intent]) -> bool {
    let is_its =
        |one: &Intent| matches!(one.key, IntentKey::Fresh(_)) && proposal.merchant_id() == Some(&one.cancel_id);
    !proposal.amount.is_full() && of_receipt.iter().any(is_its)
}

/// Whether an intent is a refund that was first asked for without a key: its handle, come back as the merchant's own
/// `cancel_id`, is that refund still.
fn is_keyless(one: &Intent, of_receipt: &[Intent]) -> bool {
    let is_fresh = |one: &Intent| matches!(one.key, IntentKey::Fresh(_));
    is_fresh(one) || of_receipt.iter().any(|other| is_fresh(other) && other.cancel_id == one.cancel_id)
}

/// The totals of the receipt's latest answer through this journal, for law 7: `None` where it has cancelled nothing.
///
/// By the totals and not by the clock, which may have been set back: a receipt's cancelled total only grows. One cancel
/// whose totals no answer told (it was inferred, or a person decided it) makes them unknown for good, since a ledger
/// that lags may show its growth later.
fn latest_answered(of_receipt: &[Intent]) -> Option<Totals> {
    let mut latest: Option<Totals> = None;
    for one in of_receipt.iter().filter(|one| one.state == IntentState::Cancelled) {
        match one.totals_after.filter(|totals| one.evidence == Some(Evidence::Answered) && totals.cancelled.is_some()) {
            None => return Some(Totals::default()),
            Some(totals) if latest.is_none_or(|known| known.cancelled < totals.cancelled) => latest = Some(totals),
            Some(_) => {}
        }
    }
    latest
}

fn begin(proposal: &Proposal, generation: u32, last_answered: Option<Totals>) -> Result<Intent, BootpayError> {
    let Proposal { environment, scope, receipt_id, key, .. } = proposal;
    Ok(Intent {
        id: identity::intent_id(environment, scope, receipt_id, key, generation),
        environment: environment.clone(),
        scope: scope.clone(),
        receipt_id: receipt_id.clone(),
        key: key.clone(),
        generation,
        cancel_id: identity::cancel_id(scope, receipt_id, key, generation)?,
        amount: proposal.amount,
        to_account: proposal.to_account,
        account_mark: proposal.account_mark.clone(),
        bulk: proposal.bulk.clone(),
        state: IntentState::Reserved,
        owner: proposal.owner.clone(),
        lease_until: proposal.lease_until,
        deadline: None,
        totals_before: None,
        totals_after: None,
        last_answered,
        answered_at: None,
        unknown_cause: None,
        evidence: None,
        money_is_back: None,
        cancellation: None,
        mismatches: Vec::new(),
        held: false,
        refusal: None,
        decided_by: None,
        attempts: Vec::new(),
        created_at: proposal.now,
        updated_at: proposal.now,
    })
}
