"""What a caller asks for."""

from __future__ import annotations

import enum

from . import _native
from ._banks import RefundAccount
from ._errors import invalid_input
from ._values import text, text_or_none, whole_won, whole_won_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Literal


class Everything(enum.Enum):
    """The type of `EVERYTHING`, which is its only value."""

    EVERYTHING = "all that remains"

    def __repr__(self) -> str:
        return "EVERYTHING"


EVERYTHING: Literal[Everything.EVERYTHING] = Everything.EVERYTHING
"""All that remains on a receipt: what a cancel without a `price` gives back.

A name of its own and not `None`: a price that got lost on the way must not refund everything.
"""


def request(
    receipt_id: str,
    price: int | Everything,
    tax_free: int | None,
    expected_remaining: int | None,
    cancel_id: str | None,
    canceller: str | None,
    reason: str | None,
    refund_account: RefundAccount | None,
) -> _native.CancelRequest:
    """The request as it crosses."""
    if refund_account is not None and not isinstance(refund_account, RefundAccount):
        raise invalid_input(
            "refund_account",
            f"is a {type(refund_account).__name__}",
            "a RefundAccount",
            "환불받을 계좌를 RefundAccount(은행, 계좌번호, 예금주)로 넣어 주세요.",
        )
    return _native.CancelRequest(
        receipt_id=text("receipt_id", receipt_id),
        amount=_amount(price, tax_free, expected_remaining),
        cancel_id=text_or_none("cancel_id", cancel_id),
        canceller=text_or_none("canceller", canceller),
        reason=text_or_none("reason", reason),
        refund_account=None if refund_account is None else refund_account._native,
    )


def _amount(price: int | Everything, tax_free: int | None, expected_remaining: int | None) -> _native.CancelAmount:
    tax_free = whole_won_or_none("tax_free", tax_free)
    expected_remaining = whole_won_or_none("expected_remaining", expected_remaining)
    if price is EVERYTHING:
        if tax_free is not None:
            raise invalid_input(
                "tax_free",
                "does not fit the rest",
                "a full cancel gives back all, tax-free part included",
                "전액 취소는 비과세 금액까지 모두 돌려줍니다. tax_free를 빼 주세요.",
            )
        return _native.CancelAmount.FULL(expected_remaining)  # type: ignore[return-value]
    price = whole_won("price", price)
    if expected_remaining is not None:
        raise invalid_input(
            "expected_remaining",
            "does not fit the rest",
            "a partial cancel names its own amount",
            "부분 취소는 취소할 금액을 직접 지정합니다. expected_remaining을 빼 주세요.",
        )
    return _native.CancelAmount.PARTIAL(price, tax_free)  # type: ignore[return-value]
