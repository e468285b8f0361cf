#!/bin/sh
# Prints what pyinfra, its connector and paramiko can print when something goes wrong: texts.py for each of the packages
# below. They come from PyPI, into .venvs/texts of the project, and are read and not run. What is there already is left
# alone, which takes no network.
#
# usage: texts.sh
#
#   ORBFILTER_PYTHON  the Python to use, 3.10 or newer, with pip; default: that of .venvs, or python3
#
# exit code: 0 done; 3 no suitable Python; 4 a package could not be fetched
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
project=$(CDPATH='' cd -- "$here/../.." && pwd -P)
texts=$project/.venvs/texts

say() { printf 'texts.sh: %s\n' "$*" >&2; }

find_python() {
	for python in "${ORBFILTER_PYTHON-}" "$project"/.venvs/gevent-*/bin/python python3.13 python3.12 python3.11 python3.10 python3; do
		[ -n "$python" ] && "$python" -c 'import sys, pip; sys.exit(sys.version_info < (3, 10))' >/dev/null 2>&1 && printf '%s\n' "$python" && return
	done
	say 'no Python 3.10 or newer with pip'
	return 3
}

# fetch NAME VERSION: the package, unpacked. The stamp comes last, so that what was interrupted is done again.
fetch() {
	to=$texts/$1-$2
	[ -e "$to/stamp" ] && return
	say "fetching $1 $2"
	rm -rf "$to"
	mkdir -p "$to"
	if ! said=$("$python" -m pip download --quiet --no-input --disable-pip-version-check --no-deps --only-binary :all: --dest "$to" "$1==$2" 2>&1); then
		say "$said"
		say "$1 $2 could not be fetched: is there a network, and a package index?"
		return 4
	fi
	"$python" -m zipfile -e "$to"/*.whl "$to"
	: >"$to/stamp"
}

python=$(find_python) || exit
fetch pyinfra 3.10.0
fetch pyinfra 2.9.2
fetch pyinfra-orbstack 0.11.0
fetch paramiko 4.0.0
"$python" "$here/texts.py" "$texts/pyinfra-3.10.0" pyinfra=3.10.0 pyinfra_cli=3.10.0
"$python" "$here/texts.py" "$texts/pyinfra-orbstack-0.11.0" pyinfra_orbstack=0.11.0
"$python" "$here/texts.py" "$texts/paramiko-4.0.0" paramiko=4.0.0
"$python" "$here/texts.py" "$texts/pyinfra-2.9.2" pyinfra=2.9.2 pyinfra_cli=2.9.2
while IFS= read -r line; do
	case $line in '' | \#*) continue ;; esac
	"$python" -c 'import json, sys; print(json.dumps({"package": "openssh", "version": "", "file": "openssh.txt", "line": 0, "how": "stderr", "text": sys.argv[1], "left": "", "dress": [sys.argv[1], "    [web] " + sys.argv[1]]}))' "$line"
done <"$here/openssh.txt"
