"""Ctrl-C in a blocking call: it is left at once, a read is aborted, and a refund is carried out to its end."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from deaf import Deaf

from bootpay_cancel import Bootpay, Cancelled, MemoryJournal

if TYPE_CHECKING:
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox

SCRIPT = """
import sys, time
from bootpay_cancel import Bootpay
call, journal, base_url, application_id, private_key, receipt_id = sys.argv[1:]
bootpay = Bootpay(application_id, private_key, base_url=base_url, journal=journal)
bootpay.token()
bootpay.intents()
print("ready", flush=True)
try:
    getattr(bootpay, call)(receipt_id)
except KeyboardInterrupt:
    print("interrupted", time.time(), flush=True)
"""


def start(sandbox: Sandbox, call: str, journal: Path, receipt_id: str) -> subprocess.Popen[str]:
    keys = [sandbox.base_url, sandbox.application_id, sandbox.private_key]
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, call, str(journal), *keys, receipt_id],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def wait_for_request(sandbox: Sandbox, operation: str) -> None:
    give_up_at = time.monotonic() + 10
    while not any(request["operation"] == operation for request in sandbox.requests()):
        assert time.monotonic() < give_up_at
        time.sleep(0.02)


def interrupt(child: subprocess.Popen[str]) -> float:
    """Presses Ctrl-C, and gives how many seconds the call took to let go."""
    assert child.stdout is not None
    pressed = time.time()
    child.send_signal(signal.SIGINT)
    word, at = child.stdout.readline().split()
    assert word == "interrupted"
    return float(at) - pressed


def end(child: subprocess.Popen[str]) -> tuple[int, str]:
    _, told = child.communicate(timeout=30)
    return child.returncode, told


def test_ctrl_c_leaves_a_cancel_at_once_and_the_refund_happens_once(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=4_000)
    child = start(sandbox, "cancel", tmp_path / "journal.sqlite3", receipt_id)
    wait_for_request(sandbox, "cancel")
    assert interrupt(child) < 3
    # The process ends once the refund has.
    assert end(child) == (0, "")
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [10_000]
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as later:
        outcome = later.cancel(receipt_id)
        assert isinstance(outcome, Cancelled)
        assert outcome.repeated


def test_ctrl_c_aborts_a_read_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.fault(on="lookup", latency_ms=8_000)
    child = start(sandbox, "receipt", tmp_path / "journal.sqlite3", sandbox.add(10_000))
    wait_for_request(sandbox, "lookup")
    pressed = time.monotonic()
    assert interrupt(child) < 4
    assert end(child) == (0, "")
    assert time.monotonic() - pressed < 7


def test_a_second_ctrl_c_ends_the_wait_for_the_refund_too(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=8_000)
    child = start(sandbox, "cancel", tmp_path / "journal.sqlite3", receipt_id)
    wait_for_request(sandbox, "cancel")
    interrupt(child)
    time.sleep(0.3)
    assert child.poll() is None
    pressed = time.monotonic()
    child.send_signal(signal.SIGINT)
    end(child)
    assert time.monotonic() - pressed < 7
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as later:
        (intent,) = later.intents(open=True)
        assert (intent.receipt_id, intent.state.value) == (receipt_id, "sending")


def test_any_signal_handler_may_leave_a_call(sandbox: Sandbox, bootpay: Bootpay) -> None:
    class SoftTimeLimit(Exception):
        pass

    def out_of_time(*_: object) -> None:
        raise SoftTimeLimit

    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=3_000)
    before = signal.signal(signal.SIGALRM, out_of_time)
    try:
        signal.setitimer(signal.ITIMER_REAL, 1)
        with pytest.raises(SoftTimeLimit):
            bootpay.cancel(receipt_id)
    finally:
        signal.signal(signal.SIGALRM, before)
    # It proves nothing: the second call attaches to the refund that is under way.
    assert isinstance(bootpay.cancel(receipt_id), Cancelled)
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [10_000]


def test_the_server_sees_that_an_interrupted_read_has_hung_up() -> None:
    class Enough(Exception):
        pass

    def enough(*_: object) -> None:
        raise Enough

    server = Deaf()
    bootpay = Bootpay.with_token_source(
        lambda _: "token", scope="shop", base_url=server.base_url, journal=MemoryJournal(), lookup_timeout=60
    )
    before = signal.signal(signal.SIGALRM, enough)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Enough):
            bootpay.receipt("612df0250d681b001de61de6")
        assert server.asked.is_set()
        assert server.hung_up.wait(2)
    finally:
        signal.signal(signal.SIGALRM, before)
        server.close()
