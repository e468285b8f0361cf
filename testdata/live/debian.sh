#!/bin/sh
# Sees to it that the programs are there which tests run and that are no part of a language: as root on Debian and its
# like, it installs what is missing. What is there already is left alone, which takes no time.
#
# usage: debian.sh PROGRAM...
#
#   PROGRAM  the name to be found on PATH: tmux, less, git ...; vi stands for any of its kind
#
# exit code: 0 all are there; 3 some are not, and which is said; 4 something could not be installed
set -eu

say() { printf 'debian.sh: %s\n' "$*" >&2; }

# package PROGRAM: the package that has it, where that has another name.
package() {
	case $1 in
	vi) echo vim-tiny ;;
	rg) echo ripgrep ;;
	*) echo "$1" ;;
	esac
}

missing=
for program in "$@"; do
	command -v "$program" >/dev/null 2>&1 || missing="$missing $(package "$program")"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	say "missing, and tests of it are skipped:$missing (apt-get install$missing; brew install$missing)"
	exit 3
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for pause in 0 5 20; do # a mirror may be busy
	sleep "$pause"
	say "installing$missing"
	# shellcheck disable=SC2086 # they are words
	if DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 &&
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >"$log" 2>&1; then
		exit 0
	fi
done
cat "$log" >&2
say "apt-get could not install$missing"
exit 4
