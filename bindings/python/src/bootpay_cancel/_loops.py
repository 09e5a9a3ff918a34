"""What a call's end does where the event loop that waited for it is gone.

The generated code wakes the loop from the library's thread. A task that was cancelled waits for nothing any more, and
its loop may be closed at that very moment: then there is nobody to wake, and nothing to complain about.
"""

from __future__ import annotations

import importlib
from typing import Any

_generated: Any = importlib.import_module("._native.bootpay", __package__)


@_generated._UNIFFI_RUST_FUTURE_CONTINUATION_CALLBACK  # type: ignore[untyped-decorator, unused-ignore]
def _wake(number: int, code: int) -> None:
    loop, future = _generated._UniffiContinuationHandleMap.remove(number)
    try:
        loop.call_soon_threadsafe(_generated._uniffi_set_future_result, future, code)
    except RuntimeError:
        if not loop.is_closed():
            raise


def forgive_closed_loops() -> None:
    """Has the generated code wake loops by `_wake`, which it looks up by name at each call."""
    if "_uniffi_continuation_callback" not in vars(_generated):
        raise ImportError("the generated code has changed: nothing wakes event loops by this name")
    _generated._uniffi_continuation_callback = _wake
