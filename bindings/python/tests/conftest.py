from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bootpay_cancel import Bootpay
    from bootpay_cancel.sandbox import Sandbox

pytest_plugins = ["bootpay_cancel.pytest_plugin"]

# `match` is a syntax error before 3.10.
collect_ignore = ["test_match.py"] if sys.version_info < (3, 10) else []


@pytest.fixture
def sandbox(bootpay_sandbox: Sandbox) -> Sandbox:
    return bootpay_sandbox


@pytest.fixture
def bootpay(sandbox: Sandbox) -> Iterator[Bootpay]:
    with sandbox.client() as client:
        yield client
