"""An intent in short: what errors and outcomes carry, and what finds it again."""

from __future__ import annotations

import enum

from . import _native
from ._record import filled, record
from ._time import korean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


class IntentState(enum.Enum):
    """Where an intent stands.

    - `RESERVED`: admitted; no byte has left
    - `SENDING`: a request may be on its way
    - `UNKNOWN`: the money may or may not have moved
    - `CANCELLED`: the money of this intent is cancelled
    - `ALREADY_CANCELLED`: the payment had been cancelled before; this intent moved nothing
    - `REFUSED`: Bootpay, the gateway or the ledger refused; this intent moved nothing
    - `NOT_SENT`: it never reached Bootpay; this intent moved nothing
    - `NOT_CANCELLED`: a person decided that this intent moved nothing
    """

    RESERVED = "reserved"
    SENDING = "sending"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    ALREADY_CANCELLED = "already_cancelled"
    REFUSED = "refused"
    NOT_SENT = "not_sent"
    NOT_CANCELLED = "not_cancelled"


@record(frozen=True)
class FullAmount:
    """All that remains on a receipt.

    - `expected_remaining`: what the caller expected to remain, in won
    """

    expected_remaining: int | None = None


@record(frozen=True)
class PartialAmount:
    """A part of it.

    - `price`: the amount in won
    - `tax_free`: how much of it is tax-free, in won
    """

    price: int
    tax_free: int | None = None


@record(frozen=True)
class IntentRef:
    """An intent in short.

    - `cancel_id`: what Bootpay sees, and the handle for `reconcile` and `resolve`
    - `receipt_id`: the receipt
    - `amount`: full or partial, and how much
    - `state`: where it stood when this was written
    - `created_at`: when it was admitted
    """

    cancel_id: str
    receipt_id: str
    amount: FullAmount | PartialAmount
    state: IntentState
    created_at: datetime

    @classmethod
    def _lift(cls, native: _native.IntentRef) -> IntentRef:
        return filled(cls)(
            cancel_id=native.cancel_id,
            receipt_id=native.receipt_id,
            amount=lift_amount(native.amount),
            state=IntentState[native.state.name],
            created_at=korean(native.created_at),
        )


def lift_amount(native: _native.CancelAmount) -> FullAmount | PartialAmount:
    """The amount in the package's own types."""
    if isinstance(native, _native.CancelAmount.PARTIAL):
        return filled(PartialAmount)(price=native.price, tax_free=native.tax_free)
    if isinstance(native, _native.CancelAmount.FULL):
        return filled(FullAmount)(expected_remaining=native.expected_remaining)
    raise AssertionError(native)
