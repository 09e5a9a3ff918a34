"""What Bootpay's ledger says about a payment."""

from __future__ import annotations

from . import _native
from ._json import members
from ._record import field, filled, record
from ._time import korean_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from ._errors import ConflictNote, Refusal
    from ._intents import Intent


@record(frozen=True)
class Totals:
    """The money of a receipt at one moment, in won. What the server leaves out is `None`.

    - `price`: what was paid
    - `remaining`: what remains
    - `cancelled`: what is cancelled in all
    - `status`: the receipt's status, as Bootpay's number
    - `is_empty`: whether the ledger proves that all the money is back
    """

    price: int | None
    remaining: int | None
    cancelled: int | None
    status: int | None
    is_empty: bool

    @classmethod
    def _lift(cls, native: _native.Totals) -> Totals:
        return filled(cls)(
            price=native.price,
            remaining=native.remaining,
            cancelled=native.cancelled,
            status=native.status,
            is_empty=native.is_empty,
        )

    @classmethod
    def _lift_or_none(cls, native: _native.Totals | None) -> Totals | None:
        return None if native is None else cls._lift(native)


@record(frozen=True)
class Receipt:
    """What Bootpay's ledger says about one payment. Amounts are in won; what the server leaves out is `None`.

    - `receipt_id`: Bootpay's id of the payment
    - `totals`: what the ledger says about the money
    - `order_id`: the merchant's order
    - `order_name`: what was sold
    - `tax_free`: the tax-free part of the price
    - `remain_tax_free`: the tax-free part that remains. v1 only.
    - `cancelled_tax_free`: the tax-free part that is cancelled
    - `pg`: the payment gateway's symbol, such as `kcp`
    - `method`: the payment method's symbol, such as `card` or `vbank`
    - `pg_name`: the payment gateway's name
    - `method_name`: the payment method's name
    - `requested_at`: when the payment was asked for
    - `purchased_at`: when it was paid
    - `cancelled_at`: when it was last cancelled
    - `receipt_url`: where the customer's receipt can be seen
    - `extra`: everything else that the server sent. It can hold personal data, so it is not printed.
    """

    receipt_id: str
    totals: Totals
    order_id: str | None
    order_name: str | None
    tax_free: int | None
    remain_tax_free: int | None
    cancelled_tax_free: int | None
    pg: str | None
    method: str | None
    pg_name: str | None
    method_name: str | None
    requested_at: datetime | None
    purchased_at: datetime | None
    cancelled_at: datetime | None
    receipt_url: str | None
    extra: dict[str, Any] = field(repr=False, compare=False)

    @classmethod
    def _lift(cls, native: _native.Receipt) -> Receipt:
        return filled(cls)(
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
            extra=members(native.extra_json),
        )


@record(frozen=True)
class Preview:
    """What a cancel would send, and what the ledger says. Nothing was sent.

    - `url`: the address that the cancel would go to
    - `members`: the members that it would send. Account number and holder are masked.
    - `receipt`: what the ledger says now
    - `objection`: why the ledger stands against it, where it does: the cancel would end with this refusal
    - `conflict`: which earlier intent would refuse it before anything is sent, where one would
    - `open`: earlier intents of this receipt that are still open
    """

    url: str
    members: dict[str, Any]
    receipt: Receipt
    objection: Refusal | None
    conflict: ConflictNote | None
    open: tuple[Intent, ...]

    @classmethod
    def _lift(cls, native: _native.Preview) -> Preview:
        from ._errors import ConflictNote, Refusal
        from ._intents import Intent

        return filled(cls)(
            url=native.url,
            members=members(native.members_json),
            receipt=Receipt._lift(native.receipt),
            objection=None if native.objection is None else Refusal._lift(native.objection),
            conflict=None if native.conflict is None else ConflictNote._lift(native.conflict),
            open=tuple(Intent._lift(intent) for intent in native.open),
        )
