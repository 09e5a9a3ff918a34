"""Banks, and the account that a virtual-account refund goes to."""

from __future__ import annotations

import enum

from . import _native
from ._errors import lift_error
from ._record import record
from ._values import text


class BankSource(enum.Enum):
    """Who says that a code is a bank's.

    - `OFFICIAL_SDK`: Bootpay's official SDKs
    - `BOOTPAY_NOTES`: Bootpay's newer notes
    - `CLEARING_CODE`: the general clearing codes of Korean banks: Bootpay may refuse it
    """

    OFFICIAL_SDK = "official_sdk"
    BOOTPAY_NOTES = "bootpay_notes"
    CLEARING_CODE = "clearing_code"


@record(frozen=True)
class Bank:
    """A Korean bank, known by its three-digit code.

    - `code`: what Bootpay is sent
    - `name`: the Korean name
    - `english_name`: the English name
    - `aliases`: other names that are understood
    - `source`: who says that the code is this bank's
    """

    code: str
    name: str
    english_name: str
    aliases: tuple[str, ...]
    source: BankSource

    @classmethod
    def _lift(cls, native: _native.Bank) -> Bank:
        source = BankSource[native.source.name]
        return cls(native.code, native.name, native.english_name, tuple(native.aliases), source)


def banks() -> tuple[Bank, ...]:
    """Every bank that is known, by code."""
    return tuple(Bank._lift(bank) for bank in _native.banks())


def find_bank(bank: str) -> Bank:
    """Finds a bank by its code, its Korean name, or a usual short or English name.

    Nothing is guessed, since money sent to a wrong bank is lost: `InvalidInput.suggestions` has the closest names.
    """
    try:
        return Bank._lift(_native.find_bank(text("refund.bank", bank)))
    except _native.BootpayError as error:
        raise lift_error(error) from None


class RefundAccount:
    """The bank account that receives a virtual-account refund. Its number and holder are not shown.

    Nobody verifies the account: a wrong bank or number loses the money.
    """

    __slots__ = ("_native",)

    def __init__(self, bank: str, account: str, holder: str) -> None:
        """`bank` is a bank's code, its name, or a usual short or English name."""
        self._native = self._make(_native.RefundAccount, "refund.bank", bank, account, holder)

    @classmethod
    def with_raw_code(cls, code: str, account: str, holder: str) -> RefundAccount:
        """The same with a three-digit code that may not be on the list. It is sent as it is: be sure of it."""
        made = cls.__new__(cls)
        made._native = cls._make(_native.RefundAccount.with_raw_code, "refund.bank", code, account, holder)
        return made

    @staticmethod
    def _make(make: _Constructor, field: str, bank: str, account: str, holder: str) -> _native.RefundAccount:
        try:
            return make(text(field, bank), text("refund.account", account), text("refund.holder", holder))
        except _native.BootpayError as error:
            raise lift_error(error) from None

    @property
    def bank_code(self) -> str:
        """The bank's code."""
        return self._native.bank_code()

    def __repr__(self) -> str:
        return f"RefundAccount(bank_code={self.bank_code!r}, account=[redacted], holder=[redacted])"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a RefundAccount is not pickled: it holds a customer's account number")


TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, NoReturn

    _Constructor = Callable[[str, str, str], _native.RefundAccount]
