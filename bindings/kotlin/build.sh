#!/usr/bin/env bash
# Builds the package into dist/: jar, sources and sandbox beside each other, and a Maven repository of them in dist/maven.
set -euo pipefail
source "$(dirname "$0")/env.sh"

"$root/bindings/library.sh"
cd "$package"
repository=$root/dist/maven
# The compiler leaves behind what was deleted since.
rm -rf "$build"/kotlin/{classes,test-classes}
rm -rf "$repository/kr/co/bootpay/bootpay-cancel"
maven -DskipTests deploy -DaltDeploymentRepository="dist::file://$repository"
into_dist
ls -l "$root"/dist/bootpay-cancel-"$version"*
