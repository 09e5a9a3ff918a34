"""What a bulk is asked, on its way to the library, and how its listeners are told."""

from __future__ import annotations

import os
import threading

from . import _native
from ._bulk import BulkPlan, BulkProgress, BulkStop, WrongBulkFile
from ._errors import invalid_input
from ._values import count_or_none, duration, flag, text, whole_won_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import IO, Any, Callable, Union

    from typing_extensions import Literal

    BulkSource = Union[str, os.PathLike[str], bytes, bytearray, memoryview, IO[bytes], IO[str]]
    ExportLanguage = Literal["korean", "english"]


def read_file(source: object) -> _native.BulkFile:
    """A file that may be sent, from its path, its bytes, or what reads it."""
    try:
        return _native.BulkFile.read(_bytes(source))
    except _native.BulkFileError as error:
        raise WrongBulkFile._lift(error) from None


def _bytes(source: object) -> bytes:
    if isinstance(source, (str, os.PathLike)):
        with open(source, "rb") as file:
            return file.read()
    read = getattr(source, "read", None)
    held = read() if callable(read) else source
    if isinstance(held, str) and callable(read):
        return text("file", held).encode()
    if isinstance(held, (bytes, bytearray, memoryview)):
        return bytes(held)
    raise invalid_input(
        "file",
        f"is a {type(source).__name__}",
        "a path, bytes, or a file that is open for reading",
        "파일의 경로, bytes, 또는 열린 파일을 넣어 주세요.",
    )


def options(plan: object, cap: object, given: Any) -> _native.BulkOptions:
    """How a bulk is run, as it crosses."""
    given = dict(given)
    take = given.pop
    asked = _native.BulkOptions(
        plan=plan.id if isinstance(plan, BulkPlan) else text("plan", plan),
        cap=whole_won_or_none("cap", cap),
        retry_refused=flag("retry_refused", take("retry_refused", False)),
        per_second=number_or_none("per_second", take("per_second", None)),
        least_per_second=number_or_none("least_per_second", take("least_per_second", None)),
        most_per_second=number_or_none("most_per_second", take("most_per_second", None)),
        rise=number_or_none("rise", take("rise", None)),
        most_in_flight=count_or_none("most_in_flight", take("most_in_flight", None)),
        unknown_percent=number_or_none("unknown_percent", take("unknown_percent", None)),
        unknown_least=count_or_none("unknown_least", take("unknown_least", None)),
        unknown_window=count_or_none("unknown_window", take("unknown_window", None)),
        between_partials=duration("between_partials", take("between_partials", None)),
        reconcile_rounds=count_or_none("reconcile_rounds", take("reconcile_rounds", None)),
        between_rounds=duration("between_rounds", take("between_rounds", None)),
        tell_every=duration("tell_every", take("tell_every", None)),
    )
    if given:
        raise invalid_input(
            next(iter(given)),
            "is not known",
            "an option of a run; see help(Bulk.run)",
            "없는 설정입니다. help(Bulk.run)에서 이름을 확인해 주세요.",
        )
    return asked


def number_or_none(field: str, value: object) -> float | None:
    """A rate or a percentage. What it may be is the core's to say."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise invalid_input(field, f"is a {type(value).__name__}", "a number", "숫자를 넣어 주세요.")
    return float(value)


def stop_or_none(value: object) -> _native.BulkStop | None:
    """How it is stopped."""
    if value is None:
        return None
    if not isinstance(value, BulkStop):
        raise invalid_input("stop", f"is a {type(value).__name__}", "a BulkStop", "BulkStop을 넣어 주세요.")
    return value._native


def export_language(value: object) -> _native.Language:
    """The language of a table."""
    names = {"korean": _native.Language.KOREAN, "english": _native.Language.ENGLISH}
    if not isinstance(value, str) or value not in names:
        raise invalid_input("language", "is not known", "korean or english", "korean이나 english를 넣어 주세요.")
    return names[value]


def export_path(value: object) -> str:
    """Where a table is written."""
    if not isinstance(value, (str, os.PathLike)):
        raise invalid_input("path", f"is a {type(value).__name__}", "a file's path", "파일의 경로를 넣어 주세요.")
    return text("path", os.fspath(value))


class Telling:
    """The way from the library to a listener, which is told the newest figures, one call at a time.

    The library's own thread only leaves the figures here: it must not be in Python for long, and never in a listener.
    """

    def __init__(self, listener: object) -> None:
        if not callable(listener):
            raise invalid_input("on_progress", f"is a {type(listener).__name__}", "a function", "함수를 넣어 주세요.")
        self._listener: Callable[..., object] = listener
        self._changed = threading.Condition()
        self._figures: tuple[Any, ...] | None = None
        self._over = False

    def tell(self, *figures: Any) -> None:
        """Leaves figures, in the place of those that were not told yet."""
        raise NotImplementedError

    def end(self) -> None:
        """What was left is told, and nothing more."""

    def give_up(self) -> None:
        """Nothing is told any more: the caller has gone away."""
        with self._changed:
            self._over, self._figures = True, None
            self._changed.notify_all()

    def _take(self) -> tuple[Any, ...] | None:
        with self._changed:
            figures, self._figures = self._figures, None
            return figures


_LAST_WORD = 2
"""How many seconds a call waits until its listener has heard the end."""


class OnAThread(Telling):
    """Tells a listener on a thread of its own."""

    _thread: threading.Thread | None = None

    def tell(self, *figures: Any) -> None:
        """Leaves figures, in the place of those that were not told yet."""
        with self._changed:
            if self._over:
                return
            self._figures = figures
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="bootpay-progress", daemon=True)
                self._thread.start()

    def end(self) -> None:
        """What was left is told, and nothing more."""
        with self._changed:
            self._over = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(_LAST_WORD)

    def _go_on(self) -> None:
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._over or self._figures is not None)
                figures = self._take()
                if figures is None:
                    return
                self._listener(*figures)
        finally:
            self._over = True


class OnALoop(Telling):
    """Tells a listener on an event loop."""

    def __init__(self, listener: object, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(listener)
        self._loop = loop

    def tell(self, *figures: Any) -> None:
        """Leaves figures, in the place of those that were not told yet."""
        with self._changed:
            if self._over:
                return
            is_due, self._figures = self._figures is None, figures
        if is_due:
            try:
                self._loop.call_soon_threadsafe(self._call)
            except RuntimeError:
                # The loop is closed: nobody is there to be told.
                self._over = True

    def _call(self) -> None:
        figures = self._take()
        if figures is None or self._over:
            return
        try:
            self._listener(*figures)
        except BaseException:
            self._over = True
            raise


class ForeignListener(_native.BulkListener):
    """A run's listener as the library calls it."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling

    def progress(self, progress: _native.BulkProgress) -> None:
        """Leaves the figures, and lets the library's thread go."""
        self._telling.tell(BulkProgress._lift(progress))


class ForeignLookupListener(_native.BulkLookupListener):
    """A look-up's listener as the library calls it."""

    def __init__(self, telling: Telling) -> None:
        self._telling = telling

    def looked_up(self, receipts: int, of: int) -> None:
        """Leaves the figures, and lets the library's thread go."""
        self._telling.tell(receipts, of)
