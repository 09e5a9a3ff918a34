"""Outcomes are told apart with `match`, and a type checker sees that all three are handled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import assert_never

from bootpay_cancel import AlreadyCancelled, Cancellation, Cancelled, CancelOutcome, Unknown

if TYPE_CHECKING:
    from bootpay_cancel import Bootpay
    from bootpay_cancel.sandbox import Sandbox


def told(outcome: CancelOutcome) -> str:
    match outcome:
        case Cancelled(cancellation=Cancellation(cancelled_price=price)):
            return f"cancelled {price}"
        case AlreadyCancelled():
            return "already cancelled"
        case Unknown(intent=intent):
            return f"unknown {intent.receipt_id}"
        case _:
            assert_never(outcome)


def test_the_three_outcomes(bootpay: Bootpay, sandbox: Sandbox) -> None:
    assert told(bootpay.cancel(sandbox.add(10_000))) == "cancelled 10000"
    assert told(bootpay.cancel(sandbox.add(10_000, cancelled_in_pg_console=True))) == "already cancelled"
    receipt_id = sandbox.add(10_000)
    sandbox.fault(on="cancel", says={"status": {"code": 502, "body": "html"}})
    assert told(bootpay.cancel(receipt_id)) == f"unknown {receipt_id}"
