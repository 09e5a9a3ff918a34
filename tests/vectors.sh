#!/usr/bin/env bash
# Has every language play the cases of tests/vectors, and compares what they made of them, byte for byte. What the packages'
# own tests have built is taken as it is; what is not there yet is built first.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${CARGO_TARGET_DIR:-target}

cargo build --locked --quiet -p bootpay-tests
bindings/python/runner.sh >/dev/null
bindings/kotlin/runner.sh --build
bindings/swift/prepare.sh >/dev/null
bindings/swift/runner.sh --build

runners=(rust="$build/debug/runner")
for form in blocking asyncio; do runners+=("python-$form=bindings/python/runner.sh $form"); done
for form in suspend blocking future; do runners+=("kotlin-$form=bindings/kotlin/runner.sh $form"); done
runners+=("swift=bindings/swift/runner.sh async")
"$build/debug/judge" --cases tests/vectors --reports "$build/vectors" "$@" "${runners[@]}"
