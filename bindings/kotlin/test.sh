#!/usr/bin/env bash
# Builds the package as its users get it and tests it against the sandbox, from Kotlin and from Java.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cargo build --locked --quiet -p bootpay-cli
export BOOTPAY_SANDBOX_BIN=$build/debug/bootpay
"$root/bindings/library.sh"
cd "$package"
maven verify
