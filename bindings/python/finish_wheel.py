"""Strips the library inside a wheel, in place.

What generates the Python code reads the library's symbol table, so it can be stripped only once the wheel is there. The
list of crates that maturin adds goes too: it names paths of the machine that built it.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path


def main(wheel: Path) -> None:
    """Writes the wheel anew, with a stripped library and its new digest."""
    with zipfile.ZipFile(wheel) as old:
        members = {info: old.read(info) for info in old.infolist() if "/sboms/" not in info.filename}
    digests: dict[str, str] = {}
    for info, content in members.items():
        if info.filename.endswith(".so"):
            members[info] = stripped(content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(members[info]).digest()).rstrip(b"=").decode()
            digests[info.filename] = f"{info.filename},sha256={digest},{len(members[info])}"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for info, content in members.items():
            if info.filename.endswith("/RECORD"):
                lines = [line for line in content.decode().splitlines() if "/sboms/" not in line]
                content = "\n".join(digests.get(line.split(",")[0], line) for line in lines).encode() + b"\n"
            new.writestr(info, content, zipfile.ZIP_DEFLATED, 9)


def stripped(library: bytes) -> bytes:
    """The library without its symbol table."""
    with tempfile.NamedTemporaryFile(suffix=".so") as file:
        file.write(library)
        file.flush()
        subprocess.run(["strip", "--strip-unneeded", file.name], check=True)
        return Path(file.name).read_bytes()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
