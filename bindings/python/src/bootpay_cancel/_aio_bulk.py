"""A bulk, for asyncio."""

from __future__ import annotations

import os

from ._bulk import BulkLookup, BulkPlan, BulkReport, BulkStop, BulkSum
from ._bulk_asked import (
    ForeignListener,
    ForeignLookupListener,
    OnALoop,
    export_language,
    export_path,
    number_or_none,
    options,
    stop_or_none,
)
from ._bulk_calls import AnyBulk
from ._loops import awaited

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._bulk_asked import ExportLanguage
    from ._forms import BulkListener, BulkLookupListener, BulkOptions


class AsyncBulk(AnyBulk):
    """A file of cancels at one merchant, from `AsyncBootpay.bulk`: `Bulk` for asyncio.

        bulk = await bootpay.bulk("refunds.csv")
        plan = bulk.plan()
        report = await bulk.run(plan=plan, cap=plan.rows.won, on_progress=print)

    Cancelling the task of a `run` stops the run: what is on its way ends, and nothing new is begun. Cancelling the task
    of anything else aborts it.
    """

    async def look_up(
        self,
        *,
        per_second: float = 5,
        on_progress: BulkLookupListener | None = None,
        stop: BulkStop | None = None,
    ) -> BulkLookup:
        """Looks every receipt up, and holds the rows against what the ledger says. No cancel is sent.

        - `per_second`: the most look-ups per second
        - `on_progress`: hears how many receipts were looked up, and of how many, on the event loop
        - `stop`: ends it early, with what was found by then
        """
        rate, stopped = number_or_none("per_second", per_second) or 0.0, stop_or_none(stop)
        native = self._open()
        telling = _telling(on_progress)
        listener = None if telling is None else ForeignLookupListener(telling)
        try:
            return BulkLookup._lift((await awaited(lambda: native.begin_look_up(rate, listener, stopped))).lookup)
        finally:
            if telling is not None:
                telling.give_up()

    async def run(
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
        - `on_progress`: hears how it goes, on the event loop: see `BulkProgress`
        - `stop`: a `BulkStop`, to end it early
        - `retry_refused`: tries again what was refused in this bulk
        - `per_second` (5), `least_per_second` (0.5), `most_per_second` (50), `rise` (1): how many rows are begun per
          second at first, at least and at most, and by how many that rises every second while answers come
        - `most_in_flight` (64): the most rows on their way at a time
        - `unknown_percent` (2), `unknown_least` (5), `unknown_window` (200): it stops by itself where more than this
          percentage of the last answers is unknown, and at least so many of them
        - `between_partials` (11 s), `reconcile_rounds` (2), `between_rounds` (10 s), `tell_every` (0.25 s): its times

        A task that is cancelled **stops the run**: what is on its way ends, and nothing new is begun. There is no
        report then: `status` tells, and the same file run again goes on from there. For a report, use a `BulkStop`.

        Raises a `BootpayError` where nothing was sent. What happens later is told in the report.
        """
        asked, stopped = options(plan, cap, given), stop_or_none(stop)
        native = self._open()
        telling = _telling(on_progress)
        listener = None if telling is None else ForeignListener(telling)
        try:
            return BulkReport._lift((await awaited(lambda: native.begin_run(asked, listener, stopped))).report)
        finally:
            if telling is not None:
                telling.give_up()

    async def status(self) -> BulkSum:
        """How its rows stand, by the journal as it is now. Nothing is sent."""
        return BulkSum._lift((await awaited(self._open().begin_status)).sum)

    async def export(self, path: str | os.PathLike[str], *, language: ExportLanguage = "korean") -> None:
        """Writes every row with how it stands to a new file: a CSV in UTF-8 that Excel opens, in the file's order.

        `language` is that of headings and states: `"korean"` or `"english"`. No account number, holder or reason is in
        it. A file that is there already is left alone, and the call refused.
        """
        to, tongue = export_path(path), export_language(language)
        native = self._open()
        await awaited(lambda: native.begin_export_to(to, tongue))

    async def export_bytes(self, *, language: ExportLanguage = "korean") -> bytes:
        """What `export` writes, as bytes."""
        native, tongue = self._open(), export_language(language)
        return bytes((await awaited(lambda: native.begin_export(tongue))).table)


def _telling(listener: object) -> OnALoop | None:
    import asyncio  # Whoever is here has it; who only imports the package may do without.

    return None if listener is None else OnALoop(listener, asyncio.get_running_loop())
