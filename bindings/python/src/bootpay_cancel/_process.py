"""What happens when the process forks, and when it ends."""

from __future__ import annotations

import atexit
import os
from datetime import timedelta

from . import _logs, _native

_PATIENCE = timedelta(seconds=10)
"""How long a process that ends waits for cancels that are under way. What is not done by then is in the journal."""


@atexit.register
def _shut_down() -> None:
    # A thread of the library that enters Python while the interpreter goes away would abort the process.
    _native.shutdown(_PATIENCE)
    _logs.finish()


# A child must not inherit an open journal: see the library's own notes. Systems that cannot fork lack the hook.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_native.before_fork, after_in_parent=_native.after_fork)
