//! Intents with every field, and with every value that a field can have: what a journal must give back as it was.

use crate::cancel::{CancelAmount, CancelId, Cancellation, Evidence, Mismatch, MoneyIsBack, ReceiptId, UnknownCause};
use crate::intent::{Attempt, Intent, IntentId, IntentKey, IntentState, OwnerId, Progress, RefusalNote, UnixMillis};
use crate::korean_time::KoreanTime;
use crate::money::{PartialAmount, Won};
use crate::receipt::{ReceiptStatus, Totals};

use super::fixtures::*;

fn attempt(progress: Progress) -> Attempt {
    Attempt {
        started_at: at(1),
        progress,
        body_mark: Some("body-mark".into()),
        http_status: Some(599),
        code: Some("RC_CANCEL_CRITICAL_ERROR".into()),
    }
}

/// Every field is set, to a value that no other field has where its type allows that.
pub(crate) fn populated() -> Intent {
    let price = PartialAmount::new(Won::MAX).unwrap();
    let figures = |n| Totals {
        price: Some(Won::new(n)),
        remaining: Some(Won::new(n + 1)),
        cancelled: Some(Won::new(n + 2)),
        status: Some(ReceiptStatus(-30)),
    };
    Intent {
        id: IntentId("populated".into()),
        environment: "https://api.bootpay.co.kr".into(),
        scope: "scope".into(),
        receipt_id: receipt("612df0250d681b001de61de6"),
        key: merchant("주문 1-취소: 'x'"),
        generation: u32::MAX,
        cancel_id: CancelId::new("주문 1-취소: 'x'").unwrap(),
        amount: CancelAmount::Partial { price, tax_free: Some(Won::ZERO) },
        to_account: true,
        account_mark: Some("account-mark".into()),
        bulk: Some(bulk(7)),
        state: IntentState::Unknown,
        owner: OwnerId("owner".into()),
        lease_until: at(11),
        deadline: Some(at(12)),
        totals_before: Some(figures(100)),
        totals_after: Some(figures(200)),
        last_answered: Some(figures(300)),
        answered_at: Some(at(13)),
        unknown_cause: Some(UnknownCause::GatewayLost),
        evidence: Some(Evidence::Inferred),
        money_is_back: Some(MoneyIsBack::AcceptedForTransfer),
        cancellation: Some(Cancellation {
            receipt_id: Some(receipt("other-receipt")),
            request_cancel_price: Some(Won::new(1)),
            remain_price: Some(Won::new(2)),
            remain_tax_free: Some(Won::new(3)),
            cancelled_price: Some(Won::new(4)),
            cancelled_tax_free: Some(Won::new(5)),
            revoked_at: KoreanTime::try_from("2021-09-16T14:51:46+09:00".to_owned()).ok(),
            tid: Some("tid".into()),
            order_id: Some("주문".into()),
            cancel_id: Some("cancel-id".into()),
            price: Some(Won::new(6)),
            status: Some(ReceiptStatus::CANCELLED),
            extra: Default::default(),
        }),
        mismatches: vec![
            Mismatch { field: "remain_price".into(), expected: Won::new(7), answered: Won::new(8) },
            Mismatch { field: "cancelled_price".into(), expected: Won::new(9), answered: Won::ZERO },
        ],
        held: true,
        refusal: Some(RefusalNote { kind: "other".into(), code: Some("-9".into()), message: "말".into() }),
        decided_by: Some("김회계".into()),
        attempts: vec![attempt(Progress::NotSent), attempt(Progress::Unproven)],
        created_at: at(14),
        updated_at: UnixMillis(-1),
    }
}

/// The populated one, and for each field that may be missing or has few values, one for each of them.
pub(crate) fn variants() -> Vec<Intent> {
    let mut variants: Vec<Intent> = Vec::new();
    let mut add = |change: &dyn Fn(&mut Intent)| {
        let mut intent = populated();
        change(&mut intent);
        intent.id = IntentId(format!("variant {}", variants.len()));
        intent.receipt_id = ReceiptId::new(format!("receipt-{}", variants.len())).unwrap();
        variants.push(intent);
    };
    add(&|_| {});
    add(&|it| it.key = IntentKey::Receipt);
    add(&|it| it.key = fresh(7));
    add(&|it| it.amount = CancelAmount::Full { expected_remaining: None });
    add(&|it| it.amount = CancelAmount::Full { expected_remaining: Some(Won::new(10_000)) });
    add(&|it| it.amount = partial(1_000));
    add(&|it| it.to_account = false);
    add(&|it| it.account_mark = None);
    add(&|it| it.bulk = None);
    add(&|it| it.deadline = None);
    add(&|it| it.totals_before = None);
    add(&|it| it.totals_before = Some(Totals::default()));
    add(&|it| it.totals_after = None);
    add(&|it| it.totals_after = Some(Totals::default()));
    add(&|it| it.last_answered = None);
    add(&|it| it.last_answered = Some(Totals { status: None, ..totals(10_000, 0) }));
    add(&|it| it.answered_at = None);
    add(&|it| it.unknown_cause = None);
    add(&|it| it.evidence = None);
    add(&|it| it.money_is_back = None);
    add(&|it| it.cancellation = None);
    add(&|it| it.cancellation = Some(Cancellation::default()));
    add(&|it| it.mismatches.clear());
    add(&|it| it.held = false);
    add(&|it| it.refusal = None);
    add(&|it| it.refusal.as_mut().unwrap().code = None);
    add(&|it| it.decided_by = None);
    add(&|it| it.attempts.clear());
    add(&|it| {
        it.attempts[1] = Attempt { body_mark: None, http_status: None, code: None, ..attempt(Progress::Sending) }
    });
    for state in IntentState::ALL {
        add(&|it| it.state = state);
    }
    for progress in [Progress::Sending, Progress::NotSent, Progress::Answered, Progress::Unproven] {
        add(&|it| it.attempts[0].progress = progress);
    }
    for evidence in [Evidence::Answered, Evidence::Inferred, Evidence::Declared] {
        add(&|it| it.evidence = Some(evidence));
    }
    for money in [MoneyIsBack::Yes, MoneyIsBack::AcceptedForTransfer, MoneyIsBack::Unconfirmed] {
        add(&|it| it.money_is_back = Some(money));
    }
    use UnknownCause::*;
    for cause in [
        TimedOut,
        Disconnected,
        Unproven,
        InProgress,
        GatewayLost,
        RefusedAfterATry,
        IdSeenBefore,
        TokenLost,
        Interrupted,
    ] {
        add(&|it| it.unknown_cause = Some(cause));
    }
    variants
}
