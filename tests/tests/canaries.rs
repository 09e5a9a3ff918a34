//! Canaries: secrets and account numbers that must show nowhere, fed through everything that could show them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use bootpay_core::{CancelRequest, Credentials, Dialect, IntentQuery, JournalChoice, RefundAccount};
use bootpay_sandbox::{Fault, FaultBody, NewReceipt, Operation, Sandbox};
use bootpay_tests::Setup;

const KEY: &str = "canary-private-key-1f0c";
const SECRET: &str = "canary-secret-key-77aa";
const ACCOUNT: &str = "90210555000111";
const HOLDER: &str = "카나리아홀더";

/// What stands behind `Basic `.
fn basic_pair() -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(format!("{}:{SECRET}", Sandbox::CLIENT_KEY))
}

/// Everything that is logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic while logging").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn assert_clean(what: &str, text: &str) {
    for canary in [KEY, SECRET, ACCOUNT, HOLDER, "9021055500", "9021-0555", &basic_pair()] {
        assert!(!text.contains(canary), "{canary} shows in {what}:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_canary_shows_in_errors_logs_debug_or_the_journals_files() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber of this process");

    for setup in Setup::all() {
        let sandbox = Sandbox::builder()
            .key_pair(Sandbox::APPLICATION_ID, KEY)
            .basic_pair(Sandbox::CLIENT_KEY, SECRET)
            .start()
            .await
            .expect("a sandbox");
        let credentials = if setup.basic {
            Credentials::basic(Sandbox::CLIENT_KEY, SECRET)
        } else {
            Credentials::key_pair(Sandbox::APPLICATION_ID, KEY)
        };
        let folder = tempfile::tempdir().expect("a folder");
        let bootpay = bootpay_core::Bootpay::builder(credentials.expect("well-formed"))
            .base_url(sandbox.base_url())
            .dialect(setup.dialect)
            .journal(JournalChoice::Sqlite(folder.path().join("journal.sqlite3")))
            .build()
            .expect("a client");
        let token = match setup.basic {
            true => None,
            false => Some(bootpay.token().await.expect("a token")),
        };

        // A server that echoes what it was told, in every kind of answer.
        let key = if setup.basic { SECRET } else { KEY };
        let shown_token = token.as_ref().map_or("", |token| token.expose());
        let dashed = "9021-0555-000111";
        let pair = basic_pair();
        let echo = format!(
            "계좌오류 {ACCOUNT} {dashed} {HOLDER} {key} {shown_token} {}",
            if setup.basic { &pair } else { "" }
        );
        let code = if setup.dialect == Dialect::V1 { serde_json::json!(-4000) } else { serde_json::json!("RC_ECHO") };
        let faults = [
            Fault::on(Operation::Cancel).status(400, FaultBody::refusal(code.clone(), echo.clone())),
            Fault::on(Operation::Cancel).status(500, FaultBody::refusal(code, echo.clone())),
            Fault::on(Operation::Cancel).status(502, FaultBody::Raw(echo.clone())),
            Fault::on(Operation::Cancel).after_money().reset(),
            Fault::on(Operation::Cancel).after_money().truncated_json(),
        ];
        let mut shown = vec![format!("{bootpay:?}")];
        for fault in faults {
            let receipt_id = sandbox.add(NewReceipt::paid(10_000).virtual_account().cms_contract(true));
            sandbox.fault(fault);
            let account = RefundAccount::new("국민은행", ACCOUNT, HOLDER).expect("an account");
            let request = CancelRequest::full(&receipt_id).refund_account(account);
            shown.push(format!("{request:?}"));
            shown.push(format!("{:?}", bootpay.preview(request.clone()).await));
            let seen = bootpay.cancel(request).await;
            shown.push(format!("{seen:?} {seen:#?}"));
            if let Err(error) = seen {
                shown.push(format!("{error} {:?}", error.hint(bootpay_core::Language::Korean)));
            }
            shown.push(format!("{:?}", bootpay.receipt(&receipt_id).await));
        }
        shown.push(format!("{:?}", bootpay.intents(IntentQuery::default()).await));
        for text in &shown {
            assert_clean("what the caller sees", text);
            if let Some(token) = &token {
                assert!(!text.contains(token.expose()), "the token shows: {text}");
            }
        }

        // Copied by another process, write-ahead log and all: a descriptor of ours would drop SQLite's locks.
        let copy = tempfile::tempdir().expect("a folder");
        let copied = std::process::Command::new("cp").arg("-r").arg(folder.path()).arg(copy.path()).status();
        assert!(copied.expect("cp").success());
        let copied = copy.path().join(folder.path().file_name().expect("a name"));
        let mut files = 0;
        for entry in std::fs::read_dir(copied).expect("the journal's folder") {
            let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
            assert_clean("the journal's files", &String::from_utf8_lossy(&bytes));
            files += 1;
        }
        assert!(files >= 2, "there are a journal and its log to look into");
        let text = String::from_utf8_lossy(&log.0.lock().expect("no panic while logging")).into_owned();
        if let Some(token) = &token {
            assert!(!text.contains(token.expose()), "the token is logged");
        }
    }
    let text = String::from_utf8_lossy(&log.0.lock().expect("no panic while logging")).into_owned();
    assert!(text.contains("bootpay::cancel"), "there is a log to look into");
    assert_clean("the log", &text);
}
