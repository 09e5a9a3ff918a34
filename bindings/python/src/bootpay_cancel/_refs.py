"""An intent in short: what errors and outcomes carry, and what finds it again."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from . import _native
from ._time import korean


class IntentState(str, enum.Enum):
    """Where an intent stands."""

    RESERVED = "reserved"
    """Admitted; no byte has left."""
    SENDING = "sending"
    """A request may be on its way."""
    UNKNOWN = "unknown"
    """The money may or may not have moved."""
    CANCELLED = "cancelled"
    """The money of this intent is cancelled."""
    ALREADY_CANCELLED = "already_cancelled"
    """The payment had been cancelled before; this intent moved nothing."""
    REFUSED = "refused"
    """Bootpay, the gateway or the ledger refused; this intent moved nothing."""
    NOT_SENT = "not_sent"
    """It never reached Bootpay; this intent moved nothing."""
    NOT_CANCELLED = "not_cancelled"
    """A person decided that this intent moved nothing."""


@dataclass(frozen=True)
class FullAmount:
    """All that remains on a receipt."""

    expected_remaining: int | None = None
    """What the caller expected to remain, in won."""


@dataclass(frozen=True)
class PartialAmount:
    """A part of it."""

    price: int
    """The amount in won."""
    tax_free: int | None = None
    """How much of it is tax-free, in won."""


@dataclass(frozen=True)
class IntentRef:
    """An intent in short."""

    cancel_id: str
    """What Bootpay sees, and the handle for `reconcile` and `resolve`."""
    receipt_id: str
    """The receipt."""
    amount: FullAmount | PartialAmount
    """Full or partial, and how much."""
    state: IntentState
    """Where it stood when this was written."""
    created_at: datetime
    """When it was admitted."""

    @classmethod
    def _lift(cls, native: _native.IntentRef) -> IntentRef:
        return cls(
            cancel_id=native.cancel_id,
            receipt_id=native.receipt_id,
            amount=lift_amount(native.amount),
            state=IntentState[native.state.name],
            created_at=korean(native.created_at),
        )


def lift_amount(native: _native.CancelAmount) -> FullAmount | PartialAmount:
    """The amount in the package's own types."""
    if isinstance(native, _native.CancelAmount.PARTIAL):
        return PartialAmount(native.price, native.tax_free)
    if isinstance(native, _native.CancelAmount.FULL):
        return FullAmount(native.expected_remaining)
    raise AssertionError(native)
