#!/usr/bin/env bash
# Uses the package as a stranger does: a fresh Maven project from the README's own lines, against a sandbox.
# BOOTPAY_REPOSITORY names the Maven repository that the package is in: dist/maven unless told.
set -euo pipefail
source "$(dirname "$0")/env.sh"

repository=${BOOTPAY_REPOSITORY:-$root/dist/maven}
export BOOTPAY_SANDBOX_BIN=${BOOTPAY_SANDBOX_BIN:-$build/debug/bootpay}
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
python3 "$package/readme_project.py" "$package/README.md" "$project"
from_repository "$repository"
cd "$project"
maven_outside -Doutside.build="$project/target" test
