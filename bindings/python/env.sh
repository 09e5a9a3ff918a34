# Read by the scripts beside it: where things are, and a Python environment with the pinned tools.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
package=$root/bindings/python
build=${CARGO_TARGET_DIR:-$root/target}
python=${PYTHON:-python3}
# Where `maturin develop` or a type check left generated code behind, a wheel would get it twice.
rm -rf "$package/src/bootpay_cancel/_native"

# The environment of one Python, made once for each list of tools: `environment python3.11` prints where it is.
environment() {
    local name stamp
    name=$("$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    stamp=$build/python/$name/$(cksum <"$package/tools.txt" | cut -d' ' -f1)
    if [ ! -e "$stamp" ]; then
        rm -rf "$build/python/$name"
        "$1" -m venv "$build/python/$name" >&2
        "$build/python/$name/bin/pip" install --quiet --disable-pip-version-check -r "$package/tools.txt" >&2
        touch "$stamp"
    fi
    echo "$build/python/$name"
}
