"""How a cancel ends."""

from __future__ import annotations

import enum

from . import _native
from ._json import members
from ._receipts import Totals
from ._record import field, filled, record
from ._refs import IntentRef
from ._time import korean_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, NoReturn

    from ._forms import CancelOutcome


class Evidence(enum.Enum):
    """How an outcome is known.

    - `ANSWERED`: Bootpay answered this very request
    - `INFERRED`: a lookup proves it
    - `DECLARED`: a person decided it
    """

    ANSWERED = "answered"
    INFERRED = "inferred"
    DECLARED = "declared"


class MoneyIsBack(enum.Enum):
    """Whether the customer has the money.

    - `YES`: the cancel is done
    - `ACCEPTED_FOR_TRANSFER`: a transfer to a refund account was accepted: the bank has not paid yet, and the account
      was not verified
    - `UNCONFIRMED`: the gateway says cancelled, Bootpay's ledger does not. Look into the gateway's console.
    """

    YES = "yes"
    ACCEPTED_FOR_TRANSFER = "accepted_for_transfer"
    UNCONFIRMED = "unconfirmed"


class UnknownCause(enum.Enum):
    """Why an outcome is unknown.

    - `TIMED_OUT`: no complete answer in time
    - `DISCONNECTED`: the connection broke after the request's body was asked for
    - `UNPROVEN`: an answer that proves nothing
    - `IN_PROGRESS`: Bootpay says that the cancel is in progress at the gateway, or that it failed there half-way
    - `GATEWAY_LOST`: Bootpay lost the gateway on the way
    - `REFUSED_AFTER_A_TRY`: a refusal that came after a try that can have arrived
    - `ID_SEEN_BEFORE`: the `cancel_id` had been seen before, which is not success
    - `TOKEN_LOST`: the token source failed after a try that can have arrived
    - `INTERRUPTED`: the process that sent it went away
    """

    TIMED_OUT = "timed_out"
    DISCONNECTED = "disconnected"
    UNPROVEN = "unproven"
    IN_PROGRESS = "in_progress"
    GATEWAY_LOST = "gateway_lost"
    REFUSED_AFTER_A_TRY = "refused_after_a_try"
    ID_SEEN_BEFORE = "id_seen_before"
    TOKEN_LOST = "token_lost"
    INTERRUPTED = "interrupted"


@record(frozen=True)
class Cancellation:
    """The figures of a cancel, in won: the page's response table. Every member may be absent.

    - `receipt_id`: the receipt that the answer names
    - `request_cancel_price`: this cancel's amount. v1 only.
    - `remain_price`: what remains after it
    - `remain_tax_free`: the tax-free part that remains
    - `cancelled_price`: the total over all cancels
    - `cancelled_tax_free`: the tax-free total over all cancels
    - `revoked_at`: when it was cancelled
    - `tid`: the payment gateway's transaction id
    - `order_id`: the merchant's order, where the answer has it
    - `cancel_id`: the `cancel_id` that the answer names
    - `price`: what was paid. v2 only.
    - `status`: the receipt's status, as Bootpay's number, where the answer has it
    - `extra`: everything else that the server sent
    """

    receipt_id: str | None
    request_cancel_price: int | None
    remain_price: int | None
    remain_tax_free: int | None
    cancelled_price: int | None
    cancelled_tax_free: int | None
    revoked_at: datetime | None
    tid: str | None
    order_id: str | None
    cancel_id: str | None
    price: int | None
    status: int | None
    extra: dict[str, Any] = field(repr=False, compare=False)

    @classmethod
    def _lift(cls, native: _native.Cancellation) -> Cancellation:
        return filled(cls)(
            receipt_id=native.receipt_id,
            request_cancel_price=native.request_cancel_price,
            remain_price=native.remain_price,
            remain_tax_free=native.remain_tax_free,
            cancelled_price=native.cancelled_price,
            cancelled_tax_free=native.cancelled_tax_free,
            revoked_at=korean_or_none(native.revoked_at),
            tid=native.tid,
            order_id=native.order_id,
            cancel_id=native.cancel_id,
            price=native.price,
            status=native.status,
            extra=members(native.extra_json),
        )


@record(frozen=True)
class Mismatch:
    """One figure of an answer that is not what it should be, in won.

    - `field`: the member, by its name in the page's response table
    - `expected`: what was expected
    - `answered`: what was answered
    """

    field: str
    expected: int
    answered: int

    @classmethod
    def _lift(cls, native: _native.Mismatch) -> Mismatch:
        return filled(cls)(field=native.field, expected=native.expected, answered=native.answered)


class _Outcome:
    """What every outcome has. It has no truth value: `if bootpay.cancel(…):` would call an unknown one success."""

    intent: IntentRef

    def __bool__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(
            f"an outcome is neither true nor false, and this one is {name}: tell the three apart with `match`, or with "
            "isinstance(outcome, Cancelled), AlreadyCancelled, Unknown"
        )

    @property
    def cancel_id(self) -> str:
        """The intent's handle, for `reconcile`, `resolve` and `intent`."""
        return self.intent.cancel_id

    @property
    def receipt_id(self) -> str:
        """The payment's receipt id."""
        return self.intent.receipt_id


