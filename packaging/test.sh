#!/usr/bin/env bash
# Installs each package as people do, uses it, and removes it: then nothing may be left. What cannot be tried on a
# machine is said, and fails where CI is set.
#
# usage: test.sh DIST [KIND...]
#
#   DIST  goreleaser's folder, which make snapshot fills
#   KIND  archive, deb, rpm, apk, pip, uv, pipx, lock, formula, image; default: all
#
# exit code: 0 all is as it should be; 1 something is not
set -euo pipefail

dist=$(CDPATH='' cd -- "$1" && pwd)
shift
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
project=$(dirname -- "$here")
log=$project/testdata/captures/gevent-25.5.1.20-hosts.pipe.log
work=$(mktemp -d "${TMPDIR:-/tmp}/orbfilter.XXXXXX")
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_STATE_HOME=$work/home/state
mkdir -p "$HOME"
arch=$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
os=$(uname -s | tr '[:upper:]' '[:lower:]')

wrong() { printf 'test.sh: %s: %s\n' "$kind" "$*" >&2; exit 1; }
skipped() { printf '%-8s not tried: %s\n' "$kind" "$*"; [ -z "${CI-}" ] || exit 1; }
fine() { printf '%-8s %s\n' "$kind" "$*"; }
one() { # one PATTERN: the file of dist that it names
	local found
	found=$(find "$dist" -name "$1" | head -n 1)
	[ -n "$found" ] || wrong "there is no $1 in $dist"
	printf '%s\n' "$found"
}
files() { (cd "$1" && find . ! -type d | LC_ALL=C sort); }

# works COMMAND...: does what is called so know its version, and do the job of make demo?
works() {
	"$@" --version | grep -q '^orbfilter [0-9]' || wrong "--version says $("$@" --version)"
	"$@" <"$log" >"$work/out" 2>"$work/summary"
	grep -q 'gevent-fork-hooks-assertion' "$work/summary" || wrong "the summary has no issue: $(cat "$work/summary")"
	grep -q 'Exception ignored' "$work/out" && wrong 'the noise is still there'
	grep -q 'Grand total' "$work/out" || wrong 'the results are gone'
}

# pages DIR: is the page of the program there, and does man read it?
pages() {
	local page
	page=$(find "$1" -name 'orbfilter.1*' | head -n 1)
	[ -n "$page" ] || wrong "no man page below $1"
	if command -v man >/dev/null; then
		man -l "$page" 2>/dev/null | grep -q pyinfra || wrong "man cannot read $page"
	fi
	[ -n "$(find "$1" -name 'orbfilter-run.1*')" ] || wrong 'no page for orbfilter run'
}

# completes BIN FILE: does bash complete with it?
completes() {
	PATH="$1:$PATH" bash --norc -c '
		_get_comp_words_by_ref() { cur=rep prev=orbfilter words=(orbfilter rep) cword=1; }
		_init_completion() { _get_comp_words_by_ref; }
		__ltrim_colon_completions() { :; }
		source "$1"
		COMP_WORDS=(orbfilter rep) COMP_CWORD=1 COMP_LINE="orbfilter rep" COMP_POINT=13 COMP_TYPE=9
		__start_orbfilter
		printf "%s\n" "${COMPREPLY[@]}"' bash "$2" 2>/dev/null | grep -q '^report' || wrong 'bash completes nothing'
}

nothing_left() { # nothing_left DIR BEFORE
	files "$1" | diff "$2" - >"$work/diff" || wrong "after removal there is: $(cat "$work/diff")"
}

