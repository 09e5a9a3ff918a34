#!/usr/bin/env bash
# Builds the Java and Kotlin examples against the package in a Maven repository, and runs them against a sandbox.
# BOOTPAY_REPOSITORY names the repository: dist/maven unless told.
set -euo pipefail
source "$(dirname "$0")/env.sh"

program=${BOOTPAY_SANDBOX_BIN:-$build/debug/bootpay}
from_repository "${BOOTPAY_REPOSITORY:-$root/dist/maven}"
made=$build/kotlin/examples
for language in java kotlin; do
    (cd "$root/examples/$language" && maven_outside -Dexample.build="$made/$language" process-classes)
done

work=$(mktemp -d)
mkfifo "$work/greeting"
"$program" sandbox --json --port 0 >"$work/greeting" &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null; rm -rf "$work"' EXIT
read -r greeting <"$work/greeting"
export BOOTPAY_BASE_URL BOOTPAY_APPLICATION_ID BOOTPAY_PRIVATE_KEY BOOTPAY_JOURNAL
from_greeting() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/' <<<"$greeting"; }
BOOTPAY_BASE_URL=$(from_greeting BOOTPAY_BASE_URL)
BOOTPAY_APPLICATION_ID=$(from_greeting BOOTPAY_APPLICATION_ID)
BOOTPAY_PRIVATE_KEY=$(from_greeting BOOTPAY_PRIVATE_KEY)
BOOTPAY_JOURNAL=$work/journal.sqlite3

java_example() { java -cp "$made/java/classes:$(cat "$made/java/classpath.txt")" -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 "$@"; }
kotlin_example() { java -cp "$made/kotlin/classes:$(cat "$made/kotlin/classpath.txt")" -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 "$@"; }
staff() { kotlin_example example.StaffKt "$@" --by 홍길동; }
# Listing what is open ends with 3, since it waits for somebody.
open_ones() { staff open | sed -n 's/.*취소 ID \(.*\)/\1/p' || true; }
control() { curl --silent --noproxy '*' -X "$1" "$BOOTPAY_BASE_URL/_sandbox/$2" ${3:+-d "$3"}; }
receipt() { control POST receipts "$1" | sed 's/.*"receipt_id":"\([^"]*\)".*/\1/'; }
moved() { control GET "ledger?receipt_id=$1" | grep -o '"amount":[0-9]*' | cut -d: -f2 | paste -sd, -; }

# check NAME EXPECTED-STATUS EXPECTED-TEXT COMMAND…: the command ends so, and says so.
check() {
    local name=$1 status=$2 text=$3 said ended=0
    shift 3
    said=$("$@" 2>&1) || ended=$?
    if [ "$ended" != "$status" ] || ! grep -qF -- "$text" <<<"$said"; then
        printf '%s: ended with %s instead of %s, or did not say "%s":\n%s\n' "$name" "$ended" "$status" "$text" "$said" >&2
        exit 1
    fi
}
same() { [ "$2" = "$3" ] || { echo "$1: $2 instead of $3" >&2; exit 1; }; }

for page in "java_example example.Page" "kotlin_example example.PageKt"; do
    id=$(receipt '{"price": 10000}')
    check "$page" 0 "취소되었습니다: 10000원, 남은 금액 0원" $page "$id"
    same "$page" "$(moved "$id")" 10000
    check "$page, refused" 0 "정산 예정 금액이" $page "$(receipt '{"price": 20000, "refuse_with": "settlement"}')"
    check "$page, before" 0 "이미 취소된 결제입니다" $page "$(receipt '{"price": 15000, "cancelled_in_pg_console": true}')"
done

id=$(receipt '{"price": 10000}')
check "nothing open" 0 "확인이 필요한 취소 건이 없습니다" staff open
check "a receipt" 0 "남은 금액 10,000원" staff receipt "$id"
check "no answer is a no" 1 "아무것도 보내지 않았습니다" staff cancel "$id" </dev/null
check "no is a no" 1 "아무것도 보내지 않았습니다" staff cancel "$id" <<<"아니요"
check "a part without its number" 2 "--cancel-id가 필요합니다" staff cancel "$id" --price 3000
check "a price that is none" 2 "원 단위의 정수" staff cancel "$id" --price 3천 --cancel-id refund-1
same "nothing was sent" "$(moved "$id")" ""
check "a part" 0 "남은 금액 7,000원" staff cancel "$id" --price 3000 --cancel-id refund-1 --yes
check "the same part" 0 "앞서 요청한 것과 같은 취소입니다" staff cancel "$id" --price 3000 --cancel-id refund-1 --yes
check "the rest, after a yes" 0 "남은 금액 0원" staff cancel "$id" <<<"예"
same "part and rest" "$(moved "$id")" 3000,7000
check "a refusal" 1 "이 요청으로 환불된 돈은 없습니다" staff cancel "$(receipt '{"price": 9000, "refuse_with": "limit"}')" --yes

# An unknown one is seen, watched until it is settled, and then no longer there.
id=$(receipt '{"price": 10000}')
control POST faults "{\"on\": \"cancel\", \"receipt_id\": \"$id\", \"when\": \"after_money\", \"delivery\": \"reset\"}" >"$work/answer"
# And the ledger lags behind.
control PATCH settings '{"lookup_lag_ms": 600000}' >"$work/answer"
check "an unknown one" 3 "연결이 끊겼습니다" staff cancel "$id" --yes
check "it is listed" 3 "결과 미확인" staff open
unknown=$(open_ones)
check "not yet" 3 "아직 알 수 없습니다" staff watch "$unknown" --every 0.2 --for 0.1
control PATCH settings '{"lookup_lag_ms": 0}' >"$work/answer"
check "watched" 0 "취소 완료" staff watch "$unknown" --every 0.2 --for 30
same "once" "$(moved "$id")" 10000

# One that nobody can settle but a person.
id=$(receipt '{"price": 10000}')
control POST faults "{\"on\": \"cancel\", \"receipt_id\": \"$id\", \"when\": \"before_money\", \"delivery\": \"reset\"}" >"$work/answer"
check "unknown again" 3 "아직 알 수 없습니다" staff cancel "$id" --yes
unknown=$(open_ones)
check "too early" 1 "이 요청으로 환불된 돈은 없습니다" staff resolve "$unknown" not-cancelled --yes
check "decided" 0 "취소 완료 (홍길동)" staff resolve "$unknown" cancelled <<<"예"
check "the menu" 0 "확인이 필요한 취소 건이 없습니다" kotlin_example example.StaffKt <<<$'1\n0'
echo "The Java and Kotlin examples do what they say."
