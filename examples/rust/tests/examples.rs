//! The examples, run as a reader would run them.

use std::process::Command;

use bootpay_sandbox::{NewReceipt, Sandbox};

#[test]
fn the_demonstration_agrees_with_the_ledger_and_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_demo")).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(text.contains("the same, every time") && !text.contains('✗'), "{text}");
    for scene in ["full cancel", "partial cancel", "clicked again", "virtual-account", "KCP", "lost", "reconciled"] {
        assert!(text.contains(scene), "{scene} is missing:\n{text}");
    }
    assert!(text.contains("unknown") && text.contains("223.130.82.4"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_example_cancels_and_says_how_much() {
    let sandbox = Sandbox::start().await.unwrap();
    let receipt_id = sandbox.add(NewReceipt::paid(3_000));
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_page"))
        .arg(&receipt_id)
        .env("BOOTPAY_APPLICATION_ID", Sandbox::APPLICATION_ID)
        .env("BOOTPAY_PRIVATE_KEY", Sandbox::PRIVATE_KEY)
        .env("BOOTPAY_BASE_URL", sandbox.base_url())
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("cancelled"), "{text}{output:?}");
    assert_eq!(sandbox.movements(&receipt_id).iter().map(|one| one.amount).collect::<Vec<_>>(), [3_000]);
}
