"""The common server, as the benches speak to it: see ../README.md."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


class Peer:
    """A Bootpay of one's own, in a process of its own."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen([str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.told: dict[str, Any] = json.loads(self._answer())

    def ask(self, order: str) -> dict[str, Any]:
        """Gives an order, and its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._answer())
        if "error" in told:
            raise SystemExit(f"the peer refuses {order!r}: {told['error']}")
        return told

    def receipts(self, count: int, won: int) -> list[str]:
        """Fresh receipts; what was before is forgotten."""
        self.ask("forget")
        return list(self.ask(f"receipts {count} {won}")["receipts"])

    def witness(self, count: int, won: int) -> None:
        """Ends this run where not exactly so many cancels moved so many won each."""
        ledger = self.ask("ledger")
        seen = (ledger["movements"], ledger["cancelled_won"], ledger["cancel_requests"])
        if seen != (count, count * won, count):
            raise SystemExit(f"{count} cancels of {won} won were timed, and the ledger says: {ledger}")

    def end(self) -> None:
        """Ends it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the peer is gone")
        return line
