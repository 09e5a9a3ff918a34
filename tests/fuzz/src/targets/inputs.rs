//! What a caller gives, and what is typed wrong: ids, amounts, banks, refund accounts. One line each, `name=value`.

use bootpay_core::{Bank, CancelId, CancelRequest, PartialAmount, ReceiptId, RefundAccount, Won};

pub(crate) fn run(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().to_owned()
    };
    receipt_id(&value("receipt_id"));
    cancel_id(&value("cancel_id"));
    amount(value("price").parse().unwrap_or(0), value("tax_free").parse().ok());
    account(&value("bank"), &value("account"), &value("holder"));
}

fn receipt_id(given: &str) {
    let fits = (1..=64).contains(&given.len())
        && given.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || char == '-');
    let checked = ReceiptId::new(given);
    assert_eq!(checked.is_ok(), fits, "{given:?}");
    // It goes into a URL word for word.
    assert!(checked.is_err() || checked.is_ok_and(|id| id.as_str() == given && String::from(id) == given));
}

fn cancel_id(given: &str) {
    let fits = (1..=128).contains(&given.len()) && !given.chars().any(char::is_control) && given.trim() == given;
    let checked = CancelId::new(given);
    assert_eq!(checked.is_ok(), fits, "{given:?}");
    assert!(checked.is_err() || checked.is_ok_and(|id| id.as_str() == given), "sent word for word");
}

fn amount(price: u64, tax_free: Option<u64>) {
    let fits = (1_000..=9_223_372_036_854_775_807).contains(&price);
    assert_eq!(PartialAmount::new(Won::new(price)).is_ok(), fits, "{price}");
    let request = CancelRequest::partial("a", price);
    let request = match tax_free {
        Some(tax_free) => request.tax_free(tax_free),
        None => request,
    };
    assert_eq!(request.check().is_ok(), fits && tax_free.is_none_or(|part| part <= price), "{price} {tax_free:?}");
    let shown = Won::new(price).to_string();
    assert_eq!(shown.replace(',', "").parse(), Ok(price), "{shown}");
    assert!(shown.split(',').skip(1).all(|group| group.len() == 3), "{shown}");
}

fn account(bank: &str, account: &str, holder: &str) {
    let found = Bank::find(bank);
    if let Ok(found) = &found {
        // Money sent to a wrong bank is lost: what is found is named so, and its own names find it again.
        assert!(found.code().len() == 3 && found.code().bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(Bank::find(found.code()).as_ref(), Ok(found));
        for name in found.aliases().iter().copied().chain(found.name()).chain(found.english_name()) {
            assert_eq!(Bank::find(name).as_ref(), Ok(found), "{name}");
        }
    }
    let raw = Bank::raw(bank);
    assert_eq!(raw.is_ok(), bank.len() == 3 && bank.bytes().all(|byte| byte.is_ascii_digit()), "{bank:?}");

    let fits = account.len() <= 32
        && account.bytes().any(|byte| byte.is_ascii_digit())
        && account.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && !holder.trim().is_empty()
        && holder.chars().count() <= 60
        && !holder.chars().any(char::is_control);
    let checked = RefundAccount::new(bank, account, holder);
    assert_eq!(checked.is_ok(), fits && found.is_ok(), "{bank:?} {account:?} {holder:?}");
    let shown = match &checked {
        Ok(checked) => {
            assert_eq!((checked.account().expose(), checked.holder().expose()), (account, holder), "word for word");
            format!("{checked:?}")
        }
        Err(error) => format!("{error} {error:?}"),
    };
    // A number that long is in no text of ours by chance. The bank's name is no secret, and may hold it.
    if account.bytes().filter(u8::is_ascii_digit).count() >= 8 && !bank.contains(account) {
        assert!(!shown.contains(account), "an account number is shown");
    }
}
