#!/usr/bin/env bash
# Builds the wheels as they ship, checks types and style, and tests the wheels on every CPython from 3.9 that this machine
# has: all tests on the newest and the oldest, and on those between them all but the slow ones.
set -euo pipefail
source "$(dirname "$0")/env.sh"

"$package/build.sh" >/dev/null
tools=$(environment "$python")

# The type checker wants the generated code beside the package's own. In a copy, so that no build finds it there.
typed=$build/python/typed
mkdir -p "$typed"
(cd "$typed" && rm -rf src tests runner examples readme)
cp -r "$package"/{pyproject.toml,finish_wheel.py,slim.py,src,tests,runner} "$typed/"
cp -r "$root/examples/python" "$typed/examples"
mkdir -p "$typed/src/bootpay_cancel/_native"
cp "$build"/maturin/uniffi/bootpay_cancel._native/bootpay.py "$typed/src/bootpay_cancel/_native/"
echo 'from .bootpay import *' >"$typed/src/bootpay_cancel/_native/__init__.py"
"$tools/bin/python" "$package/tests/readme.py" "$typed/readme"
(cd "$typed" && "$tools/bin/mypy" --no-error-summary)
(cd "$package" && "$tools/bin/ruff" format --quiet --check . "$root/examples/python")
(cd "$package" && "$tools/bin/ruff" check --quiet . "$root/examples/python")

# A real PostgreSQL for the journal's tests: installed where it is missing, started by them, removed after.
(cd "$root" && cargo build --locked --quiet -p bootpay-test-postgres)
export BOOTPAY_POSTGRES_BIN=$build/debug/postgres-for-tests

# Every Python by its version, oldest first. A name may stand for one that is not there, or that is too old.
found=$(for one in "$python" python3.{9,10,11,12,13,14} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3; do
    "$one" -c 'import ensurepip, sys, venv
assert sys.version_info >= (3, 9) and sys.implementation.name == "cpython"
print("%d.%d" % sys.version_info[:2], sys.executable)' 2>/dev/null || true
done | sort -V -s -k1,1 -u)
oldest=$(head -1 <<<"$found") newest=$(tail -1 <<<"$found")
while read -r version one; do
    selection=()
    [ "$version $one" = "$oldest" ] || [ "$version $one" = "$newest" ] || selection=(-m "not slow")
    # Scripts that end cleanly are run a hundred times on one Python, and a few times on the others.
    [ "$version $one" = "$newest" ] && scripts=100 || scripts=12
    echo "Python $version:"
    made=$(installed "$one")
    (cd "$package" && BOOTPAY_EXIT_SCRIPTS=${BOOTPAY_EXIT_SCRIPTS:-$scripts} \
        "$made/bin/python" -m pytest -p no:cacheprovider "${selection[@]}" </dev/null)
done <<<"$found"
