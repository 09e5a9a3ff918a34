"""Cancels by the file: what a bulk would do, how it goes, and how it ended."""

from __future__ import annotations

import enum

from . import _native
from ._errors import InvalidInput, Refusal
from ._record import filled, record
from ._refs import IntentRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import timedelta


@record(frozen=True)
class BulkProblem:
    """One thing that is wrong with a file. It never repeats what a cell holds.

    - `line`: the line of the file, counted from 1; a record of several lines counts by its first
    - `field`: the column's English name, where one is concerned
    - `text`: what is wrong and what would be right, in Korean
    - `text_english`: the same in English
    """

    line: int
    field: str | None
    text: str
    text_english: str

    @classmethod
    def _lift(cls, native: _native.BulkProblem) -> BulkProblem:
        return cls(native.line, native.field, native.korean, native.english)


class WrongBulkFile(InvalidInput):
    """A file with wrong rows, headings or bytes. **Nothing of it was sent**, its right rows neither.

    - `problems`: what is wrong, by line: the first hundred
    - `count`: how many there are in all
    """

    _kind = "bulk_file"
    problems: tuple[BulkProblem, ...] = ()
    count: int = 0

    @classmethod
    def _lift(cls, native: _native.BulkFileError) -> WrongBulkFile:
        told = native.problems  # type: ignore[attr-defined]
        problems = tuple(BulkProblem._lift(each) for each in told)
        lines = (f"{each.line}번째 줄{f', {each.field}' if each.field else ''}: {each.text}" for each in problems)
        text: str = native.text  # type: ignore[attr-defined]
        error = cls(text, field=problems[0].field if problems else None, hint="\n".join(lines), hint_english=text)
        error.problems = problems
        error.count = native.count  # type: ignore[attr-defined]
        return error


@record(frozen=True)
class BulkPart:
    """Rows and their won.

    - `rows`: how many rows
    - `won`: the won of those rows whose amount is known
    - `unpriced`: the rows whose amount is not known: full cancels that nobody has looked up or answered
    """

    rows: int
    won: int
    unpriced: int

    @classmethod
    def _lift(cls, native: _native.BulkPart) -> BulkPart:
        return cls(native.rows, native.won, native.unpriced)


@record(frozen=True)
class BulkSum:
    """How a bulk's rows stand: planned = cancelled + already + refused + unknown + remaining, in rows and in won.

    - `planned`: all rows of the file
    - `cancelled`: cancelled by this bulk: the money that it moved
    - `already`: cancelled before, or by somebody else
    - `refused`: refused in this bulk: these moved no money, and are tried again only on request
    - `unknown`: the money may or may not have moved. A request that is on its way counts here.
    - `remaining`: not done: sent when the bulk is run
    - `held`: how many of the cancelled ones have an answer that does not add up: a person looks at them
    - `in_flight`: how many of the unknown and remaining ones somebody is carrying out now
    """

    planned: BulkPart
    cancelled: BulkPart
    already: BulkPart
    refused: BulkPart
    unknown: BulkPart
    remaining: BulkPart
    held: int
    in_flight: int

    @property
    def is_complete(self) -> bool:
        """Whether every row is cancelled, had been, or was refused."""
        return self.unknown.rows == 0 and self.remaining.rows == 0

    @classmethod
    def _lift(cls, native: _native.BulkSum) -> BulkSum:
        return filled(cls)(
            planned=BulkPart._lift(native.planned),
            cancelled=BulkPart._lift(native.cancelled),
            already=BulkPart._lift(native.already),
            refused=BulkPart._lift(native.refused),
            unknown=BulkPart._lift(native.unknown),
            remaining=BulkPart._lift(native.remaining),
            held=native.held,
            in_flight=native.in_flight,
        )


