#!/bin/sh
# Makes a virtual environment with tools of PyPI, .venvs/NAME, and prints its path. What is there already is left alone.
#
# usage: venv.sh packages|site
#
#   packages  what builds wheels, and installs them as people do
#   site      what makes a site of docs
#
#   PYTHON  the Python to use, 3.10 or newer; default: python3
#
# exit code: 0 it is there; 2 there is no such environment
set -eu

case ${1-} in
packages) tools='build==1.6.1 hatchling==1.33.0 uv==0.13.8 pipx==1.18.4 twine==7.0.0' ;;
site) tools='mkdocs==1.6.1 mkdocs-material==9.8.2' ;;
*)
	echo 'usage: venv.sh packages|site' >&2
	exit 2
	;;
esac
venv=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)/.venvs/$1
if [ "$(cat "$venv/stamp" 2>/dev/null)" != "$tools" ]; then
	rm -rf "$venv"
	"${PYTHON:-python3}" -m venv "$venv" >&2
	# shellcheck disable=SC2086 # they are words
	"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check $tools >&2
	echo "$tools" >"$venv/stamp"
fi
echo "$venv"
