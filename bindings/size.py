"""Measures what ships, says what is in it, and draws it: `make size`.

Builds the library for this machine with one part after another left out, and the least library that does the same with its
dependencies (tests/size). Prints Markdown, writes target/bench/size.jsonl and docs/pictures/size.svg. Linux only: it reads ELF.
"""

from __future__ import annotations

import collections
import html
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
BUILD = BUILD if BUILD.is_absolute() else ROOT / BUILD
SERVERS, PHONES = 3_000_000, 2_000_000

# Name, package, profile, features, and the target that it is held against.
LIBRARIES = [
    ("servers: everything", "bootpay-ffi", "dist", "bulk,postgres,slices", SERVERS),
    ("servers: without PostgreSQL", "bootpay-ffi", "dist", "bulk,slices", SERVERS),
    ("servers: without cancels by the file", "bootpay-ffi", "dist", "postgres,slices", SERVERS),
    ("servers: SQLite alone", "bootpay-ffi", "dist", "slices", SERVERS),
    ("phones", "bootpay-ffi", "dist-phone", "", PHONES),
    ("phones, relocations packed", "bootpay-ffi", "dist-phone", "", PHONES),
    ("least: nothing", "bootpay-size", "dist-phone", "", PHONES),
    ("least: one query to SQLite", "bootpay-size", "dist-phone", "sqlite", PHONES),
    ("least: one request over HTTPS", "bootpay-size", "dist-phone", "https", PHONES),
    ("least: both", "bootpay-size", "dist-phone", "https,sqlite", PHONES),
]
# What Android's linker reads since API 23.
PACKED = ["-C", "link-arg=-Wl,--pack-dyn-relocs=android"]


def built(package: str, profile: str, features: str, options: list[str]) -> pathlib.Path:
    """Builds a library, and gives where it lies, with its symbols."""
    command = ["cargo", "rustc", "--locked", "--quiet", "-p", package, "--profile", profile, "--crate-type", "cdylib"]
    subprocess.run(
        [*command, "--no-default-features", "--features", features, "--", *options],
        cwd=ROOT,
        env={**os.environ, "CFLAGS": flags()},
        check=True,
    )
    return BUILD / profile / f"lib{package.replace('-', '_')}.so"


