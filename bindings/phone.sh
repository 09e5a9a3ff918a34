#!/usr/bin/env bash
# Makes what the packages for phones are built from: a smaller library, and the code that is generated from it.
#
#   …/bindings/phone/generated/    Kotlin, Swift and C for it
#   …/bindings/phone/kotlin/       the Kotlin layer written by hand, without what phones lack
#   …/bindings/phone/swift/        the Swift layer, the same
#   …/bindings/phone/library/      the library for this machine: for measuring, and for trying that the code fits
#
# Phones have no cancels by the file, no journal on PostgreSQL, and nothing that Python alone calls. What is missing there is
# missing when an app is compiled, since a generated layer checks the library that it meets against itself: neither fits the
# other package's. Files named after bulks are left out, and so is what stands in the others between "Servers only" and
# "Servers and phones". A PostgreSQL URL is text, so it is refused when a client is made.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${CARGO_TARGET_DIR:-target}
made=$build/bindings/phone
rm -rf "$made"
mkdir -p "$made/generated" "$made/library"

case "$(uname -s)" in
    Darwin) file=libbootpay_ffi.dylib ;;
    *) file=libbootpay_ffi.so ;;
esac
source bindings/flags.sh
cargo rustc --locked --quiet -p bootpay-ffi --no-default-features --profile dist-phone --crate-type cdylib
cargo run --locked --quiet --bin uniffi-bindgen -- generate --config uniffi.toml --no-format \
    --language kotlin --language swift --out-dir "$made/generated" "$build/dist-phone/$file"
cp "$build/dist-phone/$file" "$made/library/"
case "$(uname -s)" in
    Darwin) strip -x "$made/library/$file" ;;
    *) strip --strip-unneeded "$made/library/$file" ;;
esac

for layer in kotlin:bindings/kotlin/src/main/kotlin/kr/co/bootpay/cancel swift:bindings/swift/Sources/BootpayCancel; do
    to=$made/${layer%%:*}
    mkdir -p "$to"
    for source in "${layer#*:}"/*.*; do
        case "$source" in */*Bulk*) continue ;; esac
        sed '/^ *\/\/ Servers only:/,/^ *\/\/ Servers and phones\.$/d' "$source" >"$to/${source##*/}"
    done
done
