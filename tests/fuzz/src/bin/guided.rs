//! libFuzzer's program: `FUZZ_TARGET=cancel_answer guided -max_total_time=600 corpus/cancel_answer`.

#![no_main]

use std::sync::LazyLock;

use bootpay_fuzz::{Target, target};

static CHOSEN: LazyLock<&'static Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target");
    target(&name).unwrap_or_else(|| panic!("there is no target {name}"))
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| (CHOSEN.run)(data));
