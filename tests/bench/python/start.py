"""What it costs to begin: CPU of importing and making a client, and resident memory, each in a process of its own.

Beside the bare interpreter and the official SDK, in interleaved rounds. The client is made for https with an SQLite
journal, as it ships; the imports are those of the README's first example.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15

BEFORE = """
import resource, sys
def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1e3
def resident():
    try:
        # Linux's `ru_maxrss` counts what the process was before it became this program.
        (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
        return int(line.split()[1]) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
before = cpu()
"""
AFTER = """
print(cpu() - before, resident())
"""
SUBJECTS = {
    "the interpreter": "",
    "bootpay-backend (official)": """
from bootpay_backend import BootpayBackend
client = BootpayBackend("59a4d326396fa607cbe75de5", "a-key")
""",
    "bootpay-cancel": """
from bootpay_cancel import AlreadyCancelled, Bootpay, Cancelled, Unknown
client = Bootpay("59a4d326396fa607cbe75de5", "a-key", journal=sys.argv[1])
""",
    "bootpay-cancel, for asyncio": """
from bootpay_cancel import AlreadyCancelled, AsyncBootpay, Cancelled, Unknown
client = AsyncBootpay("59a4d326396fa607cbe75de5", "a-key", journal=sys.argv[1])
""",
}


def main() -> None:
    """Measures, prints, and writes down what it found."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in SUBJECTS}
    with tempfile.TemporaryDirectory() as directory:
        for number in range(ROUNDS + 1):
            for name, code in SUBJECTS.items():
                journal = str(Path(directory) / "journal.sqlite3")
                done = subprocess.run(
                    [sys.executable, "-c", BEFORE + code + AFTER, journal], check=True, capture_output=True, text=True
                )
                # The first round fills the caches.
                if number:
                    spent, resident = done.stdout.split()
                    found[name].append((float(spent), float(resident)))
    told = {}
    bare = statistics.median(resident for _, resident in found["the interpreter"])
    print("\nimport and construction, in a process of its own")
    for name, samples in found.items():
        quartiles = statistics.quantiles([spent for spent, _ in samples], n=4)
        resident = statistics.median(each for _, each in samples)
        told[name] = {"cpu_ms": quartiles, "resident_mib": resident, "above_bare_mib": resident - bare}
        print(f"  {name:28} {quartiles[1]:7.1f} ms of CPU, {resident - bare:5.1f} MiB above the bare interpreter")
    Path(sys.argv[1]).write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
