"""What crosses as JSON: members that the server sent and that have no place of their own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def members(text: str) -> dict[str, Any]:
    """The members of a JSON object."""
    if text == "{}":
        return {}
    import json  # Only here: not every program that imports the package ever needs it.

    told: dict[str, Any] = json.loads(text)
    return told
