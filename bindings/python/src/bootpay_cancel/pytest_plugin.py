"""The sandbox as a pytest fixture. Turn it on in `conftest.py`: `pytest_plugins = ["bootpay_cancel.pytest_plugin"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _bootpay_sandbox() -> Iterator[Sandbox]:
    with Sandbox.start() as sandbox:
        yield sandbox


@pytest.fixture
def bootpay_sandbox(_bootpay_sandbox: Sandbox) -> Sandbox:
    """A Bootpay on this machine, as at its start: one process for all tests, made new for each."""
    _bootpay_sandbox.reset()
    return _bootpay_sandbox
