#!/bin/sh
# Makes .venvs/node below the top folder of the project: what others have written in JavaScript to read reports, for the tests, in the versions of
# package-lock.json. What is there already takes no time.
#
# usage: tools.sh
#
# exit code: 0 it is there; 3 there is no Node.js with npm, or an old one; 4 it could not be installed
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
project=${here%/testdata/node}
tools=$project/.venvs/node
lock=$project/.venvs/.lock-node

say() { printf 'tools.sh: %s\n' "$*" >&2; }

# The lock file comes last into the folder, so that what was interrupted is made again.
whole() { cmp -s "$here/package-lock.json" "$tools/lock.json"; }

# alone: waits for another tools.sh in this project, and takes over from one that was killed.
alone() {
	mkdir -p "$project/.venvs"
	until ln -s $$ "$lock" 2>/dev/null; do
		owner=$(readlink "$lock") && ! kill -0 "$owner" 2>/dev/null && rm -f "$lock" && continue
		sleep 1
	done
	trap 'rm -f "$lock"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 || {
	say 'there is no Node.js 18 or later with npm on PATH (on Debian and Ubuntu: apt-get install nodejs npm)'
	exit 3
}
whole && exit 0
alone
whole && exit 0
rm -rf "$tools"
mkdir -p "$tools"
cp "$here/package.json" "$here/package-lock.json" "$tools"
(cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --no-progress >log 2>&1) || {
	cat "$tools/log" >&2
	say 'npm could not install what is in package-lock.json: is there a network, and a registry?'
	exit 4
}
cp "$here/package-lock.json" "$tools/lock.json"
