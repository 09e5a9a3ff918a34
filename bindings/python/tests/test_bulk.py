"""Cancels by the file: every row once, told as it goes, stopped at any moment and taken up again."""

from __future__ import annotations

import asyncio
import csv
import io
import pickle
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from bootpay_cancel import (
    AsyncBootpay,
    AsyncBulk,
    Bootpay,
    BootpayError,
    Bulk,
    BulkOptions,
    BulkPhase,
    BulkProgress,
    BulkStop,
    InvalidInput,
    NotSent,
    WrongBulkFile,
)

if TYPE_CHECKING:
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox

ACCOUNT = "66569112432134"
HOLDER = "카나리아"
FAST: BulkOptions = {"per_second": 200, "tell_every": 0.02, "between_rounds": 0.1}
PATIENCE = 60


def rows(sandbox: Sandbox, count: int) -> tuple[list[str], str]:
    """Receipts of 10,000 won, and a file that takes a part of each second one and the whole of the others."""
    receipts = [sandbox.add(10_000) for _ in range(count)]
    lines = ["receipt_id,amount,cancel_id"]
    for number, receipt_id in enumerate(receipts):
        lines.append(f"{receipt_id},{3_000 if number % 2 else 'full'},{receipt_id}/refund")
    return receipts, "\n".join(lines)


def moved(sandbox: Sandbox) -> dict[str, int]:
    """What moved on each receipt, in won. A receipt that moved twice is an error."""
    movements = [(each["receipt_id"], each["amount"]) for each in sandbox.ledger()]
    assert len(dict(movements)) == len(movements)
    return dict(movements)


def holds(report_sum: Any) -> bool:
    parts = (report_sum.cancelled, report_sum.already, report_sum.refused, report_sum.unknown, report_sum.remaining)
    return bool(
        report_sum.planned.rows == sum(part.rows for part in parts)
        and report_sum.planned.won == sum(part.won for part in parts)
    )


def wait_for(condition: Any) -> None:
    give_up_at = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def test_every_row_is_cancelled_once_and_progress_is_told(sandbox: Sandbox, bootpay: Bootpay) -> None:
    receipts, file = rows(sandbox, 40)
    told: list[BulkProgress] = []
    threads: set[threading.Thread] = set()

    def hear(progress: BulkProgress) -> None:
        told.append(progress)
        threads.add(threading.current_thread())

    bulk = bootpay.bulk(file.encode())
    plan = bulk.plan()
    assert (plan.rows.rows, plan.partial.won, plan.full.unpriced, plan.encoding) == (40, 60_000, 20, "UTF-8")
    assert bulk.status().remaining.rows == 40
    report = bulk.run(plan=plan, on_progress=hear, **FAST)
    assert report.stopped is None
    assert report.sum.is_complete
    assert (report.sum.cancelled.rows, report.sum.cancelled.won) == (40, 260_000)
    assert holds(report.sum)
    assert moved(sandbox) == {each: 3_000 if number % 2 else 10_000 for number, each in enumerate(receipts)}
    assert all(holds(progress.sum) for progress in told)
    assert (told[-1].phase, told[-1].sum) == (BulkPhase.FINISHED, report.sum)
    (thread,) = threads
    assert thread is not threading.main_thread()
    again = bulk.run(plan=plan.id, **FAST)
    assert again.sum == report.sum
    assert len(sandbox.ledger()) == 40


def test_wrong_rows_are_named_by_line_and_field_and_nothing_is_sent(sandbox: Sandbox, bootpay: Bootpay) -> None:
    receipt_id = sandbox.add(10_000)
    file = (
        "receipt_id,amount,cancel_id,bank,account,holder\n"
        f"{receipt_id},full,,,,\n"
        f"{receipt_id},canary-amount,refund-1,국민은행,{ACCOUNT},{HOLDER}\n"
        f"{receipt_id},3000,,국민은행,{ACCOUNT},{HOLDER}\n"
    )
    with pytest.raises(WrongBulkFile) as caught:
        bootpay.bulk(io.StringIO(file))
    error = caught.value
    assert [(each.line, each.field) for each in error.problems] == [(3, "amount"), (4, "cancel_id")]
    assert (error.count, error.kind, error.field) == (2, "bulk_file", "amount")
    assert error.text.startswith("line 3, amount: not an amount in won")
    assert str(error.hint).startswith("3번째 줄, amount: 원 단위의 금액이어야 합니다")
    assert isinstance(error, InvalidInput)
    told = f"{error}{error!r}{vars(error)}"
    assert "canary" not in told
    assert ACCOUNT not in told
    assert HOLDER not in told
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, str(again)) == (error.problems, str(error))
    assert sandbox.requests() == []


