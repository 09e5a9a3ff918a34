"""The names of types, for annotations. Loaded when somebody asks for one: most programs never do."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Callable, Optional, TypedDict, Union

from ._bulk import BulkProgress
from ._outcomes import AlreadyCancelled, Cancelled, Unknown
from ._refs import FullAmount, PartialAmount
from ._secrets import Secret, SuppliedToken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Literal

    from ._setup import MemoryJournal

Seconds = Union[float, timedelta]

Amount = Union[FullAmount, PartialAmount]

CancelOutcome = Union[Cancelled, AlreadyCancelled, Unknown]
"""How a cancel ended that could have moved money: one of three, and a type checker sees that all are handled."""

TokenSource = Callable[[Optional[Secret]], Union[str, Secret, SuppliedToken]]
"""Hands out access tokens that somebody else obtained.

It is called on a thread of its own and may block, for as long as `token_timeout`. Its argument is the token that
Bootpay has just turned away, so that a cache does not hand out the same one again. What it raises becomes
`TokenUnavailable`, and is told by its type alone, since its text may hold a secret; but a `TokenSourceError`'s is told.
"""


class Options(TypedDict, total=False):
    """What a client takes besides its keys: see `Bootpay`. What is left out has a sensible default."""

    environment: Literal["production", "development", "test", "stage"]
    base_url: str
    dialect: Literal["v1", "v2"]
    journal: str | os.PathLike[str] | Secret | MemoryJournal
    connect_timeout: Seconds
    cancel_timeout: Seconds
    lookup_timeout: Seconds
    token_timeout: Seconds
    idle_timeout: Seconds
    wait_for_others: Seconds
    nobody_else_cancels: bool
    server_honours_cancel_id_for: Seconds
    look_before_partial: bool
    proxy: str | Secret | None
    ca_bundle: bytes


class BulkOptions(TypedDict, total=False):
    """What a run takes besides its plan, its cap, its listener and its stop: see `Bulk.run`."""

    retry_refused: bool
    per_second: float
    least_per_second: float
    most_per_second: float
    rise: float
    most_in_flight: int
    unknown_percent: float
    unknown_least: int
    unknown_window: int
    between_partials: Seconds
    reconcile_rounds: int
    between_rounds: Seconds
    tell_every: Seconds


BulkListener = Callable[[BulkProgress], object]
"""Hears how a run goes, a few times per second; the last time, `phase` is `BulkPhase.FINISHED`.

Out of blocking code it is called on a thread of its own, and out of asyncio on the event loop; one call at a time. It
may block, stop the run or raise, and the run goes on all the same: where it is slow, it misses figures, not rows. What
it raises goes where the exceptions of threads, or of the event loop's callbacks, go; then it is told nothing more.
"""

BulkLookupListener = Callable[[int, int], object]
"""Hears how many receipts were looked up, and of how many, as a `BulkListener` hears of a run."""
