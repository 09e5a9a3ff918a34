//! An intent comes back as it was written, and a row that makes no sense is said to make none.

use crate::cancel::{CancelAmount, CancelId, Cancellation, Evidence, Mismatch, MoneyIsBack, ReceiptId, UnknownCause};
use crate::intent::{Attempt, Decision, IntentKey, IntentState, Progress, RefusalNote};
use crate::journal::tests::fixtures::*;
use crate::korean_time::KoreanTime;
use crate::money::{PartialAmount, Won};
use crate::receipt::{ReceiptStatus, Totals};

use super::*;

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
fn populated() -> Intent {
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
fn variants() -> Vec<Intent> {
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

/// A journal's file that holds these intents, closed.
fn file_with(path: &Path, intents: &[Intent]) -> Connection {
    drop(SqliteJournal::open(path).unwrap());
    closed(path);
    let connection = Connection::open(path).unwrap();
    for intent in intents {
        operations::insert(&connection, intent).unwrap();
    }
    connection
}

#[tokio::test]
async fn every_field_comes_back_as_it_was_written() {
    let (_directory, path) = place();
    let variants = variants();
    drop(file_with(&path, &variants));
    let journal = SqliteJournal::open(&path).unwrap();
    let found = journal.find(IntentQuery::default()).await.unwrap();
    assert_eq!(found.len(), variants.len());
    for (found, written) in found.iter().zip(&variants) {
        assert_eq!(found, written);
    }
}

#[tokio::test]
async fn what_was_answered_is_what_the_next_process_finds() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let on = |id: &str, proposal| Proposal { receipt_id: receipt(id), ..proposal };
    let mut expected = vec![
        answered(&journal, on("settled", full()), 1, 10_000).await,
        unanswered(&journal, on("unknown", keyed("k", 3_000))).await,
        admitted(&journal, on("reserved", click(1, 3_000))).await,
    ];
    let intent = admitted(&journal, on("refused", full())).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    expected.push(done(&journal, &intent, &me(), 2, refusal()).await);
    let intent = unanswered(&journal, on("decided", full())).await;
    expected.push(done(&journal, &intent, &other(), 3600, resolved(Decision::NotCancelled)).await);
    let intent = admitted(&journal, on("held", keyed("h", 3_000))).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    done(&journal, &intent, &me(), 2, Change::Returned { lease_until: at(90) }).await;
    done(&journal, &intent, &me(), 3, sending(3)).await;
    expected.push(done(&journal, &intent, &me(), 4, settled_with_mismatch()).await);
    drop(journal);
    closed(&path);

    let journal = SqliteJournal::open(&path).unwrap();
    for intent in expected {
        let query = IntentQuery { id: Some(intent.id.clone()), ..Default::default() };
        assert_eq!(journal.find(query).await.unwrap(), [intent]);
    }
}

#[tokio::test]
async fn a_row_that_cannot_be_understood_is_named_and_never_given_a_default() {
    let columns = [
        ("receipt_id", "'a b'"),
        ("intent_key", "'nonsense'"),
        ("generation", "-1"),
        ("cancel_id", "' x'"),
        ("kind", "'half'"),
        ("kind", "'full'"),
        ("price", "-5000"),
        ("price", "5"),
        ("price", "NULL"),
        ("tax_free", "-1"),
        ("expected_remaining", "-1"),
        ("to_account", "2"),
        ("state", "'canceled'"),
        ("held", "7"),
        ("has_before", "0"),
        ("before_price", "-1"),
        ("after_cancelled", "-1"),
        ("last_remaining", "-1"),
        ("unknown_cause", "'whatever'"),
        ("evidence", "'Answered'"),
        ("money_is_back", "''"),
        ("cancellation", "'{'"),
        ("mismatches", "'null'"),
        ("refusal_message", "NULL"),
    ];
    let attempts = [("progress", "'late'"), ("http_status", "70000"), ("number", "number + 5")];
    let all = columns.map(|one| ("intents", one)).into_iter().chain(attempts.map(|one| ("attempts", one)));
    for (table, (column, value)) in all {
        let (_directory, path) = place();
        let connection = file_with(&path, &[populated()]);
        let keys = if table == "intents" { "1" } else { "number = 2" };
        connection
            .execute_batch(&format!(
                "PRAGMA ignore_check_constraints = ON; UPDATE {table} SET {column} = {value} WHERE {keys}"
            ))
            .unwrap();
        drop(connection);
        let journal = SqliteJournal::open(&path).unwrap();
        let error = journal.find(IntentQuery::default()).await.unwrap_err();
        let JournalError::Corrupt(detail) = &error else { panic!("{column} = {value}: {error}") };
        assert!(detail.contains("populated"), "{detail}");
        let contradicted = ["kind", "refusal_kind"].iter().any(|one| detail.contains(&format!("column {one}")));
        assert!(detail.contains(&format!("column {column}:")) || contradicted, "{column} = {value}: {detail}");
        if column != "receipt_id" {
            let admission = journal.admit(Proposal { key: merchant("another"), ..full() }).await;
            assert!(matches!(admission, Err(JournalError::Corrupt(_))), "{column} = {value}: {admission:?}");
        }
    }
}

#[tokio::test]
async fn an_amount_that_sqlite_cannot_hold_is_not_written() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let too_much = CancelAmount::Full { expected_remaining: Some(Won::new(u64::MAX)) };
    let error = journal.admit(Proposal { amount: too_much, ..full() }).await.unwrap_err();
    assert!(matches!(error, JournalError::Write(_)), "{error}");
    assert!(journal.find(IntentQuery::default()).await.unwrap().is_empty());
}

#[tokio::test]
async fn no_account_number_and_no_holder_is_in_the_file() {
    let (_directory, path) = place();
    let journal = SqliteJournal::open(&path).unwrap();
    let proposal = Proposal { to_account: true, account_mark: Some("mark-of-the-account".into()), ..full() };
    let intent = admitted(&journal, proposal).await;
    done(&journal, &intent, &me(), 1, sending(1)).await;
    let mut answer = settlement(Evidence::Answered, 10_000);
    let told = r#"{"vbank_data":{"account":"66569112432134","holder":"홍길동"}}"#;
    answer.cancellation.extra = crate::receipt::Extra(serde_json::from_str(told).unwrap());
    done(&journal, &intent, &me(), 2, Change::Settled(Box::new(answer))).await;
    drop(journal);
    closed(&path);
    let bytes = std::fs::read(&path).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("mark-of-the-account"));
    for canary in ["66569112432134", "홍길동", "vbank_data"] {
        assert!(!holds(canary), "{canary}");
    }
}
