"""What the README shows is what its reader gets: every block runs as it stands, and so do its lines for pip."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from readme import GIVEN, blocks

import bootpay_cancel
from bootpay_cancel import Unknown

if TYPE_CHECKING:
    from bootpay_cancel.sandbox import Sandbox

DIST = Path(__file__).parents[3] / "dist"
FETCHED = Path(sys.prefix) / "wheels"


def ready(block: str, sandbox: Sandbox, journal: Path, cancel_id: str) -> str:
    """A block that talks to the sandbox: other keys and receipts in it, and a place for what it only names."""
    here = f"base_url={sandbox.base_url!r}, journal={str(journal)!r}"
    block = block.replace('"5b8f6a4d396fa665fdc2b5ea"', repr(sandbox.application_id))
    block = block.replace('"rm6EYECr6aroQVG2ntW0A6LpWnkTgP4uQ3H18sDDUYw="', f"{sandbox.private_key!r}, {here}")
    block = block.replace('journal="/var/lib/shop/bootpay.sqlite3"', here)
    block = block.replace("612df0250d681b001de61de6", sandbox.add(10_000, tax_free=1_000))
    if "RefundAccount(" in block:
        receipt_id = sandbox.add(10_000, virtual_account=True, method="vbank")
    else:
        receipt_id = sandbox.add(10_000)
    keys = f"{sandbox.application_id!r}, {sandbox.private_key!r}"
    return f"""{GIVEN}
application_id, private_key = {keys}
client_key, secret_key = {sandbox.client_key!r}, {sandbox.secret_key!r}
receipt_id, cancel_id = {receipt_id!r}, {cancel_id!r}
bootpay = Bootpay({keys}, {here})
{block}"""


def an_unknown(sandbox: Sandbox, journal: Path) -> str:
    """A cancel that stays open, for the block that decides one."""
    sandbox.control("PATCH", "settings", {"lookup_lag_ms": 3_600_000})
    sandbox.fault(on="cancel", when="after_money", delivery="reset")
    with sandbox.client(journal=journal) as bootpay:
        outcome = bootpay.cancel(sandbox.add(10_000))
        assert isinstance(outcome, Unknown)
        return outcome.cancel_id


def run_blocks(python: str, sandbox: Sandbox, folder: Path) -> str:
    """Runs every block with that Python, and gives what they print."""
    printed: list[str] = []
    for number, block in enumerate(blocks("python")):
        if "match " in block and sys.version_info < (3, 10):
            continue
        sandbox.reset()
        journal = folder / f"journal-{number}.sqlite3"
        cancel_id = an_unknown(sandbox, journal) if "resolve(" in block else ""
        (folder / "refunds.csv").write_text(f"receipt_id,amount\n{sandbox.add(10_000)},full\n", encoding="utf-8")
        script = folder / f"block_{number}.py"
        script.write_text(ready(block, sandbox, journal, cancel_id), encoding="utf-8")
        done = subprocess.run(
            [python, "-I", str(script)], capture_output=True, encoding="utf-8", timeout=60, check=False, cwd=folder
        )
        assert (done.returncode, done.stderr) == (0, ""), block
        printed.append(done.stdout)
    return "".join(printed)


def test_every_block_runs_as_it_stands(sandbox: Sandbox, tmp_path: Path) -> None:
    assert len(blocks("python")) >= 10
    printed = run_blocks(sys.executable, sandbox, tmp_path)
    if sys.version_info >= (3, 10):
        assert "취소되었습니다: 10000원, 남은 금액 0원\n" in printed
    assert "finished: 1건 10000원, 남은 행 0\n" in printed
    assert "Cancelled\n" in printed


def test_the_example_of_a_test_passes(sandbox: Sandbox) -> None:
    (example,) = (block for block in blocks("python") if "def test_" in block)
    names: dict[str, object] = {}
    exec(example, names)
    names["test_a_lost_answer_is_not_a_failure"](sandbox)  # type: ignore[operator]


@pytest.mark.slow
@pytest.mark.skipif(not DIST.is_dir() or not FETCHED.is_dir(), reason="run by test.sh, which builds and fetches wheels")
def test_in_a_fresh_environment_its_own_lines_install_and_run_it(sandbox: Sandbox, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    scripts = tmp_path / "venv" / "bin"
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("BOOTPAY_", "PIP_", "PYTHON"))}
    # Nothing but what is in dist/, and pytest with what it needs.
    bare.update(
        PATH=f"{scripts}{os.pathsep}{bare['PATH']}",
        PIP_NO_INDEX="1",
        PIP_FIND_LINKS=f"{DIST.as_uri()} {FETCHED.as_uri()}",
    )
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("pip install")]
    assert len(lines) == 2
    for line in lines:
        subprocess.run(f"{line} --quiet --disable-pip-version-check", shell=True, env=bare, cwd=tmp_path, check=True)

    python = str(scripts / "python")
    found = subprocess.run(
        [python, "-c", "import bootpay_cancel; print(bootpay_cancel.__file__)"],
        env=bare,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(str(tmp_path))
    run_blocks(python, sandbox, tmp_path)

    # A user's own tests: the fixture finds the program that the extra has brought.
    shop = tmp_path / "shop"
    shop.mkdir()
    for block in blocks("python"):
        if named := re.match(r"# (\w+\.py)\n", block):
            (shop / named[1]).write_text(block, encoding="utf-8")
    told = subprocess.run(
        [python, "-m", "pytest", "-q"], env=bare, cwd=shop, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "1 passed" in told.stdout


@pytest.mark.skipif(not DIST.is_dir(), reason="run by test.sh, which builds the wheels")
def test_the_wheels_hold_what_they_should_and_nothing_of_the_machine_that_built_them() -> None:
    for name, size in [("bootpay_cancel", 3_500_000), ("bootpay_sandbox", 4_000_000)]:
        (wheel,) = DIST.glob(f"{name}-*.whl")
        if sys.platform == "linux":
            assert re.search(r"-py3-none-manylinux2014_\w+\.manylinux_2_17_\w+\.whl$", wheel.name), wheel.name
        assert wheel.stat().st_size < size
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            assert archive.testzip() is None
            texts = b"".join(
                archive.read(each) for each in names if each.endswith((".py", "METADATA", "RECORD", "WHEEL"))
            )
        assert str(Path.home()).encode() not in texts
        assert str(Path(__file__).parents[3]).encode() not in texts
        if name == "bootpay_cancel":
            assert "bootpay_cancel/py.typed" in names
            assert [each for each in names if each.endswith("bootpay.py")] == ["bootpay_cancel/_native/bootpay.py"]


def test_everything_public_is_documented_and_belongs_to_the_package() -> None:
    for name in bootpay_cancel.__all__:
        thing = getattr(bootpay_cancel, name)
        if isinstance(thing, type):
            assert thing.__module__ == "bootpay_cancel", name
            assert thing.__doc__, name
            assert not thing.__doc__.startswith(f"{name}("), name
            for attribute in vars(thing).values():
                if callable(attribute) and not getattr(attribute, "__name__", "_").startswith("_"):
                    assert attribute.__doc__, attribute


NEEDLESS = [
    "asyncio",
    "dataclasses",
    "inspect",
    "json",
    "logging",
    "re",
    "typing",
    "typing_extensions",
    "urllib.request",
]
"""What takes long to import, and what not every program has use for."""


def test_nothing_is_imported_that_only_some_need() -> None:
    code = f"import sys, bootpay_cancel; print(*sorted(set({NEEDLESS}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
