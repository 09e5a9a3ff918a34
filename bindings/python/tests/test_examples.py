"""The examples, run as a reader would run them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox

EXAMPLES = Path(__file__).parents[3] / "examples" / "python"

DONE, ERROR, WRONG, UNKNOWN, ALREADY = range(5)


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "BOOTPAY_APPLICATION_ID": sandbox.application_id,
        "BOOTPAY_PRIVATE_KEY": sandbox.private_key,
        "BOOTPAY_BASE_URL": sandbox.base_url,
        "BOOTPAY_JOURNAL": str(folder / "journal.sqlite3"),
        # page.py has no other journal than the user's own.
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "PYTHONIOENCODING": "utf-8",
    }


def run(sandbox: Sandbox, folder: Path, example: str, *arguments: str, typed: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / example), *arguments],
        input=typed,
        env=environment(sandbox, folder),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def staff(sandbox: Sandbox, tmp_path: Path) -> Staff:
    return Staff(sandbox, tmp_path)


class Staff:
    """Somebody at a terminal."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder

    def __call__(self, *arguments: str, typed: str = "") -> tuple[int, str, str]:
        return run(self.sandbox, self.folder, "staff.py", *arguments, typed=typed)

    def moved(self, receipt_id: str) -> list[int]:
        return [movement["amount"] for movement in self.sandbox.ledger(receipt_id)]

    def an_unknown(self, **members: object) -> tuple[str, str]:
        """A cancel that is carried out, and whose answer is lost: its receipt and its cancel_id."""
        receipt_id = self.sandbox.add(10_000, **members)
        self.sandbox.fault(on="cancel", when="after_money", delivery="reset")
        # The ledger lags as well, so that no lookup proves anything.
        self.sandbox.control("PATCH", "settings", {"lookup_lag_ms": 3_600_000})
        status, out, err = self("cancel", receipt_id, "--yes")
        assert status == UNKNOWN, out + err
        assert "다시 취소하지 말고" in out
        return receipt_id, out.split()[-1]


def test_the_pages_example_cancels_and_says_how_much(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(3_000)
    assert run(sandbox, tmp_path, "page.py", receipt_id) == (
        0,
        "0 intents are still unknown\ncancelled 3000 won, 0 won remain\n",
        "",
    )
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [3_000]


def test_the_pages_example_says_what_to_do_about_a_refusal(sandbox: Sandbox, tmp_path: Path) -> None:
    status, _, told = run(sandbox, tmp_path, "page.py", sandbox.add(3_000, refuse_with="kcp_ip"))
    assert status == 1
    assert "223.130.82.4" in told


def test_staff_cancel_in_full_once_they_have_said_yes(staff: Staff) -> None:
    receipt_id = staff.sandbox.add(10_000)
    status, out, _ = staff("cancel", receipt_id, typed="아니요\n")
    assert status == ERROR
    assert "10,000원을 취소합니다" in out
    assert "아무것도 보내지 않았습니다" in out
    assert staff("cancel", receipt_id, typed="")[0] == ERROR
    assert staff.moved(receipt_id) == []
    status, out, _ = staff("cancel", receipt_id, "--by", "김담당", "--reason", "고객 변심", typed="예\n")
    assert status == DONE
    assert "취소 누계 10,000원  남은 금액 0원" in out
    assert staff.moved(receipt_id) == [10_000]
    body = staff.sandbox.requests()[-1]["body"]
    assert (body["name"], body["reason"]) == ("김담당", "고객 변심")


def test_staff_cancel_a_part_under_a_number_of_theirs(staff: Staff) -> None:
    receipt_id = staff.sandbox.add(10_000)
    status, _, err = staff("cancel", receipt_id, "--price", "3000", "--yes")
    assert (status, "--cancel-id" in err) == (WRONG, True)
    for again in ("", " (앞서 요청한 것과 같은 취소입니다)"):
        status, out, _ = staff("cancel", receipt_id, "--price", "3000", "--cancel-id", "환불-1", "--yes")
        assert (status, f"환불되었습니다.{again}\n" in out) == (DONE, True)
    assert staff.moved(receipt_id) == [3_000]


def test_staff_see_a_payment_and_its_cancels(staff: Staff) -> None:
    receipt_id = staff.sandbox.add(10_000)
    staff("cancel", receipt_id, "--price", "3000", "--cancel-id", "환불-1", "--yes")
    status, out, _ = staff("receipt", receipt_id)
    assert status == DONE
    assert "결제 10,000원  취소 3,000원  남은 금액 7,000원" in out
    assert "일부 3,000원  취소 완료  환불-1" in out


def test_staff_are_told_what_to_do_about_a_refusal(staff: Staff) -> None:
    status, _, err = staff("cancel", staff.sandbox.add(10_000, refuse_with="settlement"), "--yes")
    assert status == ERROR
    assert "이 요청으로 환불된 돈은 없습니다" in err
    assert "정산 예정 금액" in err


def test_staff_are_told_that_a_payment_had_been_cancelled_before(staff: Staff) -> None:
    status, out, _ = staff("cancel", staff.sandbox.add(10_000, cancelled_in_pg_console=True), "--yes")
    assert status == ALREADY
    assert "PG사 관리자 화면에서 확인해 주세요" in out


def test_staff_watch_an_unknown_cancel_settle(staff: Staff) -> None:
    receipt_id, cancel_id = staff.an_unknown()
    status, out, _ = staff("open")
    assert status == UNKNOWN
    assert "결과 미확인  전액" in out
    assert cancel_id in out
    watching = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "staff.py"), "watch", cancel_id, "--every", "0.2", "--for", "30"],
        env=environment(staff.sandbox, staff.folder),
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert watching.stdout is not None
    assert "아직 알 수 없습니다" in watching.stdout.readline()
    staff.sandbox.control("PATCH", "settings", {"lookup_lag_ms": 0})
    out, _ = watching.communicate(timeout=30)
    assert watching.returncode == DONE
    assert "취소 완료" in out
    assert staff.moved(receipt_id) == [10_000]
    assert staff("open")[:2] == (DONE, "확인이 필요한 취소 건이 없습니다.\n")


