#!/bin/sh
# Prints the path of axe-core (https://github.com/dequelabs/axe-core), which the test of the page checks accessibility
# with, below .venvs. It comes out of a package for Python that has it in it, since a fresh machine has Python.
#
# usage: axe.sh
#
# exit code: 0 it is there; 3 no Python that makes virtual environments; 4 it could not be installed
set -eu

package=axe-playwright-python==0.1.8 # has axe-core 4.12.1
project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
axe=$project/.venvs/axe/$package.min.js

say() { printf 'axe.sh: %s\n' "$*" >&2; }

# suitable PYTHON: a name on PATH may be a shim of pyenv that leads nowhere.
suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1; }

candidates() { printf '%s\n' python3 python3.14 python3.13 python3.12 python3.11 python3.10 python "${PYENV_ROOT:-${HOME-}/.pyenv}"/versions/3.*/bin/python; }

if [ ! -s "$axe" ]; then
	python=$(candidates | while IFS= read -r p; do suitable "$p" && printf '%s\n' "$p" && break; done) || true
	if [ -z "$python" ]; then
		say 'no Python 3.9 or newer on PATH or in pyenv'
		exit 3
	fi
	mkdir -p "$(dirname "$axe")"
	temporary=$(mktemp -d "$project/.venvs/axe/new.XXXXXX")
	trap 'rm -rf "$temporary"' EXIT
	trap 'exit 143' TERM HUP INT
	if ! "$python" -m venv "$temporary/venv" >"$temporary/log" 2>&1; then
		cat "$temporary/log" >&2
		say "$python -m venv failed (on Debian and Ubuntu: apt-get install python3-venv)"
		exit 3
	fi
	if ! "$temporary/venv/bin/python" -m pip install --quiet --no-input --no-deps --disable-pip-version-check "$package" >"$temporary/log" 2>&1; then
		cat "$temporary/log" >&2
		say "pip could not install $package: is there a network, and a package index?"
		exit 4
	fi
	mv "$temporary"/venv/lib/python*/site-packages/axe_playwright_python/axe.min.js "$axe" # at once, for whoever else looks
fi
printf '%s\n' "$axe"
