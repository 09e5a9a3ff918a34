//! Refused before anything is sent: the field is named, what would be right is said, and the wire stays silent.

use bootpay_core::{
    Bank, Bootpay, BootpayError, CancelRequest, Credentials, Dialect, Language, Problem, RefundAccount,
};
use bootpay_sandbox::{NewReceipt, Sandbox};
use bootpay_tests::{Merchant, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn every_wrong_field_is_named_and_nothing_leaves() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let id = merchant.sandbox.add(NewReceipt::paid(10_000));
    let long = "a".repeat(300);
    let cases: Vec<(CancelRequest, &str, Problem)> = vec![
        (CancelRequest::full(""), "receipt_id", Problem::Empty),
        (CancelRequest::full("../"), "receipt_id", Problem::BadCharacter),
        (CancelRequest::full("a b"), "receipt_id", Problem::BadCharacter),
        (CancelRequest::full("a\u{7}b"), "receipt_id", Problem::BadCharacter),
        (CancelRequest::full(&long), "receipt_id", Problem::TooLong),
        (CancelRequest::partial(&id, 0), "price", Problem::Zero),
        (CancelRequest::partial(&id, 999), "price", Problem::TooSmall),
        (CancelRequest::partial(&id, u64::MAX), "price", Problem::TooLarge),
        (CancelRequest::partial(&id, 3_000).tax_free(3_001), "tax_free", Problem::TooLarge),
        (CancelRequest::full(&id).tax_free(1), "tax_free", Problem::Inconsistent),
        (CancelRequest::partial(&id, 3_000).expected_remaining(1), "expected_remaining", Problem::Inconsistent),
        (CancelRequest::full(&id).expected_remaining(0), "expected_remaining", Problem::Zero),
        (CancelRequest::full(&id).cancel_id(""), "cancel_id", Problem::Empty),
        (CancelRequest::full(&id).cancel_id(&long), "cancel_id", Problem::TooLong),
        (CancelRequest::full(&id).canceller("가".repeat(101)), "canceller", Problem::TooLong),
        (CancelRequest::full(&id).reason("가".repeat(501)), "reason", Problem::TooLong),
        (CancelRequest::full(&id).reason("a\0b"), "reason", Problem::BadCharacter),
    ];
    for (request, field, problem) in cases {
        let context = format!("{request:?}");
        match merchant.bootpay.cancel(request).await {
            Err(BootpayError::InvalidInput(input)) => {
                assert_eq!((input.field(), input.problem()), (field, problem), "{context}");
                for language in [Language::Korean, Language::English] {
                    assert!(input.hint(language).is_some(), "it says what would be right: {context}");
                }
            }
            other => panic!("{context}: {other:?}"),
        }
    }
    assert!(merchant.sandbox.requests().is_empty());
    assert!(merchant.bootpay.intents(Default::default()).await.expect("the journal").is_empty());
}

#[test]
fn a_wrong_refund_account_is_named_with_the_closest_banks() {
    let error = RefundAccount::new("국민은헹", "1", "홍길동").unwrap_err();
    assert_eq!((error.field(), error.problem()), ("refund.bank", Problem::NotKnown));
    assert!(error.suggestions().iter().any(|bank| bank.contains("국민은행")), "{:?}", error.suggestions());
    assert_eq!(RefundAccount::new("국민은행", "", "홍길동").unwrap_err().field(), "refund.account");
    assert_eq!(RefundAccount::new("국민은행", "12a", "홍길동").unwrap_err().field(), "refund.account");
    assert_eq!(RefundAccount::new("국민은행", "12", "").unwrap_err().field(), "refund.holder");
    assert_eq!(Bank::find("KB").map(|bank| bank.code().to_owned()), Ok("004".to_owned()));
}

#[tokio::test]
async fn plain_http_beyond_this_machine_and_keys_of_another_dialect_are_refused() {
    let keys = || Credentials::key_pair(Sandbox::APPLICATION_ID, Sandbox::PRIVATE_KEY).expect("well-formed");
    let field = |result: Result<Bootpay, BootpayError>| match result {
        Err(BootpayError::InvalidInput(input)) => input.field(),
        other => panic!("{other:?}"),
    };
    assert_eq!(field(Bootpay::builder(keys()).base_url("http://api.bootpay.co.kr").build()), "base_url");
    assert_eq!(field(Bootpay::builder(keys()).base_url("not an address").build()), "base_url");
    let basic = Credentials::basic("client", "secret").expect("well-formed");
    assert_eq!(field(Bootpay::builder(basic).dialect(Dialect::V1).build()), "credentials");
    let problem = Credentials::key_pair("", "key").unwrap_err();
    assert_eq!((problem.field(), problem.problem()), ("application_id", Problem::Empty));
    let problem = Credentials::key_pair("id", "").unwrap_err();
    assert_eq!((problem.field(), problem.problem()), ("private_key", Problem::Empty));
}
