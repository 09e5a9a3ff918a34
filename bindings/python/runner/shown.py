"""Everything that the package could have shown, so that no secret may be in it."""

from __future__ import annotations

import logging
import threading
import time
import traceback

QUIET = 0.05
"""Seconds without a log record, after which none is believed to be on its way."""


class Shown(logging.Handler):
    """The printed forms of every value that the runner held, and every log record at the finest level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._texts: set[str] = set()
        self._own = threading.Lock()
        self._last = 0.0
        logger = logging.getLogger("bootpay_cancel")
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a log record."""
        self._last = time.monotonic()
        self.add_text(f"{record.getMessage()} {vars(record)}")

    def add(self, value: object) -> None:
        """Keeps what a value shows of itself."""
        self.add_text(f"{value!r} {value} {value!s}")
        if isinstance(value, BaseException):
            self.add_text(f"{vars(value)} {''.join(traceback.format_exception(type(value), value, None))}")

    def add_text(self, text: str) -> None:
        """Keeps a text."""
        with self._own:
            self._texts.add(text)

    def texts(self) -> list[str]:
        """All of it, once no more log records come."""
        while time.monotonic() - self._last < QUIET:
            time.sleep(QUIET / 5)
        with self._own:
            return list(self._texts)

    def among(self, canaries: list[str]) -> list[str]:
        """Those canaries, in their order, that could be seen somewhere."""
        texts = self.texts()
        return [canary for canary in canaries if any(canary in text for text in texts)]
