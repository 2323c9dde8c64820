# What ./run and ./test share. `root` is the project's folder. All output goes to standard error; standard input is not
# touched.

builds=${DUPLEX_BUILDS:-$root}          # where build/ and build-checked/ lie
packages="meson ninja-build gcc libc6-dev pkg-config gettext libjansson-dev libreadline-dev uthash-dev"

# quietly COMMAND…: its output is shown if it fails.
quietly() {
	local log status=0
	log=$(mktemp) || return
	"$@" </dev/null >"$log" 2>&1 || { status=$?; cat "$log" >&2; }
	rm -f "$log"
	return $status
}

# need PACKAGE…: installs those of Debian's packages that are missing.
need() {
	local missing=() package apt=(apt-get -qq -o DPkg::Lock::Timeout=300)
	for package; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	echo "installing ${missing[*]}" >&2
	[ "$(id -u)" = 0 ] || apt=(sudo DEBIAN_FRONTEND=noninteractive "${apt[@]}")
	export DEBIAN_FRONTEND=noninteractive
	quietly "${apt[@]}" update && quietly "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
}

# fresh DIR: whether nothing has changed since DIR was built. This costs 2 ms; to ask ninja costs 50.
fresh() {
	[ -e "$1/stamp" ] && [ -z "$(cd "$root" && find src include po docs/man docs/completions tools/completions tools/library tools/headers.py meson* -newer "$1/stamp" -print -quit 2>&1)" ]
}

# build DIR OPTION…: compiles into DIR, with what that takes. Several may call it at once.
build() (
	mkdir -p "$1" && exec 9>"$1/lock" && flock 9 || exit
	# shellcheck disable=SC2086
	need $packages && touch "$1/stamp.new" || exit
	[ -e "$1/build.ninja" ] || quietly meson setup "${@:2}" "$1" "$root" || exit
	quietly ninja -C "$1" && mv "$1/stamp.new" "$1/stamp"
)
