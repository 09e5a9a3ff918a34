#!/usr/bin/env bash
# Builds the package for Apple's platforms into dist/apple/bootpay-cancel: the library as an XCFramework of static
# frameworks, and a Package.swift that takes it as a binary target. With --zip, also the archive and the checksum that a
# package index asks for.
#
# NOT BUILT OR TESTED YET. It needs macOS with Xcode 16 or newer and rustup; no such machine was at hand when it was
# written. Whoever runs it first: read along, and run the tests of this package with the result.
#
# It is the package for phones, on a Mac too: no cancels by the file and no journal on PostgreSQL (bindings/phone.sh).
#
# A private key in an app is a private key in everybody's hands. On iOS, take tokens from your own server through a
# token source; see README.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
package=$root/bindings/swift
build=${CARGO_TARGET_DIR:-$root/target}

if [ "$(uname -s)" != Darwin ] || ! xcrun --find xcodebuild >/dev/null 2>&1; then
    echo "This needs macOS with Xcode 16 or newer." >&2
    exit 1
fi

name=BootpayFFI
work=$build/swift/apple
made=$root/dist/apple/bootpay-cancel
export MACOSX_DEPLOYMENT_TARGET=13.0 IPHONEOS_DEPLOYMENT_TARGET=16.0
rm -rf "$work" "$made"
mkdir -p "$work/generated" "$made"

source bindings/flags.sh
targets=(aarch64-apple-darwin x86_64-apple-darwin aarch64-apple-ios aarch64-apple-ios-sim x86_64-apple-ios)
rustup target add "${targets[@]}"
for target in "${targets[@]}"; do
    echo "Building the library for $target …"
    cargo rustc --locked --profile dist-phone --no-default-features --package bootpay-ffi --target "$target" \
        --crate-type staticlib
done

echo "Generating the Swift code …"
bindings/phone.sh
cp -R "$build/bindings/phone/generated/." "$work/generated/"

# A static framework and not a bare library, since only a framework carries a privacy manifest.
framework() {
    local folder=$work/$1/$name.framework platform=$2 version=$3
    shift 3
    mkdir -p "$folder/Headers" "$folder/Modules"
    lipo -create "$@" -output "$folder/$name"
    cp "$work/generated/$name.h" "$folder/Headers/"
    # The system's parts that the library stands on: certificates, and what the HTTP stack asks about proxies.
    cat >"$folder/Modules/module.modulemap" <<MODULE
framework module $name {
    header "$name.h"
    link framework "Security"
    link framework "CoreFoundation"
    link framework "SystemConfiguration"
    export *
}
MODULE
    cat >"$folder/Info.plist" <<PLIST
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
    <key>CFBundleIdentifier</key><string>kr.co.bootpay.cancel.ffi</string>
    <key>CFBundleExecutable</key><string>$name</string>
    <key>CFBundleName</key><string>$name</string>
    <key>CFBundlePackageType</key><string>FMWK</string>
    <key>CFBundleVersion</key><string>1</string>
    <key>CFBundleShortVersionString</key><string>0.1.0</string>
    <key>CFBundleSupportedPlatforms</key><array><string>$platform</string></array>
    <key>MinimumOSVersion</key><string>$version</string>
</dict></plist>
PLIST
    # No tracking and no data of its own. It looks at files' times through SQLite, inside the app's container alone.
    cat >"$folder/PrivacyInfo.xcprivacy" <<PRIVACY
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
    <key>NSPrivacyTracking</key><false/>
    <key>NSPrivacyTrackingDomains</key><array/>
    <key>NSPrivacyCollectedDataTypes</key><array/>
    <key>NSPrivacyAccessedAPITypes</key><array><dict>
        <key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategoryFileTimestamp</string>
        <key>NSPrivacyAccessedAPITypeReasons</key><array><string>C617.1</string></array>
    </dict></array>
</dict></plist>
PRIVACY
}

built() { echo "$build/$1/dist-phone/libbootpay_ffi.a"; }
framework macos MacOSX 13.0 "$(built aarch64-apple-darwin)" "$(built x86_64-apple-darwin)"
framework ios iPhoneOS 16.0 "$(built aarch64-apple-ios)"
framework simulator iPhoneSimulator 16.0 "$(built aarch64-apple-ios-sim)" "$(built x86_64-apple-ios)"

echo "Putting the XCFramework together …"
xcodebuild -create-xcframework \
    -framework "$work/macos/$name.framework" \
    -framework "$work/ios/$name.framework" \
    -framework "$work/simulator/$name.framework" \
    -output "$made/$name.xcframework"

mkdir -p "$made/Sources/BootpayInternal"
cp -R "$build/bindings/phone/swift" "$made/Sources/BootpayCancel"
cp -R "$package/Sources/BootpaySandbox" "$made/Sources/"
cp "$work/generated/BootpayInternal.swift" "$made/Sources/BootpayInternal/"
cp "$package/README.md" "$root/LICENSE" "$made/"
# Without unsafe flags, so that it can be a dependency by version. For a release, the path becomes a URL and a checksum.
cat >"$made/Package.swift" <<'MANIFEST'
// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "bootpay-cancel",
    platforms: [.macOS(.v13), .iOS(.v16)],
    products: [
        .library(name: "BootpayCancel", targets: ["BootpayCancel"]),
        .library(name: "BootpaySandbox", targets: ["BootpaySandbox"]),
    ],
    targets: [
        .binaryTarget(name: "BootpayFFI", path: "BootpayFFI.xcframework"),
        .target(name: "BootpayInternal", dependencies: ["BootpayFFI"], swiftSettings: [.swiftLanguageMode(.v5)]),
        .target(name: "BootpayCancel", dependencies: ["BootpayInternal"]),
        .target(name: "BootpaySandbox", dependencies: ["BootpayCancel"]),
    ]
)
MANIFEST

if [ "${1:-}" = --zip ]; then
    (cd "$made" && zip --quiet --recurse-paths --symlinks "$root/dist/$name.xcframework.zip" "$name.xcframework")
    swift package compute-checksum "$root/dist/$name.xcframework.zip"
fi
echo "Built $made"