@record(frozen=True)
class BulkPlan:
    """What a bulk would do, by its file alone.

    - `id`: its identity, which `run` must be given: of what the rows mean, the environment and the merchant
    - `environment`: which Bootpay: the base address's origin
    - `encoding`: how the file was encoded: `UTF-8` or `CP949`
    - `ignored_columns`: headings that mean nothing to a bulk. A guard that was meant by one of them is not there.
    - `rows`: all rows, and their won as far as the file states them
    - `full`: the full cancels among them. Those that state no `expected_remaining` have no won.
    - `partial`: the partial cancels among them
    - `receipts`: how many receipts they are on
    - `receipts_with_several`: how many receipts have more than one row. These are cancelled in the file's order,
      partial ones 11 s apart
    - `full_after_partial`: how many receipts have partial rows and a full one after them, which gives back what is left
    - `to_account`: how many rows go to a refund account
    - `most_of_one_receipt`: the most rows of one receipt: with 11 s between them, so long the bulk takes at least
    """

    id: str
    environment: str
    encoding: str
    ignored_columns: tuple[str, ...]
    rows: BulkPart
    full: BulkPart
    partial: BulkPart
    receipts: int
    receipts_with_several: int
    full_after_partial: int
    to_account: int
    most_of_one_receipt: int

    @classmethod
    def _lift(cls, native: _native.BulkPlan) -> BulkPlan:
        return filled(cls)(
            id=native.id,
            environment=native.environment,
            encoding="CP949" if native.encoding is _native.BulkEncoding.CP949 else "UTF-8",
            ignored_columns=tuple(native.ignored_columns),
            rows=BulkPart._lift(native.rows),
            full=BulkPart._lift(native.full),
            partial=BulkPart._lift(native.partial),
            receipts=native.receipts,
            receipts_with_several=native.receipts_with_several,
            full_after_partial=native.full_after_partial,
            to_account=native.to_account,
            most_of_one_receipt=native.most_of_one_receipt,
        )


@record(frozen=True)
class BulkFinding:
    """What stands against a row, or makes it doubtful.

    - `line`: the row's line in the file, counted from 1
    - `receipt_id`: the receipt
    - `kind`: a stable name for programs: `not_found`, `already_cancelled`, `not_paid`, `more_than_remains`,
      `not_as_expected`, `partial_unsupported`, `no_refund_account`, `unfinished`, `not_looked_up`
    - `text`: what it means, in Korean
    - `text_english`: the same in English
    - `asked`: what the receipt's rows up to this one ask for, in won, where that is more than remains
    - `expected`: what a full row expects to remain, in won, where something else does
    - `remaining`: what remains, in won, in both cases
    """

    line: int
    receipt_id: str
    kind: str
    text: str
    text_english: str
    asked: int | None
    expected: int | None
    remaining: int | None

    @classmethod
    def _lift(cls, native: _native.BulkFinding) -> BulkFinding:
        return filled(cls)(
            line=native.line,
            receipt_id=native.receipt_id,
            kind=native.kind,
            text=native.korean,
            text_english=native.english,
            asked=native.asked,
            expected=native.expected,
            remaining=native.remaining,
        )


@record(frozen=True)
class BulkLookup:
    """What the ledger says about a bulk's receipts.

    - `receipts`: how many receipts were looked up
    - `of`: how many receipts there are. Where a stop came first, it is more
    - `would_move`: what would be moved as the ledgers are now, in won, without rows that a finding stands against
    - `findings`: the first hundred, in the file's order
    - `count`: how many there are in all
    """

    receipts: int
    of: int
    would_move: int
    findings: tuple[BulkFinding, ...]
    count: int

    @classmethod
    def _lift(cls, native: _native.BulkLookup) -> BulkLookup:
        findings = tuple(BulkFinding._lift(each) for each in native.findings)
        return cls(native.receipts, native.of, native.would_move, findings, native.count)


class BulkPhase(enum.Enum):
    """What a run does.

    - `LISTING`: reads in the journal what earlier runs did
    - `CANCELLING`: cancels
    - `WAITING`: waits for rows that others hold, or for the time between two partial cancels of a receipt
    - `RECONCILING`: looks unknown rows up
    - `SUMMING`: sums up
    - `FINISHED`: is over
    """

    LISTING = "listing"
    CANCELLING = "cancelling"
    WAITING = "waiting"
    RECONCILING = "reconciling"
    SUMMING = "summing"
    FINISHED = "finished"


