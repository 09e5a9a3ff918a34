"""What a call costs by itself: into the library, over to its threads and back, with nothing sent.

`journal_place` crosses with a text, and `intent` with the largest record that there is, out of a memory journal. What a
cancel adds to that is the request and the answer.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bootpay_cancel import AsyncBootpay, Bootpay, MemoryJournal

from peer import Peer

CALLS = 10_000


def cpu() -> float:
    """What this process has used so far, in seconds of CPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def show(name: str, used: float, start: float, calls: int) -> None:
    """One line."""
    took, used = time.perf_counter() - start, cpu() - used
    print(f"  {name:44} {took / calls * 1e6:7.1f} µs, of CPU {used / calls * 1e6:7.1f} µs")


def blocking(name: str, call: Callable[[], object]) -> None:
    """One caller, blocking."""
    call()
    used, start = cpu(), time.perf_counter()
    for _ in range(CALLS):
        call()
    show(f"{name}, blocking", used, start, CALLS)


async def on_asyncio(name: str, call: Callable[[], Any], callers: int) -> None:
    """So many tasks."""

    async def work() -> None:
        for _ in range(CALLS // callers):
            await call()

    await call()
    used, start = cpu(), time.perf_counter()
    await asyncio.gather(*(work() for _ in range(callers)))
    show(f"{name}, {callers} on asyncio", used, start, CALLS // callers * callers)


def main() -> None:
    """Measures and prints."""
    peer = Peer(Path(sys.argv[1]))
    keys = peer.told["application_id"], peer.told["private_key"]
    options: Any = {"base_url": peer.told["plain"], "journal": MemoryJournal()}
    print("\na call by itself")
    (receipt_id,) = peer.receipts(1, 1_000)
    with Bootpay(*keys, **options) as bootpay:
        cancel_id = bootpay.cancel(receipt_id).cancel_id
        blocking("a text", bootpay.journal_place)
        blocking("an intent", lambda: bootpay.intent(cancel_id))

    async def main() -> None:
        (receipt_id,) = peer.receipts(1, 1_000)
        async with AsyncBootpay(*keys, **options) as bootpay:
            cancel_id = (await bootpay.cancel(receipt_id)).cancel_id
            for callers in (1, 32):
                await on_asyncio("a text", bootpay.journal_place, callers)
                await on_asyncio("an intent", lambda: bootpay.intent(cancel_id), callers)

    asyncio.run(main())
    peer.end()


if __name__ == "__main__":
    main()
