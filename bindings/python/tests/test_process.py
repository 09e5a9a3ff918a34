"""Processes that fork, and processes that end."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Callable

import pytest

from bootpay_cancel import Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

SCRIPTS = int(os.environ.get("BOOTPAY_EXIT_SCRIPTS", "100"))


def in_a_child(work: Callable[[], object]) -> None:
    """Runs it in a forked child, and fails where that fails or takes too long."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert status == 0
            return
        time.sleep(0.01)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the child hung")


@pytest.mark.parametrize("used_before", [False, True])
def test_a_client_goes_on_working_after_a_fork_on_both_sides(
    sandbox: Sandbox, tmp_path: Path, used_before: bool
) -> None:
    receipts = [sandbox.add(10_000) for _ in range(7)]
    bootpay = sandbox.client(journal=tmp_path / "journal.sqlite3")
    if used_before:
        assert isinstance(bootpay.cancel(receipts[0]), Cancelled)

    def child(receipt_id: str) -> None:
        assert isinstance(bootpay.cancel(receipt_id), Cancelled)

    for number in (1, 2, 3):
        in_a_child(lambda number=number: child(receipts[number]))  # type: ignore[misc]
    assert isinstance(bootpay.cancel(receipts[4]), Cancelled)
    # What a child has cancelled, its parent knows: they share the journal.
    again = bootpay.cancel(receipts[1])
    assert isinstance(again, Cancelled)
    assert again.repeated
    assert len(sandbox.ledger()) == (5 if used_before else 4)


def test_what_a_child_records_is_kept_when_its_parent_closes_the_journal(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts = [sandbox.add(10_000) for _ in range(3)]
    journal = tmp_path / "journal.sqlite3"
    bootpay = sandbox.client(journal=journal)
    bootpay.cancel(receipts[0])
    (ready, tell_ready), (closed, tell_closed) = os.pipe(), os.pipe()

    def child() -> None:
        assert isinstance(bootpay.cancel(receipts[1]), Cancelled)
        os.write(tell_ready, b".")
        os.read(closed, 1)
        assert isinstance(bootpay.cancel(receipts[2]), Cancelled)

    def close() -> None:
        os.read(ready, 1)
        bootpay.close()
        with sandbox.client(journal=journal) as other:
            assert len(other.intents()) == 2
        os.write(tell_closed, b".")

    closing = threading.Thread(target=close)
    closing.start()
    in_a_child(child)
    closing.join()
    with sandbox.client(journal=journal) as fresh:
        assert [intent.receipt_id for intent in fresh.intents()] == receipts


def test_forks_and_cancels_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    bootpay = sandbox.client(journal=tmp_path / "journal.sqlite3")
    receipts = [sandbox.add(10_000) for _ in range(30)]

    def click() -> None:
        for receipt_id in receipts[:20]:
            assert isinstance(bootpay.cancel(receipt_id), Cancelled)

    clicking = threading.Thread(target=click)
    clicking.start()
    for receipt_id in receipts[20:]:
        in_a_child(lambda receipt_id=receipt_id: bootpay.cancel(receipt_id))  # type: ignore[misc]
    clicking.join()
    assert sorted(movement["receipt_id"] for movement in sandbox.ledger()) == sorted(receipts)
    assert len(bootpay.intents()) == 30


def test_an_asyncio_client_goes_on_working_after_a_fork(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts = [sandbox.add(10_000) for _ in range(3)]
    bootpay = sandbox.async_client(journal=tmp_path / "journal.sqlite3")
    asyncio.run(bootpay.cancel(receipts[0]))
    in_a_child(lambda: asyncio.run(bootpay.cancel(receipts[1])))
    asyncio.run(bootpay.cancel(receipts[2]))
    assert len(sandbox.ledger()) == 3


SCRIPT = """
import asyncio, sys
from bootpay_cancel import AsyncBootpay, Bootpay, Cancelled, MemoryJournal
form, base_url, application_id, private_key, receipt_id = sys.argv[1:]
options = dict(base_url=base_url, journal=MemoryJournal())
if form == "asyncio":
    async def main():
        return await AsyncBootpay(application_id, private_key, **options).cancel(receipt_id)
    outcome = asyncio.run(main())
elif form == "left":
    async def main():
        asyncio.ensure_future(AsyncBootpay(application_id, private_key, **options).cancel(receipt_id))
        await asyncio.sleep(0.01)
    asyncio.run(main())
    sys.exit()
else:
    outcome = Bootpay(application_id, private_key, **options).cancel(receipt_id)
assert isinstance(outcome, Cancelled)
"""


def run_script(sandbox: Sandbox, form: str, receipt_id: str) -> subprocess.CompletedProcess[str]:
    arguments = [form, sandbox.base_url, sandbox.application_id, sandbox.private_key, receipt_id]
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_scripts_of_one_request_end_cleanly(sandbox: Sandbox) -> None:
    receipts = [sandbox.add(10_000) for _ in range(SCRIPTS)]
    failures: list[str] = []

    def work(own: list[str]) -> None:
        for number, receipt_id in enumerate(own):
            done = run_script(sandbox, "asyncio" if number % 4 else "blocking", receipt_id)
            if done.returncode != 0 or done.stderr:
                failures.append(f"{done.returncode}: {done.stderr}")

    workers = [threading.Thread(target=work, args=(receipts[number::4],)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    assert len(sandbox.ledger()) == SCRIPTS


def test_a_script_that_leaves_a_cancel_behind_waits_for_its_answer(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="before_money", latency_ms=500, retry_after_s=1)
    done = run_script(sandbox, "left", receipt_id)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(request["operation"] == "cancel" for request in sandbox.requests())
