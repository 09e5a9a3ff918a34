"""The asyncio client: a cancelled task never aborts a refund, and always aborts a read."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import sys
import time
import weakref
from typing import TYPE_CHECKING

import pytest
from deaf import Deaf

from bootpay_cancel import AsyncBootpay, Cancelled, IntentState, MemoryJournal, NotSent, Refused, TokenUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from bootpay_cancel.sandbox import Sandbox


def test_it_does_what_the_blocking_one_does(sandbox: Sandbox) -> None:
    async def main() -> None:
        async with sandbox.async_client() as bootpay:
            receipt_id = sandbox.add(10_000)
            assert isinstance(await bootpay.cancel(receipt_id, price=3_000), Cancelled)
            assert (await bootpay.receipt(receipt_id)).totals.remaining == 7_000
            assert (await bootpay.token()).expose()
            (intent,) = await bootpay.intents(receipt_id=receipt_id)
            assert await bootpay.intent(intent.cancel_id) == intent
            assert (await bootpay.recover()).settled == ()
            assert (await bootpay.preview(receipt_id)).receipt.totals.cancelled == 3_000
            with pytest.raises(Refused):
                await bootpay.receipt("nothing")
        with pytest.raises(NotSent):
            await bootpay.receipt(receipt_id)

    asyncio.run(main())


def test_a_cancelled_task_detaches_and_the_refund_happens_once(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=3_000)

    async def main() -> None:
        async with sandbox.async_client() as bootpay:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(bootpay.cancel(receipt_id), 1)
            (intent,) = await bootpay.intents(receipt_id=receipt_id)
            assert intent.state is IntentState.SENDING
            # The second click attaches to the refund that is under way.
            outcome = await bootpay.cancel(receipt_id)
            assert isinstance(outcome, Cancelled)
            assert outcome.cancel_id == intent.cancel_id

    asyncio.run(main())
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [10_000]


def test_a_refund_outlives_the_loop_that_asked_for_it(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="before_money", latency_ms=1_500)
    bootpay = sandbox.async_client()

    async def click_and_leave() -> None:
        task = asyncio.ensure_future(bootpay.cancel(receipt_id))
        await asyncio.sleep(0.2)
        task.cancel()

    async def look() -> IntentState:
        (intent,) = await bootpay.intents(receipt_id=receipt_id)
        return intent.state

    asyncio.run(click_and_leave())
    deadline = time.monotonic() + 30
    while asyncio.run(look()) in {IntentState.RESERVED, IntentState.SENDING} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert asyncio.run(look()) in {IntentState.CANCELLED, IntentState.UNKNOWN}
    assert len(sandbox.ledger(receipt_id)) <= 1


def test_a_cancelled_read_is_really_aborted(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)

    async def main() -> None:
        async with sandbox.async_client() as bootpay:
            await bootpay.token()
            # Every try fails after a while: a read that went on would be seen trying again.
            sandbox.fault(on="lookup", times=50, latency_ms=150, says={"status": {"code": 503, "body": "empty"}})
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(bootpay.receipt(receipt_id), 0.05)
            before = sum(request["operation"] == "lookup" for request in sandbox.requests())
            await asyncio.sleep(1.5)
            after = sum(request["operation"] == "lookup" for request in sandbox.requests())
            assert after == before

    asyncio.run(main())


def test_the_server_sees_that_a_cancelled_read_has_hung_up() -> None:
    server = Deaf()

    async def main() -> None:
        bootpay = AsyncBootpay.with_token_source(
            lambda _: "token", scope="shop", base_url=server.base_url, journal=MemoryJournal(), lookup_timeout=60
        )
        task = asyncio.ensure_future(bootpay.receipt("612df0250d681b001de61de6"))
        assert await asyncio.get_running_loop().run_in_executor(None, server.asked.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.get_running_loop().run_in_executor(None, server.hung_up.wait, 2)

    asyncio.run(main())
    server.close()


def test_a_detached_cancel_is_found_by_its_id_when_it_has_ended(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", latency_ms=3_000)

    async def main() -> None:
        async with sandbox.async_client(journal=tmp_path / "journal.sqlite3") as bootpay:
            task = asyncio.ensure_future(bootpay.cancel(receipt_id, price=3_000, cancel_id="refund-1"))
            while not any(request["operation"] == "cancel" for request in sandbox.requests()):
                await asyncio.sleep(0.02)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await bootpay.intent("refund-1")).state is IntentState.SENDING
            again = await bootpay.cancel(receipt_id, price=3_000, cancel_id="refund-1")
            assert isinstance(again, Cancelled)
            assert (await bootpay.intent("refund-1")).state is IntentState.CANCELLED

    asyncio.run(main())
    assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [3_000]


def test_tasks_that_are_cancelled_at_any_moment_leave_no_noise(sandbox: Sandbox) -> None:
    receipts = [sandbox.add(10_000) for _ in range(40)]
    noise: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, noise.append
    try:
        client = sandbox.async_client()

        async def click(receipt_id: str, patience: float) -> None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(client.cancel(receipt_id), patience)

        # Each on an event loop of its own, which is gone when the answer comes.
        for number, receipt_id in enumerate(receipts):
            asyncio.run(click(receipt_id, number * 0.0003))
        settled = [asyncio.run(client.cancel(receipt_id)) for receipt_id in receipts]
    finally:
        sys.unraisablehook = before
    assert all(isinstance(outcome, Cancelled) for outcome in settled)
    assert sorted(movement["receipt_id"] for movement in sandbox.ledger()) == sorted(receipts)
    assert noise == []


def test_many_loops_leave_no_open_files_behind(sandbox: Sandbox) -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("there is nothing to count them by")
    bootpay = sandbox.async_client()
    asyncio.run(bootpay.journal_place())
    gc.collect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        asyncio.run(bootpay.journal_place())
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before


def test_a_loop_that_is_closed_with_a_call_pending_is_let_go_of(sandbox: Sandbox) -> None:
    bootpay = sandbox.async_client()
    receipt_id = sandbox.add(10_000)
    asyncio.run(bootpay.receipt(receipt_id))
    sandbox.fault(on="lookup", times=20, latency_ms=500)
    loops = []
    for _ in range(5):
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda _loop, _context: None)
        loops.append(weakref.ref(loop))

        async def ask(loop: asyncio.AbstractEventLoop = loop) -> None:
            loop.create_task(bootpay.receipt(receipt_id))
            await asyncio.sleep(0.02)

        loop.run_until_complete(ask())
        loop.close()
        del loop, ask
    gc.collect()
    assert [loop() for loop in loops] == [None] * 5


def test_two_event_loops_one_after_another_share_a_client(sandbox: Sandbox) -> None:
    bootpay = sandbox.async_client()
    for _ in range(2):
        assert isinstance(asyncio.run(bootpay.cancel(sandbox.add(10_000))), Cancelled)


def test_many_cancels_at_once_take_one_token(sandbox: Sandbox) -> None:
    receipts = [sandbox.add(10_000) for _ in range(50)]

    async def main() -> None:
        async with sandbox.async_client() as bootpay:
            outcomes = await asyncio.gather(*(bootpay.cancel(receipt_id) for receipt_id in receipts))
            assert all(isinstance(outcome, Cancelled) for outcome in outcomes)

    asyncio.run(main())
    assert sum(request["operation"] == "token" for request in sandbox.requests()) == 1
    assert len(sandbox.ledger()) == 50


def test_the_event_loop_stays_free(sandbox: Sandbox) -> None:
    sandbox.fault(on="token", latency_ms=2_000)

    async def main() -> float:
        longest = 0.0
        async with sandbox.async_client() as bootpay:
            task = asyncio.ensure_future(bootpay.cancel(sandbox.add(10_000)))
            while not task.done():
                start = time.monotonic()
                await asyncio.sleep(0.001)
                longest = max(longest, time.monotonic() - start)
            assert isinstance(task.result(), Cancelled)
        return longest

    assert asyncio.run(main()) < 1.5


def test_an_unreachable_bootpay_is_an_error_that_moved_nothing() -> None:
    async def main() -> None:
        async with AsyncBootpay("app", "key", base_url="http://127.0.0.1:9", journal=MemoryJournal()) as bootpay:
            with pytest.raises((NotSent, TokenUnavailable)):
                await bootpay.cancel("612df0250d681b001de61de6")

    asyncio.run(main())
