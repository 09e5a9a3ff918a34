"""Records are dataclasses, although they become so only when somebody asks."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bootpay_cancel import Cancelled, FullAmount, PartialAmount, SuppliedToken, Totals

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox

FRESH = """
import sys
from bootpay_cancel import {kind}
assert "dataclasses" not in sys.modules
{code}
"""


@pytest.mark.parametrize(
    "code",
    [
        "assert {kind}({made}) == {kind}({made})",
        "assert {kind}({made}) != {kind}({other})",
        "assert hash({kind}({made})) == hash({kind}({made}))",
        "assert repr({kind}({made})) == '{kind}({shown})'",
        "import dataclasses; assert dataclasses.is_dataclass({kind})",
        "import dataclasses; assert [each.name for each in dataclasses.fields({kind})] == ['price', 'tax_free']",
        "import dataclasses; assert dataclasses.replace({kind}({made}), price=2) == {kind}({other})",
        "import copy; assert copy.copy({kind}({made})) == {kind}({made})",
        "import pickle; assert pickle.loads(pickle.dumps({kind}({made}))) == {kind}({made})",
        "import inspect; assert list(inspect.signature({kind}).parameters) == ['price', 'tax_free']",
        "assert {kind}.__match_args__ == ('price', 'tax_free')",
        "assert {kind}(1).tax_free is None",
        "import threading as t\nfound = []\n"
        "many = [t.Thread(target=lambda: found.append({kind}({made}))) for _ in range(20)]\n"
        "[each.start() for each in many], [each.join() for each in many]\n"
        "assert found == [{kind}({made})] * 20",
    ],
)
def test_whatever_is_asked_first_finds_a_dataclass(code: str) -> None:
    words = {"kind": "PartialAmount", "made": "price=1", "other": "price=2", "shown": "price=1, tax_free=None"}
    script = FRESH.format(kind=words["kind"], code=code.format(**words))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_came_out_of_the_library_is_like_what_is_made_by_hand(sandbox: Sandbox) -> None:
    with sandbox.client() as bootpay:
        outcome = bootpay.cancel(sandbox.add(10_000))
    assert isinstance(outcome, Cancelled)
    assert outcome.intent.amount == FullAmount()
    assert dataclasses.replace(outcome, repeated=True) == dataclasses.replace(outcome, repeated=True) != outcome
    assert pickle.loads(pickle.dumps(outcome)) == copy.deepcopy(outcome) == outcome
    assert hash(outcome.intent) == hash(copy.copy(outcome.intent))
    assert "extra" not in repr(outcome)
    for record, name in [(outcome, "repeated"), (outcome.intent, "state"), (outcome.cancellation, "price")]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, None)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(record, name)


def test_a_record_of_wrong_members_is_not_made() -> None:
    with pytest.raises(TypeError):
        Totals(1, 2)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        PartialAmount(amount=1)  # type: ignore[call-arg]
    assert list(inspect.signature(Totals).parameters) == ["price", "remaining", "cancelled", "status", "is_empty"]


def test_a_record_that_hides_its_secret_goes_on_doing_so() -> None:
    assert "canary" not in repr(SuppliedToken("canary", lifetime=3))