try_archive() {
	local dir=$work/archive
	mkdir "$dir"
	tar -C "$dir" -xf "$(one "orbfilter_*_${os}_$arch.tar.gz")"
	(cd "$dist" && grep "orbfilter_.*_${os}_$arch.tar.gz\$" checksums.txt | sha256sum -c --quiet) || wrong 'the checksum is another'
	works "$dir/orbfilter"
	pages "$dir/man"
	completes "$dir" "$dir/completions/orbfilter.bash"
	for name in LICENSE README.md completions/_orbfilter completions/orbfilter.fish completions/orbfilter.ps1; do
		[ -s "$dir/$name" ] || wrong "no $name"
	done
	for other in linux_amd64.tar.gz linux_arm64.tar.gz darwin_amd64.tar.gz darwin_arm64.tar.gz windows_amd64.zip windows_arm64.zip; do
		one "orbfilter_*_$other" >/dev/null
		one "orbfilter_*_${other%%.*}.cdx.json" >/dev/null
	done
	fine 'unpacked, used; all six are there, each with its list of contents'
}

# A new Debian where there is debootstrap and root, else an empty root of dpkg.
try_deb() {
	local root=$work/debian deb
	deb=$(one "orbfilter_*_$arch.deb")
	if [ "$(id -u)" != 0 ]; then
		skipped 'only root can install it'
		return
	fi
	if command -v debootstrap >/dev/null; then
		try_deb_in_debian "$root" "$deb"
		return
	fi
	mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
	touch "$root/var/lib/dpkg/status" "$root/var/lib/dpkg/available"
	files "$root/" | grep -v /var/lib/dpkg >"$work/before" || true
	dpkg --root="$root" --force-not-root --force-script-chrootless -i "$deb" >/dev/null
	works "$root/usr/bin/orbfilter"
	pages "$root/usr/share/man"
	completes "$root/usr/bin" "$root/usr/share/bash-completion/completions/orbfilter"
	dpkg --root="$root" --force-script-chrootless -P orbfilter >/dev/null
	files "$root" | grep -v /var/lib/dpkg | diff "$work/before" - || wrong 'something is left'
	fine 'installed into an empty root, used, removed: nothing is left'
}

try_deb_in_debian() {
	local root=$1 deb=$2 mirror suite
	mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | head -n 1)}
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
	if ! debootstrap --variant=minbase --include=man-db,bash-completion "$suite" "$root" ${mirror:+"$mirror"} >"$work/debootstrap" 2>&1; then
		tail -n 3 "$work/debootstrap" >&2
		skipped 'debootstrap could not make a Debian'
		return
	fi
	cp "$deb" "$root/root/orbfilter.deb"
	cp "$log" "$root/root/deploy.log"
	# /proc is there for it alone, and gone with it: bash needs /dev/fd, which leads there
	inside() { unshare --mount sh -c 'root=$1; shift; mount --bind /proc "$root/proc" && exec chroot "$root" env -i "$@"' sh "$root" PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nowhere LC_ALL=C.UTF-8 "$@"; }
	system() { (cd "$root" && find bin etc lib opt sbin usr var/lib srv root home ! -type d ! -path 'var/lib/dpkg/*' | LC_ALL=C sort); }
	system >"$work/before"
	inside dpkg -i /root/orbfilter.deb >/dev/null 2>&1 || wrong 'dpkg does not install it'
	works inside orbfilter
	inside man orbfilter 2>/dev/null | grep -q pyinfra || wrong 'man orbfilter shows nothing'
	inside man orbfilter-run >/dev/null 2>&1 || wrong 'man orbfilter-run shows nothing'
	inside bash -c '
		source /usr/share/bash-completion/bash_completion
		COMP_WORDS=(orbfilter rep) COMP_CWORD=1 COMP_LINE="orbfilter rep" COMP_POINT=13 COMP_TYPE=9
		_completion_loader orbfilter
		__start_orbfilter
		printf "%s\n" "${COMPREPLY[@]}"' 2>/dev/null | grep -q '^report' || wrong 'bash completes nothing'
	inside dpkg -P orbfilter >/dev/null 2>&1
	system | diff "$work/before" - || wrong 'something is left'
	fine "installed into a new Debian ($suite), used, removed: nothing is left"
}

