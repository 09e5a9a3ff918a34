"""Clients in processes that fork: both sides go on working, each with connections of its own and the same journal."""

from __future__ import annotations

import asyncio
import http.client
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import TYPE_CHECKING, Callable

import pytest

from bootpay_cancel import Bootpay, BootpayError, Cancelled

if TYPE_CHECKING:
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


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


def test_asyncio_calls_go_on_while_the_process_forks(sandbox: Sandbox, tmp_path: Path) -> None:
    bootpay = sandbox.async_client(journal=tmp_path / "journal.sqlite3")
    receipts = [sandbox.add(10_000) for _ in range(26)]

    async def click() -> None:
        for receipt_id in receipts[:20]:
            assert isinstance(await bootpay.cancel(receipt_id), Cancelled)

    with ThreadPoolExecutor(1) as pool:
        clicking = pool.submit(asyncio.run, click())
        for receipt_id in receipts[20:]:
            in_a_child(lambda receipt_id=receipt_id: asyncio.run(bootpay.cancel(receipt_id)))  # type: ignore[misc]
        clicking.result()
    assert sorted(movement["receipt_id"] for movement in sandbox.ledger()) == sorted(receipts)


def test_a_child_may_fork_from_within_a_running_event_loop(sandbox: Sandbox, tmp_path: Path) -> None:
    bootpay = sandbox.async_client(journal=tmp_path / "journal.sqlite3")
    receipts = [sandbox.add(10_000) for _ in range(3)]

    async def main() -> None:
        await bootpay.cancel(receipts[0])
        in_a_child(lambda: asyncio.run(bootpay.cancel(receipts[1])))
        await bootpay.cancel(receipts[2])

    asyncio.run(main())
    assert len(sandbox.ledger()) == 3


CLIENTS: list[Bootpay] = []
"""The client that pool workers inherit: theirs is a copy, made by the fork."""


def cancelled_in_a_worker(receipt_id: str) -> tuple[int, str, bool]:
    outcome = CLIENTS[0].cancel(receipt_id)
    assert isinstance(outcome, Cancelled)
    return os.getpid(), outcome.cancel_id, outcome.repeated


def refused_in_a_worker(receipt_id: str) -> None:
    CLIENTS[0].cancel(receipt_id, price=9_999_999)


def test_a_process_pool_cancels_with_the_client_it_inherits(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts = [sandbox.add(10_000) for _ in range(8)]
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as bootpay:
        bootpay.cancel(sandbox.add(10_000))
        CLIENTS[:] = [bootpay]
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as pool:
            done = list(pool.map(cancelled_in_a_worker, receipts))
            again = list(pool.map(cancelled_in_a_worker, receipts))
            # An error crosses over whole, as Celery's results do.
            with pytest.raises(BootpayError) as caught:
                pool.submit(refused_in_a_worker, sandbox.add(10_000)).result()
        assert os.getpid() not in {process for process, _, _ in done}
        assert [repeated for _, _, repeated in done + again] == [False] * 8 + [True] * 8
        assert [cancel_id for _, cancel_id, _ in done] == [cancel_id for _, cancel_id, _ in again]
        assert caught.value.kind == "refused.more_than_remains"
        assert caught.value.hint is not None
        assert len(bootpay.intents()) == 10
    assert len(sandbox.ledger()) == 9


def test_a_pool_that_is_made_before_the_first_use_works_too(sandbox: Sandbox, tmp_path: Path) -> None:
    receipts = [sandbox.add(10_000) for _ in range(6)]
    CLIENTS[:] = [sandbox.client(journal=tmp_path / "journal.sqlite3")]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        pool.map(cancelled_in_a_worker, receipts)
        pool.close()
        pool.join()
    assert len(CLIENTS[0].intents()) == len(sandbox.ledger()) == 6


def test_two_processes_that_click_at_once_make_one_refund(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    CLIENTS[:] = [sandbox.client(journal=tmp_path / "journal.sqlite3")]
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("fork")) as pool:
        clicks = [pool.submit(cancelled_in_a_worker, receipt_id) for _ in range(8)]
        assert len({click.result()[1] for click in clicks}) == 1
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [10_000]


WEB_APP = """
import os
from bootpay_cancel import Bootpay, Cancelled

bootpay = Bootpay(
    os.environ["APPLICATION_ID"], os.environ["PRIVATE_KEY"],
    base_url=os.environ["BASE_URL"], journal=os.environ["JOURNAL"],
)
assert isinstance(bootpay.cancel(os.environ["FIRST"]), Cancelled)

def application(environ, start_response):
    outcome = bootpay.cancel(environ["PATH_INFO"].strip("/"))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {type(outcome).__name__} {outcome.repeated}".encode()]
"""


@pytest.mark.slow
def test_gunicorn_with_preload_cancels_in_every_worker(sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(WEB_APP)
    receipts = [sandbox.add(10_000) for _ in range(20)]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--preload",
                "--workers=2",
                f"--bind=fd://{listener.fileno()}",
                "shop:application",
            ],
            pass_fds=[listener.fileno()],
            cwd=tmp_path,
            env={
                **os.environ,
                "BASE_URL": sandbox.base_url,
                "APPLICATION_ID": sandbox.application_id,
                "PRIVATE_KEY": sandbox.private_key,
                "JOURNAL": str(tmp_path / "journal.sqlite3"),
                "FIRST": sandbox.add(10_000),
            },
            stderr=subprocess.PIPE,
            text=True,
        )

        def ask(receipt_id: str) -> list[str]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"/{receipt_id}")
            answer = connection.getresponse()
            told = answer.read().decode()
            connection.close()
            assert answer.status == 200, told
            return told.split()

        # A worker that waits for an answer leaves the next request to the other.
        sandbox.fault(on="cancel", when="after_money", latency_ms=100, times=len(receipts))
        try:
            with ThreadPoolExecutor(4) as pool:
                first = list(pool.map(ask, receipts))
                second = list(pool.map(ask, receipts))
        finally:
            server.send_signal(signal.SIGTERM)
            _, log = server.communicate(timeout=30)
    assert server.returncode == 0, log
    assert "Error" not in log, log
    assert [told[1:] for told in first + second] == [["Cancelled", "False"]] * 20 + [["Cancelled", "True"]] * 20
    workers = {told[0] for told in first + second}
    assert len(workers) == 2
    assert str(server.pid) not in workers
    assert len(sandbox.ledger()) == 21
