"""The README's fenced blocks: run by test_readme.py, and written out as modules for the type checker.

`readme.py FOLDER` writes them. A block may use names that the text before it introduces; what these are stands here.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"

GIVEN = """
from __future__ import annotations
import asyncio
from bootpay_cancel import *
from bootpay_cancel import Bootpay
bootpay: Bootpay
application_id: str
private_key: str
client_key: str
secret_key: str
receipt_id: str
cancel_id: str
class vault:
    @staticmethod
    def token() -> str: return ""
"""


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in order."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


def main(folder: Path) -> None:
    """Writes each block of Python as a module."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, block in enumerate(blocks("python"), 1):
        lines = block.splitlines()
        if "await " in block and "async def" not in block:
            lines = ["async def main() -> None:", *(f"    {line}" for line in lines)]
        text = "\n".join([GIVEN, *lines, ""])
        (folder / f"block_{number:02}.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
