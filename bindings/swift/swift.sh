#!/usr/bin/env bash
# Runs swift in this folder, installing it first where there is none: `bindings/swift/swift.sh build`.
set -euo pipefail
here=$PWD
source "$(dirname "$0")/env.sh"
cd "$here"
inside swift "$@"
