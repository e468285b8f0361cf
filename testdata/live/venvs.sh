#!/bin/sh
# Makes the virtual environments of the live test, .venvs/gevent-25.5.1 (with the bug) and .venvs/gevent-25.9.1
# (without), below the top folder of the project. What is there already and whole is left alone, which takes no time.
#
# usage: venvs.sh
#
#   ORBFILTER_PYTHON  the Python to use, 3.10 to 3.12; default: the first that is found on PATH or in pyenv
#
# exit code: 0 both are there; 3 no suitable Python; 4 something could not be installed
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
venvs=$project/.venvs
lock=$venvs/.lock

say() { printf 'venvs.sh: %s\n' "$*" >&2; }

# suitable PYTHON: does it run, in a version that gevent 25.5.1 prints its assertion with, and that it has wheels for?
suitable() {
	"$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1
}

candidates() {
	printf '%s\n' python3.12 python3.11 python3.10 python3 python
	for minor in 12 11 10; do
		printf '%s\n' "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/3.$minor".*/bin/python
	done
}

# find_python: prints the Python to use. A name on PATH may be a shim of pyenv that leads nowhere, so each one is tried.
find_python() {
	if [ -n "${ORBFILTER_PYTHON-}" ]; then
		suitable "$ORBFILTER_PYTHON" && printf '%s\n' "$ORBFILTER_PYTHON" && return
		say "ORBFILTER_PYTHON=$ORBFILTER_PYTHON does not run, or is not Python 3.10 to 3.12"
		return 3
	fi
	candidates | while IFS= read -r python; do
		suitable "$python" && printf '%s\n' "$python" && break
	done | grep . && return
	say 'no Python 3.10, 3.11 or 3.12 on PATH or in pyenv: the live test needs one (gevent 25.5.1 has its bug there)'
	say 'install one (apt-get install python3 python3-venv; brew install python@3.12; pyenv install 3.12), or name it in ORBFILTER_PYTHON'
	return 3
}

# stamp GEVENT: what a finished environment says of itself. The path is part of it: an environment cannot be moved.
stamp() {
	printf '%s\n' "$venvs/gevent-$1" pyinfra==3.10.0 pyinfra-orbstack==0.11.0 "gevent==$1"
}

# whole GEVENT: is that environment finished, and is the Python below it still there?
whole() {
	venv=$venvs/gevent-$1
	[ "$(cat "$venv/stamp" 2>/dev/null)" = "$(stamp "$1")" ] && [ -x "$venv/bin/pyinfra" ] && suitable "$venv/bin/python"
}

# install GEVENT PYTHON: the stamp comes last, so that what was interrupted is made again.
install() {
	venv=$venvs/gevent-$1
	say "making .venvs/gevent-$1 with $("$2" -c 'import sys; print("Python %d.%d.%d" % sys.version_info[:3])')"
	rm -rf "$venv"
	if ! "$2" -m venv "$venv" >"$venvs/log" 2>&1; then
		cat "$venvs/log" >&2
		say "$2 -m venv failed (on Debian and Ubuntu: apt-get install python3-venv)"
		return 4
	fi
	if ! "$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check $(stamp "$1" | sed 1d) >"$venvs/log" 2>&1; then
		cat "$venvs/log" >&2
		say "pip could not install pyinfra with gevent $1: is there a network, and a package index?"
		return 4
	fi
	stamp "$1" >"$venv/stamp"
}

# alone: waits for another venvs.sh that is at work in this project, and takes over from one that was killed.
alone() {
	mkdir -p "$venvs"
	until ln -s $$ "$lock" 2>/dev/null; do # a link is made with its content at once, unlike a file
		owner=$(readlink "$lock") && ! kill -0 "$owner" 2>/dev/null && rm -f "$lock" && continue
		sleep 1
	done
	trap 'rm -f "$lock" "$venvs/log"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

whole 25.5.1 && whole 25.9.1 && exit 0
python=$(find_python) || exit
alone
for gevent in 25.5.1 25.9.1; do
	whole "$gevent" || install "$gevent" "$python" || exit
done
