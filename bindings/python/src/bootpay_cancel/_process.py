"""What happens when the process forks, and when it ends."""

from __future__ import annotations

import atexit
import os
import sys
import time
from datetime import timedelta

from . import _logs, _native, _secrets

_PATIENCE = 10
"""How many seconds a process that ends waits for cancels that are under way. The journal has what is left of them."""

_SLICE = timedelta(milliseconds=50)


_process = 0


def see_to_the_end() -> None:
    """Children of `multiprocessing` end without `atexit`, but with hooks of their own."""
    global _process
    if _process == os.getpid():
        return
    _process = os.getpid()
    util = sys.modules.get("multiprocessing.util")
    process = sys.modules.get("multiprocessing.process")
    if util is not None and process is not None and process.parent_process() is not None:
        util.Finalize(None, _shut_down, exitpriority=100)


@atexit.register
def _shut_down() -> None:
    # A thread of the library that enters Python while the interpreter goes away would abort the process.
    give_up_at = time.monotonic() + _PATIENCE
    try:
        # In slices, so that Ctrl-C ends this too.
        while not _native.finish(_SLICE) and time.monotonic() < give_up_at:
            pass
    finally:
        _secrets.give_up()
        _native.shutdown(timedelta(0))
        _logs.finish()


# A child must not inherit an open journal: see the library's own notes. Systems that cannot fork lack the hook.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_native.before_fork, after_in_parent=_native.after_fork)
