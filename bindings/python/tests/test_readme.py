"""What the README shows runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import bootpay_cancel

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_every_example_is_python() -> None:
    assert len(EXAMPLES) >= 9
    for example in EXAMPLES:
        if "match " in example and sys.version_info < (3, 10):
            continue
        wrapped = "async def main():\n" + "".join(f"    {line}\n" for line in example.splitlines())
        compile(wrapped, "README.md", "exec")


@pytest.mark.skipif(sys.version_info < (3, 10), reason="`match` came with 3.10")
def test_the_outcomes_example_runs(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = (example for example in EXAMPLES if "match " in example)
    receipt_id = sandbox.add(10_000)
    with sandbox.client() as bootpay:
        exec(example.replace("612df0250d681b001de61de6", receipt_id), {"bootpay": bootpay})
    assert capsys.readouterr().out == "취소되었습니다: 10000원, 남은 금액 0원\n"


def test_the_test_example_passes(sandbox: Sandbox) -> None:
    (example,) = (example for example in EXAMPLES if "def test_" in example)
    names: dict[str, object] = {}
    exec(example, names)
    names["test_a_lost_answer_is_not_a_failure"](sandbox)  # type: ignore[operator]


def test_everything_public_is_documented() -> None:
    for name in bootpay_cancel.__all__:
        thing = getattr(bootpay_cancel, name)
        if isinstance(thing, type) and name != "Options":
            assert thing.__doc__, name
            assert not thing.__doc__.startswith(f"{name}("), name
            for attribute in vars(thing).values():
                if callable(attribute) and not attribute.__name__.startswith("_"):
                    assert attribute.__doc__, attribute