def test_account_numbers_and_holders_are_never_shown(sandbox: Sandbox, bootpay: Bootpay, tmp_path: Path) -> None:
    receipts = [sandbox.add(10_000, virtual_account=True, method="vbank") for _ in range(3)]
    lines = [f"{each},full,국민은행,{ACCOUNT},{HOLDER},{HOLDER}" for each in receipts]
    told: list[BulkProgress] = []
    bulk = bootpay.bulk("\n".join(["receipt_id,amount,bank,account,holder,reason", *lines]).encode())
    assert bulk.plan().to_account == 3
    report = bulk.run(plan=bulk.plan(), on_progress=told.append, **FAST)
    assert report.sum.cancelled.rows == 3
    bulk.export(tmp_path / "table.csv")
    shown = f"{bulk!r}{bulk.plan()!r}{report!r}{told!r}{bulk.look_up()!r}{vars(bulk)!r}"
    shown += (tmp_path / "table.csv").read_text(encoding="utf-8-sig")
    assert ACCOUNT not in shown
    assert HOLDER not in shown
    with pytest.raises(TypeError):
        pickle.dumps(bulk)


def test_a_run_that_is_stopped_is_taken_up_by_the_next(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts, file = rows(sandbox, 40)
    path = tmp_path / "refunds.csv"
    path.write_text(file, encoding="utf-8")
    stop = BulkStop()

    def hear(progress: BulkProgress) -> None:
        if progress.sum.cancelled.rows >= 5:
            stop.stop()

    with sandbox.client(journal=tmp_path / "journal.sqlite3") as bootpay:
        bulk = bootpay.bulk(path)
        # Slowly, so that the stop comes in the middle.
        report = bulk.run(plan=bulk.plan(), on_progress=hear, stop=stop, per_second=20, rise=0, tell_every=0.02)
    assert stop.is_stopped()
    assert report.stopped is not None
    assert report.stopped.kind == "asked"
    assert 5 <= report.sum.cancelled.rows < 40
    assert holds(report.sum)
    assert len(sandbox.ledger()) == report.sum.cancelled.rows
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as bootpay:
        bulk = bootpay.bulk(str(path))
        assert bulk.status() == report.sum
        assert bulk.run(plan=bulk.plan(), **FAST).sum.cancelled.rows == 40
    assert set(moved(sandbox)) == set(receipts)


def test_a_stop_that_was_given_before_lets_nothing_begin(sandbox: Sandbox, bootpay: Bootpay) -> None:
    _, file = rows(sandbox, 3)
    stop = BulkStop()
    stop.stop()
    bulk = bootpay.bulk(file.encode())
    report = bulk.run(plan=bulk.plan(), stop=stop)
    assert (report.sum.remaining.rows, report.stopped and report.stopped.kind) == (3, "asked")
    assert bulk.look_up(stop=stop).receipts == 0
    assert sandbox.ledger() == []


def test_the_cap_is_never_exceeded_and_says_what_was_counted(sandbox: Sandbox, bootpay: Bootpay) -> None:
    _, file = rows(sandbox, 10)
    bulk = bootpay.bulk(file.encode())
    report = bulk.run(plan=bulk.plan(), cap=25_000, **FAST)
    assert report.stopped is not None
    assert (report.stopped.kind, report.stopped.cap) == ("cap", 25_000)
    assert 0 < sum(moved(sandbox).values()) <= 25_000
    assert report.stopped.counted == sum(moved(sandbox).values())


def test_a_plan_of_another_file_is_refused(sandbox: Sandbox, bootpay: Bootpay) -> None:
    one, other = (bootpay.bulk(rows(sandbox, 2)[1].encode()) for _ in range(2))
    for plan in (other.plan(), "next tuesday"):
        with pytest.raises(InvalidInput):
            one.run(plan=plan)
    for wrong in ({"cap": -1}, {"cap": 1.5}, {"per_second": "fast"}, {"speed": 1}, {"on_progress": 1}, {"stop": True}):
        with pytest.raises(InvalidInput) as caught:
            one.run(plan=one.plan(), **wrong)
        assert caught.value.hint
    assert sandbox.ledger() == []


def test_a_look_up_says_what_stands_against_rows(sandbox: Sandbox, bootpay: Bootpay) -> None:
    receipts, file = rows(sandbox, 4)
    bootpay.cancel(receipts[0])
    told: list[tuple[int, int]] = []
    lookup = bootpay.bulk(file.encode()).look_up(per_second=500, on_progress=lambda *far: told.append(far))
    (finding,) = lookup.findings
    assert (finding.line, finding.receipt_id, finding.kind) == (2, receipts[0], "already_cancelled")
    assert finding.text == "이미 모두 취소된 결제입니다"
    assert (lookup.receipts, lookup.of, lookup.count, lookup.would_move) == (4, 4, 1, 16_000)
    assert told[-1] == (4, 4)


def test_a_table_is_exported_and_opened_again(sandbox: Sandbox, bootpay: Bootpay, tmp_path: Path) -> None:
    receipts, file = rows(sandbox, 6)
    sandbox.control("PATCH", f"receipts/{receipts[2]}", {"refuse_with": {"other": {"code": "3041", "message": "=1+1"}}})
    bulk = bootpay.bulk(file.encode())
    assert bulk.run(plan=bulk.plan(), **FAST).sum.refused.rows == 1
    path = tmp_path / "table.csv"
    bulk.export(path, language="english")
    with path.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.DictReader(opened))
    assert [row["line"] for row in table] == ["2", "3", "4", "5", "6", "7"]
    assert [row["state"] for row in table] == ["cancelled"] * 2 + ["refused"] + ["cancelled"] * 3
    assert [row["cancelled_won"] for row in table] == ["10000", "3000", "", "3000", "10000", "3000"]
    assert bulk.export_bytes(language="english") == path.read_bytes()
    assert bulk.export_bytes().decode("utf-8-sig").startswith("줄,영수증,")
    # What is there is left alone.
    with pytest.raises(InvalidInput) as caught:
        bulk.export(path)
    assert caught.value.field == "path"
    assert path.read_bytes() == bulk.export_bytes(language="english")


