//! What another language asks for: lines `name=value` for every method that takes a text or a number. Its token source has no
//! token, so nothing is ever sent; but every call runs through the library's own threads and its journal.

use std::sync::Arc;

use bootpay_ffi::{
    Bootpay, BootpayError, CancelAmount, CancelRequest, Config, Decision, Environment, IntentQuery, JournalPlace,
    Proxy, RefundAccount, Secret, SuppliedToken, TokenSource, TokenSourceError, find_bank,
};

struct Empty;

impl TokenSource for Empty {
    fn token(&self, _: Option<Arc<Secret>>) -> Result<SuppliedToken, TokenSourceError> {
        Err(TokenSourceError::Failed { detail: "none today".to_owned() })
    }
}

/// Of every input's own: a second token is asked for no sooner than a second after the first that did not come.
fn client() -> Arc<Bootpay> {
    let config = Config {
        environment: Some(Environment::Custom { base_url: "http://127.0.0.1:1".to_owned() }),
        dialect: None,
        journal: Some(JournalPlace::Memory),
        connect_timeout: None,
        cancel_timeout: None,
        lookup_timeout: None,
        token_timeout: None,
        idle_timeout: None,
        wait_for_others: None,
        nobody_else_cancels: false,
        server_honours_cancel_id_for: None,
        look_before_partial: false,
        proxy: Some(Proxy::Off),
        ca_bundle: None,
    };
    Bootpay::with_token_source(Arc::new(Empty), "merchant".to_owned(), config).expect("a client that can be set up")
}

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned);
    let number = |name: &str| value(name).and_then(|number| number.parse::<i64>().ok());
    let client = client();

    let account = value("account").map(|number| {
        let (bank, holder) = (value("bank").unwrap_or_default(), value("holder").unwrap_or_default());
        let made = match value("raw") {
            Some(code) => RefundAccount::with_raw_code(code, number.clone(), holder),
            None => RefundAccount::new(bank, number.clone(), holder),
        };
        (number, made)
    });
    if let Some((number, made)) = &account {
        let shown = match made {
            Ok(account) => format!("{account:?} {account} {}", account.bank_code()),
            Err(error) => format!("{error:?} {error}"),
        };
        let elsewhere = [value("bank"), value("raw")].into_iter().flatten().any(|text| text.contains(number));
        let is_long = number.bytes().filter(u8::is_ascii_digit).count() >= 8;
        assert!(!is_long || elsewhere || !shown.contains(number), "an account number is shown: {shown}");
    }
    if let Some(name) = value("bank") {
        let _ = find_bank(name);
    }

    let receipt_id = value("receipt_id").unwrap_or_default();
    let request = CancelRequest {
        receipt_id: receipt_id.clone(),
        amount: match number("price") {
            Some(price) => CancelAmount::Partial { price, tax_free: number("tax_free") },
            None => CancelAmount::Full { expected_remaining: number("expected_remaining") },
        },
        cancel_id: value("cancel_id"),
        canceller: value("canceller"),
        reason: value("reason"),
        refund_account: account.and_then(|(_, made)| made.ok()),
    };
    let is_right = is_right(&request);
    if value("lookup").is_some() {
        match client.receipt_blocking(receipt_id) {
            Err(BootpayError::InvalidInput { .. } | BootpayError::Token { .. }) => return,
            other => panic!("nothing can be looked up here: {other:?}"),
        }
    }
    match client.cancel_blocking(request) {
        Err(BootpayError::InvalidInput { .. }) => assert!(!is_right, "refused, and nothing is wrong with it"),
        Err(BootpayError::Token { .. }) => assert!(is_right, "let through, and it is wrong"),
        other => panic!("nothing can be cancelled here: {other:?}"),
    }
    let is_error = |error: &BootpayError| !matches!(error, BootpayError::Internal { .. } | BootpayError::Lost { .. });
    let cancel_id = value("cancel_id").unwrap_or_default();
    let decision = if value("moved").is_some() { Decision::Cancelled } else { Decision::NotCancelled };
    let query = IntentQuery {
        cancel_id: value("cancel_id"),
        receipt_id: value("receipt_id"),
        open: value("open").is_some(),
        limit: value("limit").and_then(|limit| limit.parse().ok()),
    };
    let actor = value("actor").unwrap_or_default();
    assert!(client.intent_blocking(cancel_id.clone()).err().is_none_or(|error| is_error(&error)));
    assert!(client.reconcile_blocking(cancel_id.clone()).err().is_none_or(|error| is_error(&error)));
    assert!(client.resolve_blocking(cancel_id, decision, actor).err().is_none_or(|error| is_error(&error)));
    assert!(client.intents_blocking(query).err().is_none_or(|error| is_error(&error)));
}

/// The rules of the page and of the guide: what is an id, an amount, a text.
fn is_right(request: &CancelRequest) -> bool {
    let id = &request.receipt_id;
    let right_id =
        (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    let right_amount = match request.amount {
        CancelAmount::Full { expected_remaining } => expected_remaining.is_none_or(|remaining| remaining > 0),
        CancelAmount::Partial { price, tax_free } => {
            price >= 1_000 && tax_free.is_none_or(|part| (0..=price).contains(&part))
        }
    };
    let right_key = request
        .cancel_id
        .as_ref()
        .is_none_or(|id| (1..=128).contains(&id.len()) && id.trim() == id && !id.chars().any(char::is_control));
    let right_text = |text: &Option<String>, most: usize| {
        text.as_ref().is_none_or(|text| {
            text.trim().is_empty()
                || (text.chars().count() <= most && !text.chars().any(|char| char.is_control() && char != '\n'))
        })
    };
    right_id && right_amount && right_key && right_text(&request.canceller, 100) && right_text(&request.reason, 500)
}
