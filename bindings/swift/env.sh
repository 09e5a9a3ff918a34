# Read by the scripts beside it: where things are, and how the package gets what is generated.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
package=$root/bindings/swift
build=${CARGO_TARGET_DIR:-$root/target}
# SwiftPM's own build folders. They know where the package is, so a clone at another place has others.
scratch=$build/swift/$(cksum <<<"$root" | cut -d' ' -f1)
mkdir -p "$scratch"
source "$package/toolchain.sh"

case "$(uname -sm)" in
    "Linux x86_64") system=linux-x86-64 file=libbootpay_ffi.so ;;
    "Linux aarch64") system=linux-aarch64 file=libbootpay_ffi.so ;;
    *) echo "On $(uname -s), build the XCFramework: see xcframework.sh." >&2; exit 1 ;;
esac

# Puts what is generated into the package: `prepare shipped`, or `prepare debug`, which is faster to build.
prepare() {
    local made library
    if [ "$1" = debug ]; then
        echo "Building a debug library and its Swift code …"
        made=$build/swift/generated
        (cd "$root" && cargo build --locked --quiet -p bootpay-ffi && cargo run --locked --quiet -p uniffi-bindgen -- generate \
            --config uniffi.toml --no-format --language swift --out-dir "$made" "$build/debug/$file")
        library=$build/debug/$file
    else
        echo "Building the library as it ships and its Swift code (5 to 10 minutes the first time) …"
        "$root/bindings/library.sh"
        made=$build/bindings/generated
        library=$build/bindings/library/$system/$file
    fi
    place "$made/BootpayFFI.h" "$package/Sources/BootpayFFI/BootpayFFI.h"
    place "$made/BootpayInternal.swift" "$package/Sources/BootpayInternal/BootpayInternal.swift"
    place "$library" "$package/lib/$system/$file"
}

# Copies a file where it differs, so that what is built from it need not be built again.
place() {
    cmp -s "$1" "$2" || { mkdir -p "$(dirname "$2")"; cp "$1" "$2"; }
}

# Runs a build, and shows what it printed only where it fails. SwiftPM 6.0 itself crashes now and then: then once more.
building() {
    local log=$scratch/build.log status=0
    inside swift build "$@" >"$log" 2>&1 || status=$?
    if [ "$status" -ge 128 ]; then
        echo "SwiftPM crashed (signal $((status - 128))); building once more …" >&2
        status=0
        inside swift build "$@" >"$log" 2>&1 || status=$?
    fi
    [ "$status" = 0 ] || cat "$log" >&2
    return "$status"
}
