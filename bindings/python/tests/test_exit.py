"""Scripts of one request end cleanly, on a machine that is busy.

A thread of the library that enters Python while the interpreter goes away aborts the process, so the package shuts the
library down before that, in an `atexit` hook. `BOOTPAY_EXIT_SCRIPTS` says how many scripts are run, and
`BOOTPAY_TEST_WITHOUT_EXIT_HOOK=1` makes the scripts drop the hook, to see what it is good for.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from bootpay_cancel import IntentState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox

SCRIPTS = int(os.environ.get("BOOTPAY_EXIT_SCRIPTS", "100"))
AT_ONCE = 4

SCRIPT = """
import asyncio, atexit, os, sys
import bootpay_cancel
from bootpay_cancel import AsyncBootpay, Bootpay, Cancelled, MemoryJournal
if os.environ.get("BOOTPAY_TEST_WITHOUT_EXIT_HOOK"):
    atexit.unregister(bootpay_cancel._process._shut_down)
form, base_url, application_id, private_key, receipt_id = sys.argv[1:]
options = dict(base_url=base_url, journal=MemoryJournal())
if form == "asyncio":
    async def main():
        return await AsyncBootpay(application_id, private_key, **options).cancel(receipt_id)
    outcome = asyncio.run(main())
elif form == "source":
    import time
    def late(refused):
        time.sleep(0.4)
        return "late"
    client = Bootpay.with_token_source(late, scope="s", token_timeout=0.1, **options)
    try:
        client.cancel(receipt_id)
    except bootpay_cancel.TokenUnavailable:
        sys.exit()
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
        [sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@contextlib.contextmanager
def load() -> Iterator[None]:
    """Keeps the machine busy with twice as many processes as it has processors."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * (os.cpu_count() or 2))]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


@pytest.mark.parametrize("form", ["blocking", "asyncio"])
def test_scripts_of_one_request_end_cleanly(sandbox: Sandbox, form: str) -> None:
    count = SCRIPTS // 2
    receipts = [sandbox.add(10_000) for _ in range(count)]
    failures: list[str] = []

    def work(own: list[str]) -> None:
        for receipt_id in own:
            done = run_script(sandbox, form, receipt_id)
            if done.returncode != 0 or done.stderr:
                failures.append(f"{done.returncode}: {done.stderr}")

    workers = [threading.Thread(target=work, args=(receipts[number::AT_ONCE],)) for number in range(AT_ONCE)]
    with load():
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert failures == [], f"{len(failures)} of {count}"
    assert len(sandbox.ledger()) == count


def test_a_script_whose_token_source_is_still_busy_ends_cleanly(sandbox: Sandbox) -> None:
    for _ in range(5):
        done = run_script(sandbox, "source", sandbox.add(10_000))
        assert (done.returncode, done.stderr) == (0, "")
    assert sandbox.ledger() == []


def test_a_child_of_multiprocessing_waits_for_a_cancel_that_it_left_behind(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=1_000)
    journal = tmp_path / "journal.sqlite3"
    child = multiprocessing.get_context("fork").Process(target=leave_a_cancel, args=(sandbox, journal, receipt_id))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    with sandbox.client(journal=journal) as bootpay:
        (intent,) = bootpay.intents(receipt_id=receipt_id)
    assert intent.state is IntentState.CANCELLED


def leave_a_cancel(sandbox: Sandbox, journal: Path, receipt_id: str) -> None:
    async def leave() -> None:
        left = asyncio.ensure_future(sandbox.async_client(journal=journal).cancel(receipt_id))
        await asyncio.sleep(0.3)
        left.cancel()

    asyncio.run(leave())


def test_a_script_that_leaves_a_cancel_behind_waits_for_its_answer(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="before_money", latency_ms=500, retry_after_s=1)
    done = run_script(sandbox, "left", receipt_id)
    assert (done.returncode, done.stderr) == (0, "")
    assert any(request["operation"] == "cancel" for request in sandbox.requests())
