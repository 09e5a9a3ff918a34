"""The journal on PostgreSQL: what one host has cancelled, another knows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from bootpay_cancel import Cancelled, InvalidInput, JournalError, Secret

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox


def test_two_clients_share_a_database(sandbox: Sandbox, postgres: str) -> None:
    receipt_id = sandbox.add(10_000)
    with sandbox.client(journal=postgres) as one, sandbox.client(journal=Secret(postgres)) as other:
        assert isinstance(one.cancel(receipt_id), Cancelled)
        again = other.cancel(receipt_id)
        assert isinstance(again, Cancelled)
        assert again.repeated
        place = one.journal_place()
    assert place.startswith("postgresql://127.0.0.1:")
    assert "canary" not in place
    assert len(sandbox.ledger()) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_client_goes_on_working_after_a_fork_on_both_sides(sandbox: Sandbox, postgres: str) -> None:
    receipts = [sandbox.add(10_000) for _ in range(3)]
    bootpay = sandbox.client(journal=postgres)
    assert isinstance(bootpay.cancel(receipts[0]), Cancelled)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if isinstance(bootpay.cancel(receipts[1]), Cancelled) else 2
        finally:
            os._exit(status)
    assert isinstance(bootpay.cancel(receipts[2]), Cancelled)
    assert os.waitpid(child, 0)[1] == 0
    again = bootpay.cancel(receipts[1])
    assert isinstance(again, Cancelled)
    assert again.repeated
    assert len(sandbox.ledger()) == 3


def test_a_url_is_never_repeated(sandbox: Sandbox) -> None:
    for url in ("mysql://user:canary@host/shop", "postgresql://user:canary", "postgresql://u:p@canary@host/shop"):
        with pytest.raises(InvalidInput) as caught:
            sandbox.client(journal=url)
        assert caught.value.field == "journal"
        assert "canary" not in f"{caught.value!r} {caught.value}"
    with pytest.raises(JournalError) as failed:
        sandbox.client(journal="postgresql://user:canary@127.0.0.1:1/shop")
    assert "canary" not in f"{failed.value!r} {failed.value}"