# Into an empty root, as rpm of another system can do it; what apk holds is looked at, since nothing that installs it is at hand.
try_rpm() {
	local root=$work/rpm package
	command -v rpm >/dev/null || { skipped 'there is no rpm (on Debian: apt-get install rpm)'; return; }
	package=$(one 'orbfilter-*.'"$(uname -m)"'.rpm')
	holds "$(rpm -qlp "$package")"
	[ "$(id -u)" = 0 ] || { fine 'holds the program, the man pages, the completions and the licence'; return; }
	mkdir -p "$root/var/lib/rpm"
	rpm --root "$root" --dbpath /var/lib/rpm --initdb
	others() { files "$root" | { grep -v /var/lib/rpm || true; }; }
	others >"$work/before"
	rpm --root "$root" --dbpath /var/lib/rpm --ignoreos --nodeps -i "$package" 2>"$work/rpm.log" || wrong "$(cat "$work/rpm.log")"
	works chroot "$root" /usr/bin/orbfilter
	pages "$root/usr/share/man"
	completes "$root/usr/bin" "$root/usr/share/bash-completion/completions/orbfilter"
	rpm --root "$root" --dbpath /var/lib/rpm -e orbfilter 2>"$work/rpm.log" || wrong "$(cat "$work/rpm.log")"
	others | diff "$work/before" - || wrong 'something is left'
	fine 'installed into an empty root, used, removed: nothing is left'
}

try_apk() {
	holds "$(tar -tzf "$(one "orbfilter_*_$(uname -m).apk")" 2>/dev/null | sed 's,^,/,')"
	fine 'holds the program, the man pages, the completions and the licence'
}

holds() { # holds LIST
	local name
	for name in /usr/bin/orbfilter /usr/share/man/man1/orbfilter.1.gz /usr/share/man/man1/orbfilter-run.1.gz /usr/share/bash-completion/completions/orbfilter \
		/usr/share/zsh/site-functions/_orbfilter /usr/share/fish/vendor_completions.d/orbfilter.fish /usr/share/licenses/orbfilter/LICENSE; do
		grep -qx "$name" <<<"$1" || wrong "there is no $name in it"
	done
}

wheels() { printf '%s\n' --no-index --find-links "$dist/wheels"; }

try_pip() {
	local venv=$work/pip
	"$tools/python" -m venv "$venv"
	files "$venv" >"$work/before"
	# shellcheck disable=SC2046 # they are words
	"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --pre $(wheels) orbfilter
	works "$venv/bin/orbfilter"
	pages "$venv/share/man"
	completes "$venv/bin" "$venv/share/bash-completion/completions/orbfilter"
	"$venv/bin/python" -m pip uninstall --quiet --yes orbfilter
	files "$venv" | grep -v __pycache__ | diff <(grep -v __pycache__ "$work/before") - || wrong 'something is left'
	fine 'installed, used, removed: nothing is left'
}

try_uv() {
	export UV_TOOL_DIR=$work/uv/tools UV_TOOL_BIN_DIR=$work/uv/bin UV_CACHE_DIR=$work/uv-cache UV_PYTHON_DOWNLOADS=never
	mkdir -p "$work/uv"
	# shellcheck disable=SC2046
	"$tools/uv" tool install --quiet --prerelease allow $(wheels) orbfilter
	works "$UV_TOOL_BIN_DIR/orbfilter"
	"$tools/uv" tool uninstall --quiet orbfilter
	[ -z "$(find "$work/uv" ! -type d ! -name .lock ! -name .gitignore)" ] || wrong "there is still $(find "$work/uv" ! -type d)"
	fine 'uv tool install, used, removed: nothing is left'
}

try_pipx() {
	export PIPX_HOME=$work/pipx/home PIPX_BIN_DIR=$work/pipx/bin PIPX_MAN_DIR=$work/pipx/man PIPX_DEFAULT_PYTHON=$tools/python PIPX_DEFAULT_BACKEND=pip
	"$tools/pipx" install --quiet --pip-args="--pre --find-links=$dist/wheels" orbfilter >/dev/null 2>"$work/pipx.log" || wrong "$(cat "$work/pipx.log")"
	works "$PIPX_BIN_DIR/orbfilter"
	pages "$PIPX_MAN_DIR"
	"$tools/pipx" uninstall --quiet orbfilter >/dev/null
	left=$(find "$PIPX_BIN_DIR" "$PIPX_MAN_DIR" "$PIPX_HOME/venvs" ! -type d ! -name ".*.lock")
	[ -z "$left" ] || wrong "there is still $left"
	fine 'installed, used with its man pages, removed: nothing is left'
}

