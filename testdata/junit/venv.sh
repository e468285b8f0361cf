#!/bin/sh
# Makes .venvs/junit below the top folder of the project: Python with xmlschema, for the test of the JUnit report. What
# is there already takes no time.
#
# usage: venv.sh
#
# exit code: 0 it is there; 3 no suitable Python; 4 it could not be installed
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
venv=$project/.venvs/junit
stamp="$venv xmlschema==4.3.2 elementpath==5.1.4"

say() { printf 'venv.sh: %s\n' "$*" >&2; }

# The path is part of the stamp: an environment cannot be moved. The stamp comes last, so that what was interrupted is made again.
[ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null && exit 0

for python in "${ORBFILTER_PYTHON:-python3}" python3 python; do
	"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 && break
	python=
done
[ -n "$python" ] || { say 'there is no Python 3.10 or later on PATH; name one in ORBFILTER_PYTHON'; exit 3; }

rm -rf "$venv"
mkdir -p "$project/.venvs"
"$python" -m venv "$venv" >&2 || { say "$python -m venv failed (on Debian and Ubuntu: apt-get install python3-venv)"; exit 4; }
"$venv/bin/python" -m pip install --quiet --no-input --disable-pip-version-check ${stamp#"$venv "} >&2 ||
	{ say 'pip could not install xmlschema: is there a network, and a package index?'; exit 4; }
printf '%s\n' "$stamp" >"$venv/stamp"
