#!/usr/bin/env bash
# Lets libFuzzer search each target, guided by coverage, on stable Rust: `tests/fuzz/run.sh SECONDS [TARGET…]`.
#
# The instrumentation is LLVM's own pass, switched on by options that stable rustc has. What a search finds on its way is kept
# in target/fuzz/corpus and searched on from next time; an input that breaks a promise is left in target/fuzz/broken.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(ls tests/fuzz/corpus)

if ! command -v c++ >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing a C++ compiler for libFuzzer (apt-get install g++) …"
        apt-get update -qq && apt-get install -y -qq --no-install-recommends g++ >/dev/null
    else
        echo "libFuzzer needs a C++ compiler: install g++ or clang, then run this again." >&2
        exit 1
    fi
fi

work=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
host=$(rustc -vV | sed -n 's/^host: //p')
echo "Building the targets with libFuzzer (a few minutes the first time) …"
# Named, so that the flags are for what is fuzzed and not for what builds it.
CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=2 \
    CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true \
    RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares" \
    cargo build --locked --quiet --release -p bootpay-fuzz --features guided --bin guided \
    --target "$host" --target-dir "$work"

for target in "${targets[@]}"; do
    echo "Fuzzing $target for $seconds s …"
    mkdir -p "$work/corpus/$target" "$work/broken"
    if ! FUZZ_TARGET=$target "$work/$host/release/guided" -max_total_time="$seconds" -max_len=8192 -timeout=30 \
        -verbosity=0 -print_final_stats=1 -dict=tests/fuzz/dictionary.txt -artifact_prefix="$work/broken/$target-" \
        "$work/corpus/$target" "tests/fuzz/corpus/$target"; then
        echo "$target is broken: the input is in $work/broken. Once mended, keep it in tests/fuzz/corpus/$target." >&2
        exit 1
    fi
done
echo "No promise was broken."
