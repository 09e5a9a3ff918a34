"""The blocking client against the sandbox's ledger."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from bootpay_cancel import (
    EVERYTHING,
    AlreadyCancelled,
    Bootpay,
    Cancelled,
    Conflict,
    Decision,
    Evidence,
    FullAmount,
    InvalidInput,
    JournalError,
    MemoryJournal,
    MoneyIsBack,
    NotSent,
    PartialAmount,
    RefundAccount,
    Unknown,
    UnknownCause,
    banks,
    find_bank,
)

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox


def amounts(sandbox: Sandbox, receipt_id: str) -> list[int]:
    return [movement["amount"] for movement in sandbox.ledger(receipt_id)]


def test_the_simple_case_is_one_line(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    outcome = bootpay.cancel(receipt_id)
    assert isinstance(outcome, Cancelled)
    assert outcome.cancellation.cancelled_price == 10_000
    assert outcome.cancellation.remain_price == 0
    assert (outcome.evidence, outcome.money_is_back) == (Evidence.ANSWERED, MoneyIsBack.YES)
    assert (outcome.receipt_id, outcome.intent.amount) == (receipt_id, FullAmount())
    assert amounts(sandbox, receipt_id) == [10_000]


def test_a_price_makes_it_partial(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000, tax_free=2_000)
    outcome = bootpay.cancel(
        receipt_id, price=3_000, tax_free=500, cancel_id="환불-1", canceller="관리자", reason="고객 요청"
    )
    assert isinstance(outcome, Cancelled)
    assert outcome.cancel_id == "환불-1"
    assert outcome.intent.amount == PartialAmount(3_000, 500)
    assert outcome.cancellation.remain_price == 7_000
    assert amounts(sandbox, receipt_id) == [3_000]
    body = sandbox.requests()[-1]["body"]
    assert (body["name"], body["reason"]) == ("관리자", "고객 요청")


def test_the_same_key_is_the_same_refund(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    bootpay.cancel(receipt_id, price=3_000, cancel_id="refund-1")
    again = bootpay.cancel(receipt_id, price=3_000, cancel_id="refund-1")
    assert isinstance(again, Cancelled)
    assert again.repeated
    assert amounts(sandbox, receipt_id) == [3_000]


@pytest.mark.parametrize("price", [None, 0, -1, -(2**80), 2**80, True, 3000.0, "3000", b"3000", float("nan")])
def test_what_is_no_amount_is_refused_and_never_cancels_everything(
    bootpay: Bootpay, sandbox: Sandbox, price: Any
) -> None:
    receipt_id = sandbox.add(10_000)
    with pytest.raises(InvalidInput) as caught:
        bootpay.cancel(receipt_id, price=price)
    assert caught.value.field == "price"
    assert sandbox.ledger(receipt_id) == []
    assert not any(request["operation"] == "cancel" for request in sandbox.requests())


@pytest.mark.parametrize("field", ["tax_free", "expected_remaining"])
@pytest.mark.parametrize("amount", [-1, 1.5, "1", True])
def test_the_other_amounts_are_checked_too(bootpay: Bootpay, sandbox: Sandbox, field: str, amount: Any) -> None:
    price: Any = 2_000 if field == "tax_free" else EVERYTHING
    with pytest.raises(InvalidInput) as caught:
        bootpay.cancel(sandbox.add(10_000), price=price, **{field: amount})
    assert caught.value.field == field


@pytest.mark.parametrize("receipt_id", [None, 1, "", "../a", "a b", "가", "\ud800"])
def test_a_receipt_id_that_cannot_be_one_is_refused(bootpay: Bootpay, receipt_id: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        bootpay.cancel(receipt_id)
    assert caught.value.field == "receipt_id"


def test_an_expected_remainder_that_is_another_stops_a_full_cancel(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    assert isinstance(bootpay.cancel(receipt_id, expected_remaining=10_000), Cancelled)


def test_an_outcome_has_no_truth(bootpay: Bootpay, sandbox: Sandbox) -> None:
    outcome = bootpay.cancel(sandbox.add(10_000))
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(outcome)
    with pytest.raises(TypeError, match="Cancelled"):
        assert not outcome


def test_an_unknown_outcome_is_a_value_and_is_reconciled(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", delivery="reset")
    sandbox.fault(on="lookup", times=20, says={"status": {"code": 500, "body": "html"}})
    outcome = bootpay.cancel(receipt_id)
    assert isinstance(outcome, Unknown)
    assert outcome.cause is UnknownCause.DISCONNECTED
    assert [intent.cancel_id for intent in bootpay.intents(open=True)] == [outcome.cancel_id]
    with pytest.raises(Conflict) as caught:
        bootpay.cancel(receipt_id, price=1_000)
    assert caught.value.intent.cancel_id == outcome.cancel_id
    assert caught.value.kind == "conflict.open_intent"

    sandbox.control("DELETE", "faults")
    settled = bootpay.reconcile(outcome.cancel_id)
    assert isinstance(settled, Cancelled)
    assert settled.evidence is Evidence.INFERRED
    assert amounts(sandbox, receipt_id) == [10_000]
    assert bootpay.intents(open=True) == ()


def test_what_an_earlier_run_left_open_is_recovered(sandbox: Sandbox, tmp_path: Path) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="after_money", delivery="reset")
    sandbox.fault(on="lookup", times=20, says={"status": {"code": 500, "body": "html"}})
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as first:
        assert isinstance(first.cancel(receipt_id), Unknown)
    sandbox.control("DELETE", "faults")
    with sandbox.client(journal=tmp_path / "journal.sqlite3") as second:
        assert second.journal_place() == str(tmp_path / "journal.sqlite3")
        recovery = second.recover()
        assert [type(outcome) for outcome in recovery.settled] == [Cancelled]
        assert second.intent(recovery.settled[0].cancel_id).attempts
    assert amounts(sandbox, receipt_id) == [10_000]


def test_a_person_decides_only_once_a_late_request_cannot_arrive(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", when="before_money", delivery="no_answer")
    with sandbox.client(cancel_timeout=0.5) as impatient:
        outcome = impatient.cancel(receipt_id)
        assert isinstance(outcome, Unknown)
        with pytest.raises(Conflict) as caught:
            impatient.resolve(outcome.cancel_id, Decision.NOT_CANCELLED, "관리자")
        assert caught.value.kind == "conflict.too_early_to_decide"
        assert caught.value.retry_after is not None
        assert caught.value.retry_after > timedelta(minutes=10)
        assert impatient.resolve(outcome.cancel_id, Decision.CANCELLED, "관리자").decided_by == "관리자"


def test_a_payment_cancelled_in_the_pgs_console_is_already_cancelled(bootpay: Bootpay, sandbox: Sandbox) -> None:
    outcome = bootpay.cancel(sandbox.add(15_000, cancelled_in_pg_console=True))
    assert isinstance(outcome, AlreadyCancelled)
    assert outcome.money_is_back is MoneyIsBack.UNCONFIRMED
    assert "취소" in (outcome.server_message or "")


def test_a_virtual_account_is_refunded_by_transfer(bootpay: Bootpay, sandbox: Sandbox) -> None:
    account = RefundAccount("국민은행", "66569112432134", "홍길동")
    outcome = bootpay.cancel(sandbox.add(50_000, virtual_account=True, method="vbank"), refund_account=account)
    assert isinstance(outcome, Cancelled)
    assert outcome.money_is_back is MoneyIsBack.ACCEPTED_FOR_TRANSFER


def test_a_preview_sends_no_cancel(bootpay: Bootpay, sandbox: Sandbox) -> None:
    preview = bootpay.preview(sandbox.add(10_000), price=20_000)
    assert preview.members["price"] == 20_000
    assert preview.objection is not None
    assert sandbox.ledger() == []


def test_banks_are_found_by_name_and_never_guessed() -> None:
    assert find_bank("국민은행").code == find_bank("004").code == "004"
    assert len(banks()) > 20
    with pytest.raises(InvalidInput) as caught:
        find_bank("국민은헹")
    assert "국민은행" in caught.value.suggestions


def test_v2_works_with_a_basic_pair_and_with_a_key_pair(sandbox: Sandbox) -> None:
    journal = MemoryJournal()
    with Bootpay.with_basic_pair(
        sandbox.client_key, sandbox.secret_key, base_url=sandbox.base_url, journal=journal
    ) as basic:
        assert isinstance(basic.cancel(sandbox.add(10_000), price=4_000), Cancelled)
    with sandbox.client(dialect="v2") as keys:
        assert isinstance(keys.cancel(sandbox.add(10_000)), Cancelled)


def test_a_closed_client_sends_nothing(sandbox: Sandbox) -> None:
    client = sandbox.client()
    client.close()
    with pytest.raises(NotSent, match="closed"):
        client.cancel(sandbox.add(10_000))
    assert "(closed)" in repr(client)


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"base_url": "http://api.bootpay.co.kr"}, "base_url"),
        ({"environment": "production", "base_url": "http://127.0.0.1:1"}, "base_url"),
        ({"base_url": None, "environment": "moon"}, "environment"),
        ({"dialect": "v3"}, "dialect"),
        ({"cancel_timeout": 0}, "timeouts.cancel"),
        ({"cancel_timeout": -1}, "timeouts.cancel"),
        ({"cancel_timeout": "60"}, "timeouts.cancel"),
        ({"journal": 7}, "journal"),
        ({"proxy": "ftp://x"}, "proxy"),
        ({"look_before_partial": 1}, "look_before_partial"),
        ({"ca_bundle": "-----BEGIN"}, "ca_bundle"),
        ({"timeout": 60}, "timeout"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_happens(
    sandbox: Sandbox, options: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        sandbox.client(**options)
    assert caught.value.field == field


def test_what_is_no_decision_or_no_count_is_named_too(bootpay: Bootpay) -> None:
    wrong: Any = "maybe"
    calls: list[tuple[str, Callable[[], object]]] = [
        ("decision", lambda: bootpay.resolve("refund-1", wrong, "관리자")),
        ("limit", lambda: bootpay.intents(limit=-1)),
        ("open", lambda: bootpay.intents(open=wrong)),
        ("actor", lambda: bootpay.resolve("refund-1", Decision.CANCELLED, None)),  # type: ignore[arg-type]
    ]
    for field, call in calls:
        with pytest.raises(InvalidInput) as caught:
            call()
        assert caught.value.field == field
    assert bootpay.intents(limit=1, open=True) == ()


def test_a_place_that_cannot_be_a_journal_is_told_when_the_client_is_made(sandbox: Sandbox) -> None:
    with pytest.raises(JournalError):
        sandbox.client(journal="/proc/no/journal.sqlite3")


def test_threads_share_a_client(bootpay: Bootpay, sandbox: Sandbox) -> None:
    receipts = [sandbox.add(10_000) for _ in range(20)]
    outcomes: list[object] = []
    threads = [
        threading.Thread(target=lambda each=each: outcomes.append(bootpay.cancel(each))) for each in receipts * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Cancelled] * 60
    assert sorted(movement["receipt_id"] for movement in sandbox.ledger()) == sorted(receipts)


def test_a_client_is_neither_copied_nor_pickled(bootpay: Bootpay) -> None:
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(bootpay)