@record(frozen=True)
class BulkProgress:
    """How a run goes.

    - `phase`: what the run does now
    - `sum`: how the rows stand
    - `in_flight`: rows of this process that are on their way
    - `per_second`: rows answered per second, over the last ten seconds
    - `allowed_per_second`: the rate at which rows may be begun
    - `elapsed`: how long this run has taken
    - `left`: how long the remaining rows take at the present rate, as far as that can be told
    - `stopping`: whether nothing new is begun any more
    """

    phase: BulkPhase
    sum: BulkSum
    in_flight: int
    per_second: float
    allowed_per_second: float
    elapsed: timedelta
    left: timedelta | None
    stopping: bool

    @classmethod
    def _lift(cls, native: _native.BulkProgress) -> BulkProgress:
        return filled(cls)(
            phase=BulkPhase[native.phase.name],
            sum=BulkSum._lift(native.sum),
            in_flight=native.in_flight,
            per_second=native.per_second,
            allowed_per_second=native.allowed_per_second,
            elapsed=native.elapsed,
            left=native.left,
            stopping=native.stopping,
        )


@record(frozen=True)
class BulkStopped:
    """Why a run began no more rows. What was on its way has ended all the same.

    - `kind`: a stable name for programs: `asked`, `too_many_unknown`, `cap`, `merchant`, `unreachable`, `failed`
    - `text`, `text_english`: what happened, in Korean and in English
    - `hint`, `hint_english`: what to do about it, where there is more to say than "run it again"
    - `refusal`: the refusal that concerns the whole merchant
    - `error_kind`: the error's kind, where nothing gets there any more or the journal failed
    - `cap`: the cap, in won, where it was reached
    - `counted`: what has moved, may have moved, or was on its way by then, in won
    - `next`: the next row's amount, in won; `None` where nobody can tell it
    """

    kind: str
    text: str
    text_english: str
    hint: str | None
    hint_english: str | None
    refusal: Refusal | None
    error_kind: str | None
    cap: int | None
    counted: int | None
    next: int | None

    @classmethod
    def _lift(cls, native: _native.BulkStopped) -> BulkStopped:
        return filled(cls)(
            kind=native.kind,
            text=native.korean,
            text_english=native.english,
            hint=native.hint_korean,
            hint_english=native.hint_english,
            refusal=None if native.refusal is None else Refusal._lift(native.refusal),
            error_kind=native.error_kind,
            cap=native.cap,
            counted=native.counted,
            next=native.next,
        )


@record(frozen=True)
class BulkReport:
    """How a run ended. What is unknown or remains is not done: `sum.is_complete` says whether everything is.

    - `sum`: how the rows stand, by the journal as it is after the run
    - `stopped`: why it ended before its rows did; `None` where it did all that it could
    - `unrecorded`: cancels that were answered and could not be recorded: keep these. The journal calls them unknown.
    - `elapsed`: how long it took
    """

    sum: BulkSum
    stopped: BulkStopped | None
    unrecorded: tuple[IntentRef, ...]
    elapsed: timedelta

    @classmethod
    def _lift(cls, native: _native.BulkReport) -> BulkReport:
        return filled(cls)(
            sum=BulkSum._lift(native.sum),
            stopped=None if native.stopped is None else BulkStopped._lift(native.stopped),
            unrecorded=tuple(IntentRef._lift(intent) for intent in native.unrecorded),
            elapsed=native.elapsed,
        )


class BulkStop:
    """Stops a run or a look-up: what is on its way ends, nothing new is begun, and its report says how far it got.

    It stops every run that it is given to, also one that begins later. A signal handler may use it:

        stop = BulkStop()
        signal.signal(signal.SIGTERM, lambda *_: stop.stop())
        report = bulk.run(plan=plan, stop=stop)
    """

    __slots__ = ("_native",)

    def __init__(self) -> None:
        self._native = _native.BulkStop()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Stops it, for good. May be called at any time, from any thread, more than once."""
        self._native.stop()

    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._native.is_stopped()

    def __repr__(self) -> str:
        return f"<BulkStop{' (stopped)' if self.is_stopped() else ''}>"
