from __future__ import annotations

import os
import subprocess
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


@pytest.fixture(scope="session")
def _postgres_server() -> Iterator[subprocess.Popen[str]]:
    program = os.environ.get("BOOTPAY_POSTGRES_BIN")
    if program is None:
        pytest.skip("BOOTPAY_POSTGRES_BIN names no program: cargo build -p bootpay-test-postgres")
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def postgres(_postgres_server: subprocess.Popen[str]) -> str:
    """The URL of an empty database on a PostgreSQL of its own, which ends with this process."""
    assert _postgres_server.stdin is not None
    assert _postgres_server.stdout is not None
    url = _postgres_server.stdout.readline().strip()
    _postgres_server.stdin.write("another\n")
    _postgres_server.stdin.flush()
    return url
