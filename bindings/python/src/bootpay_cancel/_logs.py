"""The library's log, in `logging`: under `bootpay_cancel`, without secrets.

A thread of its own fetches the records, so that no handler ever holds up a cancel.
"""

from __future__ import annotations

import os
import sys
import threading
from datetime import timedelta

from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger

_PATIENCE = timedelta(hours=1)

_thread: threading.Thread | None = None
_process = 0


def listen() -> None:
    """Sees to it that this process has the thread: a child that was forked does not."""
    global _thread, _process
    _mind_levels()
    if _process == os.getpid():
        return
    monkey = sys.modules.get("gevent.monkey")
    try:
        if monkey is not None and monkey.is_module_patched("threading"):
            # A thread of the system's, and not a greenlet: that would hold up all others.
            monkey.get_original("_thread", "start_new_thread")(_forward, ())
        else:
            thread = threading.Thread(target=_forward, name="bootpay-logs", daemon=True)
            thread.start()
            _thread = thread
    except RuntimeError:
        # No thread is to be had: what is logged waits in the library, and a refund is not held up by that.
        return
    _process = os.getpid()


_PARTS = (
    "bootpay_cancel",
    "bootpay_cancel.bulk",
    "bootpay_cancel.cancel",
    "bootpay_cancel.lookup",
    "bootpay_cancel.token",
)

_least: _native.LogLevel | None = None


def _mind_levels() -> None:
    """Has the library keep to itself what no logger would show now: most programs never look at what goes well."""
    global _least
    level = 30
    # A program that has not loaded it has not asked for more than warnings.
    logging = sys.modules.get("logging")
    if logging is not None:
        known = logging.root.manager.loggerDict
        level = logging.getLogger("bootpay_cancel").getEffectiveLevel()
        for part in _PARTS:
            if part in known:
                level = min(level, logging.getLogger(part).getEffectiveLevel())
        level = max(level, logging.root.manager.disable + 1)
    levels = _native.LogLevel
    least = levels.DEBUG if level < 20 else levels.INFO if level < 30 else levels.WARN
    if least is not _least:
        _native.log_from(least)
        _least = least


def finish() -> None:
    """Waits until what was logged has been handed on. To be called once the library is shut down."""
    if _thread is not None and _process == os.getpid():
        _thread.join(timeout=2)


def logger(part: str) -> Logger:
    """The logger of one part of the package, or of all of it."""
    # Only here: what has nothing to say does without.
    from logging import NullHandler, getLogger

    whole = getLogger("bootpay_cancel")
    if not any(isinstance(each, NullHandler) for each in whole.handlers):
        whole.addHandler(NullHandler())
    return whole.getChild(part) if part else whole


def _forward() -> None:
    while True:
        batch = _native.take_logs(_PATIENCE)
        for record in batch.records:
            _hand_on(record)
        if batch.lost:
            logger("").warning("%d records were lost: they came too fast", batch.lost)
        if batch.closed:
            return


def _hand_on(native: _native.LogRecord) -> None:
    import logging

    # "bootpay::cancel" is "bootpay_cancel.cancel" here.
    to = logger(native.target.partition("::")[2].replace("::", "."))
    level: int = getattr(logging, {"WARN": "WARNING"}.get(native.level.name, native.level.name))
    if to.isEnabledFor(level):
        record = to.makeRecord(to.name, level, "(bootpay)", 0, native.text, (), None)
        record.created = native.at.timestamp()
        record.msecs = record.created % 1 * 1000
        to.handle(record)
