# Read by the scripts beside it: where things are, and the tools that Kotlin needs. Installs what is missing where it can.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
package=$root/bindings/kotlin
build=${CARGO_TARGET_DIR:-$root/target}
# Maven runs in other folders than this one.
case "$build" in /*) ;; *) build=$root/$build ;; esac
version=$(sed -n 's|^  <version>\(.*\)</version>$|\1|p' "$package/pom.xml")

missing=()
command -v javac >/dev/null || missing+=(default-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v curl >/dev/null || missing+=(curl)
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing what Kotlin needs (apt-get install ${missing[*]}) …" >&2
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    else
        echo "These are needed: ${missing[*]} (a JDK from 11). Install them, then run this again." >&2
        exit 1
    fi
fi

# Maven, quiet: even then it ends with escape codes, which no log wants.
quiet_maven() {
    mvn --batch-mode --quiet -Dstyle.color=never "$@" 2>&1 | sed 's/\x1b\[[0-9;]*m//g; /^$/d'
}

# Maven for this package, with everything that is built in one place.
maven() {
    quiet_maven -Dbootpay.build="$build" "$@"
}

# The classes of the package for phones, in one jar: `phone_classes JAR`, after bindings/phone.sh. The tests are for servers.
phone_classes() {
    local none=$build/bindings/phone/none
    mkdir -p "$none"
    rm -rf "$build/bindings/phone/kotlin-classes"
    (cd "$package" && quiet_maven -Dmaven.test.skip=true -Dbootpay.build="$build/bindings/phone/kotlin-classes" \
        -Dbootpay.generated="$build/bindings/phone/generated" -Dbootpay.library="$none" \
        -Dbootpay.sources="$build/bindings/phone/kotlin" package)
    cp "$build/bindings/phone/kotlin-classes/kotlin/bootpay-cancel-$version.jar" "$1"
}

# What users get, beside each other in dist/.
into_dist() {
    mkdir -p "$root/dist"
    rm -f "$root"/dist/bootpay-cancel-[0-9]*.{jar,pom}
    cp "$build"/kotlin/bootpay-cancel-"$version"{,-sources,-sandbox}.jar "$root/dist/"
    cp "$package/pom.xml" "$root/dist/bootpay-cancel-$version.pom"
}

# Lets projects outside find the package in a Maven repository: `from_repository FOLDER`. What Maven remembers of an
# earlier build of this very version is forgotten.
from_repository() {
    rm -rf "${HOME}/.m2/repository/kr/co/bootpay/bootpay-cancel/$version"
    settings=$build/kotlin/repository-settings.xml
    mkdir -p "$(dirname "$settings")"
    cat >"$settings" <<XML
<settings>
  <profiles>
    <profile>
      <id>bootpay</id>
      <repositories><repository><id>bootpay</id><url>file://$1</url></repository></repositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>bootpay</activeProfile></activeProfiles>
</settings>
XML
}

# Maven as a stranger runs it, and the repository that was named.
maven_outside() {
    quiet_maven --global-settings "$settings" "$@"
}
