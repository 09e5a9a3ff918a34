"""A terminal tool for a merchant's staff: look a payment up, cancel it, and settle what stayed unknown.

    python staff.py                                     # a menu
    python staff.py cancel RECEIPT_ID --price 3000 --cancel-id order-1042/refund-1
    python staff.py --help

Keys come from `BOOTPAY_APPLICATION_ID` and `BOOTPAY_PRIVATE_KEY`; `BOOTPAY_API` (`v1`, `v2`), `BOOTPAY_JOURNAL` and
`BOOTPAY_BASE_URL` are as in the `bootpay` command. All who cancel the same payments must name the same journal.

It ends with 0 where all is done, 1 where an error moved no money, 2 where it was called wrongly, 3 where an outcome is
unknown, and 4 where a payment had been cancelled before.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import time
from typing import TYPE_CHECKING, Callable

from bootpay_cancel import (
    AlreadyCancelled,
    Bootpay,
    BootpayError,
    Cancelled,
    CancelOutcome,
    Decision,
    FullAmount,
    Intent,
    IntentRef,
    IntentState,
    LookupFailed,
    MoneyIsBack,
    Options,
    Receipt,
    UnknownCause,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, ERROR, WRONG, UNKNOWN, ALREADY = range(5)

STATES = {
    IntentState.RESERVED: "접수됨",
    IntentState.SENDING: "요청 중",
    IntentState.UNKNOWN: "결과 미확인",
    IntentState.CANCELLED: "취소 완료",
    IntentState.ALREADY_CANCELLED: "이미 취소됨",
    IntentState.REFUSED: "거절됨",
    IntentState.NOT_SENT: "전송되지 않음",
    IntentState.NOT_CANCELLED: "취소되지 않음(직원 확인)",
}
CAUSES = {
    UnknownCause.TIMED_OUT: "응답이 제때 오지 않았습니다",
    UnknownCause.DISCONNECTED: "연결이 끊겼습니다",
    UnknownCause.UNPROVEN: "결과를 알 수 없는 응답이 왔습니다",
    UnknownCause.IN_PROGRESS: "PG사에서 처리 중입니다",
    UnknownCause.GATEWAY_LOST: "부트페이와 PG사 사이의 연결이 끊겼습니다",
    UnknownCause.REFUSED_AFTER_A_TRY: "먼저 보낸 요청이 도착했을 수 있습니다",
    UnknownCause.ID_SEEN_BEFORE: "이미 접수된 적이 있는 취소 ID입니다",
    UnknownCause.TOKEN_LOST: "요청 뒤에 토큰을 받지 못했습니다",
    UnknownCause.INTERRUPTED: "요청하던 프로그램이 중단되었습니다",
}
MONEY = {
    MoneyIsBack.YES: "환불되었습니다",
    MoneyIsBack.ACCEPTED_FOR_TRANSFER: "환불 계좌로의 이체가 접수되었습니다. 입금까지는 시간이 걸립니다",
    MoneyIsBack.UNCONFIRMED: "부트페이 장부에는 아직 결제로 남아 있습니다. PG사 관리자 화면에서 확인해 주세요",
}


def won(amount: int | None) -> str:
    """An amount as people write it."""
    return "?" if amount is None else f"{amount:,}원"


def asked_for(intent: IntentRef | Intent) -> str:
    """What an intent is about, in short."""
    full = isinstance(intent.amount, FullAmount)
    return "전액" if full else f"일부 {won(intent.amount.price)}"  # type: ignore[union-attr]


def open_intents(bootpay: Bootpay, _: argparse.Namespace) -> int:
    """Lists what still waits for evidence or for a person."""
    intents = bootpay.intents(open=True)
    if not intents:
        print("확인이 필요한 취소 건이 없습니다.")
    for intent in intents:
        cause = f", {CAUSES[intent.unknown_cause]}" if intent.unknown_cause else ""
        held = ", 금액이 맞지 않아 담당자 확인이 필요합니다" if intent.held else ""
        print(f"{intent.created_at:%Y-%m-%d %H:%M}  {STATES[intent.state]}  {asked_for(intent)}{cause}{held}")
        print(f"    영수증 {intent.receipt_id}  취소 ID {intent.cancel_id}")
    return UNKNOWN if intents else DONE


def receipt(bootpay: Bootpay, given: argparse.Namespace) -> int:
    """Looks a payment up, with what the journal knows about it."""
    show(bootpay.receipt(given.receipt_id))
    for intent in bootpay.intents(receipt_id=given.receipt_id):
        print(
            f"    {intent.created_at:%Y-%m-%d %H:%M}  {asked_for(intent)}  {STATES[intent.state]}  {intent.cancel_id}"
        )
    return DONE


def show(found: Receipt) -> None:
    """Prints what matters of a payment."""
    totals = found.totals
    print(f"{found.order_name or '(상품명 없음)'}  {found.pg_name or found.pg} {found.method_name or found.method}")
    print(f"    결제 {won(totals.price)}  취소 {won(totals.cancelled)}  남은 금액 {won(totals.remaining)}")


def cancel(bootpay: Bootpay, given: argparse.Namespace) -> int:
    """Cancels a payment, in full or in part, once somebody has seen what it is and said yes."""
    if given.price is not None and given.cancel_id is None:
        print(
            "일부 취소에는 --cancel-id가 필요합니다. 같은 번호는 몇 번을 요청해도 한 번만 환불됩니다.", file=sys.stderr
        )
        return WRONG
    found = bootpay.receipt(given.receipt_id)
    show(found)
    remaining = found.totals.remaining
    if not confirmed(given, f"{won(remaining if given.price is None else given.price)}을 취소합니다"):
        return ERROR
    words = {"cancel_id": given.cancel_id, "canceller": given.by, "reason": given.reason}
    if given.price is None:
        # What was shown is what is cancelled: where somebody else was faster, nothing is sent.
        outcome = bootpay.cancel(given.receipt_id, expected_remaining=remaining or None, **words)
    else:
        outcome = bootpay.cancel(given.receipt_id, price=given.price, tax_free=given.tax_free, **words)
    return told(outcome)


def watch(bootpay: Bootpay, given: argparse.Namespace) -> int:
    """Asks again and again how an unknown cancel stands, until it is settled."""
    give_up_at = time.monotonic() + given.seconds
    while True:
        try:
            status = told(bootpay.reconcile(given.cancel_id))
        except LookupFailed as error:
            print(f"조회하지 못했습니다. {error.hint or error.text}")
            status = UNKNOWN
        if status != UNKNOWN or time.monotonic() + given.every > give_up_at:
            return status
        time.sleep(given.every)


def resolve(bootpay: Bootpay, given: argparse.Namespace) -> int:
    """Records what somebody saw in Bootpay's and the payment gateway's consoles."""
    decision = Decision(given.decision.replace("-", "_"))
    intent = bootpay.intent(given.cancel_id)
    words = "취소되었다" if decision is Decision.CANCELLED else "취소되지 않았다"
    question = f"{intent.receipt_id} {asked_for(intent)} 건을 '{words}'로 기록합니다. 되돌릴 수 없습니다"
    if not confirmed(given, question):
        return ERROR
    settled = bootpay.resolve(given.cancel_id, decision, given.by)
    print(f"기록했습니다: {STATES[settled.state]} ({settled.decided_by})")
    return DONE


def told(outcome: CancelOutcome) -> int:
    """Says how a cancel ended, and gives the exit status."""
    if isinstance(outcome, Cancelled):
        figures = outcome.cancellation
        again = " (앞서 요청한 것과 같은 취소입니다)" if outcome.repeated else ""
        print(f"취소 완료: {MONEY[outcome.money_is_back]}.{again}")
        print(f"    취소 누계 {won(figures.cancelled_price)}  남은 금액 {won(figures.remain_price)}")
        for each in outcome.mismatches:
            print(f"    확인 필요: {each.field}이(가) {won(each.expected)}이 아니라 {won(each.answered)}입니다.")
        return DONE
    if isinstance(outcome, AlreadyCancelled):
        print(f"이미 취소된 결제입니다: {MONEY[outcome.money_is_back]}.")
        return ALREADY
    print(f"아직 알 수 없습니다: {CAUSES[outcome.cause]}. 다시 취소하지 말고 결과를 확인해 주세요.")
    print(f"    취소 ID {outcome.cancel_id}")
    return UNKNOWN


def confirmed(given: argparse.Namespace, question: str) -> bool:
    """Asks before money moves. Nobody there to answer is a no."""
    if given.yes:
        return True
    try:
        answer = input(f"{question}. 계속할까요? [예/아니요] ")
    except EOFError:
        answer = ""
    if answer.strip() in {"예", "네", "y", "yes"}:
        return True
    print("그만두었습니다. 아무것도 보내지 않았습니다.")
    return False


def arguments() -> argparse.ArgumentParser:
    """What the command line understands."""
    parser = argparse.ArgumentParser(prog="staff.py", description="부트페이 결제 취소: 담당자용")
    commands = parser.add_subparsers(title="명령 (없으면 메뉴가 나옵니다)", metavar="")

    def command(name: str, run: Callable[[Bootpay, argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=about, description=about)
        added.add_argument("--by", default=getpass.getuser(), help="담당자 이름")
        added.add_argument("--yes", action="store_true", help="묻지 않고 진행합니다")
        added.set_defaults(run=run)
        return added

    command("open", open_intents, "확인이 필요한 취소 건을 봅니다")
    command("receipt", receipt, "영수증을 조회합니다").add_argument("receipt_id")
    cancels = command("cancel", cancel, "결제를 취소합니다: 금액이 없으면 남은 금액 전부")
    cancels.add_argument("receipt_id")
    cancels.add_argument("--price", type=int, help="취소할 금액(원)")
    cancels.add_argument("--tax-free", type=int, help="그 가운데 비과세 금액(원)")
    cancels.add_argument("--cancel-id", help="환불 번호: 같은 번호는 같은 환불입니다")
    cancels.add_argument("--reason", help="취소 사유")
    watches = command("watch", watch, "결과가 확인될 때까지 지켜봅니다")
    watches.add_argument("cancel_id")
    watches.add_argument("--every", type=float, default=10, help="몇 초마다 (기본 10)")
    watches.add_argument("--for", dest="seconds", type=float, default=600, help="몇 초 동안 (기본 600)")
    resolves = command("resolve", resolve, "관리자 화면에서 확인한 결과를 기록합니다")
    resolves.add_argument("cancel_id")
    resolves.add_argument("decision", choices=["cancelled", "not-cancelled"])
    return parser


MENU = """
1. 확인이 필요한 취소 건   2. 영수증 조회   3. 전액 취소   4. 일부 취소
5. 결과 지켜보기           6. 결과 기록     0. 끝내기"""


def asked(choice: str) -> list[str] | None:
    """The command line that a choice of the menu stands for."""
    if choice == "1":
        return ["open"]
    if choice in {"2", "3"}:
        return ["receipt" if choice == "2" else "cancel", input("영수증 ID: ").strip()]
    if choice == "4":
        receipt_id, price = input("영수증 ID: ").strip(), input("취소할 금액(원): ").replace(",", "").strip()
        return ["cancel", receipt_id, "--price", price, "--cancel-id", input("환불 번호: ").strip()]
    if choice == "5":
        return ["watch", input("취소 ID: ").strip()]
    if choice == "6":
        cancel_id, seen = input("취소 ID: ").strip(), input("취소되었습니까? [예/아니요] ").strip()
        return ["resolve", cancel_id, "cancelled" if seen in {"예", "네", "y", "yes"} else "not-cancelled"]
    return None


def menu(bootpay: Bootpay) -> int:
    """Asks what to do until somebody has enough."""
    recovery = bootpay.recover()
    print(f"결과가 확인된 취소 {len(recovery.settled)}건, 아직 모르는 취소 {len(recovery.unknown)}건")
    while True:
        print(MENU)
        try:
            choice = input("> ").strip()
            line = asked(choice)
        except EOFError:
            return DONE
        if line is not None:
            try:
                run(bootpay, arguments().parse_args(line))
            except SystemExit:
                # What argparse has complained about: the menu goes on.
                continue
        elif choice == "0":
            return DONE


def run(bootpay: Bootpay, given: argparse.Namespace) -> int:
    """Carries a command out. An error moved no money; a Ctrl-C proves nothing."""
    try:
        status: int = given.run(bootpay, given)
    except BootpayError as error:
        print(f"안 되었습니다. 이 요청으로 환불된 돈은 없습니다.\n{error}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        print("\n기다리기를 그만두었습니다. 보낸 취소는 계속되므로 'open'으로 확인해 주세요.", file=sys.stderr)
        return UNKNOWN
    return status


def main(line: Sequence[str] | None = None) -> int:
    """A command, or the menu."""
    given = arguments().parse_args(line)
    options = Options()
    if base_url := os.environ.get("BOOTPAY_BASE_URL"):
        options["base_url"] = base_url
    if journal := os.environ.get("BOOTPAY_JOURNAL"):
        options["journal"] = journal
    if os.environ.get("BOOTPAY_API") == "v2":
        options["dialect"] = "v2"
    try:
        keys = os.environ["BOOTPAY_APPLICATION_ID"], os.environ["BOOTPAY_PRIVATE_KEY"]
    except KeyError as missing:
        print(f"환경 변수 {missing.args[0]}이(가) 필요합니다.", file=sys.stderr)
        return WRONG
    with Bootpay(*keys, **options) as bootpay:
        return run(bootpay, given) if "run" in given else menu(bootpay)


if __name__ == "__main__":
    sys.exit(main())
