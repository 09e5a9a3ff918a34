#!/usr/bin/env bash
# Tests the package as its users get it: its own tests and the examples' against the sandbox, the conformance runner's
# answers, and a fresh package outside, made of the README's own lines and built against what is in dist/.
#
# `test.sh quick` takes a debug library, and leaves the fresh package out.
set -euo pipefail
source "$(dirname "$0")/env.sh"

# Builds and runs tests, and shows what they printed where one fails, else their sum alone.
testing() {
    local log=$scratch/tests.log
    building --build-tests "$@" || return
    inside swift test --skip-build "$@" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
    grep 'Test run with' "$log"
}

echo "Checking the format …"
(cd "$root" && inside swift format lint --strict --recursive --configuration bindings/swift/.swift-format \
    bindings/swift/{Package.swift,Sources/BootpayCancel,Sources/BootpaySandbox,Tests,Checks} \
    examples/swift/{Package.swift,Sources,Tests})

echo "Building the sandbox …"
(cd "$root" && cargo build --locked --quiet -p bootpay-cli)
export BOOTPAY_SANDBOX_BIN=$build/debug/bootpay
export BOOTPAY_WARNINGS_AS_ERRORS=1

if [ "${1:-}" = quick ]; then prepare debug; else "$package/build.sh"; fi

echo "Building the programs that check the package …"
(cd "$package/Checks" && building --scratch-path "$scratch/checks")
export BOOTPAY_ENDING_BIN=$scratch/checks/debug/Ending

echo "Testing the package …"
(cd "$package" && testing --scratch-path "$scratch/debug")

echo "Testing the conformance runner …"
"$package/runner.sh" async <<<'{"bank":"국민은행","do":"find_bank"}' | grep --quiet '^{"bank":{"aliases":\[.*\],"code":"004",'

echo "Testing the examples …"
(cd "$root/examples/swift" && testing --scratch-path "$scratch/examples")

if [ "${1:-}" != quick ]; then
    echo "Building a fresh package outside, from the README's own lines …"
    unset BOOTPAY_WARNINGS_AS_ERRORS
    outside=$(mktemp -d)
    trap 'rm -rf "$outside"; [ -z "${sandbox:-}" ] || kill "$sandbox"' EXIT
    tar -C "$outside" -xzf "$root/dist/bootpay-cancel-swift-$system.tar.gz"
    python3 "$package/outside.py" "$outside/bootpay-cancel/README.md" "$outside"
    (cd "$outside" && testing --scratch-path "$outside/.build")

    # Its program talks to production; here it is sent to a sandbox, with that one's keys and a payment of its own.
    mkfifo "$outside/greeting"
    "$BOOTPAY_SANDBOX_BIN" sandbox --json --port 0 >"$outside/greeting" 2>/dev/null &
    sandbox=$!
    python3 - "$outside" <<'PYTHON'
import json, re, sys
outside = sys.argv[1]
greeting = json.loads(open(f"{outside}/greeting").readline())
keys, receipt = greeting["environment"], greeting["receipts"][0]["receipt_id"]
program = open(f"{outside}/Sources/shop/main.swift").read()
sandbox = f', options: .init(environment: .custom(baseURL: "{greeting["base_url"]}"), journal: .memory))'
program, replaced = re.subn(
    r'"5b8f6a4d396fa665fdc2b5ea", privateKey: "rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw="\)',
    f'"{keys["BOOTPAY_APPLICATION_ID"]}", privateKey: "{keys["BOOTPAY_PRIVATE_KEY"]}"{sandbox}', program)
assert replaced == 1
assert "612df0250d681b001de61de6" in program
open(f"{outside}/Sources/shop/main.swift", "w").write(program.replace("612df0250d681b001de61de6", receipt))
PYTHON
    (cd "$outside" && building)
    said=$(cd "$outside" && inside .build/debug/shop)
    echo "It says: $said"
    [ "$said" = "취소되었습니다: 10000원, 남은 금액 0원" ]

    # As it is deployed: the program and the library in one folder, and no package far and wide.
    mkdir "$outside/deployed"
    cp "$outside/.build/debug/shop" "$outside/bootpay-cancel/lib/$system/$file" "$outside/deployed/"
    rm -rf "$outside/bootpay-cancel"
    said=$(cd "$outside/deployed" && inside ./shop)
    echo "Deployed, it says: $said"
    # The same refund under the same derived key: it is found, and not made again.
    [ "$said" = "취소되었습니다: 10000원, 남은 금액 0원" ]
    python3 - "$outside" <<'PYTHON'
import json, re, sys, urllib.request
outside = sys.argv[1]
program = open(f"{outside}/Sources/shop/main.swift").read()
(address,) = re.findall(r"http://127\.0\.0\.1:\d+", program)
ledger = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/_sandbox/ledger"))
assert [each["amount"] for each in ledger if each["by"] == "api"] == [10_000], ledger
PYTHON
fi
echo "The Swift package passes."
