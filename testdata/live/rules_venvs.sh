#!/bin/sh
# Makes the virtual environments in which TestLiveRules reproduces the issues that depend on versions, below .venvs, with
# the Python of .venvs/gevent-25.9.1 (see venvs.sh, which is to be run first). What is there already and whole is left alone.
#
# usage: rules_venvs.sh
#
# exit code: 0 all are there; 3 there is no .venvs/gevent-25.9.1; 4 something could not be installed
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
venvs=$project/.venvs
lock=$venvs/.lock-rules

say() { printf 'rules_venvs.sh: %s\n' "$*" >&2; }

# packages: a line for each environment: its name, and what pip is to install. What stands behind "then" is installed
# afterwards, against what the others ask for.
packages() {
	cat <<-END
		paramiko-3.4.0      pyinfra==3.10.0 gevent==25.9.1 paramiko==3.4.0 cryptography==43.0.3
		pyinfra-3.7         pyinfra==3.7 gevent==25.9.1 then paramiko==4.0.0
		setuptools-80       pyinfra==2.9.2 gevent==25.9.1 setuptools==80.9.0
		setuptools-82       pyinfra==2.9.2 gevent==25.9.1 setuptools==82.0.1
		orbstack-0.10.0     pyinfra==3.10.0 gevent==25.9.1 pyinfra-orbstack==0.10.0
		gevent-24.10.1      pyinfra==3.10.0 gevent==24.10.1 pyinfra-orbstack==0.11.0
		gevent-24.2.1       gevent==24.2.1
	END
}

whole() {
	[ "$(cat "$venvs/$1/stamp" 2>/dev/null)" = "$venvs/$1 $2" ] && "$venvs/$1/bin/python" -c '' 2>/dev/null
}

pip() {
	"$venvs/$name/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@" >"$venvs/log-rules" 2>&1
}

# install NAME PACKAGES PYTHON: the stamp comes last, so that what was interrupted is made again.
install() {
	name=$1
	say "making .venvs/$name"
	rm -rf "${venvs:?}/$name"
	"$3" -m venv "$venvs/$name" >"$venvs/log-rules" 2>&1 &&
		pip ${2%% then *} && # shellcheck disable=SC2086 # these are words
		case $2 in *' then '*) pip --no-deps ${2##* then } ;; esac || {
		cat "$venvs/log-rules" >&2
		say "could not make .venvs/$name: is there a network, and a package index?"
		return 4
	}
	printf '%s\n' "$venvs/$name $2" >"$venvs/$name/stamp"
}

# alone: waits for another rules_venvs.sh in this project, and takes over from one that was killed.
alone() {
	until ln -s $$ "$lock" 2>/dev/null; do
		owner=$(readlink "$lock") && ! kill -0 "$owner" 2>/dev/null && rm -f "$lock" && continue
		sleep 1
	done
	trap 'rm -f "$lock" "$venvs/log-rules"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

python=$("$venvs/gevent-25.9.1/bin/python" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null) || {
	say 'run venvs.sh first'
	exit 3
}

# python_for NAME: the one issue that takes Python 3.12 gets one, where there is one.
python_for() {
	if [ "$1" = gevent-24.2.1 ]; then
		for p in python3.12 "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/3.12."*/bin/python; do
			"$p" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' >/dev/null 2>&1 && printf '%s\n' "$p" && return
		done
	fi
	printf '%s\n' "$python"
}

alone
packages | while read -r name what; do
	whole "$name" "$what" || install "$name" "$what" "$(python_for "$name")"
done
