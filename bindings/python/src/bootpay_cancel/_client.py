"""The blocking client."""

from __future__ import annotations

from . import _native
from ._intents import Decision, Intent, lower_decision
from ._outcomes import Recovery, lift_outcome
from ._receipts import Preview, Receipt
from ._request import EVERYTHING, Everything, request
from ._secrets import Secret
from ._setup import Client, ended
from ._values import count_or_none, flag, text, text_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._banks import RefundAccount
    from ._bulk_asked import BulkSource
    from ._bulk_calls import Bulk
    from ._forms import CancelOutcome


class Bootpay(Client):
    """A client of one merchant at one Bootpay, for blocking code. Threads may share it.

        with Bootpay("application id", "private key") as bootpay:
            outcome = bootpay.cancel("612df0250d681b001de61de6")

    It takes these options, each with a sensible default:

    - `environment`: `"production"` (where money is real), `"development"`, `"test"`, `"stage"`; or `base_url`, such as
      the sandbox's
    - `dialect`: `"v1"`, the page's, or `"v2"`, the usual one of a Basic pair
    - `journal`: the path of an SQLite file on a local disk, that all share who cancel the same receipts, or the URL of
      a PostgreSQL database that many hosts share: `"postgresql://user:password@host:5432/database"`, also as a
      `Secret`. A file in the user's data directory unless told
    - `connect_timeout` (5 seconds), `cancel_timeout` (60: a short one manufactures unknowns), `lookup_timeout` (15),
      `token_timeout` (10), `idle_timeout` (10), `wait_for_others` (90)
    - `nobody_else_cancels`, `server_honours_cancel_id_for`: declarations. A wrong one costs money
    - `look_before_partial`: `True`. Without it, every unknown partial cancel waits for a person
    - `proxy`: a URL; `None` for none; the environment's unless told
    - `ca_bundle`: certificates to trust besides the system's, in PEM

    Ctrl-C leaves a call at once: a read is aborted, a refund is carried out to its end, a bulk begins nothing new. A
    process that ends waits for what is under way, up to ten seconds; a second Ctrl-C ends that too.

    A private key can empty a merchant's account: it belongs on a server, never in an app.
    """

    def cancel(
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

        A `KeyboardInterrupt`, or whatever else a signal handler raises, leaves the call at once and proves nothing: the
        refund is carried out to its end, and the journal has the intent.

        Raises a `BootpayError` where this call moved no money. A refund whose end is not known is no error: it is
        `Unknown`.
        """
        asked = request(receipt_id, price, tax_free, expected_remaining, cancel_id, canceller, reason, refund_account)
        native = self._open()
        answer = ended(lambda: native.begin_cancel(asked)).outcome
        return lift_outcome(answer)

    def preview(
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
        answer = ended(lambda: native.begin_preview(asked)).preview
        return Preview._lift(answer)

    def receipt(self, receipt_id: str) -> Receipt:
        """Looks a receipt up."""
        receipt_id = text("receipt_id", receipt_id)
        native = self._open()
        answer = ended(lambda: native.begin_receipt(receipt_id)).receipt
        return Receipt._lift(answer)

    def token(self) -> Secret:
        """An access token: the cached one, or a fresh one."""
        native = self._open()
        answer = ended(native.begin_token).token
        return Secret._lift(answer)

    def warm_up(self) -> None:
        """Gets ready for a cancel while the caller still prepares, such as a page with a button on it.

        Fetches an access token where none is at hand, and with it opens a connection, so that a cancel within the next
        seconds (`idle_timeout`) needs one round trip and not four. Where both are ready nothing is sent. No money
        moves, and nothing that fails here stands in the way of a cancel.

        With a Basic pair, and with a token source, it opens no connection: look the receipt up, which does.

        Raises `Refused` for wrong keys, `TokenUnavailable` where no token is to be had. Whoever only wants to be fast
        ignores both: the cancel will say the same.
        """
        native = self._open()
        ended(native.begin_warm_up)

    def reconcile(self, cancel_id: str) -> CancelOutcome:
        """Settles an intent whose outcome is unknown, as far as the evidence goes.

        It is looked up, and repeated only under the declaration that the server honours `cancel_id`.
        """
        cancel_id = text("cancel_id", cancel_id)
        native = self._open()
        answer = ended(lambda: native.begin_reconcile(cancel_id)).outcome
        return lift_outcome(answer)

    def recover(self) -> Recovery:
        """Takes up everything that an earlier run left open.

        Call it once at the start of a service.
        """
        native = self._open()
        answer = ended(native.begin_recover).recovery
        return Recovery._lift(answer)

    def resolve(self, cancel_id: str, decision: Decision, actor: str) -> Intent:
        """Records what a person decides about an intent that stays unknown, or about a receipt that is held.

        `actor` is who decides. *Not cancelled* is refused until 15 minutes after the send's deadline.
        """
        cancel_id, actor = text("cancel_id", cancel_id), text("actor", actor)
        decided = lower_decision(decision)
        native = self._open()
        answer = ended(lambda: native.begin_resolve(cancel_id, decided, actor)).intent
        return Intent._lift(answer)

    def intents(
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
        answer = ended(lambda: native.begin_intents(query)).intents
        return tuple(Intent._lift(intent) for intent in answer)

    def intent(self, cancel_id: str) -> Intent:
        """The newest intent with a `cancel_id`."""
        cancel_id = text("cancel_id", cancel_id)
        native = self._open()
        answer = ended(lambda: native.begin_intent(cancel_id)).intent
        return Intent._lift(answer)

    def bulk(self, file: BulkSource) -> Bulk:
        """A file of cancels: see `Bulk`. Every row is checked, and nothing sent.

        - `file`: a path, bytes, or a file that is open for reading: CSV (UTF-8, or CP949 as Korean Excel writes it) or
          JSON Lines

        The columns are `receipt_id`, `amount` (won, or `full`), and `cancel_id` for partial rows. Optional ones are
        `kind`, `tax_free`, `expected_remaining`, `canceller`, `reason`, `bank`, `account`, `holder`. Korean headings do
        as well.

        Raises `WrongBulkFile` where one row is wrong: every problem with its line and field. An `OSError` is the
        file's.
        """
        # Only here: not every program cancels by the file.
        from ._bulk_asked import read_file
        from ._bulk_calls import Bulk

        self._open()
        return Bulk._of(self, read_file(file))

    def journal_place(self) -> str:
        """Where the journal is."""
        native = self._open()
        return str(ended(native.begin_journal_place).place)

    def close(self) -> None:
        """Lets go of connections and journal, once what is under way is done. The client can't be used afterwards."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
