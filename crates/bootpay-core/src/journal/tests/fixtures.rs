//! Proposals, and what can happen to an intent, in few words. Times are counted in seconds from [`START`].

use std::time::Duration;

use crate::cancel::{CancelAmount, CancelId, Cancellation, Evidence, Mismatch, MoneyIsBack, ReceiptId, UnknownCause};
use crate::error::{Conflict, RefusalKind};
use crate::intent::{
    BulkId, Change, Changed, Closing, Decision, Intent, IntentKey, OwnerId, RefusalNote, Settlement, UnixMillis,
};
use crate::journal::Journal;
use crate::money::{PartialAmount, Won};
use crate::protocol::{Admission, Proposal};
use crate::receipt::{ReceiptStatus, Totals};

/// 2023-11-14T22:13:20Z.
pub(crate) const START: UnixMillis = UnixMillis(1_700_000_000_000);
/// How long an owner's lease lasts in these tests.
pub(crate) const LEASE_SECONDS: u64 = 90;
pub(crate) const YEAR_SECONDS: u64 = 365 * 24 * 3600;

pub(crate) fn at(seconds: u64) -> UnixMillis {
    START.plus(Duration::from_secs(seconds))
}

pub(crate) fn receipt(id: &str) -> ReceiptId {
    ReceiptId::new(id).unwrap()
}

pub(crate) fn me() -> OwnerId {
    OwnerId("me".into())
}

pub(crate) fn other() -> OwnerId {
    OwnerId("other".into())
}

pub(crate) fn merchant(id: &str) -> IntentKey {
    IntentKey::Merchant(CancelId::new(id).unwrap())
}

pub(crate) fn fresh(id: u32) -> IntentKey {
    IntentKey::Fresh(format!("{id:032x}"))
}

pub(crate) fn partial(price: u64) -> CancelAmount {
    CancelAmount::Partial { price: PartialAmount::new(Won::new(price)).unwrap(), tax_free: None }
}

/// A full cancel without a key, at the start.
pub(crate) fn full() -> Proposal {
    Proposal {
        environment: "https://api.bootpay.co.kr".into(),
        scope: "scope-a".into(),
        receipt_id: receipt("612df0250d681b001de61de6"),
        key: IntentKey::Receipt,
        amount: CancelAmount::Full { expected_remaining: None },
        to_account: false,
        account_mark: None,
        bulk: None,
        owner: me(),
        now: START,
        lease_until: at(LEASE_SECONDS),
    }
}

/// The `number`-th bulk.
pub(crate) fn bulk(number: u32) -> BulkId {
    BulkId::new(format!("{number:032x}")).unwrap()
}

/// A partial cancel with the merchant's own id.
pub(crate) fn keyed(id: &str, price: u64) -> Proposal {
    Proposal { key: merchant(id), amount: partial(price), ..full() }
}

/// A partial cancel without a key: the `number`-th click.
pub(crate) fn click(number: u32, price: u64) -> Proposal {
    Proposal { key: fresh(number), amount: partial(price), ..full() }
}

/// The same proposal at another time.
pub(crate) fn later(seconds: u64, proposal: Proposal) -> Proposal {
    Proposal { now: at(seconds), lease_until: at(seconds + LEASE_SECONDS), ..proposal }
}

pub(crate) async fn admitted(journal: &dyn Journal, proposal: Proposal) -> Intent {
    match journal.admit(proposal).await.unwrap() {
        Admission::Admitted(intent) => *intent,
        admission => panic!("not admitted: {admission:?}"),
    }
}

pub(crate) async fn existing(journal: &dyn Journal, proposal: Proposal) -> Intent {
    match journal.admit(proposal).await.unwrap() {
        Admission::Existing(intent) => *intent,
        admission => panic!("not existing: {admission:?}"),
    }
}

pub(crate) async fn in_flight(journal: &dyn Journal, proposal: Proposal) -> Intent {
    match journal.admit(proposal).await.unwrap() {
        Admission::InFlight(intent) => *intent,
        admission => panic!("not in flight: {admission:?}"),
    }
}

pub(crate) async fn orphaned(journal: &dyn Journal, proposal: Proposal) -> Intent {
    match journal.admit(proposal).await.unwrap() {
        Admission::Orphaned(intent) => *intent,
        admission => panic!("not orphaned: {admission:?}"),
    }
}

