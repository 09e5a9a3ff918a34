//! The answer to a cancel: a header line such as `v1 partial 200` (`full`, `partial`, `account`), then the body.
//!
//! The receipt's price is 10,000 won, the ledger says so before and after, and a part is 3,000 won. So nothing but the
//! answer can tell that money moved, and what the client makes of it is held against the table of proofs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bootpay_core::{
    BootpayError, CancelOutcome, CancelRequest, Dialect, Evidence, IntentQuery, IntentState, MoneyIsBack,
    ReceiptStatus, RefundAccount, UnknownCause, Won,
};
use serde_json::Value;

use crate::oracle::{self, Form};
use crate::stage::{
    ACCOUNT, HOLDER, KEY, PRICE, RECEIPT, TOKEN, Wire, answer, block_on, client, dialect, header, status,
};

const PART: u64 = 3_000;

pub(crate) fn run(input: &[u8]) {
    let (words, body) = header(input);
    let (dialect, status) = (dialect(&words), status(&words));
    let named = |name: &str| words.iter().any(|word| word == name);
    let (is_partial, to_account) = (named("partial"), named("account"));

    let mut request = if is_partial { CancelRequest::partial(RECEIPT, PART) } else { CancelRequest::full(RECEIPT) };
    if to_account {
        request = request.refund_account(RefundAccount::new("국민은행", ACCOUNT, HOLDER).expect("the page's account"));
    }
    let wire = Arc::new(Wire::new(dialect).cancel(answer(status, body)));
    let bootpay = client(&wire);
    let (result, intents) = block_on(async {
        let result = bootpay.cancel(request).await;
        (result, bootpay.intents(IntentQuery::default()).await.expect("a journal in memory"))
    });

    let form = oracle::form(dialect, status, body);
    match &result {
        Ok(CancelOutcome::Cancelled(done)) => {
            let Form::Success(members) = &form else { panic!("cancelled by what is no success of Bootpay's") };
            assert_eq!(done.evidence, Evidence::Answered, "a ledger that says paid settles nothing");
            let back = if to_account { MoneyIsBack::AcceptedForTransfer } else { MoneyIsBack::Yes };
            assert_eq!(done.money_is_back, back);
            assert!(done.recorded && !done.repeated);
            shows_our_cancel(dialect, &done.cancellation, members, is_partial);
            if adds_up(dialect, members, is_partial) == Some(false) {
                assert!(!done.mismatches.is_empty(), "figures that are not what was asked, and nobody is told");
            }
            assert_eq!(intents[0].state, IntentState::Cancelled);
            assert_eq!(intents[0].held, !done.mismatches.is_empty());
        }
        Ok(CancelOutcome::AlreadyCancelled(already)) => {
            let Form::Refusal { .. } = &form else {
                panic!("\"already cancelled\" by what is no refusal of Bootpay's")
            };
            assert!(!is_partial, "a part is never already cancelled");
            assert_eq!(already.money_is_back, MoneyIsBack::Unconfirmed, "the ledger still says paid");
            assert_eq!(intents[0].state, IntentState::AlreadyCancelled);
        }
        Ok(CancelOutcome::Unknown(unknown)) => {
            assert_ne!(unknown.cause, UnknownCause::Interrupted, "a task was lost");
            assert_eq!(intents[0].state, IntentState::Unknown);
            assert_ne!(
                adds_up(dialect, success(&form), is_partial),
                Some(true),
                "the page's own success is not a doubt"
            );
        }
        Err(BootpayError::Refused(refusal)) => {
            let Form::Refusal { code, body } = &form else { panic!("refused by what is no refusal of Bootpay's") };
            assert_eq!(refusal.http_status, Some(status));
            assert_ne!(code.trim().to_ascii_uppercase(), "RC_CANCEL_CRITICAL_ERROR", "the gateway was lost on the way");
            if status >= 500 {
                assert!(oracle::names_a_definite_word(code, body), "a server error by itself is no refusal");
            }
            assert_eq!(intents[0].state, IntentState::Refused);
        }
        Err(other) => panic!("an error that no answer can be: {other:?}"),
    }
    let sent = wire.cancels.load(Ordering::SeqCst);
    assert!(sent == 1 || (sent == 2 && matches!(form, Form::Refusal { .. })), "{sent} requests");

    let mut secrets = vec![KEY, TOKEN];
    // An amount is an amount, whatever account number it may look like.
    if to_account && !has_it_as_a_figure(body) {
        secrets.extend([ACCOUNT, HOLDER]);
    }
    let shown = match &result {
        Ok(outcome) => format!("{outcome:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(oracle::keeps_secrets(&shown, &secrets), "a secret is shown: {shown}");
    assert!(oracle::keeps_secrets(&format!("{intents:?}"), &secrets), "a secret is in the journal");
}

fn success(form: &Form) -> &serde_json::Map<String, Value> {
    static NOTHING: std::sync::LazyLock<serde_json::Map<String, Value>> = std::sync::LazyLock::new(Default::default);
    match form {
        Form::Success(members) => members,
        _ => &NOTHING,
    }
}

/// "Our receipt, the asked amount, totals that add up, no status −20 or −30", as far as that is decided by one member each.
fn shows_our_cancel(
    dialect: Dialect,
    told: &bootpay_core::Cancellation,
    members: &serde_json::Map<String, Value>,
    is_partial: bool,
) {
    assert!(told.receipt_id.as_ref().is_none_or(|id| id.as_str() == RECEIPT), "another receipt's answer");
    let unfinished = [Some(ReceiptStatus::CANCEL_FAILED), Some(ReceiptStatus::CANCEL_IN_PROGRESS)];
    assert!(!unfinished.contains(&told.status), "a cancel that failed or goes on");

    // Nothing is told that the server did not say.
    assert!(oracle::is_figure_of(told.cancelled_price, "cancelled_price", members));
    assert!(oracle::is_figure_of(told.cancelled_tax_free, "cancelled_tax_free", members));
    if dialect == Dialect::V1 {
        assert!(oracle::is_figure_of(told.request_cancel_price, "request_cancel_price", members));
        assert!(oracle::is_figure_of(told.remain_price, "remain_price", members));
    } else {
        assert!(oracle::is_figure_of(told.price, "price", members));
        let remains = told.price.zip(told.cancelled_price).and_then(|(price, cancelled)| price.checked_sub(cancelled));
        assert_eq!(told.remain_price, remains);
    }
    // Something moved, and it was not nothing.
    assert_ne!(told.request_cancel_price, Some(Won::ZERO));
    assert_ne!(told.cancelled_price, Some(Won::ZERO));
    let shown = [told.request_cancel_price, told.cancelled_price].iter().any(Option::is_some)
        || told.remain_price == Some(Won::ZERO)
        || told.status == Some(ReceiptStatus::CANCELLED);
    assert!(shown, "no figure of a cancel at all");
    if told.receipt_id.is_none() {
        let ours = if is_partial {
            told.request_cancel_price == Some(Won::new(PART))
        } else {
            told.remain_price == Some(Won::ZERO)
        };
        assert!(ours, "neither our receipt nor our figures");
    }
}

/// Whether a success with every figure of the page's table is what was asked; `None` where one is missing or is no number,
/// or where a member beside the table may change what it says.
fn adds_up(dialect: Dialect, members: &serde_json::Map<String, Value>, is_partial: bool) -> Option<bool> {
    let figure = |name: &str| members.get(name).and_then(Value::as_u64);
    if members.get("receipt_id")?.as_str()? != RECEIPT {
        return None;
    }
    let cancelled = figure("cancelled_price")?;
    let (remains, request) = match dialect {
        Dialect::V1 => (figure("remain_price")?, figure("request_cancel_price")?),
        Dialect::V2 => (figure("price")?.checked_sub(cancelled)?, if is_partial { PART } else { cancelled }),
    };
    // Before a part, the ledger was looked up. Before the whole, it was not: what was left of the price is not known.
    let fits = if is_partial {
        request == PART && cancelled == PART && remains == PRICE - PART
    } else {
        remains == 0 && (1..=cancelled).contains(&request)
    };
    let beside = ["status", "cancelled_tax_free", "remain_tax_free", "cancel_id"];
    if fits && beside.iter().any(|name| members.contains_key(*name)) { None } else { Some(fits) }
}

/// Whether the account's digits stand in the body as a number: then they are a figure, and nobody takes them for a secret.
fn has_it_as_a_figure(body: &[u8]) -> bool {
    fn is_in(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.values().any(is_in),
            Value::Array(items) => items.iter().any(is_in),
            other => oracle::whole(other) == ACCOUNT.parse().ok(),
        }
    }
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    serde_json::from_slice(body).is_ok_and(|value: Value| is_in(&value))
}
