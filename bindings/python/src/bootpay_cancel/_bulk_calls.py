"""A bulk, for blocking code."""

from __future__ import annotations

import os

from . import _native
from ._bulk import BulkLookup, BulkPlan, BulkReport, BulkStop, BulkSum
from ._bulk_asked import (
    ForeignListener,
    ForeignLookupListener,
    OnAThread,
    export_language,
    export_path,
    number_or_none,
    options,
    stop_or_none,
)
from ._setup import Client, ended, translated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn

    from typing_extensions import Self, Unpack

    from ._bulk_asked import ExportLanguage
    from ._forms import BulkListener, BulkLookupListener, BulkOptions


def _heard(telling: OnAThread | None, start: Callable[[], _native.Started]) -> Any:
    """Waits for a call with a listener, which has heard its end then."""
    if telling is None:
        return ended(start)
    try:
        end = ended(start)
    except BaseException:
        telling.give_up()
        raise
    telling.end()
    return end


class AnyBulk:
    """What the blocking and the asyncio bulk have in common."""

    if TYPE_CHECKING:
        _client: Client
        _handle: _native.Bulk
        _plan: BulkPlan

    @classmethod
    def _of(cls, client: Client, file: _native.BulkFile) -> Self:
        made = cls.__new__(cls)
        made._client = client
        made._handle = translated(lambda: client._open().bulk(file))
        made._plan = BulkPlan._lift(made._handle.plan())
        return made

    def plan(self) -> BulkPlan:
        """What it would do, by its file alone. Nothing is looked up.

        Look at it before you `run` it: how many rows, how many won, which Bootpay, which columns were not understood.
        """
        return self._plan

    def _open(self) -> _native.Bulk:
        self._client._open()
        return self._handle

    def __reduce__(self) -> NoReturn:
        raise TypeError("a bulk is neither copied nor pickled: make another one from the file")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._plan.id}, {self._plan.rows.rows} rows>"


class Bulk(AnyBulk):
    """A file of cancels at one merchant, from `Bootpay.bulk`.

        bulk = bootpay.bulk("refunds.csv")
        plan = bulk.plan()
        report = bulk.run(plan=plan, cap=plan.rows.won, on_progress=print)

    Each row is as safe as a single `cancel`. The journal is the only state: whatever ends a run (a stop, a crash), the
    same file run again finds there what is done, sends what is not, and looks up what nobody knows. Several processes
    and hosts may run it at a time.
    """

    def look_up(
        self,
        *,
        per_second: float = 5,
        on_progress: BulkLookupListener | None = None,
        stop: BulkStop | None = None,
    ) -> BulkLookup:
        """Looks every receipt up, and holds the rows against what the ledger says. No cancel is sent.

        - `per_second`: the most look-ups per second
        - `on_progress`: hears how many receipts were looked up, and of how many, on a thread of its own
        - `stop`: ends it early, with what was found by then
        """
        rate, stopped = number_or_none("per_second", per_second) or 0.0, stop_or_none(stop)
        native = self._open()
        telling = None if on_progress is None else OnAThread(on_progress)
        listener = None if telling is None else ForeignLookupListener(telling)
        answer = _heard(telling, lambda: native.begin_look_up(rate, listener, stopped)).lookup
        return BulkLookup._lift(answer)

    def run(
        self,
        *,
        plan: BulkPlan | str,
        cap: int | None = None,
        on_progress: BulkListener | None = None,
        stop: BulkStop | None = None,
        **given: Unpack[BulkOptions],
    ) -> BulkReport:
        """Carries the bulk out: every row that is not done yet, and no row twice.

        - `plan`: what `plan` gave, or its `id`. Another file, other keys or another Bootpay have another one, and are
          refused
        - `cap`: the most won that this bulk may move, its earlier runs included
        - `on_progress`: hears how it goes, on a thread of its own: see `BulkProgress`
        - `stop`: a `BulkStop`, to end it early
        - `retry_refused`: tries again what was refused in this bulk
        - `per_second` (5), `least_per_second` (0.5), `most_per_second` (50), `rise` (1): how many rows are begun per
          second at first, at least and at most, and by how many that rises every second while answers come
        - `most_in_flight` (64): the most rows on their way at a time
        - `unknown_percent` (2), `unknown_least` (5), `unknown_window` (200): it stops by itself where more than this
          percentage of the last answers is unknown, and at least so many of them
        - `between_partials` (11 s), `reconcile_rounds` (2), `between_rounds` (10 s), `tell_every` (0.25 s): its times

        A `KeyboardInterrupt`, or whatever else a signal handler raises, leaves the call at once **and stops the run**:
        what is on its way ends, nothing new is begun, and a process that ends waits for that up to ten seconds. To have
        the report of a run that is stopped by a signal, call a `BulkStop` from its handler.

        Raises a `BootpayError` where nothing was sent. What happens later is told in the report.
        """
        asked, stopped = options(plan, cap, given), stop_or_none(stop)
        native = self._open()
        telling = None if on_progress is None else OnAThread(on_progress)
        listener = None if telling is None else ForeignListener(telling)
        answer = _heard(telling, lambda: native.begin_run(asked, listener, stopped)).report
        return BulkReport._lift(answer)

    def status(self) -> BulkSum:
        """How its rows stand, by the journal as it is now. Nothing is sent."""
        native = self._open()
        return BulkSum._lift(ended(native.begin_status).sum)

    def export(self, path: str | os.PathLike[str], *, language: ExportLanguage = "korean") -> None:
        """Writes every row with how it stands to a new file: a CSV in UTF-8 that Excel opens, in the file's order.

        `language` is that of headings and states: `"korean"` or `"english"`. No account number, holder or reason is in
        it. A file that is there already is left alone, and the call refused.
        """
        to, tongue = export_path(path), export_language(language)
        native = self._open()
        ended(lambda: native.begin_export_to(to, tongue))

    def export_bytes(self, *, language: ExportLanguage = "korean") -> bytes:
        """What `export` writes, as bytes."""
        tongue = export_language(language)
        native = self._open()
        return bytes(ended(lambda: native.begin_export(tongue)).table)