def flags() -> str:
    """How C is compiled where it ships."""
    script = 'source bindings/flags.sh && printf %s "$CFLAGS"'
    return subprocess.run(["bash", "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def stripped(library: pathlib.Path) -> pathlib.Path:
    """The library as it ships."""
    made = BUILD / "bench" / "stripped.so"
    subprocess.run(["strip", "--strip-unneeded", "-o", made, library], check=True)
    return made


def sections(library: pathlib.Path) -> dict[str, int]:
    """What a library consists of."""
    kinds = {
        "code": (".text", ".plt", ".init", ".fini"),
        "constants": (".rodata",),
        "tables for unwinding": (".eh_frame", ".eh_frame_hdr", ".gcc_except_table"),
        "pointers, and how to relocate them": (".data.rel.ro", ".rela.dyn", ".rela.plt", ".got", ".got.plt", ".data"),
        "names": (".dynsym", ".dynstr", ".gnu.hash", ".gnu.version"),
    }
    lines = subprocess.run(["size", "-A", library], check=True, capture_output=True, text=True).stdout.splitlines()
    of = {fields[0]: int(fields[1]) for fields in map(str.split, lines) if len(fields) == 3 and fields[1].isdigit()}
    return {kind: sum(of.get(name, 0) for name in names) for kind, names in kinds.items()}


def crates(library: pathlib.Path) -> collections.Counter[str]:
    """Code and named constants, by the crate whose names they bear. What is generic counts where its own name is from."""
    sums: collections.Counter[str] = collections.Counter()
    natives = {}
    for name in ("sqlite3", "ring_core"):
        for archive in BUILD.glob(f"dist/build/*/out/lib{name}*.a"):
            names = subprocess.run(["nm", "--defined-only", archive], capture_output=True, text=True).stdout.splitlines()
            natives.update({line.split()[-1]: name for line in names if line})
    seen = set()
    shown = subprocess.run(["nm", "-C", "-S", "--defined-only", library], check=True, capture_output=True, text=True)
    for line in shown.stdout.splitlines():
        found = re.match(r"(\w+) (\w+) ([tTrRdD]) (.*)", line)
        if not found or found[1] in seen:
            continue
        seen.add(found[1])
        crate = re.match(r"[<&\[(*]*(?:mut |const |dyn )?[<&\[(*]*(\w+)::", found[4])
        native = natives.get(found[4].split(".")[0]) or natives.get(found[4])
        if "niffi" in found[4].lower():
            name = "uniffi: scaffolding"
        elif native:
            name = {"sqlite3": "SQLite (C)", "ring_core": "ring (C and assembler)"}[native]
        else:
            name = crate[1] if crate else "other"
        sums[name] += int(found[2], 16)
    return sums


def picture(rows: list[tuple[str, int, int]]) -> str:
    """Bars with their targets."""
    left, scale, height = 300, 90 / 1_000_000, 30
    width = left + 640
    bars = []
    for at, (name, size, target) in enumerate(rows):
        y = 60 + at * height
        colour = "#8a8f98" if name.startswith("least") else "#2a7f62" if size <= target else "#c8553d"
        bars.append(
            f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{html.escape(name)}</text>'
            f'<rect x="{left}" y="{y}" width="{size * scale:.0f}" height="{height - 9}" fill="{colour}"/>'
            f'<line x1="{left + target * scale:.0f}" x2="{left + target * scale:.0f}" y1="{y - 4}" y2="{y + height - 5}" '
            f'stroke="#333" stroke-width="2"/>'
            f'<text x="{left + max(size, target) * scale + 8:.0f}" y="{y + 15}">{size / 1e6:.2f} MB</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {80 + len(rows) * height}" '
        f'font-family="sans-serif" font-size="14"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{left}" y="26" font-size="17" font-weight="bold">Size of the stripped library</text>'
        f'<text x="{left}" y="45" fill="#555">mark: target, 3 MB for servers with SQLite and 2 MB for phones; grey: the least that does it</text>'
        f"{''.join(bars)}</svg>\n"
    )


def main() -> None:
    """Measures, prints, writes and draws."""
    if not sys.platform.startswith("linux"):
        sys.exit("`make size` reads ELF files, so it runs on Linux alone.")
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    samples, rows, inside, shares = [], [], {}, collections.Counter[str]()
    for name, package, profile, features, target in LIBRARIES:
        print(f"Building: {name} …", file=sys.stderr, flush=True)
        library = built(package, profile, features, PACKED if "packed" in name else [])
        size = stripped(library).stat().st_size
        rows.append((name, size, target))
        samples.append({"suite": "size", "case": "library", "subject": name, "bytes": size, "target": target})
        if name in ("servers: everything", "phones"):
            inside[name] = sections(BUILD / "bench" / "stripped.so")
        if name == "servers: everything":
            shares = crates(library)

    print("\n| The stripped library | bytes | target |\n|---|---|---|")
    for name, size, target in rows:
        print(f"| {name} | {size:,} | {'' if name.startswith('least') else f'{target:,}'} |")
    print(f"\n| | {' | '.join(inside)} |\n|---|{'---|' * len(inside)}")
    for kind in inside["phones"]:
        print(f"| {kind} | {' | '.join(f'{of[kind]:,}' for of in inside.values())} |")
    print("\n| Code and named constants, everything | bytes |\n|---|---|")
    for name, size in shares.most_common(32):
        samples.append({"suite": "size", "case": "crate", "subject": name, "bytes": size})
        print(f"| {name} | {size:,} |")
    made = [BUILD / "bindings" / "library", ROOT / "dist"]
    packages = sorted(one for where in made for one in where.rglob("*") if one.suffix in {".so", ".whl", ".jar", ".gz", ".zip"})
    packages = [one for one in packages if "maven" not in one.parts]
    if packages:
        print("\n| What is packaged by now | bytes |\n|---|---|")
        for one in packages:
            samples.append({"suite": "size", "case": "package", "subject": one.name, "bytes": one.stat().st_size})
            print(f"| {one.name} | {one.stat().st_size:,} |")
    with (BUILD / "bench" / "size.jsonl").open("w") as out:
        out.writelines(json.dumps(sample) + "\n" for sample in samples)
    drawn = ROOT / "docs" / "pictures" / "size.svg"
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(picture(rows))
    print(f"\nSamples: {BUILD / 'bench' / 'size.jsonl'}. Picture: {drawn.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
