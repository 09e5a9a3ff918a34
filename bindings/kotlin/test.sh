#!/usr/bin/env bash
# Builds the package as its users get it and tests it against the sandbox: from Kotlin, from Java, by the examples, and
# from outside, by its README's own lines.
set -euo pipefail
source "$(dirname "$0")/env.sh"

cargo build --locked --quiet -p bootpay-cli
export BOOTPAY_SANDBOX_BIN=$build/debug/bootpay
cargo build --locked --quiet -p bootpay-test-postgres
export BOOTPAY_POSTGRES_BIN=$build/debug/postgres-for-tests
"$root/bindings/library.sh"
export BOOTPAY_REPOSITORY=$build/kotlin/repository
# The compiler leaves behind what was deleted since.
rm -rf "$build"/kotlin/{classes,test-classes}
rm -rf "$BOOTPAY_REPOSITORY"
echo "Testing the Kotlin package: Kotlin, Java, processes that end …"
(cd "$package" && maven deploy -DaltDeploymentRepository="built::file://$BOOTPAY_REPOSITORY")
echo "Testing the Java and Kotlin examples, and the README's lines in a project of their own …"
into_dist
"$package/examples.sh"
"$package/outside.sh"
echo "The README's lines work from outside."
