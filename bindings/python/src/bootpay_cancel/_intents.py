"""What the journal keeps about a refund."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Union

from . import _native
from ._errors import invalid_input
from ._outcomes import Cancellation, Evidence, Mismatch, MoneyIsBack, UnknownCause
from ._receipts import Totals
from ._refs import FullAmount, IntentRef, IntentState, PartialAmount, lift_amount
from ._time import korean, korean_or_none

__all__ = ["FullAmount", "IntentRef", "IntentState", "PartialAmount"]

Amount = Union[FullAmount, PartialAmount]


class Progress(str, enum.Enum):
    """How far a try to send an intent got."""

    SENDING = "sending"
    """It may be on its way."""
    NOT_SENT = "not_sent"
    """Proven never to have arrived."""
    ANSWERED = "answered"
    """Answered, whatever the answer."""
    UNPROVEN = "unproven"
    """No answer that proves anything."""


class Decision(str, enum.Enum):
    """What a person decides about an intent that stays open."""

    CANCELLED = "cancelled"
    """The money moved. Also lifts the hold on a receipt whose answer did not add up."""
    NOT_CANCELLED = "not_cancelled"
    """The money did not move and will not. Refused until a late request can no longer arrive."""


def lower_decision(decision: object) -> _native.Decision:
    """The decision as it crosses."""
    try:
        return _native.Decision[Decision(decision).name]
    except ValueError:
        raise invalid_input(
            "decision",
            "is not known",
            "Decision.CANCELLED or Decision.NOT_CANCELLED",
            "Decision.CANCELLED나 Decision.NOT_CANCELLED를 넣어 주세요.",
        ) from None


@dataclass(frozen=True)
class Attempt:
    """One try to send an intent."""

    started_at: datetime
    """When it was recorded, before the first byte left."""
    progress: Progress
    """How far it got."""
    http_status: int | None
    """The answer's HTTP status."""
    code: str | None
    """The answer's code."""


@dataclass(frozen=True)
class RefusalNote:
    """A refusal as the journal keeps it."""

    kind: str
    """The kind's stable name."""
    code: str | None
    """Bootpay's code, word for word."""
    server_message: str
    """Bootpay's message, word for word."""


@dataclass(frozen=True)
class Intent:
    """One wish to refund, as the journal keeps it. It holds no account number, no name and no secret."""

    cancel_id: str
    """What Bootpay sees, and the handle for `reconcile` and `resolve`."""
    receipt_id: str
    """The receipt."""
    amount: Amount
    """Full or partial, and how much."""
    state: IntentState
    """Where it stands."""
    generation: int
    """Counts from 1: a new one begins only once the last is proven to have moved nothing."""
    key: str
    """What makes two calls the same wish: `receipt`, `merchant:<id>` or `fresh:<hex>`."""
    environment: str
    """Which Bootpay: the base address."""
    to_account: bool
    """Whether the money goes to a refund account."""
    held: bool
    """Whether the receipt waits for a person, because the answer's figures do not add up."""
    totals_before: Totals | None
    """What the ledger said just before the request."""
    totals_after: Totals | None
    """What the last answer or lookup said."""
    unknown_cause: UnknownCause | None
    """Why it is unknown, while it is."""
    evidence: Evidence | None
    """How its end is known."""
    money_is_back: MoneyIsBack | None
    """Whether the customer has the money, once it is settled."""
    cancellation: Cancellation | None
    """The figures of the answer."""
    mismatches: tuple[Mismatch, ...]
    """Figures that are not what was asked."""
    refusal: RefusalNote | None
    """Why it was refused."""
    decided_by: str | None
    """Who decided it, where a person did."""
    attempts: tuple[Attempt, ...]
    """Its tries, oldest first."""
    deadline: datetime | None
    """The moment after which no request of it can still be on its way from here."""
    answered_at: datetime | None
    """When Bootpay last answered it."""
    created_at: datetime
    """When it was admitted."""
    updated_at: datetime
    """When it last changed."""

    @classmethod
    def _lift(cls, native: _native.Intent) -> Intent:
        note = native.refusal
        return cls(
            cancel_id=native.cancel_id,
            receipt_id=native.receipt_id,
            amount=lift_amount(native.amount),
            state=IntentState[native.state.name],
            generation=native.generation,
            key=native.key,
            environment=native.environment,
            to_account=native.to_account,
            held=native.held,
            totals_before=Totals._lift_or_none(native.totals_before),
            totals_after=Totals._lift_or_none(native.totals_after),
            unknown_cause=None if native.unknown_cause is None else UnknownCause[native.unknown_cause.name],
            evidence=None if native.evidence is None else Evidence[native.evidence.name],
            money_is_back=None if native.money_is_back is None else MoneyIsBack[native.money_is_back.name],
            cancellation=None if native.cancellation is None else Cancellation._lift(native.cancellation),
            mismatches=tuple(Mismatch._lift(mismatch) for mismatch in native.mismatches),
            refusal=None if note is None else RefusalNote(note.kind, note.code, note.said),
            decided_by=native.decided_by,
            attempts=tuple(
                Attempt(korean(each.started_at), Progress[each.progress.name], each.http_status, each.code)
                for each in native.attempts
            ),
            deadline=korean_or_none(native.deadline),
            answered_at=korean_or_none(native.answered_at),
            created_at=korean(native.created_at),
            updated_at=korean(native.updated_at),
        )
