"""Makes a wheel fit to ship, in place: strips what was compiled, and refuses what old systems could not load.

The generated code is slimmed: see `slim.py`.

What generates the Python code reads the library's symbol table, so it can be stripped only once the wheel is there. The
list of crates that maturin adds goes too: it names paths of the machine that built it.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from slim import slim

GLIBC = (2, 17)
"""What a manylinux2014 wheel may ask of the system's C library."""

LIBRARIES = {"libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "librt.so.1"}
"""The libraries that such a wheel may expect (PEP 599), as far as they are needed here, besides the loader."""

MAGIC = {b"\x7fELF": ["strip", "--strip-unneeded"], b"\xcf\xfa\xed\xfe": ["strip", "-x"]}


def main(wheel: Path) -> None:
    """Writes the wheel anew, with what was compiled stripped, and its new digests."""
    with zipfile.ZipFile(wheel) as old:
        members = {info: old.read(info) for info in old.infolist() if "/sboms/" not in info.filename}
    package = b"\n".join(
        content for info, content in members.items() if re.fullmatch(r"bootpay_cancel/\w+\.py", info.filename)
    )
    digests: dict[str, str] = {}
    compiled = 0
    for info, content in members.items():
        if content[:4] in MAGIC:
            compiled += 1
            members[info] = stripped(content, portable="manylinux" in wheel.name)
        elif info.filename.endswith("/_native/bootpay.py"):
            members[info] = slim(content.decode(), package.decode()).encode()
        else:
            continue
        digest = base64.urlsafe_b64encode(hashlib.sha256(members[info]).digest()).rstrip(b"=").decode()
        digests[info.filename] = f"{info.filename},sha256={digest},{len(members[info])}"
    if compiled != 1:
        sys.exit(f"{wheel.name}: one compiled member is expected, and there are {compiled}")
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for info, content in members.items():
            if info.filename.endswith("/RECORD"):
                lines = [line for line in content.decode().splitlines() if "/sboms/" not in line]
                content = "\n".join(digests.get(line.split(",")[0], line) for line in lines).encode() + b"\n"
            new.writestr(info, content, zipfile.ZIP_DEFLATED, 9)


def stripped(compiled: bytes, *, portable: bool) -> bytes:
    """A library or a program without its symbol table."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(compiled)
        file.flush()
        subprocess.run([*MAGIC[compiled[:4]], file.name], check=True)
        if portable:
            check(file.name)
        return Path(file.name).read_bytes()


def check(path: str) -> None:
    """Ends this where the file asks for more than a system of 2014 has."""
    told = subprocess.run(["objdump", "-p", "-T", path], check=True, capture_output=True, text=True).stdout
    versions = {tuple(int(part) for part in each.split(".")) for each in re.findall(r"GLIBC_([0-9.]+)", told)}
    needed = set(re.findall(r"NEEDED +(\S+)", told))
    if not versions or max(versions) > GLIBC:
        newest = ".".join(str(part) for part in max(versions, default=()))
        sys.exit(f"it asks for glibc {newest or '(unknown)'}, and may ask for {GLIBC[0]}.{GLIBC[1]}")
    if more := {name for name in needed - LIBRARIES if not name.startswith("ld-linux")}:
        sys.exit(f"it asks for libraries that not every system has: {', '.join(sorted(more))}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
