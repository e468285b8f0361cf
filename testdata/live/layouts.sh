#!/bin/sh
# Makes pyinfra installations of every layout that the doctor must read, from PyPI, below .venvs/doctor of the project.
# What is there already and whole is left alone. About a minute on two cores the first time.
#
# usage: layouts.sh          makes them all; prints "NAME<TAB>PYINFRA<TAB>FOLDER OF THE PYTHON" for each
#
#   ORBFILTER_PYTHON  the Python to use, 3.10 to 3.12; default: the first on PATH or in pyenv
#
# exit code: 0 all are there; 3 no suitable Python; 4 something could not be installed
set -eu

project=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd -P)
top=$project/.venvs/doctor
tools=$top/tools
packages='pyinfra==3.10.0 pyinfra-orbstack==0.11.0 gevent==25.5.1 setuptools==80.9.0'
long=$top/$(printf 'a-path-that-is-too-long-for-a-shebang-%.0s' 1 2 3 4)
spaces="$top/with spaces in it's name"

say() { printf 'layouts.sh: %s\n' "$*" >&2; }

# python MINOR...: prints the first Python of these versions.
python() {
	for minor in "$@"; do
		for p in "python3.$minor" "${PYENV_ROOT:-${HOME-}/.pyenv}/versions/3.$minor".*/bin/python; do
			"$p" -c "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, $minor))" >/dev/null 2>&1 || continue
			"$p" -c 'import sys; print(sys.executable)' && return
		done
	done
	return 1
}

# make NAME COMMAND...: runs it unless it has been run, into an empty folder.
make() {
	name=$1 && shift
	[ -e "$top/.$name.done" ] && return
	say "making $name"
	if ! "$@" >"$top/$name.log" 2>&1; then
		tail -20 "$top/$name.log" >&2
		say "$name could not be made: is there a network, and a package index?"
		exit 4
	fi
	: >"$top/.$name.done"
}

pip_venv() { # DIR PYTHON PACKAGE...
	dir=$1 py=$2 && shift 2
	rm -rf "$dir"
	"$py" -m venv "$dir"
	"$dir/bin/python" -m pip install --quiet --no-input --disable-pip-version-check "$@"
}

uv_venv() { # DIR PYTHON FLAG...
	dir=$1 py=$2 && shift 2
	uv venv --quiet --clear --python "$py" "$@" "$dir"
	uv pip install --quiet --python "$dir/bin/python" $packages
}

uv_tool() {
	uv tool install --quiet --force --python "$main" --with pyinfra-orbstack==0.11.0 --with gevent==25.5.1 --with setuptools==80.9.0 pyinfra==3.10.0
}

in_pipx() {
	pipx install --quiet --force --python "$main" pyinfra==3.10.0
	pipx inject --quiet pyinfra pyinfra-orbstack==0.11.0
	pipx runpip pyinfra install --quiet gevent==25.5.1
}

in_pyenv() {
	uv_venv "$top/pyenv/versions/deploy" "$main"
	mkdir -p "$top/pyenv-project" "$top/pyenv/shims"
	echo deploy >"$top/pyenv-project/.python-version"
	PYENV_ROOT=$top/pyenv "${PYENV_ROOT:-$HOME/.pyenv}/libexec/pyenv" rehash
}

editable() {
	mkdir -p "$top/editable-source/src/mine"
	echo 'x = 1' >"$top/editable-source/src/mine/__init__.py"
	cat >"$top/editable-source/pyproject.toml" <<-'TOML'
		[build-system]
		requires = ["setuptools>=64"]
		build-backend = "setuptools.build_meta"
		[project]
		name = "mine"
		version = "0.1.1.dev1"
		[tool.setuptools.packages.find]
		where = ["src"]
	TOML
	rm -rf "$top/editable"
	uv_venv "$top/editable" "$newest"
	uv pip install --quiet --python "$top/editable/bin/python" -e "$top/editable-source"
}

