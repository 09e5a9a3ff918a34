#!/usr/bin/env bash
# Measures the Swift package beside Foundation's URLSession: `run.sh [part of a case's name]`. `run.sh calls` measures calls
# alone that send nothing. ROUNDS says how many rounds (9 unless told), SUBJECT a part of the only subjects' name.
set -euo pipefail
source "$(dirname "$0")/../../../bindings/swift/env.sh"

echo "Building the common server and the package as it ships …" >&2
(cd "$root" && cargo build --locked --quiet --release -p bootpay-bench)
prepare shipped >&2
cd "$root/tests/bench/swift"
building --configuration release --scratch-path "$scratch/bench"
mkdir -p "$build/bench"
# Where Swift is, only these variables are seen.
export BOOTPAY_BENCH_ROUNDS=${ROUNDS:-9} BOOTPAY_BENCH_SUBJECT=${SUBJECT:-}
inside "$scratch/bench/release/Bench" "$build/release/peer" "$build/bench" "$@"
