//! Repeated clicks, other people, and the rules between intents.

use std::time::Duration;

use bootpay_core::{CancelOutcome, CancelRequest, Evidence, IntentQuery, MoneyIsBack, RefundAccount};
use bootpay_sandbox::{CancelIdRule, Fault, NewReceipt, Operation};
use bootpay_tests::{Merchant, Setup};

async fn merchant(setup: Setup) -> (Merchant, String) {
    let merchant = Merchant::new(setup).await.expect("a sandbox and a journal");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    (merchant, receipt_id)
}

fn is_cancelled(outcome: &CancelOutcome) -> bool {
    matches!(outcome, CancelOutcome::Cancelled(_))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_clicks_at_once_are_one_refund_and_one_request() {
    for setup in Setup::all() {
        let (merchant, receipt_id) = merchant(setup).await;
        let clicks: Vec<_> = (0..100)
            .map(|_| {
                let (bootpay, receipt_id) = (merchant.bootpay.clone(), receipt_id.clone());
                tokio::spawn(async move { bootpay.cancel(receipt_id).await })
            })
            .collect();
        for click in clicks {
            assert!(is_cancelled(&click.await.expect("no panic").expect("a refund")));
        }
        assert_eq!(merchant.moved(&receipt_id), [10_000]);
        assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_on_one_journal_refund_once() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    merchant.sandbox.fault(Fault::on(Operation::Cancel).always().latency(Duration::from_millis(100)));
    let other = merchant.another(&merchant.setup).expect("another client");
    let request = || CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    let (one, two) = tokio::join!(merchant.bootpay.cancel(request()), other.cancel(request()));
    assert!(is_cancelled(&one.expect("a refund")) && is_cancelled(&two.expect("the same refund")));
    assert_eq!(merchant.moved(&receipt_id), [3_000]);
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_gives_up_neither_aborts_the_refund_nor_doubles_it() {
    let (merchant, receipt_id) = merchant(Setup::v1().patient()).await;
    merchant.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(800)));
    let impatient = tokio::time::timeout(Duration::from_millis(300), merchant.bootpay.cancel(receipt_id.as_str()));
    assert!(impatient.await.is_err(), "the caller gave up");
    let second = merchant.bootpay.cancel(receipt_id.as_str()).await.expect("the same refund");
    let CancelOutcome::Cancelled(second) = second else { panic!("{second:?}") };
    assert!(second.repeated);
    assert_eq!(merchant.moved(&receipt_id), [10_000]);

    // Without a key, a second click on the same part is refused, at any age.
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).latency(Duration::from_millis(800)));
    let part = || CancelRequest::partial(&receipt_id, 3_000);
    assert!(tokio::time::timeout(Duration::from_millis(300), merchant.bootpay.cancel(part())).await.is_err());
    let error = merchant.bootpay.cancel(part()).await.expect_err("a second click");
    assert_eq!(error.kind(), "conflict.repeated_partial");
    merchant.clock.advance(Duration::from_secs(365 * 24 * 60 * 60));
    let error = merchant.bootpay.cancel(part()).await.expect_err("a click a year later");
    assert_eq!(error.kind(), "conflict.repeated_partial");
    assert_eq!(merchant.moved(&receipt_id), [3_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keyless_partials_keep_ten_seconds_apart_and_keyed_ones_need_not() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    let part = |price| CancelRequest::partial(&receipt_id, price);
    assert!(is_cancelled(&merchant.bootpay.cancel(part(1_000)).await.expect("the page's own samples send 1000")));
    let error = merchant.bootpay.cancel(part(2_000)).await.expect_err("too soon");
    assert_eq!(error.kind(), "conflict.too_soon");
    assert!(error.retry_after().expect("how long to wait") <= Duration::from_secs(10));
    assert!(is_cancelled(&merchant.bootpay.cancel(part(2_000).cancel_id("b")).await.expect("another refund")));
    merchant.clock.advance(Duration::from_secs(11));
    assert!(is_cancelled(&merchant.bootpay.cancel(part(3_000)).await.expect("later")));
    assert_eq!(merchant.moved(&receipt_id), [1_000, 2_000, 3_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_is_one_refund_with_one_set_of_money_fields() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    let part = |price: u64| CancelRequest::partial(&receipt_id, price).cancel_id("refund-1");
    assert!(is_cancelled(&merchant.bootpay.cancel(part(3_000)).await.expect("a refund")));
    let again = merchant.bootpay.cancel(part(3_000)).await.expect("the same refund");
    assert!(matches!(again, CancelOutcome::Cancelled(ref cancelled) if cancelled.repeated));
    for other in [part(4_000), part(3_000).tax_free(1_000), CancelRequest::full(&receipt_id).cancel_id("refund-1")] {
        let error = merchant.bootpay.cancel(other).await.expect_err("the same key with other money");
        assert_eq!(error.kind(), "conflict.key_reused");
    }
    let account = RefundAccount::new("국민은행", "66569112432134", "홍길동").expect("the page's account");
    let error = merchant.bootpay.cancel(part(3_000).refund_account(account)).await.expect_err("elsewhere");
    assert_eq!(error.kind(), "conflict.key_reused");

    let elsewhere = merchant.sandbox.add(NewReceipt::paid(10_000).pg("kcp"));
    let error = merchant.bootpay.cancel(CancelRequest::partial(&elsewhere, 3_000).cancel_id("refund-1")).await;
    assert_eq!(error.expect_err("another receipt").kind(), "conflict.key_used_elsewhere");
    assert_eq!(merchant.moved(&receipt_id), [3_000]);
    assert!(merchant.moved(&elsewhere).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_partial_holds_other_partials_and_lets_a_full_cancel_through() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    merchant.sandbox.fault(Fault::on(Operation::Cancel).after_money().reset());
    let first = CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    assert!(matches!(merchant.bootpay.cancel(first.clone()).await, Ok(CancelOutcome::Unknown(_))));

    merchant.clock.advance(Duration::from_secs(24 * 60 * 60));
    let second = CancelRequest::partial(&receipt_id, 2_000).cancel_id("refund-2");
    let error = merchant.bootpay.cancel(second).await.expect_err("the first is open");
    assert_eq!(error.kind(), "conflict.open_intent");
    assert!(error.to_string().contains("refund-1"), "it names the open intent: {error}");

    // The same key asks again without sending again.
    assert!(matches!(merchant.bootpay.cancel(first).await, Ok(CancelOutcome::Unknown(_))));
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1);

    let full = merchant.bootpay.cancel(receipt_id.as_str()).await.expect("a full cancel");
    assert!(is_cancelled(&full));
    assert_eq!(merchant.moved(&receipt_id), [3_000, 7_000], "together they do not exceed the price");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_cancels_the_same_amount_is_not_taken_for_us() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    merchant.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset());
    let request = CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    let seen = merchant.bootpay.cancel(request).await;
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))));
    merchant.sandbox.cancel_in_console(&receipt_id, 3_000).expect("a person in the console");
    let seen = merchant.bootpay.reconcile("refund-1").await;
    let Ok(CancelOutcome::Unknown(unknown)) = seen else { panic!("the growth is the console's: {seen:?}") };
    assert_eq!(unknown.before.and_then(|totals| totals.cancelled).map(|won| won.get()), Some(0));
    assert_eq!(unknown.after.and_then(|totals| totals.cancelled).map(|won| won.get()), Some(3_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_lags_behind_our_own_partial_does_not_settle_the_next_one() {
    let (merchant, receipt_id) = merchant(Setup { sole_canceller: true, ..Setup::v1() }.patient()).await;
    let first = CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-1");
    assert!(is_cancelled(&merchant.bootpay.cancel(first).await.expect("a refund")));

    // The lookup before the second does not show the first yet; the one after it does, and not the second's loss.
    merchant.sandbox.set_lookup_lag(Duration::from_secs(3600));
    merchant.sandbox.fault(Fault::on(Operation::Cancel).before_money().reset().latency(Duration::from_secs(2)));
    let second = CancelRequest::partial(&receipt_id, 3_000).cancel_id("refund-2");
    let bootpay = merchant.bootpay.clone();
    let under_way = tokio::spawn(async move { bootpay.cancel(second).await });
    while merchant.sandbox.count(Operation::Cancel) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    merchant.sandbox.set_lookup_lag(Duration::ZERO);
    let seen = under_way.await.expect("no panic");
    assert!(matches!(seen, Ok(CancelOutcome::Unknown(_))), "{seen:?}");
    assert_eq!(merchant.moved(&receipt_id), [3_000]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_cancel_may_name_what_it_expects_to_remain() {
    for setup in Setup::all() {
        let (merchant, receipt_id) = merchant(setup).await;
        merchant.sandbox.cancel_in_console(&receipt_id, 4_000).expect("a person in the console");
        let expecting = |won| CancelRequest::full(&receipt_id).expected_remaining(won);
        let error = merchant.bootpay.cancel(expecting(10_000)).await.expect_err("6,000 remain");
        assert_eq!(error.kind(), "refused.more_than_remains");
        assert_eq!(merchant.sandbox.count(Operation::Cancel), 0);
        assert!(is_cancelled(&merchant.bootpay.cancel(expecting(6_000)).await.expect("as expected")));
        assert_eq!(merchant.moved(&receipt_id), [4_000, 6_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_remains_is_refused_before_anything_is_sent() {
    for setup in Setup::all() {
        let (merchant, receipt_id) = merchant(setup).await;
        let error = merchant.bootpay.cancel(CancelRequest::partial(&receipt_id, 10_001)).await.expect_err("too much");
        assert_eq!(error.kind(), "refused.more_than_remains");
        assert_eq!(merchant.sandbox.count(Operation::Cancel), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_intent_begins_anew_with_another_derived_id() {
    for setup in Setup::all() {
        let (merchant, receipt_id) = merchant(setup).await;
        merchant.sandbox.set_cancel_id_rule(CancelIdRule::RefuseAndBurn);
        merchant
            .sandbox
            .refuse_from_now_on(&receipt_id, Some(bootpay_sandbox::PgRefusal::Settlement))
            .expect("a receipt");
        let error = merchant.bootpay.cancel(receipt_id.as_str()).await.expect_err("settlement is too small");
        assert_eq!(error.kind(), "refused.settlement");
        merchant.sandbox.refuse_from_now_on(&receipt_id, None).expect("a receipt");
        assert!(is_cancelled(&merchant.bootpay.cancel(receipt_id.as_str()).await.expect("a new generation")));
        assert_eq!(merchant.moved(&receipt_id), [10_000]);
        let intents = merchant.bootpay.intents(IntentQuery::default()).await.expect("the journal");
        assert_eq!(intents.iter().map(|intent| intent.generation).collect::<Vec<_>>(), [1, 2]);
        assert_ne!(intents[0].cancel_id, intents[1].cancel_id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merchants_own_id_that_was_burned_asks_for_another() {
    for setup in Setup::all() {
        let (merchant, receipt_id) = merchant(setup).await;
        merchant.sandbox.set_cancel_id_rule(CancelIdRule::RefuseAndBurn);
        merchant
            .sandbox
            .refuse_from_now_on(&receipt_id, Some(bootpay_sandbox::PgRefusal::Settlement))
            .expect("a receipt");
        let request = || CancelRequest::full(&receipt_id).cancel_id("refund-1");
        merchant.bootpay.cancel(request()).await.expect_err("refused");
        merchant.sandbox.refuse_from_now_on(&receipt_id, None).expect("a receipt");
        let error = merchant.bootpay.cancel(request()).await.expect_err("burned");
        assert_eq!(error.kind(), "refused.duplicate_cancel_id");
        assert!(is_cancelled(
            &merchant.bootpay.cancel(CancelRequest::full(&receipt_id).cancel_id("refund-2")).await.expect("a new id")
        ));
        assert_eq!(merchant.moved(&receipt_id), [10_000]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virtual_account_refund_is_accepted_for_transfer() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).virtual_account().cms_contract(true));
        let account = RefundAccount::new("국민은행", "66569112432134", "홍길동").expect("the page's account");
        let seen = merchant.bootpay.cancel(CancelRequest::full(&receipt_id).refund_account(account)).await;
        let Ok(CancelOutcome::Cancelled(cancelled)) = seen else { panic!("{seen:?}") };
        assert_eq!(cancelled.money_is_back, MoneyIsBack::AcceptedForTransfer);
        assert_eq!(cancelled.evidence, Evidence::Answered);
        let movements = merchant.sandbox.movements(&receipt_id);
        assert!(movements.len() == 1 && movements[0].to_account);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn swept_and_console_cancels_are_already_cancelled_and_unconfirmed() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let swept = merchant.sandbox.add(NewReceipt::paid(10_000).test_mode());
        merchant.sandbox.sweep();
        let in_console = merchant.sandbox.add(NewReceipt::paid(10_000).cancelled_in_pg_console());
        for receipt_id in [swept, in_console] {
            let seen = merchant.bootpay.cancel(receipt_id.as_str()).await;
            let Ok(CancelOutcome::AlreadyCancelled(already)) = seen else { panic!("{seen:?}") };
            assert_eq!(already.money_is_back, MoneyIsBack::Unconfirmed);
            assert!(already.message.as_deref().is_some_and(|message| message.contains("기취소")), "{already:?}");
            let again = merchant.bootpay.cancel(receipt_id.as_str()).await;
            let Ok(CancelOutcome::AlreadyCancelled(again)) = again else { panic!("{again:?}") };
            assert!(again.repeated && again.message == already.message, "{again:?}");
        }

        let here = merchant.sandbox.add(NewReceipt::paid(10_000));
        merchant.sandbox.cancel_in_console(&here, 10_000).expect("a person in the console");
        let seen = merchant.bootpay.cancel(here.as_str()).await;
        let Ok(CancelOutcome::AlreadyCancelled(already)) = seen else { panic!("{seen:?}") };
        assert_eq!(already.money_is_back, MoneyIsBack::Yes);
        assert_eq!(merchant.sandbox.movements(&here).len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_was_cancelled_in_the_gateways_console_leaves_the_rest_to_a_person() {
    let (merchant, receipt_id) = merchant(Setup::v1()).await;
    merchant.sandbox.cancel_at_pg(&receipt_id, 4_000).expect("a person in the gateway's console");
    let seen = merchant.bootpay.cancel(receipt_id.as_str()).await;
    let Ok(CancelOutcome::AlreadyCancelled(already)) = seen else { panic!("{seen:?}") };
    assert_eq!(already.money_is_back, MoneyIsBack::Unconfirmed);
    assert!(merchant.moved_by_api(&receipt_id).is_empty());

    let id = already.intent.cancel_id.as_str();
    let decided = merchant.bootpay.resolve(id, bootpay_core::Decision::NotCancelled, "kim").await.expect("a decision");
    assert_eq!(decided.state, bootpay_core::IntentState::NotCancelled);
    let rest = CancelRequest::partial(&receipt_id, 6_000).cancel_id("the-rest");
    assert!(is_cancelled(&merchant.bootpay.cancel(rest).await.expect("what the gateway still has")));
    assert_eq!(merchant.moved_by_api(&receipt_id), [6_000]);
}
