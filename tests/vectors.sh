#!/usr/bin/env bash
# Has every language play the cases of tests/vectors, and compares what they made of them, byte for byte. Builds nothing
# but the judge and Rust's runner: the packages are built by their own tests before.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${CARGO_TARGET_DIR:-target}

cargo build --locked --quiet -p bootpay-tests
runners=(rust="$build/debug/runner")
for form in blocking asyncio; do runners+=("python-$form=bindings/python/runner.sh $form"); done
for form in suspend blocking future; do runners+=("kotlin-$form=bindings/kotlin/runner.sh $form"); done
runners+=("swift=bindings/swift/runner.sh async")
"$build/debug/judge" --cases tests/vectors --reports "$build/vectors" "$@" "${runners[@]}"
