#!/usr/bin/env bash
# Builds the two wheels into dist/: the package, and the program with the sandbox that its users' tests start.
#
# Both keep their symbols until the Python code is generated from them; then they are stripped.
set -euo pipefail
source "$(dirname "$0")/env.sh"

"$root/bindings/library.sh"

tools=$(environment "$python")
export PATH=$tools/bin:$PATH
made=$build/python/wheels
rm -rf "$made"
mkdir -p "$made" "$root/dist"
cp "$build"/bindings/wheel/*.whl "$made/"
options=()
if [ "$(uname -s)" = Linux ]; then
    options=(--zig --compatibility manylinux2014 --target "$(uname -m)-unknown-linux-gnu")
fi
(cd "$package/sandbox" && maturin build --profile dist --locked --quiet "${options[@]}" --out "$made")

for wheel in "$made"/*.whl; do
    python "$package/finish_wheel.py" "$wheel"
    name=$(basename "$wheel")
    # What is there already is left alone, so that what was built from it need not be built again.
    cmp -s "$wheel" "$root/dist/$name" && continue
    rm -f "$root/dist/${name%%-*}"-*.whl
    cp "$wheel" "$root/dist/"
done
(cd "$root/dist" && ls -l bootpay_*.whl)
