//! How to use the sandbox that has just started.

use bootpay_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::console::{Console, Shade, Stream};
use crate::output::sheet::Fields;
use crate::output::words::{self, Text};

/// A payment to try things on.
pub(crate) struct Sample {
    pub(crate) receipt_id: String,
    pub(crate) what: Text,
}

/// The sandbox's keys are its own, made up and public: they may be shown.
pub(crate) fn object(base_url: &str, samples: &[Sample]) -> Value {
    let receipts: Vec<Value> = samples
        .iter()
        .map(|sample| {
            let what = sample.what.in_language(bootpay_core::Language::English);
            json!({ "receipt_id": sample.receipt_id, "what": what })
        })
        .collect();
    json!({
        "base_url": base_url,
        "environment": {
            "BOOTPAY_BASE_URL": base_url,
            "BOOTPAY_APPLICATION_ID": Sandbox::APPLICATION_ID,
            "BOOTPAY_PRIVATE_KEY": Sandbox::PRIVATE_KEY,
        },
        "basic": { "client_key": Sandbox::CLIENT_KEY, "secret_key": Sandbox::SECRET_KEY },
        "receipts": receipts,
    })
}

pub(crate) fn tell(console: &Console, base_url: &str, samples: &[Sample]) {
    let title = |text: Text| format!("\n# {}\n", console.shade(Stream::Out, Shade::Strong, console.word(text)));
    let first = samples.first().map_or("", |sample| sample.receipt_id.as_str());
    let mut text =
        format!("{} {base_url}\n", console.shade(Stream::Out, Shade::Good, console.word(words::SANDBOX_RUNS)));
    text.push_str(&title(words::IN_ANOTHER_TERMINAL));
    text.push_str(&format!(
        "export BOOTPAY_BASE_URL={base_url}\n\
         export BOOTPAY_APPLICATION_ID={}\n\
         export BOOTPAY_PRIVATE_KEY={}\n\
         export BOOTPAY_JOURNAL=./sandbox-journal.sqlite3\n\
         bootpay cancel {first} --price 3000\n",
        Sandbox::APPLICATION_ID,
        Sandbox::PRIVATE_KEY
    ));
    text.push_str(&title(words::V2_BASIC));
    text.push_str(&format!(
        "# export BOOTPAY_API=v2 BOOTPAY_CLIENT_KEY={} BOOTPAY_SECRET_KEY={}\n",
        Sandbox::CLIENT_KEY,
        Sandbox::SECRET_KEY
    ));
    text.push_str(&title(words::SAMPLE_RECEIPTS));
    let mut receipts = Fields::default();
    for sample in samples {
        receipts.add(&sample.receipt_id, console.word(sample.what));
    }
    text.push_str(&receipts.laid_out());
    text.push_str(&title(words::CONTROL));
    text.push_str(&format!(
        "curl -s {base_url}/_sandbox/receipts -d '{{\"price\": 10000}}'          # {}\n\
         curl -s {base_url}/_sandbox/faults -d '{{\"on\": \"cancel\", \"when\": \"after_money\", \"delivery\": \"reset\"}}'  # {}\n\
         curl -s {base_url}/_sandbox/ledger                               # {}\n\n{}\n",
        console.word(words::ADD_A_RECEIPT),
        console.word(words::LOSE_AN_ANSWER),
        console.word(words::TRUE_LEDGER),
        console.word(words::CTRL_C_ENDS)
    ));
    console.tell(&text);
}
