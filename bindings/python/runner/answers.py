"""What came of a call, as the protocol writes it: the public types' own members under their own names."""

from __future__ import annotations

import dataclasses
import enum
import json
from datetime import datetime, timedelta
from typing import Any

from bootpay_cancel import (
    AlreadyCancelled,
    Bank,
    BootpayError,
    Cancelled,
    Conflict,
    FullAmount,
    Intent,
    InternalError,
    InvalidInput,
    JournalError,
    LookupFailed,
    NotSent,
    PartialAmount,
    Preview,
    Receipt,
    Recovery,
    Refused,
    Secret,
    TokenUnavailable,
    Unknown,
)

Answer = dict[str, Any]

# Where the protocol says in which unit.
_RENAMED = {"retry_after": "retry_after_ms"}

# The member that an answer consists of. Intents in short have no such name: they are only ever part of something.
_NAMES: dict[type, str] = {
    Cancelled: "cancelled",
    AlreadyCancelled: "already_cancelled",
    Unknown: "unknown",
    Receipt: "receipt",
    Preview: "preview",
    Recovery: "recovery",
    Intent: "intent",
    Bank: "bank",
}

_ERRORS: list[tuple[type[BootpayError], str]] = [
    (InvalidInput, "invalid_input"),
    (Conflict, "conflict"),
    (Refused, "refused"),
    (NotSent, "not_sent"),
    (TokenUnavailable, "token"),
    (LookupFailed, "lookup"),
    (JournalError, "journal"),
    (InternalError, "internal"),
]

_WRAPPED: dict[type, str] = {
    FullAmount: "full",
    PartialAmount: "partial",
    Cancelled: "cancelled",
    AlreadyCancelled: "already_cancelled",
}


def line(answer: Answer) -> bytes:
    """One line of canonical JSON, RFC 8785: all member names here are ASCII, so that sorting them is sorting bytes."""
    return json.dumps(answer, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def answer(do: str, value: object) -> Answer:
    """The answer to a call that gave a value."""
    if do in {"banks", "intents"} and isinstance(value, tuple):
        return {do: [members(each) for each in value]}
    if do == "journal_place":
        return {"place": value}
    if do == "warm_up":
        return {"warmed_up": True}
    if isinstance(value, Secret):
        return {"token": "received"}
    return {_NAMES[type(value)]: members(value)}


def failure(error: BaseException) -> Answer:
    """The answer to a call that raised."""
    if not isinstance(error, BootpayError):
        return {"lost": True}
    text, _, hint = str(error).partition("\n")
    named = next(name for kind, name in _ERRORS if isinstance(error, kind))
    told: dict[str, object] = {
        "type": named,
        "kind": error.kind,
        "text": text,
        "hint": hint or None,
        "hint_english": error.hint_english,
        "code": error.code,
        "field": error.field,
        "retry_after_ms": error.retry_after,
    }
    for member in ("suggestions", "intent", "refusal"):
        if hasattr(error, member):
            told[member] = getattr(error, member)
    return {"error": _object(told)}


def members(value: object) -> Any:
    """A value of the package's, and all that is in it."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, timedelta):
        return value // timedelta(milliseconds=1)
    if isinstance(value, tuple):
        return [_in_a_list(each) for each in value]
    if isinstance(value, dict):
        return value
    if dataclasses.is_dataclass(value):
        held = _object(
            {_RENAMED.get(each.name, each.name): getattr(value, each.name) for each in dataclasses.fields(value)}
        )
        return {_WRAPPED[type(value)]: held} if isinstance(value, (FullAmount, PartialAmount)) else held
    return value


def _object(told: dict[str, object]) -> Answer:
    held = {name: members(value) for name, value in told.items() if value is not None}
    if isinstance(held.get("extra"), dict):
        held["extra"] = sorted(held["extra"], key=lambda name: name.encode("utf-16-be"))
    return held


def _in_a_list(value: object) -> Any:
    """Outcomes of several kinds stand side by side in `Recovery.settled`, so each says which it is."""
    if isinstance(value, (Cancelled, AlreadyCancelled)):
        return {_WRAPPED[type(value)]: members(value)}
    return members(value)
