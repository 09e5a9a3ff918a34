#!/usr/bin/env bash
# Starts the conformance runner of this language: `runner.sh async`. `runner.sh --build` builds it first.
set -euo pipefail
source "$(dirname "$0")/env.sh"

if [ "${1:-}" = --build ]; then
    (cd "$package/Checks" && BOOTPAY_WARNINGS_AS_ERRORS=1 building --product Conformance --scratch-path "$scratch/checks")
    exit
fi
replace_with_inside "$scratch/checks/debug/Conformance" "$@"
