#!/usr/bin/env bash
# Builds an Android library (AAR) into dist/. For those who have the Android NDK: WRITTEN, BUT NEVER BUILT OR TRIED by us.
#
# Needs: ANDROID_NDK_HOME (r27 or newer), `cargo install cargo-ndk`, `rustup target add aarch64-linux-android
# armv7-linux-androideabi x86_64-linux-android`, and zip.
#
# What an app must know:
# - Never ship a private key in it. Whoever unpacks the app can cancel every payment. Let your server cancel; or take
#   tokens from it, with `withTokenSource`.
# - API level 26 or newer: java.time.
# - Certificates: the core asks the operating system whom to trust, by rustls-platform-verifier. On Android that is Java
#   code, which must be handed the application's context through JNI before the first call, and must be in the app: the
#   component `rustls:rustls-platform-verifier`, from the Maven repository inside the crate rustls-platform-verifier-android.
#   This library has NO entry for that hand-over yet, so https fails on Android until one is added to crates/bootpay-ffi.
#   A `caBundle` is refused there.
# - The journal: give `journal(File(context.filesDir, "bootpay.sqlite3").path)`; there is no user's data directory.
set -euo pipefail
source "$(dirname "$0")/env.sh"

: "${ANDROID_NDK_HOME:?Set it to the folder of the Android NDK, r27 or newer.}"
command -v cargo-ndk >/dev/null || { echo "cargo-ndk is needed: cargo install cargo-ndk" >&2; exit 1; }
command -v zip >/dev/null || { echo "zip is needed." >&2; exit 1; }

level=26
made=$build/kotlin/aar
rm -rf "$made"
mkdir -p "$made/jni"

# The classes: generated from a phone's library, so that they fit no other; what phones lack is not among them.
"$root/bindings/phone.sh"
phone_classes "$made/classes.jar"

# The libraries, aligned for devices with pages of 16 KB.
echo "Building the library for three kinds of Android device …"
source "$root/bindings/flags.sh"
# Relocations packed as Android has read them since API 23, 0.13 MB by our measure on Linux.
flags="-C link-arg=-Wl,-z,max-page-size=16384 -C link-arg=-Wl,--build-id"
flags="$flags -C link-arg=-Wl,--pack-dyn-relocs=android"
(cd "$root" && RUSTFLAGS="${RUSTFLAGS:-} $flags" \
    cargo ndk --platform "$level" -t arm64-v8a -t armeabi-v7a -t x86_64 -o "$made/jni" \
    build --profile dist-phone --no-default-features --locked -p bootpay-ffi)
tools=$(echo "$ANDROID_NDK_HOME"/toolchains/llvm/prebuilt/*/bin)
for library in "$made"/jni/*/libbootpay_ffi.so; do
    "$tools/llvm-strip" --strip-unneeded "$library"
    case "$library" in */armeabi-v7a/*) continue ;; esac
    if "$tools/llvm-readelf" --program-headers --wide "$library" | awk '$1 == "LOAD" && $NF != "0x4000"' | grep -q .; then
        echo "$library is not aligned to 16 KB." >&2
        exit 1
    fi
done

cat >"$made/AndroidManifest.xml" <<XML
<?xml version="1.0" encoding="utf-8"?>
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="kr.co.bootpay.cancel">
    <uses-sdk android:minSdkVersion="$level" />
    <uses-permission android:name="android.permission.INTERNET" />
</manifest>
XML
cp "$package/src/main/resources/META-INF/proguard/bootpay-cancel.pro" "$made/proguard.txt"
: >"$made/R.txt"

# JNA comes as an AAR of its own, with its native half: 5.17 and newer are aligned to 16 KB too.
pom=$root/dist/bootpay-cancel-android-$version.pom
mkdir -p "$root/dist"
property() { sed -n "s|^    <$1>\(.*\)</$1>\$|\1|p" "$package/pom.xml"; }
cat >"$pom" <<XML
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>kr.co.bootpay</groupId>
  <artifactId>bootpay-cancel-android</artifactId>
  <version>$version</version>
  <packaging>aar</packaging>
  <dependencies>
    <dependency>
      <groupId>org.jetbrains.kotlin</groupId>
      <artifactId>kotlin-stdlib</artifactId>
      <version>$(property kotlin.version)</version>
    </dependency>
    <dependency>
      <groupId>org.jetbrains.kotlinx</groupId>
      <artifactId>kotlinx-coroutines-core-jvm</artifactId>
      <version>$(property coroutines.version)</version>
    </dependency>
    <dependency>
      <groupId>net.java.dev.jna</groupId>
      <artifactId>jna</artifactId>
      <version>$(property jna.version)</version>
      <type>aar</type>
    </dependency>
  </dependencies>
</project>
XML
aar=$root/dist/bootpay-cancel-android-$version.aar
rm -f "$aar"
(cd "$made" && zip --quiet --recurse-paths "$aar" AndroidManifest.xml classes.jar R.txt proguard.txt jni)
ls -l "$aar" "$pom"
