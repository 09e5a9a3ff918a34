# Read by the scripts beside it: where things are, and Python environments with pinned tools.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
package=$root/bindings/python
build=${CARGO_TARGET_DIR:-$root/target}
python=${PYTHON:-python3}
# Where `maturin develop` left generated code behind, a wheel would get it twice.
rm -rf "$package/src/bootpay_cancel/_native"

# An environment with what a list names, made once for each Python and each state of the list:
# `environment python3.11 tests` prints where it is. Without a list's name: the tools that build and check.
environment() {
    local list=${2:-tools} version made stamp
    version=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    made=$build/python/$list-$version
    stamp=$made/$(cksum <"$package/$list.txt" | cut -d' ' -f1)
    if [ ! -e "$stamp" ]; then
        rm -rf "$made"
        "$1" -m venv "$made" >&2
        # What is fetched stays, so that tests can install from it without a network.
        "$made/bin/pip" download --quiet --disable-pip-version-check --dest "$made/wheels" -r "$package/$list.txt" >&2
        "$made/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$made/wheels" \
            -r "$package/$list.txt" >&2
        [ "$list" = tests ] || rm -rf "$made/wheels"
        touch "$stamp"
    fi
    echo "$made"
}

# The packages as they ship, in an environment for tests: `installed python3.11` prints where it is. Nothing is fetched.
installed() {
    local made stamp
    made=$(environment "$1" tests)
    stamp=$made/installed-$(cat "$root"/dist/bootpay_{cancel,sandbox}-*.whl | cksum | cut -d' ' -f1)
    if [ ! -e "$stamp" ]; then
        rm -f "$made"/installed-*
        "$made/bin/pip" install --quiet --disable-pip-version-check --no-index --find-links "$root/dist" \
            --force-reinstall --no-deps bootpay-cancel bootpay-sandbox >&2
        touch "$stamp"
    fi
    echo "$made"
}
