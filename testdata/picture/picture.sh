#!/bin/sh
# Records a deploy of the real pyinfra with gevent 25.5.1 in a terminal, once as it is and once behind orbfilter, and draws
# both for the README: docs/picture/before.svg and after.svg.
#
# usage: picture.sh ORBFILTER
#
#   ORBFILTER_VENV  the environment; default: .venvs/gevent-25.5.1, which testdata/live/venvs.sh makes
#
# exit code: 0 both are drawn
set -eu

program=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
cd -- "$(dirname -- "$0")/../.."
project=$PWD
venv=${ORBFILTER_VENV:-$project/.venvs/gevent-25.5.1}
tools=$project/.venvs/picture
columns=104 rows=28

wanted='pyte==0.8.2 rich==15.0.0'
if [ "$(cat "$tools/stamp" 2>/dev/null)" != "$wanted" ]; then
	rm -rf "$tools"
	"$venv/bin/python" -m venv "$tools"
	# shellcheck disable=SC2086 # they are words
	"$tools/bin/python" -m pip install --quiet --no-input --disable-pip-version-check $wanted
	echo "$wanted" >"$tools/stamp"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/orbfilter.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" "$work/home" "$work/live" docs/picture 2>/dev/null || true
ln -s "$program" "$work/bin/orbfilter"
base=$("$venv/bin/python" -c 'import sys; print(sys.base_prefix)')

# show NAME TITLE COMMAND...: records a command, and draws it.
show() {
	name=$1 title=$2
	shift 2
	(cd testdata/live && HOME=$work/home ORBFILTER_LIVE=$work/live TERM=xterm-256color PATH="$work/bin:$project/testdata/live:$venv/bin:$PATH" \
		"$venv/bin/python" record.py --columns $columns "$work/$name.raw" "$@")
	"$tools/bin/python" testdata/picture/picture.py --columns $columns --rows $rows --replace "$venv=/home/ci/deploy/.venv" --replace "$base=/usr" \
		"$title" "$*" "$work/$name.raw" "docs/picture/$name.svg"
}

pyinfra='pyinfra -y @orbstack deploy.py'
# shellcheck disable=SC2086 # they are words
show before 'pyinfra with gevent 25.5.1' $pyinfra
rm -rf "$work/live"/*
# shellcheck disable=SC2086
show after 'the same, with orbfilter in front' orbfilter run -- $pyinfra
