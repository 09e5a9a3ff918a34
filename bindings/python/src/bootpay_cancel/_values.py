"""Values of the right type, or an error that names the field.

What a value may be is the core's to say. Here is only what Python would let through otherwise: `True` as 1 won, a
float, a text that is no Unicode.
"""

from __future__ import annotations

import math
from datetime import timedelta

from ._errors import invalid_input

_MOST = 2**63 - 1


def whole_won(field: str, value: object) -> int:
    """An amount: an `int`, and nothing that looks like one."""
    if value is None:
        raise invalid_input(
            field,
            "is None",
            "an amount in whole won; leave it out to cancel all that remains",
            "취소할 금액을 원 단위의 양의 정수로 넣어 주세요. 남은 금액을 모두 취소하려면 price를 빼 주세요.",
        )
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_input(
            field, f"is a {type(value).__name__}", "an int, in whole won", "금액을 원 단위의 정수(int)로 넣어 주세요."
        )
    if not -_MOST <= value <= _MOST:
        raise invalid_input(field, "is too large", "an amount in whole won", "금액을 원 단위로 넣어 주세요.")
    return int(value)


def whole_won_or_none(field: str, value: object) -> int | None:
    """An amount that may be left out, where that is harmless."""
    return None if value is None else whole_won(field, value)


def count_or_none(field: str, value: object) -> int | None:
    """How many at most."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise invalid_input(field, "is no count", "a whole number, not below 0", "0 이상의 정수를 넣어 주세요.")
    return int(value)


def flag(field: str, value: object) -> bool:
    """Yes or no, and nothing that merely counts as one."""
    if not isinstance(value, bool):
        raise invalid_input(field, f"is a {type(value).__name__}", "True or False", "True나 False를 넣어 주세요.")
    return value


def pem_or_none(field: str, value: object) -> bytes | None:
    """Certificates."""
    if value is None or isinstance(value, bytes):
        return value
    raise invalid_input(
        field, f"is a {type(value).__name__}", "bytes, in PEM", "PEM 형식의 인증서를 bytes로 넣어 주세요."
    )


def text(field: str, value: object) -> str:
    """A `str` that can be sent."""
    if not isinstance(value, str):
        raise invalid_input(field, f"is a {type(value).__name__}", "a str", "문자열(str)로 넣어 주세요.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid_input(
            field,
            "has a character that does not belong there",
            "Unicode text",
            "유니코드가 아닌 문자를 빼 주세요.",
        ) from None
    return str(value)


def text_or_none(field: str, value: object) -> str | None:
    """The same, for what may be left out."""
    return None if value is None else text(field, value)


def duration(field: str, value: object) -> timedelta | None:
    """A time in seconds, or a `timedelta`."""
    if value is None:
        return None
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    expected = "a time in seconds, or a timedelta"
    korean = "0초 이상의 시간을 초 단위의 숫자나 timedelta로 넣어 주세요."
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise invalid_input(field, f"is a {type(value).__name__}", expected, korean)
    if not math.isfinite(seconds) or seconds < 0 or seconds > timedelta.max.total_seconds() - 1:
        raise invalid_input(field, "is no length of time", expected, korean)
    return timedelta(seconds=seconds)
