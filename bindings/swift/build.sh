#!/usr/bin/env bash
# Builds the package into dist/: a folder that other packages depend on by its path, and an archive of it.
set -euo pipefail
source "$(dirname "$0")/env.sh"

prepare shipped
made=$root/dist/swift/bootpay-cancel
rm -rf "$made"
mkdir -p "$made"
cp -R "$package/Package.swift" "$package/README.md" "$package/Sources" "$package/Tests" "$package/lib" "$root/LICENSE" "$made/"
find "$made/lib" -mindepth 1 -maxdepth 1 ! -name "$system" -exec rm -rf {} +

# It compiles as its users compile it: optimised, and without a warning in what is written by hand.
echo "Compiling the package, optimised …"
(cd "$package" && BOOTPAY_WARNINGS_AS_ERRORS=1 building --configuration release --scratch-path "$scratch/release")

archive=$root/dist/bootpay-cancel-swift-$system.tar.gz
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$root/dist/swift" -czf "$archive" bootpay-cancel
ls -l "$archive"
