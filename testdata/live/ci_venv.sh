#!/bin/sh
# Makes the virtual environment with which the files for CI are checked, .venvs/ci below the top folder of the project:
# pre-commit, check-jsonschema, which brings the schemas of SchemaStore, zizmor, and what reads reports: junitparser, junit2html, markdown-it, and of
# sarif-tools what reads a file (without the charts, which bring 150 MB). ci_constraints.txt has the versions of what these need. What is there already and whole is left
# alone.
#
# usage: ci_venv.sh
#
#   ORBFILTER_PYTHON  the Python to use, 3.10 or newer; default: the first that is found on PATH or in pyenv
#
# exit code: 0 it is there; 3 no suitable Python; 4 something could not be installed
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
venvs=$project/.venvs
venv=$venvs/ci
lock=$venvs/.lock-ci
packages='pre-commit==4.7.0 check-jsonschema==0.39.0 junitparser==5.0.3 junit2html==31.1.4 jsonpath-ng==1.16.0 pyyaml==6.0.4 markdown-it-py==4.0.0 zizmor==1.32.0'
bare='sarif-tools==3.0.5' # without what it needs elsewhere

say() { printf 'ci_venv.sh: %s\n' "$*" >&2; }

suitable() { "$1" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1; }

whole() { [ "$(cat "$venv/stamp" 2>/dev/null)" = "$venv $packages $bare" ] && "$venv/bin/python" -c '' 2>/dev/null; }

# find_python: prints the Python to use. A name on PATH may be a shim of pyenv that leads nowhere, so each one is tried.
find_python() {
	for python in ${ORBFILTER_PYTHON:+"$ORBFILTER_PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python3.10 "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/3.1"[0-9].*/bin/python; do
		suitable "$python" && printf '%s\n' "$python" && return
	done
	say 'no Python 3.10 or newer with venv on PATH or in pyenv (on Debian and Ubuntu: apt-get install python3 python3-venv)'
	return 3
}

# alone: waits for another ci_venv.sh in this project, and takes over from one that was killed.
alone() {
	mkdir -p "$venvs"
	until ln -s $$ "$lock" 2>/dev/null; do
		owner=$(readlink "$lock") && ! kill -0 "$owner" 2>/dev/null && rm -f "$lock" && continue
		sleep 1
	done
	trap 'rm -f "$lock" "$venvs/log-ci"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# install PYTHON: the stamp comes last, so that what was interrupted is made again.
install() {
	say 'making .venvs/ci'
	rm -rf "$venv"
	"$1" -m venv "$venv" >"$venvs/log-ci" 2>&1 &&
		"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check -c "$project/testdata/live/ci_constraints.txt" $packages >"$venvs/log-ci" 2>&1 &&
		"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check --no-deps $bare >"$venvs/log-ci" 2>&1 || { # shellcheck disable=SC2086 # these are words
		cat "$venvs/log-ci" >&2
		say 'could not make .venvs/ci: is there a network, and a package index?'
		return 4
	}
	printf '%s\n' "$venv $packages $bare" >"$venv/stamp"
}

whole && exit 0
python=$(find_python) || exit
alone
whole || install "$python"
