"""Makes the calls of the conformance cases through this package: tests/vectors/README.md is the protocol.

It is started with `blocking` or `asyncio`, reads one call a line from its standard input, and answers each with one
line. It knows nothing of cases, faults or expectations. A line that is not of the protocol ends it.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import Any, Callable

from answers import Answer, answer, failure, line
from shown import Shown

from bootpay_cancel import (
    AsyncBootpay,
    Bootpay,
    MemoryJournal,
    RefundAccount,
    Secret,
    SuppliedToken,
    TokenSource,
    TokenSourceError,
    banks,
    find_bank,
)

Call = dict[str, Any]

# What a call hands on as it stands.
_REQUEST = ("receipt_id", "price", "tax_free", "expected_remaining", "cancel_id", "canceller", "reason")
_ARGUMENTS = {
    "cancel": _REQUEST,
    "preview": _REQUEST,
    "receipt": ("receipt_id",),
    "token": (),
    "warm_up": (),
    "reconcile": ("cancel_id",),
    "recover": (),
    "resolve": ("cancel_id", "decision", "actor"),
    "intents": ("receipt_id", "cancel_id", "open", "limit"),
    "intent": ("cancel_id",),
    "journal_place": (),
}
_OPTIONS = ("base_url", "environment", "dialect", "nobody_else_cancels", "look_before_partial")
_SECONDS = (
    "connect_timeout",
    "cancel_timeout",
    "lookup_timeout",
    "token_timeout",
    "idle_timeout",
    "wait_for_others",
    "server_honours_cancel_id_for",
)


class Runner:
    """The clients by their names, and what was shown so far."""

    kind: type[Any]

    def __init__(self) -> None:
        self.shown = Shown()
        self.clients: dict[str, Any] = {}

    def answer(self, call: Call) -> Answer:
        """Makes one call and says what came of it."""
        if call["do"] == "shown":
            return {"shown": self.shown.among(call["canaries"])}
        if call["do"] == "in_child":
            return self.in_child(call["call"])
        if call["do"] == "together":
            return {"together": self.together(call["calls"])}
        if call["do"] == "abandon":
            return self.abandon(call["call"], call["after_ms"] / 1000) or {"abandoned": True}
        return self.one(call)

    def one(self, call: Call) -> Answer:
        """Makes a call that stands for itself."""
        raise NotImplementedError

    def together(self, calls: list[Call]) -> list[Answer]:
        """Starts all of them before any is waited for."""
        raise NotImplementedError

    def abandon(self, call: Call, after: float) -> Answer | None:
        """Goes away from a call that is not answered within so many seconds."""
        raise NotImplementedError

    def in_child(self, call: Call) -> Answer:
        """Makes the call in a forked child."""
        received, given = os.pipe()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                os.close(received)
                answered = {"answer": self.answer(call), "texts": self.shown.texts()}
                with os.fdopen(given, "wb") as pipe:
                    pipe.write(json.dumps(answered).encode())
                status = 0
            finally:
                os._exit(status)
        os.close(given)
        with os.fdopen(received, "rb") as pipe:
            answered = json.loads(pipe.read())
        os.waitpid(child, 0)
        for text in answered["texts"]:
            self.shown.add_text(text)
        told: Answer = answered["answer"]
        return told

    def prepared(self, call: Call) -> Callable[[], Any]:
        """The call, ready to be made. What it gives may have to be awaited."""
        do = call["do"]
        if do == "open":
            return lambda: self.opened(call)
        if do == "banks":
            return banks
        if do == "find_bank":
            return lambda: find_bank(call["bank"])
        client = self.clients[call["client"]]
        if do == "close":
            return client.aclose if isinstance(client, AsyncBootpay) else client.close
        given = {name: call[name] for name in _ARGUMENTS[do] if name in call}
        method = getattr(client, do)
        return lambda: method(**given, **self.account(call))

    def opened(self, call: Call) -> None:
        """A client of the name that is asked for."""
        options: dict[str, Any] = {name: call[name] for name in _OPTIONS if name in call}
        options.update({name: call[f"{name}_ms"] / 1000 for name in _SECONDS if f"{name}_ms" in call})
        if "journal" in call:
            options["journal"] = MemoryJournal() if call["journal"] == "memory" else call["journal"]
        if "proxy" in call:
            options["proxy"] = None if call["proxy"] == "none" else call["proxy"]
        if "ca_bundle" in call:
            options["ca_bundle"] = call["ca_bundle"].encode()
        if "key_pair" in call:
            client = self.kind(**call["key_pair"], **options)
        elif "basic_pair" in call:
            client = self.kind.with_basic_pair(**call["basic_pair"], **options)
        else:
            source = call["token_source"]
            client = self.kind.with_token_source(self.source(source["gives"]), scope=source["scope"], **options)
        self.shown.add(client)
        self.clients[call["client"]] = client

    def source(self, gives: list[Any]) -> TokenSource:
        """A token source that gives these one after another, and the last for ever."""
        waiting = list(gives)

        def token(refused: Secret | None) -> SuppliedToken:
            self.shown.add(refused)
            given = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            if "fails" in given:
                raise TokenSourceError(given["fails"])
            lifetime = given["lifetime_ms"] / 1000 if "lifetime_ms" in given else None
            supplied = SuppliedToken(Secret(given["token"]), lifetime)
            self.shown.add(supplied)
            self.shown.add(supplied.token)
            return supplied

        return token

    def account(self, call: Call) -> dict[str, RefundAccount]:
        """The refund account, where there is one."""
        given = call.get("refund_account")
        if given is None:
            return {}
        make = RefundAccount.with_raw_code if "code" in given else RefundAccount
        account = make(**given)
        self.shown.add(account)
        return {"refund_account": account}

    def answered(self, call: Call, value: object) -> Answer:
        """The answer to a call that gave a value."""
        self.shown.add(value)
        if call["do"] in {"open", "close"}:
            return {"opened" if call["do"] == "open" else "closed": True}
        return answer(call["do"], value)

    def failed(self, error: Exception) -> Answer:
        """The answer to a call that raised."""
        self.shown.add(error)
        return failure(error)


class Blocking(Runner):
    """The blocking client: threads where several calls are made at once."""

    kind = Bootpay

    def one(self, call: Call) -> Answer:
        """Makes a call on this thread."""
        make = self.prepared(call)
        try:
            return self.answered(call, make())
        except Exception as error:
            return self.failed(error)

    def together(self, calls: list[Call]) -> list[Answer]:
        """Makes each call on a thread of its own."""
        answers: list[Answer] = [{} for _ in calls]
        threads = [self._thread(call, answers, place) for place, call in enumerate(calls)]
        for thread in threads:
            thread.join()
        return answers

    def abandon(self, call: Call, after: float) -> Answer | None:
        """Leaves the thread of the call to itself."""
        answers: list[Answer] = [{}]
        self._thread(call, answers, 0).join(after)
        return answers[0] or None

    def _thread(self, call: Call, answers: list[Answer], place: int) -> threading.Thread:
        def make() -> None:
            answers[place] = self.one(call)

        thread = threading.Thread(target=make, daemon=True)
        thread.start()
        return thread


class Asyncio(Runner):
    """The asyncio client: one event loop for each line."""

    kind = AsyncBootpay

    def one(self, call: Call) -> Answer:
        """Makes a call on an event loop of its own."""
        return asyncio.run(self._one(call))

    def together(self, calls: list[Call]) -> list[Answer]:
        """Makes all of them on one event loop."""

        async def all_of_them() -> list[Answer]:
            return list(await asyncio.gather(*(self._one(call) for call in calls)))

        return asyncio.run(all_of_them())

    def abandon(self, call: Call, after: float) -> Answer | None:
        """Cancels the task of the call."""

        async def one_and_leave() -> Answer | None:
            task = asyncio.ensure_future(self._one(call))
            await asyncio.wait({task}, timeout=after)
            if task.done():
                return task.result()
            task.cancel()
            await asyncio.wait({task})
            return None if task.cancelled() else task.result()

        return asyncio.run(one_and_leave())

    async def _one(self, call: Call) -> Answer:
        make = self.prepared(call)
        try:
            value = make()
            return self.answered(call, await value if asyncio.iscoroutine(value) else value)
        except Exception as error:
            return self.failed(error)


def main(form: str) -> None:
    """Answers until there is nothing more to read."""
    runner = {"blocking": Blocking, "asyncio": Asyncio}[form]()
    for told in sys.stdin.buffer:
        sys.stdout.buffer.write(line(runner.answer(json.loads(told))))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
