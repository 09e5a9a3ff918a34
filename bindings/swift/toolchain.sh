# Read by the scripts beside it: a Swift 6 to build with.
#
# Where `swift` on PATH is 6.0 or newer, it is used. Else, on Linux as root with apt, Debian 13 and its own Swift are
# installed into a folder outside the repository, beside the system, which stays as it is. `inside COMMAND …` runs a
# command where Swift is: with the project, the build folder and /tmp at the same paths, the same network, and the
# environment's BOOTPAY_ variables.

swift_root=

# Debian 13's packages, and what of them nothing here needs: debuggers, language servers, documentation.
swift_packages=swiftlang,libc6-dev,libstdc++-14-dev,ca-certificates,tzdata
swift_trimmed=(
    usr/bin/lldb\* usr/bin/\*clangd\* usr/bin/docc usr/bin/sourcekit-lsp
    usr/libexec/swift/bin/{lldb\*,\*clangd\*,docc,sourcekit-lsp,repl_swift} usr/libexec/swift/lib/{liblldb\*,libsourcekitdInProc\*}
    usr/libexec/swift/bin/{clang-\*refactor\*,clang-\*scan\*,swift-plugin-server}
    usr/share/{doc,man,docc,locale} var/cache/apt/archives/\*.deb var/lib/apt/lists/\*
)

# Whether the swift on PATH will do.
swift_on_path() {
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 6 ]
}

# The mirror that this system's own packages come from.
debian_mirror() {
    apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "Debian" && $2 ~ /^[a-z]+$/ && $3 == "main" { print $4; exit }'
}

install_swift() {
    local stamp=$swift_root/.complete wanted mirror proxy started=$SECONDS
    wanted=$(declare -p swift_packages swift_trimmed | cksum | cut -d' ' -f1)
    mkdir -p "$(dirname "$swift_root")"
    exec 8>"$swift_root.lock"
    if ! flock --nonblock 8; then
        echo "Another build is installing Swift; waiting for it …" >&2
        flock 8
    fi
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        echo "Installing Swift 6 from Debian 13 into $swift_root (600 MB to fetch, 3 to 6 minutes, once) …" >&2
        rm -rf --one-file-system "$swift_root"
        apt-get update -qq >&2
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap debian-archive-keyring >/dev/null
        mirror=$(debian_mirror)
        if [ -z "$mirror" ]; then
            echo "No Debian mirror among this system's apt sources; install Swift 6 by hand (https://www.swift.org/install)." >&2
            return 1
        fi
        proxy=$(apt-config shell proxy Acquire::http::Proxy | sed "s/^proxy='\(.*\)'$/\1/")
        # In a mount namespace of its own, so that an interrupted installation leaves no mount behind.
        if ! http_proxy=${http_proxy:-$proxy} unshare --mount --propagation private \
            debootstrap --variant=minbase --include="$swift_packages" trixie "$swift_root" "$mirror" >"$swift_root.log" 2>&1; then
            echo "Swift could not be installed; the last lines of $swift_root.log:" >&2
            tail -n 15 "$swift_root.log" >&2
            return 1
        fi
        (cd "$swift_root" && rm -rf ${swift_trimmed[@]})
        echo "$wanted" >"$stamp"
        echo "Swift is installed: $((SECONDS - started)) s, $(du -sm "$swift_root" | cut -f1) MB." >&2
    fi
    exec 8>&-
}

# Runs a command where Swift is.
inside() {
    (replace_with_inside "$@")
}

# The same in place of this script, so that whoever started it has the command itself.
replace_with_inside() {
    [ -n "$swift_root" ] || exec "$@"
    local kept=() name
    while IFS= read -r name; do
        kept+=("$name=${!name}")
    done < <(compgen -e | grep -E '^(BOOTPAY_|CARGO_TARGET_DIR$|TMPDIR$|XDG_DATA_HOME$)')
    # SwiftPM leaves folders behind where temporary things go.
    if [ -z "${TMPDIR:-}" ]; then
        mkdir -p "$build/swift/tmp"
        kept+=("TMPDIR=$build/swift/tmp")
    fi
    # Mounts vanish with the command. Without /proc, Swift does not find its own libraries.
    exec unshare --mount --propagation private bash -c '
        set -eu
        root=$1 here=$2 places=$3 kept=$4
        shift 4
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --rbind /tmp "$root/tmp"
        IFS=:
        for place in $places; do
            mkdir -p "$place" "$root$place"
            mount --rbind "$place" "$root$place"
        done
        unset IFS
        exec chroot "$root" /usr/bin/env -i PATH=/usr/libexec/swift/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 \
            "${@:1:$kept}" /bin/sh -c "cd \"\$1\" && shift && exec \"\$@\"" sh "$here" "${@:1+$kept}"
    ' bash "$swift_root" "$PWD" "$root:$build${TMPDIR:+:$TMPDIR}" "${#kept[@]}" "${kept[@]}" "$@"
}

if ! swift_on_path; then
    if [ "$(uname -s)" != Linux ] || [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        echo "Swift 6 is needed: install it (https://www.swift.org/install), then run this again." >&2
        exit 1
    fi
    swift_root=${XDG_CACHE_HOME:-$HOME/.cache}/bootpay-cancel/swift-trixie
    install_swift
fi
