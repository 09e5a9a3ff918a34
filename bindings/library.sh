#!/usr/bin/env bash
# Builds what the packages share: the library as it ships, and the code that is generated from it.
#
#   …/bindings/library/<system>/   the library, stripped; <system> is its name among JNA's: linux-x86-64 …
#   …/bindings/wheel/              the wheel around it, unstripped: what `make python` finishes
#   …/bindings/generated/          Kotlin, Swift and C for it
#
# On Linux it is linked by zig against an old glibc (2.17), so that one library serves every distribution since 2014.
set -euo pipefail
source "$(dirname "$0")/python/env.sh"
source "$root/bindings/flags.sh"

made=$build/bindings
tools=$(environment "$python")
export PATH=$tools/bin:$PATH

mkdir -p "$made"
exec 9>"$made/lock"
flock 9 2>/dev/null || true

case "$(uname -sm)" in
    "Linux x86_64") system=linux-x86-64 file=libbootpay_ffi.so ;;
    "Linux aarch64") system=linux-aarch64 file=libbootpay_ffi.so ;;
    "Darwin arm64") system=darwin-aarch64 file=libbootpay_ffi.dylib ;;
    "Darwin x86_64") system=darwin-x86-64 file=libbootpay_ffi.dylib ;;
    *) echo "The packages are not built on $(uname -sm) yet." >&2; exit 1 ;;
esac
options=()
case "$system" in
    linux-*) options=(--zig --compatibility manylinux2014 --target "$(uname -m)-unknown-linux-gnu") ;;
esac

# Only what changed is written again, so that what is built from it need not be.
fresh=$made/fresh
rm -rf "$fresh" && mkdir -p "$fresh/library/$system" "$fresh/generated"
(cd "$package" && maturin build --profile dist --locked --quiet "${options[@]}" --out "$fresh/wheel") >"$made/log" 2>&1 || {
    cat "$made/log" >&2
    exit 1
}
"$python" - "$fresh"/wheel/*.whl "$fresh/library/$system/$file" "$file" <<'PYTHON'
import sys, zipfile
wheel, target, name = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    (member,) = [member for member in archive.namelist() if member.endswith("/" + name)]
    open(target, "wb").write(archive.read(member))
PYTHON
# As maturin calls it: with `-p`, it would be compiled a second time with other features.
(cd "$root" && cargo run --locked --quiet --bin uniffi-bindgen -- generate --config uniffi.toml --no-format \
    --language kotlin --language swift --out-dir "$fresh/generated" "$fresh/library/$system/$file")
case "$system" in
    linux-*) strip --strip-unneeded "$fresh/library/$system/$file" ;;
    darwin-*) strip -x "$fresh/library/$system/$file" ;;
esac
mkdir -p "$made/wheel"
(cd "$made" && find wheel -type f) | while read -r one; do
    [ -e "$fresh/$one" ] || rm -f "$made/$one"
done
(cd "$fresh" && find . -type f) | while read -r one; do
    cmp -s "$fresh/$one" "$made/$one" || { mkdir -p "$(dirname "$made/$one")"; cp "$fresh/$one" "$made/$one"; }
done
rm -rf "$fresh"