project() {
	rm -rf "$top/project" && mkdir -p "$top/project"
	cat >"$top/project/pyproject.toml" <<-'TOML'
		[project]
		name = "deploy"
		version = "1"
		requires-python = ">=3.10"
		dependencies = ["pyinfra==3.10.0", "pyinfra-orbstack==0.11.0"]
		[tool.uv]
		constraint-dependencies = ["gevent>=25"]
	TOML
	cd "$top/project"
	uv sync --quiet --python "$main" -P gevent==25.5.1
}

in_shiv() { "$tools/bin/shiv" --quiet -p "$main" -o "$top/pyinfra.pyz" -c pyinfra $packages || "$tools/bin/shiv" -p "$main" -o "$top/pyinfra.pyz" -c pyinfra $packages; }
in_pex() { "$tools/bin/pex" --python "$main" -o "$top/pyinfra.pex" -c pyinfra $packages; }

# alone: waits for another layouts.sh that is at work in this project, and takes over from one that was killed.
alone() {
	mkdir -p "$top"
	until ln -s $$ "$top/.lock" 2>/dev/null; do # a link is made with its content at once, unlike a file
		owner=$(readlink "$top/.lock") && ! kill -0 "$owner" 2>/dev/null && rm -f "$top/.lock" && continue
		sleep 1
	done
	trap 'rm -f "$top/.lock"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# untouched NAME DIR: has a test that upgrades gevent there put it back? If not, it is made again.
untouched() {
	for d in "$2"/lib/python*/site-packages/gevent-25.5.1.dist-info; do
		[ -d "$d" ] || rm -f "$top/.$1.done"
	done
}

alone
main=${ORBFILTER_PYTHON:-$(python 12 11 10)} || { say 'no Python 3.10 to 3.12 on PATH or in pyenv'; exit 3; }
newest=$(python 13 12 11 10)
export UV_TOOL_DIR="$top/uv-tools" UV_TOOL_BIN_DIR="$top/uv-bin" UV_PYTHON_DOWNLOADS=never
export PIPX_HOME="$top/pipx" PIPX_BIN_DIR="$top/pipx-bin"
export PATH="$tools/bin:$PATH"
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT PYENV_VERSION 2>/dev/null || :

untouched venv "$top/venv"
untouched spaces "$spaces"
untouched uv-venv "$top/uv-venv"
untouched uv-tool "$top/uv-tools/pyinfra"
untouched uv-project "$top/project/.venv"
untouched pipx "$top/pipx/venvs/pyinfra"

make tools pip_venv "$tools" "$main" uv pipx shiv pex
make venv pip_venv "$top/venv" "$main" $packages
make spaces pip_venv "$spaces" "$main" $packages
make long pip_venv "$long" "$main" $packages
make uv-venv uv_venv "$top/uv-venv" "$main"
make uv-relocatable uv_venv "$top/uv-relocatable" "$main" --relocatable
make uv-spaces uv_venv "$spaces (uv)" "$main"
make uv-tool uv_tool
make uv-project project
make pipx in_pipx
make editable editable
make shiv in_shiv
make pex in_pex
[ -x "${PYENV_ROOT:-$HOME/.pyenv}/libexec/pyenv" ] && make pyenv in_pyenv

list() { printf '%s\t%s\t%s\n' "$1" "$2" "$(dirname "$main")"; }
list venv "$top/venv/bin/pyinfra"
list spaces "$spaces/bin/pyinfra"
list long "$long/bin/pyinfra"
list uv-venv "$top/uv-venv/bin/pyinfra"
list uv-relocatable "$top/uv-relocatable/bin/pyinfra"
list uv-spaces "$spaces (uv)/bin/pyinfra"
list uv-tool "$top/uv-bin/pyinfra"
list uv-project "$top/project/.venv/bin/pyinfra"
list pipx "$top/pipx-bin/pyinfra"
list editable "$top/editable/bin/pyinfra"
list shiv "$top/pyinfra.pyz"
list pex "$top/pyinfra.pex"
[ -e "$top/.pyenv.done" ] && list pyenv "$top/pyenv/shims/pyinfra"
exit 0
