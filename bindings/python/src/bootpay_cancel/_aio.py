"""The asyncio client."""

from __future__ import annotations

from . import _native
from ._intents import Decision, Intent, lower_decision
from ._loops import awaited
from ._outcomes import Recovery, lift_outcome
from ._receipts import Preview, Receipt
from ._request import EVERYTHING, Everything, request
from ._secrets import Secret
from ._setup import Client
from ._values import count_or_none, flag, text, text_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._aio_bulk import AsyncBulk
    from ._banks import RefundAccount
    from ._bulk_asked import BulkSource
    from ._forms import CancelOutcome


class AsyncBootpay(Client):
    """A client of one merchant at one Bootpay, for asyncio. Event loops may share it, one after another or at once.

        async with AsyncBootpay("application id", "private key") as bootpay:
            outcome = await bootpay.cancel("612df0250d681b001de61de6")

    It takes the options that `Bootpay` takes. Nothing runs on the event loop but the hand-over.

    Cancelling the task of a `cancel` detaches from it: the refund is carried out to its end, and the journal has the
    intent. Cancelling the task of a read aborts it.
    """

    async def cancel(
        self,
        receipt_id: str,
        *,
        price: int | Everything = EVERYTHING,
        tax_free: int | None = None,
        expected_remaining: int | None = None,
        cancel_id: str | None = None,
        canceller: str | None = None,
        reason: str | None = None,
        refund_account: RefundAccount | None = None,
    ) -> CancelOutcome:
        """Cancels a payment: in full, or with a `price` that part of it.

        - `price`: won to give back. Left out, all that remains. `None` and 0 are refused: neither means "everything"
        - `tax_free`: how much of `price` is tax-free
        - `expected_remaining`: what a full cancel expects to remain; where the ledger says otherwise, nothing is sent
        - `cancel_id`: your own key of this refund. The same key is the same refund, however often it is asked for
        - `canceller`, `reason`: who cancels (취소자 이름) and why (취소 사유)
        - `refund_account`: where the money goes, for a payment into a virtual account

        A task that is cancelled (`asyncio.wait_for`, a client that hangs up) detaches: the refund is carried out to its
        end. So `asyncio.CancelledError` proves nothing; asking again with the same receipt (full) or `cancel_id`
        (partial) finds the same refund.

        Raises a `BootpayError` where this call moved no money. A refund whose end is not known is no error: it is
        `Unknown`.
        """
        asked = request(receipt_id, price, tax_free, expected_remaining, cancel_id, canceller, reason, refund_account)
        native = self._open()
        answer = await awaited(lambda: native.begin_cancel(asked))
        return lift_outcome(answer.outcome)

    async def preview(
        self,
        receipt_id: str,
        *,
        price: int | Everything = EVERYTHING,
        tax_free: int | None = None,
        expected_remaining: int | None = None,
        cancel_id: str | None = None,
        canceller: str | None = None,
        reason: str | None = None,
        refund_account: RefundAccount | None = None,
    ) -> Preview:
        """Says what a cancel would send and what the ledger says, and sends no cancel."""
        asked = request(receipt_id, price, tax_free, expected_remaining, cancel_id, canceller, reason, refund_account)
        native = self._open()
        answer = await awaited(lambda: native.begin_preview(asked))
        return Preview._lift(answer.preview)

    async def receipt(self, receipt_id: str) -> Receipt:
        """Looks a receipt up."""
        receipt_id = text("receipt_id", receipt_id)
        native = self._open()
        answer = await awaited(lambda: native.begin_receipt(receipt_id))
        return Receipt._lift(answer.receipt)

    async def token(self) -> Secret:
        """An access token: the cached one, or a fresh one."""
        answer = await awaited(self._open().begin_token)
        return Secret._lift(answer.token)

    async def warm_up(self) -> None:
        """Gets ready for a cancel while the caller still prepares, such as a page with a button on it.

        Fetches an access token where none is at hand, and with it opens a connection, so that a cancel within the next
        seconds (`idle_timeout`) needs one round trip and not four. Where both are ready nothing is sent. No money
        moves, and nothing that fails here stands in the way of a cancel.

        With a Basic pair, and with a token source, it opens no connection: look the receipt up, which does.

        Raises `Refused` for wrong keys, `TokenUnavailable` where no token is to be had. Whoever only wants to be fast
        ignores both: the cancel will say the same.
        """
        await awaited(self._open().begin_warm_up)

    async def reconcile(self, cancel_id: str) -> CancelOutcome:
        """Settles an intent whose outcome is unknown, as far as the evidence goes.

        It is looked up, and repeated only under the declaration that the server honours `cancel_id`.
        """
        cancel_id = text("cancel_id", cancel_id)
        native = self._open()
        answer = await awaited(lambda: native.begin_reconcile(cancel_id))
        return lift_outcome(answer.outcome)

    async def recover(self) -> Recovery:
        """Takes up everything that an earlier run left open.

        Call it once at the start of a service.
        """
        answer = await awaited(self._open().begin_recover)
        return Recovery._lift(answer.recovery)

    async def resolve(self, cancel_id: str, decision: Decision, actor: str) -> Intent:
        """Records what a person decides about an intent that stays unknown, or about a receipt that is held.

        `actor` is who decides. *Not cancelled* is refused until 15 minutes after the send's deadline.
        """
        cancel_id, actor = text("cancel_id", cancel_id), text("actor", actor)
        decided = lower_decision(decision)
        native = self._open()
        answer = await awaited(lambda: native.begin_resolve(cancel_id, decided, actor))
        return Intent._lift(answer.intent)

    async def intents(
        self,
        *,
        receipt_id: str | None = None,
        cancel_id: str | None = None,
        open: bool = False,  # noqa: A002 (reads best: open=True)
        limit: int | None = None,
    ) -> tuple[Intent, ...]:
        """Lists intents of this environment, oldest first: of a receipt, or those that are open."""
        query = _native.IntentQuery(
            cancel_id=text_or_none("cancel_id", cancel_id),
            receipt_id=text_or_none("receipt_id", receipt_id),
            open=flag("open", open),
            limit=count_or_none("limit", limit),
        )
        native = self._open()
        answer = await awaited(lambda: native.begin_intents(query))
        return tuple(Intent._lift(intent) for intent in answer.intents)

    async def intent(self, cancel_id: str) -> Intent:
        """The newest intent with a `cancel_id`."""
        cancel_id = text("cancel_id", cancel_id)
        native = self._open()
        answer = await awaited(lambda: native.begin_intent(cancel_id))
        return Intent._lift(answer.intent)

    async def bulk(self, file: BulkSource) -> AsyncBulk:
        """A file of cancels: see `AsyncBulk`. Every row is checked, and nothing sent.

        - `file`: a path, bytes, or a file that is open for reading: CSV (UTF-8, or CP949 as Korean Excel writes it) or
          JSON Lines. It is read and checked off the event loop.

        The columns are `receipt_id`, `amount` (won, or `full`), and `cancel_id` for partial rows. Optional ones are
        `kind`, `tax_free`, `expected_remaining`, `canceller`, `reason`, `bank`, `account`, `holder`. Korean headings do
        as well.

        Raises `WrongBulkFile` where one row is wrong: every problem with its line and field. An `OSError` is the
        file's.
        """
        # Only here: not every program cancels by the file.
        import asyncio

        from ._aio_bulk import AsyncBulk
        from ._bulk_asked import read_file

        self._open()
        return AsyncBulk._of(self, await asyncio.to_thread(read_file, file))

    async def journal_place(self) -> str:
        """Where the journal is."""
        return str((await awaited(self._open().begin_journal_place)).place)

    async def aclose(self) -> None:
        """Lets go of connections and journal, once what is under way is done. The client can't be used afterwards."""
        self._close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