def test_a_file_of_korean_excel_is_the_same_bulk(sandbox: Sandbox, bootpay: Bootpay) -> None:
    file = f"영수증 번호,취소 금액,취소 ID,취소 사유\r\n{sandbox.add(10_000)},전액,환불-1,고객 요청\r\n"
    korean = bootpay.bulk(io.BytesIO(file.encode("cp949")))
    assert korean.plan().encoding == "CP949"
    assert korean.plan().id == bootpay.bulk(file.encode()).plan().id
    assert korean.run(plan=korean.plan()).sum.cancelled.won == 10_000


def test_a_file_that_is_none_says_so(bootpay: Bootpay, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        bootpay.bulk(tmp_path / "nothing.csv")
    with pytest.raises(InvalidInput) as caught:
        bootpay.bulk(7)  # type: ignore[arg-type]
    assert caught.value.field == "file"
    with pytest.raises(WrongBulkFile):
        bootpay.bulk(b"")


def test_a_listener_that_raises_is_told_no_more_and_the_run_goes_on(
    sandbox: Sandbox, bootpay: Bootpay, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, file = rows(sandbox, 10)
    told: list[BulkProgress] = []
    raised: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)

    def hear(progress: BulkProgress) -> None:
        told.append(progress)
        raise RuntimeError("listener")

    bulk = bootpay.bulk(file.encode())
    assert bulk.run(plan=bulk.plan(), on_progress=hear, **FAST).sum.cancelled.rows == 10
    assert [str(each.exc_value) for each in raised] == ["listener"]
    assert len(told) == 1
    assert len(moved(sandbox)) == 10


@pytest.mark.slow
def test_a_listener_that_blocks_holds_nothing_up(sandbox: Sandbox, bootpay: Bootpay) -> None:
    _, file = rows(sandbox, 10)
    free = threading.Event()
    bulk = bootpay.bulk(file.encode())
    try:
        report = bulk.run(plan=bulk.plan(), on_progress=lambda _: free.wait(PATIENCE), **FAST)
        assert not free.is_set()
    finally:
        free.set()
    assert report.sum.cancelled.rows == 10


def test_a_closed_client_refuses_its_bulks(sandbox: Sandbox) -> None:
    _, file = rows(sandbox, 1)
    with sandbox.client() as bootpay:
        bulk = bootpay.bulk(file.encode())
    for call in (lambda: bulk.run(plan=bulk.plan()), bulk.status, lambda: bootpay.bulk(b"")):
        with pytest.raises(NotSent):
            call()


def test_asyncio_does_what_blocking_code_does(sandbox: Sandbox, tmp_path: Path) -> None:
    _, file = rows(sandbox, 20)
    told: list[BulkProgress] = []

    async def main() -> None:
        loop_thread = threading.current_thread()

        def hear(progress: BulkProgress) -> None:
            assert threading.current_thread() is loop_thread
            told.append(progress)

        async with sandbox.async_client() as bootpay:
            bulk = await bootpay.bulk(file.encode())
            plan = bulk.plan()
            looked: list[tuple[int, int]] = []
            assert (await bulk.look_up(per_second=500, on_progress=lambda *far: looked.append(far))).count == 0
            report = await bulk.run(plan=plan, on_progress=hear, **FAST)
            assert report.sum.cancelled.rows == 20
            assert (told[-1].phase, told[-1].sum) == (BulkPhase.FINISHED, report.sum)
            assert await bulk.status() == report.sum
            await bulk.export(tmp_path / "table.csv")
            assert (tmp_path / "table.csv").read_bytes() == await bulk.export_bytes()
            with pytest.raises(WrongBulkFile):
                await bootpay.bulk(b"receipt_id,amount\n1,2\n")

    asyncio.run(main())
    assert len(moved(sandbox)) == 20


def test_a_cancelled_task_stops_the_run_and_aborts_no_refund(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts, file = rows(sandbox, 40)
    sandbox.fault(on="cancel", when="after_money", times=40, latency_ms=300)

    async def click_and_leave(bulk: AsyncBulk) -> None:
        begun = asyncio.Event()
        task = asyncio.ensure_future(
            bulk.run(plan=bulk.plan(), on_progress=lambda _: begun.set(), per_second=10, rise=0, tell_every=0.02)
        )
        await asyncio.wait_for(begun.wait(), PATIENCE)
        while not sandbox.ledger():
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def main() -> None:
        bootpay = sandbox.async_client(journal=tmp_path / "journal.sqlite3")
        bulk = await bootpay.bulk(file.encode())
        await click_and_leave(bulk)
        # What was on its way ends, and nothing new is begun.
        give_up_at = time.monotonic() + PATIENCE
        while (await bulk.status()).in_flight:
            assert time.monotonic() < give_up_at
            await asyncio.sleep(0.05)
        before = len(sandbox.ledger())
        standing = await bulk.status()
        assert (standing.cancelled.rows, standing.unknown.rows) == (before, 0)
        await asyncio.sleep(1)
        assert len(sandbox.ledger()) == before
        assert 0 < before < 40
        report = await bulk.run(plan=bulk.plan(), **FAST)
        assert report.sum.cancelled.rows == 40

    asyncio.run(main())
    assert set(moved(sandbox)) == set(receipts)


def test_a_listener_on_the_event_loop_that_raises_goes_to_the_loops_handler(sandbox: Sandbox) -> None:
    _, file = rows(sandbox, 5)
    handled: list[str] = []

    def hear(progress: BulkProgress) -> None:
        raise RuntimeError("listener")

    async def main() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: handled.append(str(context["exception"])))
        async with sandbox.async_client() as bootpay:
            bulk = await bootpay.bulk(file.encode())
            report = await bulk.run(plan=bulk.plan(), on_progress=hear, **FAST)
            assert report.sum.cancelled.rows == 5

    asyncio.run(main())
    assert handled == ["listener"]


SCRIPT = """
import signal, sys
from bootpay_cancel import Bootpay, BulkStop
how, file, journal, base_url, application_id, private_key = sys.argv[1:]
bootpay = Bootpay(application_id, private_key, base_url=base_url, journal=journal)
bulk = bootpay.bulk(file)
stop = BulkStop()
if how == "handler":
    signal.signal(signal.SIGINT, lambda *_: stop.stop())
try:
    report = bulk.run(plan=bulk.plan(), on_progress=lambda _: None, stop=stop, per_second=10, rise=0, tell_every=0.02)
    print(report.stopped.kind, report.sum.cancelled.rows, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", ["ctrl-c", "handler"])
def test_ctrl_c_stops_a_run_and_what_is_on_its_way_ends(how: str, sandbox: Sandbox, tmp_path: Path) -> None:
    receipts, file = rows(sandbox, 40)
    path, journal = tmp_path / "refunds.csv", tmp_path / "journal.sqlite3"
    path.write_text(file, encoding="utf-8")
    sandbox.fault(on="cancel", when="after_money", times=3, latency_ms=1_000)
    keys = [sandbox.base_url, sandbox.application_id, sandbox.private_key]
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, how, str(path), str(journal), *keys],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_for(sandbox.ledger)
    child.send_signal(signal.SIGINT)
    told, errors = child.communicate(timeout=PATIENCE)
    assert (child.returncode, errors) == (0, "")
    before = len(sandbox.ledger())
    assert 0 < before < 40
    assert told == ("interrupted\n" if how == "ctrl-c" else f"asked {before}\n")
    with sandbox.client(journal=journal) as bootpay:
        bulk = bootpay.bulk(path)
        # The process has waited for what was on its way: nothing is left in doubt.
        assert (bulk.status().cancelled.rows, bulk.status().unknown.rows) == (before, 0)
        assert bulk.run(plan=bulk.plan(), **FAST).sum.cancelled.rows == 40
    assert set(moved(sandbox)) == set(receipts)


@pytest.mark.slow
def test_a_process_that_ends_stops_its_bulk_and_ends_cleanly_with_a_listener_inside(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    script = """
import sys, threading, time
from bootpay_cancel import Bootpay
bulk = Bootpay(*sys.argv[3:5], base_url=sys.argv[2], journal=sys.argv[5]).bulk(sys.argv[1].encode())
inside = threading.Event()
def hear(progress):
    if progress.sum.cancelled.rows:
        inside.set()
    time.sleep(0.001)
threading.Thread(
    target=lambda: bulk.run(plan=bulk.plan(), on_progress=hear, per_second=10, rise=0, tell_every=0.001), daemon=True
).start()
inside.wait(60)
"""
    keys = [sandbox.base_url, sandbox.application_id, sandbox.private_key]
    for number in range(3):
        _, file = rows(sandbox, 20)
        journal = tmp_path / f"journal-{number}.sqlite3"
        done = subprocess.run(
            [sys.executable, "-c", script, file, *keys, str(journal)],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        with sandbox.client(journal=journal) as bootpay:
            standing = bootpay.bulk(file.encode()).status()
        assert standing.cancelled.rows > 0
        assert standing.remaining.rows > 0
        assert standing.unknown.rows == 0


def test_help_explains_every_option_of_a_run() -> None:
    assert issubclass(WrongBulkFile, BootpayError)
    for bulk in (Bulk, AsyncBulk):
        for option in ("plan", "cap", "on_progress", "stop", *BulkOptions.__annotations__):
            assert f"`{option}`" in str(bulk.run.__doc__), option
    for client in (Bootpay, AsyncBootpay):
        assert "`WrongBulkFile`" in str(client.bulk.__doc__)