pub(crate) async fn refused(journal: &dyn Journal, proposal: Proposal) -> Conflict {
    match journal.admit(proposal).await.unwrap() {
        Admission::Refused(conflict) => *conflict,
        admission => panic!("not refused: {admission:?}"),
    }
}

pub(crate) async fn done(journal: &dyn Journal, intent: &Intent, by: &OwnerId, seconds: u64, change: Change) -> Intent {
    match journal.change(&intent.id, by, change, at(seconds)).await.unwrap() {
        Changed::Done(intent) => *intent,
        Changed::Lost(intent) => panic!("lost: {intent:?}"),
    }
}

pub(crate) async fn lost(journal: &dyn Journal, intent: &Intent, by: &OwnerId, seconds: u64, change: Change) -> Intent {
    match journal.change(&intent.id, by, change, at(seconds)).await.unwrap() {
        Changed::Lost(intent) => *intent,
        Changed::Done(intent) => panic!("done: {intent:?}"),
    }
}

/// A request is about to leave, with a new lease.
pub(crate) fn sending(seconds: u64) -> Change {
    Change::Sending {
        totals_before: Some(totals(10_000, 0)),
        deadline: at(seconds + 60),
        lease_until: at(seconds + LEASE_SECONDS),
        body_mark: Some("body-mark".into()),
    }
}

pub(crate) fn unknown() -> Change {
    Change::Unknown { cause: UnknownCause::TimedOut, totals_after: None, http_status: None, code: None }
}

pub(crate) fn refusal() -> Change {
    let note = RefusalNote::new(RefusalKind::Settlement, Some("-2100".into()), "취소할 수 없습니다".into());
    Change::Closed(Closing::Refused { note, http_status: Some(400) })
}

pub(crate) fn taken_over(owner_is_gone: bool) -> Change {
    Change::TakenOver { owner: other(), owner_is_gone }
}

pub(crate) fn resolved(decision: Decision) -> Change {
    Change::Resolved { decision, actor: "김회계".into(), totals_after: Some(totals(10_000, 0)) }
}

/// A receipt of `price` won, of which `cancelled` are cancelled.
pub(crate) fn totals(price: u64, cancelled: u64) -> Totals {
    Totals {
        price: Some(Won::new(price)),
        remaining: Some(Won::new(price - cancelled)),
        cancelled: Some(Won::new(cancelled)),
        status: Some(ReceiptStatus::PAID),
    }
}

/// An answer, or an inference, that `cancelled` of 10,000 won are cancelled.
pub(crate) fn settlement(evidence: Evidence, cancelled: u64) -> Settlement {
    let Totals { price, remaining, cancelled, status } = totals(10_000, cancelled);
    let cancellation =
        Cancellation { price, remain_price: remaining, cancelled_price: cancelled, status, ..Default::default() };
    Settlement {
        already: false,
        evidence,
        money_is_back: MoneyIsBack::Yes,
        cancellation,
        mismatches: Vec::new(),
        http_status: Some(200),
        message: None,
    }
}

pub(crate) fn settled(evidence: Evidence, cancelled: u64) -> Change {
    Change::Settled(Box::new(settlement(evidence, cancelled)))
}

/// An answer whose figures do not add up.
pub(crate) fn settled_with_mismatch() -> Change {
    let mismatch = Mismatch { field: "cancelled_price".into(), expected: Won::new(3_000), answered: Won::new(5_000) };
    Change::Settled(Box::new(Settlement { mismatches: vec![mismatch], ..settlement(Evidence::Answered, 5_000) }))
}

/// An intent that is sent at the start and answered `seconds` later.
pub(crate) async fn answered(journal: &dyn Journal, proposal: Proposal, seconds: u64, cancelled: u64) -> Intent {
    let began = proposal.now.since(START).as_secs();
    let intent = admitted(journal, proposal).await;
    done(journal, &intent, &me(), began, sending(began)).await;
    done(journal, &intent, &me(), seconds, settled(Evidence::Answered, cancelled)).await
}

/// An intent that is sent at the start, and of which nobody hears.
pub(crate) async fn unanswered(journal: &dyn Journal, proposal: Proposal) -> Intent {
    let intent = admitted(journal, proposal).await;
    done(journal, &intent, &me(), 0, sending(0)).await;
    done(journal, &intent, &me(), 60, unknown()).await
}
