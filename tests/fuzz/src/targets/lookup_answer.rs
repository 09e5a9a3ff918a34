//! The answer to a lookup: a header line such as `v2 200`, then the body.

use std::sync::Arc;

use bootpay_core::{BootpayError, Dialect};

use crate::oracle::{self, Form};
use crate::stage::{KEY, RECEIPT, TOKEN, Wire, answer, block_on, client, dialect, header, status};

pub(crate) fn run(input: &[u8]) {
    let (words, body) = header(input);
    let (dialect, status) = (dialect(&words), status(&words));
    let wire = Arc::new(Wire::new(dialect).lookup(answer(status, body)));
    let bootpay = client(&wire);
    let result = block_on(bootpay.receipt(RECEIPT));

    let form = oracle::form(dialect, status, body);
    let shown = match result {
        Ok(receipt) => {
            let Form::Success(members) = &form else { panic!("a receipt out of what is no success of Bootpay's") };
            assert_eq!(receipt.receipt_id.as_str(), RECEIPT, "another receipt than the one asked about");
            assert_eq!(oracle::text(members.get("receipt_id")), RECEIPT);
            let totals = receipt.totals;
            assert!(oracle::is_figure_of(totals.price, "price", members));
            assert!(oracle::is_figure_of(totals.cancelled, "cancelled_price", members));
            match dialect {
                Dialect::V1 => assert!(oracle::is_figure_of(totals.remaining, "remain_price", members)),
                Dialect::V2 => {
                    let remains = totals.price.zip(totals.cancelled).and_then(|(price, part)| price.checked_sub(part));
                    assert_eq!(totals.remaining, remains, "the price less what is cancelled");
                }
            }
            let told = totals.status.map(|status| i128::from(status.0));
            assert_eq!(told, members.get("status").filter(|status| !status.is_null()).and_then(oracle::whole));
            // Law 7: an empty receipt is proof of a full cancel, so it must be one.
            if totals.is_empty() {
                let won = |name| members.get(name).and_then(oracle::whole);
                assert!(won("price") > Some(0) && won("cancelled_price") == won("price"));
                assert!(!matches!(won("status"), Some(-20 | -30)));
            }
            format!("{receipt:?}")
        }
        Err(error @ BootpayError::Refused(_)) => {
            assert!(matches!(form, Form::Refusal { .. }), "refused by what is no refusal of Bootpay's");
            assert!((400..500).contains(&status), "a server that stumbles has not said that there is no such receipt");
            format!("{error} {error:?}")
        }
        Err(error @ BootpayError::Lookup(_)) => format!("{error} {error:?}"),
        Err(other) => panic!("an error that no answer can be: {other:?}"),
    };
    assert!(oracle::keeps_secrets(&shown, &[KEY, TOKEN]), "a secret is shown: {shown}");
}
