#!/usr/bin/env bash
# Measures the Kotlin and Java package beside java.net.http, OkHttp and Bootpay's own SDK: `run.sh [part of a case's name]`.
# `run.sh calls` measures calls alone that send nothing. ROUNDS says how many rounds (9 unless told). For a profiler, SUBJECT
# is a part of the only subjects' name, and BENCH_JVM gives the JVM its options.
set -euo pipefail
source "$(dirname "$0")/../../../bindings/kotlin/env.sh"

echo "Building the common server and the package as it ships …" >&2
(cd "$root" && cargo build --locked --quiet --release -p bootpay-bench)
"$root/bindings/library.sh"
repository=$build/kotlin/bench-repository
rm -rf "$build"/kotlin/classes "$repository"
(cd "$package" && maven -Dmaven.test.skip=true deploy -DaltDeploymentRepository="bench::file://$repository")
from_repository "$repository"
made=$build/kotlin/bench
rm -rf "$made/classes"
(cd "$root/tests/bench/kotlin" && maven_outside -Dbench.build="$made" process-classes)
# What Maven remembers is this bench's own build of the package.
rm -rf "${HOME}/.m2/repository/kr/co/bootpay/bootpay-cancel/$version"
sed -i "s|[^:]*/kr/co/bootpay/bootpay-cancel/[^:]*\.jar|$build/kotlin/bootpay-cancel-$version.jar|" "$made/classpath.txt"

mkdir -p "$build/bench"
exec java ${BENCH_JVM:-} -cp "$made/classes:$(cat "$made/classpath.txt")" bench.MainKt "$build/release/peer" "$build/bench" "$@"
