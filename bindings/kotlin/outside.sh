#!/usr/bin/env bash
# Uses the package as a stranger does: installed from dist/ and used in a fresh Maven project, both by the README's own
# lines, against a sandbox.
set -euo pipefail
source "$(dirname "$0")/env.sh"

export BOOTPAY_SANDBOX_BIN=${BOOTPAY_SANDBOX_BIN:-$build/debug/bootpay}
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
python3 "$package/readme_project.py" "$package/README.md" "$project"
# What Maven remembers of an earlier build of this very version is forgotten.
rm -rf "${HOME}/.m2/repository/kr/co/bootpay/bootpay-cancel/$version"
install=$(sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$package/README.md" | grep 'install:install-file')
(cd "$root" && bash -euc "$install") | sed 's|\x1b\[[0-9;]*m||g; /^$/d'
cd "$project"
quiet_maven -Doutside.build="$project/target" test
