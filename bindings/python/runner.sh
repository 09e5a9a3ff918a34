#!/usr/bin/env bash
# The conformance runner (tests/vectors/README.md): `runner.sh blocking` or `runner.sh asyncio` answers calls from its
# standard input, with the wheels of dist/. Without a form it only gets everything ready: once, before a judge starts.
set -euo pipefail
source "$(dirname "$0")/env.sh"

if [ $# = 0 ] || ! ls "$root"/dist/bootpay_{cancel,sandbox}-*.whl >/dev/null 2>&1; then
    "$package/build.sh" >&2
fi
made=$(installed "$python")
[ $# = 0 ] || exec "$made/bin/python" "$package/runner" "$1"
