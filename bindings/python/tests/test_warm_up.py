"""Getting ready while the caller still prepares: the cancel is then one request over the connection that is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Callable

import pytest

from bootpay_cancel import AsyncBootpay, Bootpay, Cancelled, MemoryJournal, Refused

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox


def sent(sandbox: Sandbox) -> list[str]:
    return [request["operation"] for request in sandbox.requests()]


def connections(sandbox: Sandbox) -> int:
    return len({request["connection"] for request in sandbox.requests()})


def test_after_a_warm_up_a_cancel_is_one_request_over_the_connection_that_is_there(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    with sandbox.client() as bootpay:
        bootpay.warm_up()
        assert sent(sandbox) == ["token"]
        assert sandbox.ledger() == []
        # All is ready: nothing is sent.
        bootpay.warm_up()
        assert isinstance(bootpay.cancel(receipt_id), Cancelled)
    assert sent(sandbox) == ["token", "cancel"]
    assert connections(sandbox) == 1


def test_the_asyncio_client_gets_ready_too(sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)

    async def main() -> None:
        async with sandbox.async_client() as bootpay:
            await bootpay.warm_up()
            assert sent(sandbox) == ["token"]
            assert sandbox.ledger() == []
            assert isinstance(await bootpay.cancel(receipt_id), Cancelled)

    asyncio.run(main())
    assert sent(sandbox) == ["token", "cancel"]
    assert connections(sandbox) == 1


def test_with_wrong_keys_it_raises_what_a_token_raises(sandbox: Sandbox) -> None:
    def refused(call: Callable[[Bootpay], object]) -> Refused:
        keys = sandbox.application_id, "wrong"
        with Bootpay(*keys, base_url=sandbox.base_url, journal=MemoryJournal()) as bootpay:
            with pytest.raises(Refused) as caught:
                call(bootpay)
            return caught.value

    async def refused_in_a_loop() -> Refused:
        keys = sandbox.application_id, "wrong"
        async with AsyncBootpay(*keys, base_url=sandbox.base_url, journal=MemoryJournal()) as bootpay:
            with pytest.raises(Refused) as caught:
                await bootpay.warm_up()
            return caught.value

    expected = refused(Bootpay.token)
    assert expected.kind == "refused.unauthorized"
    for error in (refused(Bootpay.warm_up), asyncio.run(refused_in_a_loop())):
        assert (error.kind, error.code, str(error)) == (expected.kind, expected.code, str(expected))
