"""Times, as a clock in Seoul shows them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

KOREA = timezone(timedelta(hours=9), "KST")


def korean(at: datetime) -> datetime:
    """The same instant in Korean time, +09:00."""
    return at.astimezone(KOREA)


def korean_or_none(at: datetime | None) -> datetime | None:
    """The same, for what may be absent."""
    return None if at is None else korean(at)
