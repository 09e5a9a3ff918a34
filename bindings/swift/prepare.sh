#!/usr/bin/env bash
# Puts what is generated into this package: the Swift code, the C header and the native library. `prepare.sh` takes the
# library as it ships; `prepare.sh debug` a debug build, which is faster to make.
set -euo pipefail
source "$(dirname "$0")/env.sh"
prepare "${1:-shipped}"