def test_staff_stop_watching_after_a_while(staff: Staff) -> None:
    _, cancel_id = staff.an_unknown()
    status, out, _ = staff("watch", cancel_id, "--every", "0.1", "--for", "0.5")
    assert (status, out.count("아직 알 수 없습니다") > 1) == (UNKNOWN, True)


def test_staff_record_what_they_saw_in_the_consoles(staff: Staff) -> None:
    _, cancel_id = staff.an_unknown()
    status, _, err = staff("resolve", cancel_id, "not-cancelled", "--yes")
    assert status == ERROR
    assert "이 요청으로 환불된 돈은 없습니다" in err
    status, out, _ = staff("resolve", cancel_id, "cancelled", "--by", "김담당", typed="예\n")
    assert status == DONE
    assert "기록했습니다: 취소 완료 (김담당)" in out


def test_staff_may_stop_waiting_for_a_cancel_and_it_goes_on(staff: Staff) -> None:
    receipt_id = staff.sandbox.add(10_000)
    staff.sandbox.fault(on="cancel", when="after_money", latency_ms=1_500)
    cancelling = subprocess.Popen(
        [sys.executable, str(EXAMPLES / "staff.py"), "cancel", receipt_id, "--yes"],
        env=environment(staff.sandbox, staff.folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    give_up_at = time.monotonic() + 20
    while not any(request["operation"] == "cancel" for request in staff.sandbox.requests()):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)
    cancelling.send_signal(signal.SIGINT)
    _, err = cancelling.communicate(timeout=30)
    assert cancelling.returncode == UNKNOWN
    assert "보낸 취소는 계속되므로" in err
    assert staff.moved(receipt_id) == [10_000]
    assert "취소 완료" in staff("receipt", receipt_id)[1]


def test_the_menu_does_what_the_commands_do(staff: Staff) -> None:
    first, second = staff.sandbox.add(10_000), staff.sandbox.add(20_000)
    typed = f"1\n2\n{first}\n3\n{first}\n예\n4\n{second}\n5,000\n환불-1\n예\n4\n{second}\n오천\n환불-2\n9\n3\n\n0\n"
    status, out, err = staff(typed=typed)
    assert status == DONE, err
    assert "확인이 필요한 취소 건이 없습니다." in out
    assert out.count("취소 완료: 환불되었습니다") == 2
    assert "오천" in err
    assert staff.moved(first) == [10_000]
    assert staff.moved(second) == [5_000]


def test_without_keys_staff_are_told_what_is_missing(staff: Staff) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("BOOTPAY_")}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "staff.py"), "open"],
        env=bare,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (WRONG, "환경 변수 BOOTPAY_APPLICATION_ID이(가) 필요합니다.\n")
