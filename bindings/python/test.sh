#!/usr/bin/env bash
# Builds the package as its users get it, but faster to build; checks types and style; and tests it on every CPython from
# 3.9 that this machine has.
set -euo pipefail
source "$(dirname "$0")/env.sh"

tools=$(environment "$python")
cargo build --locked --quiet -p bootpay-cli
export BOOTPAY_SANDBOX_BIN=$build/debug/bootpay
made=$build/python/debug-wheel
rm -rf "$made"
(cd "$package" && "$tools/bin/maturin" build --profile dev --locked --quiet --out "$made")

# The generated code, for the type checker alone: tests import what is installed.
mkdir -p "$package/src/bootpay_cancel/_native"
cp "$build"/maturin/uniffi/bootpay_cancel._native/bootpay.py "$package/src/bootpay_cancel/_native/"
echo 'from .bootpay import *' >"$package/src/bootpay_cancel/_native/__init__.py"

cd "$package"
"$tools/bin/ruff" format --quiet --check .
"$tools/bin/ruff" check --quiet .
"$tools/bin/mypy" --no-error-summary

rm -rf src/bootpay_cancel/_native

for one in "$python" python3.{9,10,11,12,13,14} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3; do
    # A name may stand for a Python that is not there, or for one that is too old.
    version=$("$one" -c 'import ensurepip, sys, venv
assert sys.version_info >= (3, 9)
print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    case " ${tested:-} " in *" $version "*) continue ;; esac
    # Scripts that end cleanly are run a hundred times on one Python, and a few times on the others.
    [ -z "${tested:-}" ] && export BOOTPAY_EXIT_SCRIPTS=${BOOTPAY_EXIT_SCRIPTS:-100} || export BOOTPAY_EXIT_SCRIPTS=12
    tested="${tested:-} $version"
    echo "Python $version:"
    environment=$(environment "$one")
    "$environment/bin/pip" install --quiet --disable-pip-version-check --no-deps --force-reinstall "$made"/*.whl
    "$environment/bin/python" -m pytest -p no:cacheprovider
done
