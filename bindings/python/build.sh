#!/usr/bin/env bash
# Builds the wheel into dist/. The library keeps its symbols until the Python code is generated from them.
set -euo pipefail
source "$(dirname "$0")/env.sh"

tools=$(environment "$python")
made=$build/python/wheel
rm -rf "$made"
(cd "$package" && CARGO_PROFILE_RELEASE_STRIP=none "$tools/bin/maturin" build --release --locked --quiet --out "$made")
"$tools/bin/python" "$package/strip_wheel.py" "$made"/*.whl
mkdir -p "$root/dist"
rm -f "$root"/dist/bootpay_cancel-*.whl
cp "$made"/*.whl "$root/dist/"
ls -l "$root"/dist/bootpay_cancel-*.whl
