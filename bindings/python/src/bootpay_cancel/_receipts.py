"""What Bootpay's ledger says about a payment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import _native
from ._time import korean_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from ._errors import Refusal
    from ._intents import Intent


@dataclass(frozen=True)
class Totals:
    """The money of a receipt at one moment, in won. What the server leaves out is `None`."""

    price: int | None
    """What was paid."""
    remaining: int | None
    """What remains."""
    cancelled: int | None
    """What is cancelled in all."""
    status: int | None
    """The receipt's status, as Bootpay's number."""
    is_empty: bool
    """Whether the ledger proves that all the money is back."""

    @classmethod
    def _lift(cls, native: _native.Totals) -> Totals:
        return cls(native.price, native.remaining, native.cancelled, native.status, native.is_empty)

    @classmethod
    def _lift_or_none(cls, native: _native.Totals | None) -> Totals | None:
        return None if native is None else cls._lift(native)


@dataclass(frozen=True)
class Receipt:
    """What Bootpay's ledger says about one payment. Amounts are in won; what the server leaves out is `None`."""

    receipt_id: str
    """Bootpay's id of the payment."""
    totals: Totals
    """What the ledger says about the money."""
    order_id: str | None
    """The merchant's order."""
    order_name: str | None
    """What was sold."""
    tax_free: int | None
    """The tax-free part of the price."""
    remain_tax_free: int | None
    """The tax-free part that remains. v1 only."""
    cancelled_tax_free: int | None
    """The tax-free part that is cancelled."""
    pg: str | None
    """The payment gateway's symbol, such as `kcp`."""
    method: str | None
    """The payment method's symbol, such as `card` or `vbank`."""
    pg_name: str | None
    """The payment gateway's name."""
    method_name: str | None
    """The payment method's name."""
    requested_at: datetime | None
    """When the payment was asked for."""
    purchased_at: datetime | None
    """When it was paid."""
    cancelled_at: datetime | None
    """When it was last cancelled."""
    receipt_url: str | None
    """Where the customer's receipt can be seen."""
    extra: dict[str, Any] = field(repr=False, compare=False)
    """Everything else that the server sent. It can hold personal data, so it is not printed."""

    @classmethod
    def _lift(cls, native: _native.Receipt) -> Receipt:
        return cls(
            receipt_id=native.receipt_id,
            totals=Totals._lift(native.totals),
            order_id=native.order_id,
            order_name=native.order_name,
            tax_free=native.tax_free,
            remain_tax_free=native.remain_tax_free,
            cancelled_tax_free=native.cancelled_tax_free,
            pg=native.pg,
            method=native.method,
            pg_name=native.pg_name,
            method_name=native.method_name,
            requested_at=korean_or_none(native.requested_at),
            purchased_at=korean_or_none(native.purchased_at),
            cancelled_at=korean_or_none(native.cancelled_at),
            receipt_url=native.receipt_url,
            extra=json.loads(native.extra_json),
        )


@dataclass(frozen=True)
class Preview:
    """What a cancel would send, and what the ledger says. Nothing was sent."""

    url: str
    """The address that the cancel would go to."""
    members: dict[str, Any]
    """The members that it would send. Account number and holder are masked."""
    receipt: Receipt
    """What the ledger says now."""
    objection: Refusal | None
    """Why the ledger stands against it, where it does: the cancel would end with this refusal."""
    open: tuple[Intent, ...]
    """Earlier intents of this receipt that are still open."""

    @classmethod
    def _lift(cls, native: _native.Preview) -> Preview:
        from ._errors import Refusal
        from ._intents import Intent

        return cls(
            url=native.url,
            members=json.loads(native.members_json),
            receipt=Receipt._lift(native.receipt),
            objection=None if native.objection is None else Refusal._lift(native.objection),
            open=tuple(Intent._lift(intent) for intent in native.open),
        )
