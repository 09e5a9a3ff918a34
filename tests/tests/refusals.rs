//! Refusals that help: every reason of the page's last section is recognised, says what to do in both languages, and
//! keeps the server's own words. None of them moves money.

use bootpay_core::{BootpayError, CancelRequest, Dialect, Language, Refusal, RefusalKind};
use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, PgRefusal};
use bootpay_tests::{Merchant, Setup};

fn refusal(seen: Result<bootpay_core::CancelOutcome, BootpayError>) -> Refusal {
    match seen {
        Err(BootpayError::Refused(refusal)) => *refusal,
        other => panic!("a refusal was expected: {other:?}"),
    }
}

async fn refused(setup: &Setup, receipt: NewReceipt, partial: bool) -> Refusal {
    let merchant = Merchant::new(setup.clone()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(receipt);
    let request = if partial { CancelRequest::partial(&receipt_id, 3_000) } else { CancelRequest::full(&receipt_id) };
    let refusal = refusal(merchant.bootpay.cancel(request).await);
    assert!(merchant.moved_by_api(&receipt_id).is_empty(), "{refusal:?}");
    assert_eq!(merchant.sandbox.count(Operation::Cancel), 1, "a refusal is not repeated: {refusal:?}");
    refusal
}

fn paid() -> NewReceipt {
    NewReceipt::paid(10_000).pg("kcp")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reason_of_the_page_is_recognised_and_says_what_to_do() {
    for setup in Setup::all() {
        let cases = [
            (paid().refuse_with(PgRefusal::Settlement), false, RefusalKind::Settlement),
            (paid().refuse_with(PgRefusal::Limit), false, RefusalKind::MerchantLimit),
            (paid().refuse_with(PgRefusal::KcpIp), false, RefusalKind::KcpIp),
            (paid().refuse_with(PgRefusal::PartialUnsupported), true, RefusalKind::PartialUnsupported),
            (paid().refuse_with(PgRefusal::PhoneMonth), false, RefusalKind::PhoneMonth),
            (NewReceipt::paid(10_000).pg("tosspayments"), true, RefusalKind::PartialUnsupported),
        ];
        for (receipt, partial, kind) in cases {
            let refusal = refused(&setup, receipt, partial).await;
            assert_eq!(refusal.kind, kind, "{refusal:?}");
            assert!(refusal.code.is_some() && !refusal.message.is_empty(), "the server's own words: {refusal:?}");
            for language in [Language::Korean, Language::English] {
                assert!(refusal.hint(language).is_some_and(|hint| hint.len() > 20), "{kind:?} in {language:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kcp_is_told_which_console_which_menu_and_which_address() {
    let refusal = refused(&Setup::v1(), paid().refuse_with(PgRefusal::KcpIp), false).await;
    assert_eq!(refusal.pg_code.as_deref(), Some("8012"));
    let korean = refusal.hint(Language::Korean).expect("a hint");
    for word in ["KCP", "상점정보관리", "정보변경", "결제서버 IP 설정", "223.130.82.4"] {
        assert!(korean.contains(word), "{word} is missing: {korean}");
    }
    assert!(refusal.hint(Language::English).expect("a hint").contains("223.130.82.4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virtual_account_needs_an_account_and_a_contract() {
    for setup in Setup::all() {
        let without_account = NewReceipt::paid(10_000).virtual_account().cms_contract(true);
        assert_eq!(refused(&setup, without_account, false).await.kind, RefusalKind::RefundAccount);

        let merchant = Merchant::new(setup).await.expect("a sandbox");
        let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000).virtual_account().cms_contract(false));
        let account = bootpay_core::RefundAccount::new("004", "66569112432134", "홍길동").expect("an account");
        let seen = merchant.bootpay.cancel(CancelRequest::full(&receipt_id).refund_account(account)).await;
        assert_eq!(refusal(seen).kind, RefusalKind::CmsContract);
        assert!(merchant.moved(&receipt_id).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn already_cancelled_partials_are_errors_with_what_the_ledger_says() {
    for setup in Setup::all() {
        let refusal = refused(&setup, paid().cancelled_in_pg_console(), true).await;
        assert_eq!(refusal.kind, RefusalKind::AlreadyCancelled);
        let ledger = refusal.ledger.expect("it was looked up");
        assert_eq!(ledger.remaining.map(|won| won.get()), Some(10_000), "the ledger still says paid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_such_receipt_is_not_found() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup).await.expect("a sandbox");
        for request in
            [CancelRequest::full("000000000000000000000000"), CancelRequest::partial("000000000000000000000000", 3_000)]
        {
            assert_eq!(refusal(merchant.bootpay.cancel(request).await).kind, RefusalKind::NotFound);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guard_and_a_429_say_when_to_try_again_and_are_not_repeated() {
    for setup in Setup::all() {
        let merchant = Merchant::new(setup.clone()).await.expect("a sandbox");
        merchant.sandbox.set_guard(true);
        let receipt_id = merchant.sandbox.add(paid());
        let part = |key: &str| CancelRequest::partial(&receipt_id, 3_000).cancel_id(key);
        assert!(merchant.bootpay.cancel(part("a")).await.is_ok());
        let guard = refusal(merchant.bootpay.cancel(part("b")).await);
        assert_eq!(guard.kind, RefusalKind::TenSecondGuard);
        assert_eq!(guard.retry_after, Some(std::time::Duration::from_secs(10)));
        assert_eq!(merchant.moved(&receipt_id), [3_000]);

        let code = match setup.dialect {
            Dialect::V1 => serde_json::json!(-429),
            Dialect::V2 => serde_json::json!("RATE"),
        };
        let fault = Fault::on(Operation::Cancel).status(429, FaultBody::refusal(code, "천천히")).retry_after(7);
        merchant.sandbox.fault(fault);
        let receipt_id = merchant.sandbox.add(paid());
        let limited = refusal(merchant.bootpay.cancel(receipt_id.as_str()).await);
        assert_eq!(limited.kind, RefusalKind::RateLimited);
        assert_eq!(limited.retry_after, Some(std::time::Duration::from_secs(7)));
        assert_eq!(limited.message, "천천히");
        assert!(merchant.moved(&receipt_id).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_refusal_keeps_its_code_and_message() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(paid());
    let body = FaultBody::refusal(-77_777, "아무도 모르는 이유");
    merchant.sandbox.fault(Fault::on(Operation::Cancel).status(422, body));
    let unknown = refusal(merchant.bootpay.cancel(receipt_id.as_str()).await);
    assert_eq!(unknown.kind, RefusalKind::Other);
    assert_eq!((unknown.code.as_deref(), unknown.message.as_str()), (Some("-77777"), "아무도 모르는 이유"));
    assert_eq!(unknown.http_status, Some(422));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_500_with_the_gateways_word_is_a_refusal() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(paid());
    let body = FaultBody::Envelope {
        code: serde_json::json!(-15_006),
        message: "금액오류(1000원 미만 신용카드 승인 불가)".into(),
        pg_code: Some("3041".into()),
    };
    merchant.sandbox.fault(Fault::on(Operation::Cancel).status(500, body));
    let refusal = refusal(merchant.bootpay.cancel(receipt_id.as_str()).await);
    assert_eq!((refusal.code.as_deref(), refusal.pg_code.as_deref()), (Some("-15006"), Some("3041")));
}
