"""The Python package beside what one would use instead, in cancels per second and in CPU per cancel.

    make bench-python                          # all of it
    make bench-python ARGS="--rounds 3 --transports plain --seconds 0.5"

Every round runs every subject of a case once, in an order drawn anew, and each block ends with the ledger's word that
exactly so many cancels moved exactly so many won; else the run ends with status 1. Samples go to `bench/python.jsonl`
of the target directory, where `report` finds them: see ../README.md. `start.py` and `crossing.py` measure the rest.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import subjects
from peer import Peer

WON = 1_000
CALLERS = 32

# Name, how it is made, and whether its journal is a file.
BLOCKING: list[tuple[str, Callable[..., Any], bool]] = [
    ("bootpay-backend (official)", subjects.official_backend, False),
    ("requests.Session", subjects.requests_session, False),
    ("httpx", subjects.httpx_client, False),
    ("pycurl", subjects.pycurl_handle, False),
    ("bootpay-cancel, memory", subjects.ours, False),
    ("bootpay-cancel, SQLite", subjects.ours, True),
]
ON_ASYNCIO: list[tuple[str, Callable[..., Any], bool]] = [
    ("httpx", subjects.httpx_async, False),
    ("aiohttp", subjects.aiohttp_session, False),
    ("bootpay-cancel, memory", subjects.ours_async, False),
    ("bootpay-cancel, SQLite", subjects.ours_async, True),
]
CASES = {
    "full cancel, one caller": (BLOCKING, "bootpay-backend (official)"),
    "full cancel, 32 threads": (BLOCKING, "bootpay-backend (official)"),
    "full cancel, 32 on asyncio": (ON_ASYNCIO, "aiohttp"),
}


def cpu() -> float:
    """What this process has used so far, in seconds of CPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one_after_another(cancel: Callable[[str], object], receipts: list[str]) -> None:
    """One caller."""
    for receipt_id in receipts:
        cancel(receipt_id)


def on_threads(cancel: Callable[[str], object], receipts: list[str]) -> None:
    """Threads that take the next receipt each."""
    waiting, lock, failed = iter(receipts), threading.Lock(), []

    def work() -> None:
        try:
            while True:
                with lock:
                    receipt_id = next(waiting, None)
                if receipt_id is None:
                    return
                cancel(receipt_id)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


async def on_a_loop(cancel: Callable[[str], Any], receipts: list[str]) -> None:
    """Tasks that take the next receipt each."""
    waiting = iter(receipts)

    async def work() -> None:
        for receipt_id in waiting:
            await cancel(receipt_id)

    await asyncio.gather(*(work() for _ in range(CALLERS)))


class Subject:
    """One of those that are compared."""

    def __init__(self, case: str, name: str, make: Callable[..., Any], journal: str | None) -> None:
        self.case, self.name = case, name
        self._make, self._journal = make, journal
        self._cancel: Any = None
        self._close: Any = None
        self.pace = 0.0

    async def run(self, place: subjects.Place, peer: Peer, count: int) -> tuple[float, float]:
        """Cancels so many receipts: how long it took, and what it cost."""
        os.environ["REQUESTS_CA_BUNDLE"] = place.ca or ""
        if self._cancel is None:
            made = self._make(place, self._journal)
            self._cancel, self._close = made if isinstance(made, tuple) else (made, None)
        # Idle connections are made anew before the clock runs.
        await self._carry_out(peer.receipts(CALLERS, WON))
        receipts = peer.receipts(count, WON)
        used, start = cpu(), time.perf_counter()
        await self._carry_out(receipts)
        took, used = time.perf_counter() - start, cpu() - used
        peer.witness(count, WON)
        self.pace = count / took
        return took, used

    async def _carry_out(self, receipts: list[str]) -> None:
        if self.case.endswith("asyncio"):
            await on_a_loop(self._cancel, receipts)
        elif self.case.endswith("threads"):
            on_threads(self._cancel, receipts)
        else:
            one_after_another(self._cancel, receipts)

    async def end(self) -> None:
        """Lets go."""
        if self._close is not None:
            await self._close()


async def measure(peer: Peer, transport: str, asked: argparse.Namespace, journals: Path) -> list[dict[str, Any]]:
    """Every case over one transport."""
    place, samples = subjects.Place(peer.told, transport), []
    for case, (kinds, baseline) in CASES.items():
        compared = [
            Subject(case, name, make, str(journals / f"{transport} {case}.db") if on_disk else None)
            for name, make, on_disk in kinds
            if asked.only in name
        ]
        for round_number in range(asked.rounds + 1):
            # Whoever comes after the official SDK finds what its connections left to clear away.
            for subject in random.Random(f"{case}, {transport}, {round_number}").sample(compared, len(compared)):
                # The first round warms up, and tells how many make a block of the length that is asked for.
                count = max(CALLERS, int(subject.pace * asked.seconds)) if round_number else 2 * CALLERS
                seconds, used = await subject.run(place, peer, count)
                if round_number:
                    samples.append(
                        {
                            "suite": "python",
                            "case": case,
                            "transport": transport,
                            "subject": subject.name,
                            **({"baseline": True} if subject.name == baseline else {}),
                            "round": round_number,
                            "cancels": count,
                            "seconds": seconds,
                            "cpu_seconds": used,
                        }
                    )
        for subject in compared:
            await subject.end()
        show(case, transport, samples)
    return samples


def show(case: str, transport: str, samples: list[dict[str, Any]]) -> None:
    """A case's medians, at once."""
    print(f"\n{case}, {transport}")
    mine = [each for each in samples if each["case"] == case]
    for name in dict.fromkeys(each["subject"] for each in mine):
        of_it = [each for each in mine if each["subject"] == name]
        rate = statistics.median(each["cancels"] / each["seconds"] for each in of_it)
        cost = statistics.median(each["cpu_seconds"] / each["cancels"] for each in of_it)
        print(f"  {name:28} {rate:9,.0f} cancels/s {cost * 1e6:9,.0f} µs of CPU each")


def main() -> None:
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a block is, about")
    parser.add_argument("--transports", default="plain,tls,delayed,delayed_tls")
    parser.add_argument("--only", default="", help="subjects whose name has this in it")
    asked = parser.parse_args()

    directory = asked.target / "bench"
    directory.mkdir(parents=True, exist_ok=True)
    here = Path(__file__).parent
    subprocess.run([sys.executable, here / "start.py", directory / "python-start.json"], check=True)
    subprocess.run([sys.executable, here / "crossing.py", asked.target / "release/peer"], check=True)

    peer = Peer(asked.target / "release/peer")
    samples: list[dict[str, Any]] = []
    try:
        with tempfile.TemporaryDirectory(dir=directory) as journals:
            for transport in asked.transports.split(","):
                samples += asyncio.run(measure(peer, transport, asked, Path(journals)))
    finally:
        peer.end()
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in samples)
    (directory / "python.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
