#!/usr/bin/env bash
# The runner of the conformance cases (tests/vectors/README.md): runner.sh suspend|blocking|future. `runner.sh --build`
# builds it first.
set -euo pipefail

if [ "${1:-}" = --build ]; then
    source "$(dirname "$0")/env.sh"
    "$root/bindings/library.sh"
    cd "$package"
    maven process-test-classes
    exit
fi

root=$(cd "$(dirname "$0")/../.." && pwd)
build=${CARGO_TARGET_DIR:-$root/target}
case "$build" in /*) ;; *) build=$root/$build ;; esac
made=$build/kotlin
exec java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
    -cp "$made/test-classes:$made/classes:$(cat "$made/test-classpath.txt")" \
    kr.co.bootpay.cancel.conformance.RunnerKt "$@"
