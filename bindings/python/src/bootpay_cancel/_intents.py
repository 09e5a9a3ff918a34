"""What the journal keeps about a refund."""

from __future__ import annotations

import enum

from . import _native
from ._errors import invalid_input
from ._outcomes import Cancellation, Evidence, Mismatch, MoneyIsBack, UnknownCause
from ._receipts import Totals
from ._record import filled, record
from ._refs import FullAmount, IntentRef, IntentState, PartialAmount, lift_amount
from ._time import korean, korean_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from ._forms import Amount

__all__ = ["FullAmount", "IntentRef", "IntentState", "PartialAmount"]


class Progress(enum.Enum):
    """How far a try to send an intent got.

    - `SENDING`: it may be on its way
    - `NOT_SENT`: proven never to have arrived
    - `ANSWERED`: answered, whatever the answer
    - `UNPROVEN`: no answer that proves anything
    """

    SENDING = "sending"
    NOT_SENT = "not_sent"
    ANSWERED = "answered"
    UNPROVEN = "unproven"


class Decision(enum.Enum):
    """What a person decides about an intent that stays open.

    - `CANCELLED`: the money moved. Also lifts the hold on a receipt whose answer did not add up.
    - `NOT_CANCELLED`: the money did not move and will not. Refused until a late request can no longer arrive.
    """

    CANCELLED = "cancelled"
    NOT_CANCELLED = "not_cancelled"


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


@record(frozen=True)
class Attempt:
    """One try to send an intent.

    - `started_at`: when it was recorded, before the first byte left
    - `progress`: how far it got
    - `http_status`: the answer's HTTP status
    - `code`: the answer's code
    """

    started_at: datetime
    progress: Progress
    http_status: int | None
    code: str | None


@record(frozen=True)
class RefusalNote:
    """A refusal as the journal keeps it.

    - `kind`: the kind's stable name
    - `code`: Bootpay's code, word for word
    - `server_message`: Bootpay's message, word for word
    """

    kind: str
    code: str | None
    server_message: str


@record(frozen=True)
class Intent:
    """One wish to refund, as the journal keeps it. It holds no account number, no name and no secret.

    - `cancel_id`: what Bootpay sees, and the handle for `reconcile` and `resolve`
    - `receipt_id`: the receipt
    - `amount`: full or partial, and how much
    - `state`: where it stands
    - `generation`: counts from 1: a new one begins only once the last is proven to have moved nothing
    - `key`: what makes two calls the same wish: `receipt`, `merchant:<id>` or `fresh:<hex>`
    - `environment`: which Bootpay: the base address
    - `to_account`: whether the money goes to a refund account
    - `held`: whether the receipt waits for a person, because the answer's figures do not add up
    - `totals_before`: what the ledger said just before the request
    - `totals_after`: what the last answer or lookup said
    - `unknown_cause`: why it is unknown, while it is
    - `evidence`: how its end is known
    - `money_is_back`: whether the customer has the money, once it is settled
    - `cancellation`: the figures of the answer
    - `mismatches`: figures that are not what was asked
    - `refusal`: why it was refused
    - `decided_by`: who decided it, where a person did
    - `attempts`: its tries, oldest first
    - `deadline`: the moment after which no request of it can still be on its way from here
    - `answered_at`: when Bootpay last answered it
    - `created_at`: when it was admitted
    - `updated_at`: when it last changed
    """

    cancel_id: str
    receipt_id: str
    amount: Amount
    state: IntentState
    generation: int
    key: str
    environment: str
    to_account: bool
    held: bool
    totals_before: Totals | None
    totals_after: Totals | None
    unknown_cause: UnknownCause | None
    evidence: Evidence | None
    money_is_back: MoneyIsBack | None
    cancellation: Cancellation | None
    mismatches: tuple[Mismatch, ...]
    refusal: RefusalNote | None
    decided_by: str | None
    attempts: tuple[Attempt, ...]
    deadline: datetime | None
    answered_at: datetime | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def _lift(cls, native: _native.Intent) -> Intent:
        note = native.refusal
        return filled(cls)(
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
