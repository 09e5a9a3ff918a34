"""A Bootpay on your own machine, for tests: the `bootpay sandbox` program, started and spoken to.

    with Sandbox.start() as sandbox:
        receipt_id = sandbox.add(10_000)
        with sandbox.client() as bootpay:
            assert isinstance(bootpay.cancel(receipt_id), Cancelled)
        assert [movement["amount"] for movement in sandbox.ledger(receipt_id)] == [10_000]

It is a fake: no money, no network beyond this machine. The program comes with `bootpay-cancel[testing]`. It is looked
for in `BOOTPAY_SANDBOX_BIN`, beside the Python that runs, and on `PATH`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from ._aio import AsyncBootpay
from ._client import Bootpay
from ._setup import MemoryJournal

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._forms import Options


def _program() -> str:
    scripts = sysconfig.get_path("scripts")
    found = os.environ.get("BOOTPAY_SANDBOX_BIN") or shutil.which("bootpay", path=scripts) or shutil.which("bootpay")
    if not found:
        raise FileNotFoundError(
            "no `bootpay` program: install bootpay-cancel[testing], or name the program in BOOTPAY_SANDBOX_BIN"
        )
    return found


class Sandbox:
    """A sandbox that runs: what it is told, and what really happened in it."""

    def __init__(self, process: subprocess.Popen[str], greeting: dict[str, Any]) -> None:
        """Takes over a process that has greeted. `Sandbox.start` is what tests call."""
        self._process = process
        self.base_url: str = greeting["base_url"]
        self.application_id: str = greeting["environment"]["BOOTPAY_APPLICATION_ID"]
        self.private_key: str = greeting["environment"]["BOOTPAY_PRIVATE_KEY"]
        self.client_key: str = greeting["basic"]["client_key"]
        self.secret_key: str = greeting["basic"]["secret_key"]

    @classmethod
    def start(cls, program: str | None = None) -> Self:
        """Starts one on a free port."""
        program = program or _program()
        process = subprocess.Popen(
            [program, "sandbox", "--json", "--port", "0"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        greeting = process.stdout.readline()
        if not greeting:
            raise RuntimeError(f"the sandbox ended at once, with status {process.wait()}")
        return cls(process, json.loads(greeting))

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def client(self, **options: Unpack[Options]) -> Bootpay:
        """A client of it, with a journal that forgets unless told."""
        return Bootpay(self.application_id, self.private_key, **self._with_defaults(options))

    def async_client(self, **options: Unpack[Options]) -> AsyncBootpay:
        """A client of it for asyncio, with a journal that forgets unless told."""
        return AsyncBootpay(self.application_id, self.private_key, **self._with_defaults(options))

    def _with_defaults(self, options: Options) -> Options:
        options.setdefault("base_url", self.base_url)
        options.setdefault("journal", MemoryJournal())
        return options

    def add(self, price: int, **members: Any) -> str:
        """Adds a payment, and gives its receipt id. `members` are the sandbox's own: `pg`, `refuse_with` and so on."""
        return str(self.control("POST", "receipts", {"price": price, **members})["receipt_id"])

    def fault(self, **fault: Any) -> None:
        """Puts a fault in the queue: `fault(on="cancel", when="after_money", delivery="reset")`."""
        self.control("POST", "faults", fault)

    def ledger(self, receipt_id: str | None = None) -> list[dict[str, Any]]:
        """Every movement of money that really happened, of one receipt or of all."""
        query = f"?receipt_id={receipt_id}" if receipt_id else ""
        movements = self.control("GET", f"ledger{query}")
        return list(movements["movements"] if isinstance(movements, dict) else movements)

    def requests(self) -> list[dict[str, Any]]:
        """The requests as they came over the wire."""
        requests = self.control("GET", "requests")
        return list(requests["requests"] if isinstance(requests, dict) else requests)

    def reset(self) -> None:
        """Makes everything as at the start."""
        self.control("POST", "reset")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Any other control call: `control("PATCH", "settings", {"guard": True})`."""
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.base_url}/_sandbox/{path}", data=data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(asked, timeout=10) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                raise ValueError(f"the sandbox refused {method} {path}: {error.read().decode()}") from None
        return json.loads(text) if text else None
