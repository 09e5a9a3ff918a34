"""Tokens that somebody else obtained: a function of the caller's."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from bootpay_cancel import (
    Bootpay,
    Cancelled,
    InvalidInput,
    MemoryJournal,
    Secret,
    SuppliedToken,
    TokenSourceError,
    TokenUnavailable,
)

if TYPE_CHECKING:
    from bootpay_cancel import TokenSource
    from bootpay_cancel.sandbox import Sandbox


def client(sandbox: Sandbox, source: TokenSource, token_timeout: float = 10) -> Bootpay:
    return Bootpay.with_token_source(
        source, scope="shop-1", base_url=sandbox.base_url, journal=MemoryJournal(), token_timeout=token_timeout
    )


def test_a_function_hands_tokens_out_on_a_thread_of_its_own(sandbox: Sandbox) -> None:
    threads: list[threading.Thread] = []

    def source(refused: Secret | None) -> SuppliedToken:
        assert refused is None
        threads.append(threading.current_thread())
        with sandbox.client() as issuer:
            return SuppliedToken(issuer.token(), lifetime=1_000)

    with client(sandbox, source) as bootpay:
        assert isinstance(bootpay.cancel(sandbox.add(10_000)), Cancelled)
        assert isinstance(bootpay.cancel(sandbox.add(10_000)), Cancelled)
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()


def test_a_refused_token_is_handed_back(sandbox: Sandbox) -> None:
    asked: list[str | None] = []

    def source(refused: Secret | None) -> str:
        asked.append(refused.expose() if refused else None)
        if refused is None:
            return "stale"
        with sandbox.client() as issuer:
            return issuer.token().expose()

    with client(sandbox, source) as bootpay:
        assert isinstance(bootpay.cancel(sandbox.add(10_000)), Cancelled)
    assert asked == [None, "stale"]


def test_what_a_source_raises_is_told_by_its_type_alone(sandbox: Sandbox) -> None:
    def source(refused: Secret | None) -> str:
        raise PermissionError("canary-vault-password")

    receipt_id = sandbox.add(10_000)
    with client(sandbox, source) as bootpay, pytest.raises(TokenUnavailable) as caught:
        bootpay.cancel(receipt_id)
    assert "PermissionError" in str(caught.value)
    assert "canary" not in repr(caught.value) + str(vars(caught.value))
    assert sandbox.ledger(receipt_id) == []


def test_a_source_may_say_why_in_its_own_words(sandbox: Sandbox) -> None:
    def source(refused: Secret | None) -> str:
        raise TokenSourceError("the vault is closed")

    with client(sandbox, source) as bootpay, pytest.raises(TokenUnavailable) as caught:
        bootpay.cancel(sandbox.add(10_000))
    assert "the vault is closed" in caught.value.text


def test_a_source_that_is_slow_stops_the_cancel(sandbox: Sandbox) -> None:
    def source(refused: Secret | None) -> str:
        time.sleep(1)
        return "late"

    with client(sandbox, source, token_timeout=0.2) as bootpay, pytest.raises(TokenUnavailable):
        bootpay.cancel(sandbox.add(10_000))


def test_a_source_is_a_function(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidInput):
        client(sandbox, "token")  # type: ignore[arg-type]
