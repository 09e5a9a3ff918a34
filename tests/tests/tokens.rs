//! Tokens over real HTTP.

use std::sync::Arc;
use std::time::Duration;

use bootpay_core::{
    Bootpay, CancelOutcome, Credentials, JournalChoice, Secret, SuppliedToken, TokenSource, TokenSourceError,
};
use bootpay_sandbox::{NewReceipt, Operation, Sandbox};
use bootpay_tests::{Merchant, Setup};

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_callers_with_an_expired_token_make_one_token_request() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    merchant.bootpay.token().await.expect("a token");
    merchant.clock.advance(Duration::from_secs(31 * 60));
    merchant.sandbox.advance(Duration::from_secs(31 * 60));
    merchant.sandbox.clear_requests();
    let callers: Vec<_> = (0..10_000)
        .map(|_| {
            let bootpay = merchant.bootpay.clone();
            tokio::spawn(async move { bootpay.token().await })
        })
        .collect();
    let mut tokens = Vec::new();
    for caller in callers {
        tokens.push(caller.await.expect("no panic").expect("a token"));
    }
    assert!(tokens.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(merchant.sandbox.count(Operation::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_keys_are_refused_with_a_hint_and_nothing_is_cancelled() {
    for setup in Setup::all() {
        let sandbox = Sandbox::start().await.expect("a sandbox");
        let receipt_id = sandbox.add(NewReceipt::paid(10_000));
        let credentials = if setup.basic {
            Credentials::basic(Sandbox::CLIENT_KEY, "wrong")
        } else {
            Credentials::key_pair(Sandbox::APPLICATION_ID, "wrong")
        };
        let bootpay = Bootpay::builder(credentials.expect("well-formed"))
            .base_url(sandbox.base_url())
            .dialect(setup.dialect)
            .journal(JournalChoice::Memory)
            .build()
            .expect("a client");
        let error = bootpay.cancel(receipt_id.as_str()).await.expect_err("wrong keys");
        assert_eq!(error.kind(), "refused.unauthorized");
        assert!(
            error.hint(bootpay_core::Language::Korean).is_some()
                && error.hint(bootpay_core::Language::English).is_some()
        );
        assert!(sandbox.ledger().is_empty());
    }
}

/// A merchant's own back end, which hands out tokens of the sandbox.
#[derive(Debug)]
struct BackEnd {
    keys: Bootpay,
}

#[async_trait::async_trait]
impl TokenSource for BackEnd {
    fn scope(&self) -> String {
        "shop-1".into()
    }

    async fn token(&self, _refused: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError> {
        let token = self.keys.token().await.map_err(|error| TokenSourceError(error.to_string()))?;
        Ok(SuppliedToken { token, lifetime: Some(Duration::from_secs(60)) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_without_the_private_key_cancels_with_its_back_ends_token() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000));
    let source = Arc::new(BackEnd { keys: merchant.bootpay.clone() });
    let app = Bootpay::builder(Credentials::token_source(source).expect("a scope"))
        .base_url(merchant.sandbox.base_url())
        .journal(JournalChoice::Memory)
        .build()
        .expect("a client");
    assert!(matches!(app.cancel(receipt_id.as_str()).await, Ok(CancelOutcome::Cancelled(_))));
    assert_eq!(merchant.moved(&receipt_id), [10_000]);
}

/// A source that never answers.
#[derive(Debug)]
struct Silent;

#[async_trait::async_trait]
impl TokenSource for Silent {
    fn scope(&self) -> String {
        "shop-1".into()
    }

    async fn token(&self, _refused: Option<&Secret>) -> Result<SuppliedToken, TokenSourceError> {
        std::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_source_that_takes_too_long_is_an_error_and_nothing_is_sent() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let receipt_id = sandbox.add(NewReceipt::paid(10_000));
    let mut timeouts = bootpay_core::Timeouts::default();
    timeouts.token = Duration::from_millis(200);
    let app = Bootpay::builder(Credentials::token_source(Arc::new(Silent)).expect("a scope"))
        .base_url(sandbox.base_url())
        .timeouts(timeouts)
        .journal(JournalChoice::Memory)
        .build()
        .expect("a client");
    let error = app.cancel(receipt_id.as_str()).await.expect_err("no token");
    assert!(error.kind().starts_with("token."), "{}", error.kind());
    assert_eq!(sandbox.count(Operation::Cancel), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_warm_up_a_cancel_is_one_request_over_the_connection_that_is_there() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000));
    merchant.bootpay.warm_up().await.expect("ready");
    assert_eq!((merchant.sandbox.connections(), merchant.sandbox.count(Operation::Token)), (1, 1));
    assert!(merchant.sandbox.ledger().is_empty(), "it moves no money");
    let outcome = merchant.bootpay.cancel(receipt_id.as_str()).await.expect("a cancel");
    assert!(matches!(outcome, CancelOutcome::Cancelled(_)), "{outcome:?}");
    assert_eq!((merchant.sandbox.connections(), merchant.sandbox.requests().len()), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_up_sends_nothing_where_all_is_ready_and_asks_once_where_the_connection_may_have_gone() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    for _ in 0..3 {
        merchant.bootpay.warm_up().await.expect("ready");
    }
    assert_eq!(merchant.sandbox.count(Operation::Token), 1);
    // Beyond the idle limit, and long before the token ends.
    merchant.clock.advance(Duration::from_secs(11));
    let before = merchant.bootpay.token().await.expect("a token");
    merchant.bootpay.warm_up().await.expect("ready");
    merchant.bootpay.warm_up().await.expect("ready");
    assert_eq!(merchant.sandbox.count(Operation::Token), 2);
    assert_eq!(merchant.bootpay.token().await.expect("a token"), before, "Bootpay has no other to give yet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_up_that_fails_takes_nothing_from_a_cancel() {
    let merchant = Merchant::new(Setup::v1()).await.expect("a sandbox");
    let receipt_id = merchant.sandbox.add(NewReceipt::paid(10_000));
    merchant.bootpay.token().await.expect("a token");
    merchant.clock.advance(Duration::from_secs(11));
    merchant.sandbox.stop().await;
    let error = merchant.bootpay.warm_up().await.expect_err("nobody is there");
    assert_eq!(error.kind(), "token.connect");
    merchant.sandbox.resume().await.expect("it comes back");
    merchant.sandbox.clear_requests();
    let outcome = merchant.bootpay.cancel(receipt_id.as_str()).await.expect("a cancel");
    assert!(matches!(outcome, CancelOutcome::Cancelled(_)), "{outcome:?}");
    assert_eq!(merchant.sandbox.count(Operation::Token), 0, "the old token still serves");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_token_is_needed_a_warm_up_sends_nothing() {
    let [.., basic] = Setup::all();
    let merchant = Merchant::new(basic).await.expect("a sandbox");
    merchant.bootpay.warm_up().await.expect("nothing to do");
    assert_eq!(merchant.sandbox.connections(), 0);
}
