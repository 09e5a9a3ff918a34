"""`help()` is where users look first: it says what a call does, and shows nothing of how the package is made."""

from __future__ import annotations

import inspect
import pydoc

import bootpay_cancel
from bootpay_cancel import AsyncBootpay, AsyncBulk, Bootpay, Bulk


def told(thing: object) -> str:
    return pydoc.plain(pydoc.render_doc(thing))


def test_help_on_the_package_begins_with_what_it_promises() -> None:
    text = told(bootpay_cancel)
    assert "A refund is never issued twice, never lost, and never reported as what it isn't." in text
    contents, _, rest = text.partition("CLASSES\n")
    assert "(a) a 401, a 429 and a well-formed refusal" in contents
    assert "bootpay_cancel._" not in rest
    assert "_native" not in rest
    assert "rust" not in text.lower().replace("trust", "")


def test_help_on_a_cancel_says_what_it_takes_and_what_an_error_means() -> None:
    for method in (Bootpay.cancel, AsyncBootpay.cancel):
        text = told(method)
        for name in inspect.signature(method).parameters:
            assert name in ("self", "receipt_id") or f"`{name}`" in text, name
        assert "Raises a `BootpayError` where this call moved no money." in text
        assert "`Unknown`" in text


def test_both_clients_offer_the_same_calls_with_the_same_arguments() -> None:
    def calls(kind: type) -> dict[str, tuple[object, ...]]:
        names = {name for name in dir(kind) if not name.startswith("_")} - {"close", "aclose"}
        signatures = {name: inspect.signature(getattr(kind, name)) for name in names}
        return {
            name: (signature.parameters, str(signature.return_annotation).replace("AsyncBulk", "Bulk"))
            for name, signature in signatures.items()
        }

    assert calls(Bootpay) == calls(AsyncBootpay)
    assert calls(Bulk) == calls(AsyncBulk)


def test_help_on_an_outcome_explains_its_members() -> None:
    text = told(bootpay_cancel.Cancelled)
    for name in ("intent", "cancellation", "evidence", "money_is_back", "mismatches", "repeated", "recorded"):
        assert f"- `{name}`: " in text, name
