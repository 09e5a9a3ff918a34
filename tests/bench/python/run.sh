#!/usr/bin/env bash
# Measures the Python package as it ships, beside what one would use instead: see bench.py. What it is given is handed on.
set -euo pipefail
cd "$(dirname "$0")"
source ../../../bindings/python/env.sh
here=$root/tests/bench/python

(cd "$root" && cargo build --locked --quiet --release -p bootpay-bench)
# pycurl's wheels are for Linux and macOS of the usual kinds; elsewhere pip builds it, and says what it lacks.
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
made=$build/bench/python-$version
stamp=$made/$(cat "$here/requirements.txt" "$root"/dist/bootpay_cancel-*.whl | cksum | cut -d' ' -f1)
if [ ! -e "$stamp" ]; then
    echo "Making an environment with what is measured (pip install, pinned) …"
    rm -rf "$made"
    "$python" -m venv "$made"
    "$made/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    "$made/bin/pip" install --quiet --disable-pip-version-check --no-index --no-deps "$root"/dist/bootpay_cancel-*.whl
    touch "$stamp"
fi
unset PYTHONDONTWRITEBYTECODE
"$made/bin/python" "$here/bench.py" "$build" "$@"
