//! The cases of `tests/vectors`, played in Rust. The other languages play the same ones: `make test-vectors`.

use std::path::Path;

use bootpay_tests::conformance::{Runner, judge, load};

#[tokio::test(flavor = "multi_thread")]
async fn every_case_ends_as_its_file_says() {
    let cases = load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors"))).expect("well-formed files");
    assert!(cases.len() >= 120, "there are only {} cases", cases.len());
    let mut runner = Runner::start("rust", &[env!("CARGO_BIN_EXE_runner").to_owned()]).expect("the runner");
    let judgement = judge(&mut runner, &cases).await.expect("a runner that works");
    assert!(judgement.misfits.is_empty(), "{:#?}", judgement.misfits);
}
