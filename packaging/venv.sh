#!/bin/sh
# Makes .venvs/packages, with the tools of PyPI that build wheels and install them, and prints its path. What is there
# already is left alone.
#
#   PYTHON  the Python to use; default: python3
#
# exit code: 0 it is there
set -eu

venv=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)/.venvs/packages
tools='build==1.6.1 hatchling==1.33.0 uv==0.13.8 pipx==1.18.4 twine==7.0.0 check-wheel-contents==0.6.3'
if [ "$(cat "$venv/stamp" 2>/dev/null)" != "$tools" ]; then
	rm -rf "$venv"
	"${PYTHON:-python3}" -m venv "$venv" >&2
	# shellcheck disable=SC2086 # they are words
	"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check $tools >&2
	echo "$tools" >"$venv/stamp"
fi
echo "$venv"
