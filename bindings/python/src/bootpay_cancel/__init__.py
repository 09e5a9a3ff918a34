"""Cancels of Bootpay payments: 부트페이 결제 취소.

A refund is never issued twice, never lost, and never reported as what it isn't.

    from bootpay_cancel import Bootpay, Cancelled

    bootpay = Bootpay("application id", "private key")
    outcome = bootpay.cancel("612df0250d681b001de61de6")

**A `BootpayError` means that this call moved no money.** Otherwise a cancel returns an outcome: `Cancelled`,
`AlreadyCancelled` or `Unknown`. `Unknown` is a value and not an exception, so that no `except` turns it into "failed,
try again": hand its `cancel_id` to `reconcile`.

Anything else that comes out of a call (`KeyboardInterrupt`, `asyncio.CancelledError`, a time-out of the caller's own,
`CallLost`) proves nothing. The intent in the journal does: see `intents` and `recover`.

This rests on four assumptions:

- (a) a 401, a 429 and a well-formed refusal are given *before* any work and answer the very request that was sent;
- (b) no proxy between us and Bootpay repeats requests, or else Bootpay honours `cancel_id` as declared;
- (c) the journal's disk keeps what it has synced, through a database's failover too;
- (d) all who cancel the same receipts through this library share one durable journal.
"""

from ._aio import AsyncBootpay
from ._banks import Bank, BankSource, RefundAccount, banks, find_bank
from ._client import Bootpay
from ._errors import (
    BootpayError,
    CallLost,
    Conflict,
    ConflictNote,
    InternalError,
    InvalidInput,
    JournalError,
    LookupFailed,
    NotSent,
    Refusal,
    Refused,
    TokenUnavailable,
)
from ._intents import (
    Attempt,
    Decision,
    FullAmount,
    Intent,
    IntentRef,
    IntentState,
    PartialAmount,
    Progress,
    RefusalNote,
)
from ._outcomes import (
    AlreadyCancelled,
    Cancellation,
    Cancelled,
    Evidence,
    Mismatch,
    MoneyIsBack,
    NotRecovered,
    Recovery,
    Unknown,
    UnknownCause,
)
from ._receipts import Preview, Receipt, Totals
from ._request import EVERYTHING
from ._secrets import Secret, SuppliedToken, TokenSourceError
from ._setup import MemoryJournal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._aio_bulk import AsyncBulk
    from ._bulk import (
        BulkFinding,
        BulkLookup,
        BulkPart,
        BulkPhase,
        BulkPlan,
        BulkProblem,
        BulkProgress,
        BulkReport,
        BulkStop,
        BulkStopped,
        BulkSum,
        WrongBulkFile,
    )
    from ._bulk_calls import Bulk
    from ._forms import BulkListener, BulkLookupListener, BulkOptions, CancelOutcome, Options, TokenSource

__all__ = [
    "EVERYTHING",
    "AlreadyCancelled",
    "AsyncBootpay",
    "AsyncBulk",
    "Attempt",
    "Bank",
    "BankSource",
    "Bootpay",
    "BootpayError",
    "Bulk",
    "BulkFinding",
    "BulkListener",
    "BulkLookup",
    "BulkLookupListener",
    "BulkOptions",
    "BulkPart",
    "BulkPhase",
    "BulkPlan",
    "BulkProblem",
    "BulkProgress",
    "BulkReport",
    "BulkStop",
    "BulkStopped",
    "BulkSum",
    "CallLost",
    "CancelOutcome",
    "Cancellation",
    "Cancelled",
    "Conflict",
    "ConflictNote",
    "Decision",
    "Evidence",
    "FullAmount",
    "Intent",
    "IntentRef",
    "IntentState",
    "InternalError",
    "InvalidInput",
    "JournalError",
    "LookupFailed",
    "MemoryJournal",
    "Mismatch",
    "MoneyIsBack",
    "NotRecovered",
    "NotSent",
    "Options",
    "PartialAmount",
    "Preview",
    "Progress",
    "Receipt",
    "Recovery",
    "RefundAccount",
    "Refusal",
    "RefusalNote",
    "Refused",
    "Secret",
    "SuppliedToken",
    "TokenSource",
    "TokenSourceError",
    "TokenUnavailable",
    "Totals",
    "Unknown",
    "UnknownCause",
    "WrongBulkFile",
    "banks",
    "find_bank",
]


def _adopt(thing: object) -> None:
    """What is public says so: in `help`, in tracebacks and in pickles it is of this package, wherever it is written."""
    thing = getattr(thing, "__func__", thing)
    if not str(getattr(thing, "__module__", "")).startswith(f"{__name__}._"):
        return
    if isinstance(thing, type):
        for part in (*thing.__bases__, *vars(thing).values()):
            _adopt(part)
    if isinstance(thing, type) or hasattr(thing, "__code__"):
        thing.__module__ = __name__


for _name in __all__:
    if _name in globals():
        _adopt(globals()[_name])


def __getattr__(name: str) -> object:
    """What only some programs need is loaded when it is first named."""
    if name in __all__:
        from importlib import import_module

        for module in ("_bulk", "_bulk_calls", "_aio_bulk", "_forms"):
            found = vars(import_module(f"{__name__}.{module}"))
            if name in found:
                _adopt(found[name])
                globals()[name] = found[name]
                return found[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
