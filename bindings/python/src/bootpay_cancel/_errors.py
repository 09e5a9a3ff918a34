"""Errors, shaped by what the caller does next.

A `BootpayError` means that this call moved no money.
"""

from __future__ import annotations

from . import _native
from ._receipts import Totals
from ._record import filled, record
from ._refs import IntentRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta
    from typing import Any, ClassVar


class BootpayError(Exception):
    """A call that did not do what was asked, **and moved no money**.

    `str(error)` is what happened, in English, and under it what to do about it, in Korean.

    - `text`: what happened, in English, without secrets
    - `kind`: a stable name for programs: `invalid_input`, `refused.settlement`, `conflict.open_intent` …
    - `hint`: what to do about it, in Korean, where the library knows
    - `hint_english`: the same in English
    - `code`: the server's own code, word for word, where a server answered
    - `field`: the field that is wrong, for invalid input
    - `retry_after`: how long to wait before trying again, where somebody said so
    """

    _kind: ClassVar[str] = "internal"

    def __init__(
        self,
        text: str,
        *,
        kind: str | None = None,
        hint: str | None = None,
        hint_english: str | None = None,
        code: str | None = None,
        field: str | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.kind = kind or self._kind
        self.hint = hint
        self.hint_english = hint_english
        self.code = code
        self.field = field
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.text}\n{self.hint}" if self.hint else self.text


class InvalidInput(BootpayError):
    """The call itself is wrong, and nothing was sent. Mend the field that `field` names.

    `suggestions` are the closest right values, best first, for a field that takes one of a list.
    """

    _kind = "invalid_input"
    suggestions: tuple[str, ...] = ()


class Conflict(BootpayError):
    """An earlier intent stands in the way, and nothing was sent: `intent`, with its state."""

    _kind = "conflict"
    intent: IntentRef


@record(frozen=True)
class Refusal:
    """A refusal, with the server's own words kept.

    - `kind`: the stable name that the error's own `kind` ends with: `settlement`, `not_found` …
    - `http_status`: the HTTP status; `None` where the library itself refused because of what the ledger says
    - `code`: Bootpay's code, word for word: a negative number in v1, a symbol in v2
    - `server_message`: Bootpay's message, word for word
    - `pg_code`: the payment gateway's own result code
    - `pg_message`: the payment gateway's own message
    - `intent`: the intent that was refused, where there was one. It moved no money.
    - `ledger`: what Bootpay's ledger says, where it was asked
    - `earlier`: an earlier intent of the receipt that may have moved money, where there is one
    """

    kind: str
    http_status: int | None
    code: str | None
    server_message: str
    pg_code: str | None
    pg_message: str | None
    intent: IntentRef | None
    ledger: Totals | None
    earlier: IntentRef | None

    @classmethod
    def _lift(cls, native: _native.Refusal) -> Refusal:
        return filled(cls)(
            kind=native.kind,
            http_status=native.http_status,
            code=native.code,
            server_message=native.said,
            pg_code=native.pg_code,
            pg_message=native.pg_said,
            intent=None if native.intent is None else IntentRef._lift(native.intent),
            ledger=Totals._lift_or_none(native.ledger),
            earlier=None if native.earlier is None else IntentRef._lift(native.earlier),
        )


@record(frozen=True)
class ConflictNote:
    """An earlier intent that stands in the way, as a preview foresees it: a cancel would raise it as a `Conflict`.

    - `kind`: the stable name that the error's own `kind` would end with: `open_intent`, `held` …
    - `text`: what stands in the way, in English
    - `hint`, `hint_english`: what to do about it, in Korean and in English
    - `intent`: the intent that stands in the way
    - `retry_after`: how long to wait before trying again, where that helps
    """

    kind: str
    text: str
    hint: str
    hint_english: str
    intent: IntentRef
    retry_after: timedelta | None

    @classmethod
    def _lift(cls, native: _native.ConflictNote) -> ConflictNote:
        return filled(cls)(
            kind=native.kind,
            text=native.text,
            hint=native.hint_korean,
            hint_english=native.hint_english,
            intent=IntentRef._lift(native.intent),
            retry_after=native.retry_after,
        )


class Refused(BootpayError):
    """Bootpay, or the payment gateway behind it, said no: `refusal` keeps their own words."""

    _kind = "refused"
    refusal: Refusal


class NotSent(BootpayError):
    """The request provably never reached Bootpay. The same call may be made again."""

    _kind = "not_sent"


class TokenUnavailable(BootpayError):
    """No access token could be had, so nothing was sent."""

    _kind = "token"


class LookupFailed(BootpayError):
    """A lookup was not answered, or not in a form that can be read. A read moves no money; ask again."""

    _kind = "lookup"


class JournalError(BootpayError):
    """The journal could not be opened, read or written, so nothing was sent."""

    _kind = "journal"


class InternalError(BootpayError):
    """The library broke one of its own rules. Nothing was sent; please report it."""


class CallLost(Exception):
    """The call's end was lost, as when the process is ending. **It proves nothing**, and is no `BootpayError`.

    The money may or may not have moved. The intent is in the journal: `intents` shows it, `recover` takes it up.
    """


_KINDS: dict[str, type[BootpayError]] = {
    "InvalidInput": InvalidInput,
    "Conflict": Conflict,
    "Refused": Refused,
    "NotSent": NotSent,
    "Token": TokenUnavailable,
    "Lookup": LookupFailed,
    "Journal": JournalError,
    "Internal": InternalError,
}


def lift_error(native: Any) -> Exception:
    """The error in the package's own types. What is not known to have moved no money is no `BootpayError`."""
    variant = type(native).__name__
    if variant == "Lost":
        return CallLost(native.facts.text)
    if not isinstance(native, _native.BootpayError) or variant not in _KINDS:
        # The generated layer's own error: a panic, or a broken build. Its text is nobody's to see.
        return CallLost("the call broke inside the library, which proves nothing: look into the journal with `intents`")
    facts = native.facts  # type: ignore[attr-defined]
    error = _KINDS[variant](
        facts.text,
        kind=facts.kind,
        hint=facts.hint_korean,
        hint_english=facts.hint_english,
        code=facts.code,
        field=facts.field,
        retry_after=facts.retry_after,
    )
    if isinstance(error, InvalidInput):
        error.suggestions = tuple(native.suggestions)  # type: ignore[attr-defined]
    elif isinstance(error, Conflict):
        error.intent = IntentRef._lift(native.intent)  # type: ignore[attr-defined]
    elif isinstance(error, Refused):
        error.refusal = Refusal._lift(native.refusal)  # type: ignore[attr-defined]
    return error


def invalid_input(field: str, problem: str, expected: str, korean: str) -> InvalidInput:
    """For what only Python can get wrong: a value of another type. What would be right is told in both languages."""
    return InvalidInput(f"`{field}` {problem}: {expected}", field=field, hint=korean, hint_english=expected)
