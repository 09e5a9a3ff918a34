"""How an event loop waits for a call.

It watches a file of the library's, and is woken once for all calls that have ended meanwhile. No thread of the library
ever enters Python for it: that would wait for the interpreter's lock, and hold up other calls while it does. So there
is nothing to wake where a loop is closed, and nothing to complain about.
"""

from __future__ import annotations

import os
from datetime import timedelta
from weakref import WeakKeyDictionary, WeakValueDictionary

from . import _native
from ._errors import lift_error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future
    from typing import Any, Callable

_NOW = timedelta(0)


class _Watch:
    """What one event loop waits for. Only its own thread looks at it."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.process = os.getpid()
        self._ends = _native.Ends()  # type: ignore[no-untyped-call, unused-ignore]
        # Not held here: whoever waits holds it, and a future holds its loop, which would never end.
        self._due: WeakValueDictionary[int, Future[None]] = WeakValueDictionary()
        self._last = 0
        loop.add_reader(self._ends.file(), self._tell)

    def _tell(self) -> None:
        if self.process != os.getpid():
            # A forked child whose loop is its parent's: what is to be read here is the parent's.
            return
        for number in self._ends.take():
            future = self._due.pop(number, None)
            # A task that was cancelled waits for nothing any more.
            if future is not None and not future.done():
                future.set_result(None)

    async def until(self, call: _native.Started, loop: AbstractEventLoop) -> None:
        """Waits until the call has ended."""
        self._last = number = self._last + 1
        self._due[number] = future = loop.create_future()
        try:
            call.tell(self._ends, number)
            await future
        finally:
            self._due.pop(number, None)


_watches: WeakKeyDictionary[AbstractEventLoop, _Watch] = WeakKeyDictionary()


async def awaited(start: Callable[[], _native.Started]) -> Any:
    """Waits for a call, and gives what came of it, a record with one member, or its error in the package's own types.

    A task that is cancelled leaves the call: a read is aborted, a cancel is carried out to its end, a bulk is stopped.
    """
    from asyncio import get_running_loop  # Whoever is here has it; who only imports the package may do without.

    loop = get_running_loop()
    watch = _watches.get(loop)
    try:
        if watch is None or watch.process != os.getpid():
            watch = _watches[loop] = _Watch(loop)
        call = start()
        try:
            while True:
                await watch.until(call, loop)
                end = call.wait(_NOW)
                if end is not None:
                    return end
        except BaseException:
            # A loop that was closed with a call pending is collected with it; a call that is freed is left by that.
            if "_handle" in call.__dict__:
                call.leave()
            raise
    except (_native.BootpayError, _native.InternalError) as error:
        raise lift_error(error) from None