@record(frozen=True)
class Cancelled(_Outcome):
    """The money of this intent is cancelled.

    - `intent`: the intent
    - `cancellation`: what Bootpay answered; for an inferred one, what its ledger says
    - `evidence`: how it is known
    - `money_is_back`: whether the customer has the money
    - `mismatches`: figures that are not what was asked. Where there are any, a person looks at the receipt and calls
      `resolve`.
    - `repeated`: whether this call found the intent already cancelled and sent nothing
    - `recorded`: whether the journal holds the outcome
    """

    intent: IntentRef
    cancellation: Cancellation
    evidence: Evidence
    money_is_back: MoneyIsBack
    mismatches: tuple[Mismatch, ...]
    repeated: bool
    recorded: bool

    @classmethod
    def _lift(cls, native: _native.Cancelled) -> Cancelled:
        return filled(cls)(
            intent=IntentRef._lift(native.intent),
            cancellation=Cancellation._lift(native.cancellation),
            evidence=Evidence[native.evidence.name],
            money_is_back=MoneyIsBack[native.money_is_back.name],
            mismatches=tuple(Mismatch._lift(mismatch) for mismatch in native.mismatches),
            repeated=native.repeated,
            recorded=native.recorded,
        )


@record(frozen=True)
class AlreadyCancelled(_Outcome):
    """The payment had been cancelled before, and not by this intent, which moved no money. Nothing to repeat.

    - `intent`: the intent
    - `ledger`: what Bootpay's ledger says, where it could be asked
    - `evidence`: how it is known
    - `money_is_back`: unconfirmed where Bootpay's ledger still says paid: look into the gateway's console
    - `server_message`: Bootpay's message, word for word
    - `repeated`: whether this call found the outcome in the journal and sent nothing
    - `recorded`: whether the journal holds the outcome
    """

    intent: IntentRef
    ledger: Totals | None
    evidence: Evidence
    money_is_back: MoneyIsBack
    server_message: str | None
    repeated: bool
    recorded: bool

    @classmethod
    def _lift(cls, native: _native.AlreadyCancelled) -> AlreadyCancelled:
        return filled(cls)(
            intent=IntentRef._lift(native.intent),
            ledger=Totals._lift_or_none(native.ledger),
            evidence=Evidence[native.evidence.name],
            money_is_back=MoneyIsBack[native.money_is_back.name],
            server_message=native.said,
            repeated=native.repeated,
            recorded=native.recorded,
        )


@record(frozen=True)
class Unknown(_Outcome):
    """The money may or may not have moved. Hand `cancel_id` to `reconcile`; never ask again under another key.

    - `intent`: the handle that settles it
    - `cause`: why it is not known
    - `before`: what the ledger said just before the request, where it was asked
    - `after`: what the ledger said afterwards, where it could be asked. Evidence, and not proof.
    - `recorded`: whether the journal holds the intent as unknown
    """

    intent: IntentRef
    cause: UnknownCause
    before: Totals | None
    after: Totals | None
    recorded: bool

    @classmethod
    def _lift(cls, native: _native.Unknown) -> Unknown:
        return filled(cls)(
            intent=IntentRef._lift(native.intent),
            cause=UnknownCause[native.cause.name],
            before=Totals._lift_or_none(native.before),
            after=Totals._lift_or_none(native.after),
            recorded=native.recorded,
        )


def lift_outcome(native: _native.CancelOutcome) -> CancelOutcome:
    """The outcome in the package's own types."""
    if isinstance(native, _native.CancelOutcome.CANCELLED):
        return Cancelled._lift(native.outcome)
    if isinstance(native, _native.CancelOutcome.ALREADY_CANCELLED):
        return AlreadyCancelled._lift(native.outcome)
    if isinstance(native, _native.CancelOutcome.UNKNOWN):
        return Unknown._lift(native.outcome)
    raise AssertionError(native)


@record(frozen=True)
class NotRecovered:
    """An intent that could not be recovered now.

    - `intent`: the intent
    - `text`: why
    - `kind`: the kind of error, for programs
    """

    intent: IntentRef
    text: str
    kind: str


@record(frozen=True)
class Recovery:
    """What `recover` found.

    - `settled`: settled now, by evidence
    - `moved_nothing`: closed now: these moved no money, and may be asked for again
    - `unknown`: still unknown: try again later, or let a person decide with `resolve`
    - `held`: answered with figures that do not add up: a person looks, and then decides
    - `in_flight`: being carried out by somebody who is alive
    - `failed`: not recovered, and why
    - `of_other_merchants`: how many open intents are of other credentials in the same journal: theirs to recover
    """

    settled: tuple[CancelOutcome, ...]
    moved_nothing: tuple[IntentRef, ...]
    unknown: tuple[Unknown, ...]
    held: tuple[IntentRef, ...]
    in_flight: tuple[IntentRef, ...]
    failed: tuple[NotRecovered, ...]
    of_other_merchants: int

    @classmethod
    def _lift(cls, native: _native.Recovery) -> Recovery:
        return filled(cls)(
            settled=tuple(lift_outcome(outcome) for outcome in native.settled),
            moved_nothing=tuple(IntentRef._lift(intent) for intent in native.moved_nothing),
            unknown=tuple(Unknown._lift(unknown) for unknown in native.unknown),
            held=tuple(IntentRef._lift(intent) for intent in native.held),
            in_flight=tuple(IntentRef._lift(intent) for intent in native.in_flight),
            failed=tuple(NotRecovered(IntentRef._lift(each.intent), each.text, each.kind) for each in native.failed),
            of_other_merchants=native.of_other_merchants,
        )