# Beside a project, in its lock file, as uv add --dev does it.
try_lock() {
	local dir=$work/lock
	export UV_CACHE_DIR=$work/uv-cache UV_PYTHON_DOWNLOADS=never
	mkdir "$dir"
	printf '[project]\nname = "deploys"\nversion = "0"\nrequires-python = ">=3.9"\n' >"$dir/pyproject.toml"
	# shellcheck disable=SC2046
	(cd "$dir" && unset VIRTUAL_ENV && "$tools/uv" add --quiet --dev --prerelease allow $(wheels) orbfilter)
	grep -q 'win_arm64.whl' "$dir/uv.lock" && grep -q 'macosx_12_0_arm64.whl' "$dir/uv.lock" || wrong 'the lock file has not every platform'
	works "$dir/.venv/bin/orbfilter"
	fine 'uv add --dev: the lock file has every platform, with hashes'
}

try_formula() {
	local formula name sum
	formula=$(one orbfilter.rb)
	while read -r name sum; do
		grep -q "^$sum  $name\$" "$dist/checksums.txt" || wrong "the formula and checksums.txt differ in $name"
	done < <(sed -n 's/.*url ".*\/\([^/]*\)".*/\1/p; s/.*sha256 "\(.*\)".*/\1/p' "$formula" | paste -d ' ' - -)
	! command -v ruby >/dev/null || ruby -c "$formula" >/dev/null || wrong 'ruby cannot read it'
	fine 'names the archives, with the checksums that they have'
}

try_image() {
	local builder
	for builder in podman docker; do
		if command -v "$builder" >/dev/null && "$builder" info >/dev/null 2>&1; then
			mkdir "$work/image"
			cp "$here/Containerfile" "$project/LICENSE" "$(one "orbfilter_linux_${arch}_v*" | sed 's,$,/orbfilter,')" "$work/image"
			"$builder" build --quiet -t orbfilter:test -f "$work/image/Containerfile" "$work/image" >/dev/null
			use_image "$builder"
			"$builder" rmi --force orbfilter:test >/dev/null
			return
		fi
	done
	skipped_softly 'neither podman nor docker can be reached'
}

# Where no container can be started, as within another one, its files are taken out and used in a root of their own.
use_image() {
	local builder=$1 id root=$work/image/root
	if "$builder" run --rm orbfilter:test --version >/dev/null 2>&1; then
		works "$builder" run --rm -i orbfilter:test
		fine "built with $builder, used"
		return
	fi
	[ "$(id -u)" = 0 ] || { skipped_softly "$builder has built it, and cannot start it here"; return; }
	mkdir "$root"
	id=$("$builder" create orbfilter:test)
	"$builder" export "$id" | tar -x -C "$root"
	"$builder" rm "$id" >/dev/null
	[ "$("$builder" inspect --format '{{.Config.User}} {{.Config.Entrypoint}}' orbfilter:test)" = '65532:65532 [/usr/bin/orbfilter]' ] || wrong 'another user, or another entry point'
	works chroot --userspec=65532:65532 "$root" /usr/bin/orbfilter
	[ -s "$root/usr/share/licenses/orbfilter/LICENSE" ] || wrong 'no licence'
	fine "built with $builder; it cannot start containers here, so its files were used in a root of their own"
}

skipped_softly() { printf '%-8s not tried: %s\n' "$kind" "$*"; }

tools=$("$here/venv.sh" packages)/bin
[ $# -gt 0 ] || set -- archive deb rpm apk pip uv pipx lock formula image
for kind in "$@"; do
	"try_$kind" </dev/null
done
echo "test.sh: tried $*"
