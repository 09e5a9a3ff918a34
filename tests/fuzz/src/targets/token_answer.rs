//! The answer to a request for a token: a header line such as `v1 200`, then the body.

use std::sync::Arc;

use bootpay_core::{BootpayError, Dialect};
use serde_json::Value;

use crate::oracle::{self, Form};
use crate::stage::{KEY, Wire, answer, block_on, client, dialect, header, status};

const DAY: i128 = 24 * 60 * 60;

pub(crate) fn run(input: &[u8]) {
    let (words, body) = header(input);
    let (dialect, status) = (dialect(&words), status(&words));
    let wire = Arc::new(Wire::new(dialect).token(answer(status, body)));
    let bootpay = client(&wire);
    let result = block_on(bootpay.token());

    let form = oracle::form(dialect, status, body);
    let shown = match result {
        Ok(token) => {
            let Form::Success(members) = &form else { panic!("a token out of what is no success of Bootpay's") };
            let number = |name| members.get(name).and_then(oracle::whole);
            let (name, lifetime) = match dialect {
                Dialect::V1 => ("token", number("expired_at").zip(number("server_time")).map(|(end, now)| end - now)),
                Dialect::V2 => ("access_token", number("expire_in")),
            };
            assert_eq!(
                members.get(name).and_then(Value::as_str),
                Some(token.expose()),
                "another token than the server's"
            );
            assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()), "it goes into a header");
            assert!(!token.is_empty());
            let lifetime = lifetime.expect("a token without a lifetime");
            assert!((1..=DAY).contains(&lifetime), "a lifetime of {lifetime} s is not believed");
            format!("{token:?} {bootpay:?}")
        }
        Err(error @ BootpayError::Refused(_)) => {
            assert!(matches!(form, Form::Refusal { .. }), "refused by what is no refusal of Bootpay's");
            format!("{error} {error:?} {bootpay:?}")
        }
        Err(error @ BootpayError::Token(_)) => format!("{error} {error:?} {bootpay:?}"),
        Err(other) => panic!("an error that no answer can be: {other:?}"),
    };
    assert!(oracle::keeps_secrets(&shown, &[KEY]), "a secret is shown: {shown}");
}
