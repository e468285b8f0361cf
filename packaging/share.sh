#!/bin/sh
# Writes what goes beside the program into a folder: the man pages, packed, and the completions of the shells.
#
# usage: share.sh VERSION DIR
#
#   VERSION  what the pages say of the program
#   DIR      gets man/*.1.gz and completions/{orbfilter.bash,_orbfilter,orbfilter.fish,orbfilter.ps1}; made anew
#
# exit code: 0 all is written
set -eu

version=$1 dir=$2
cd -- "$(dirname -- "$0")/.."
mkdir -p bin
program=$(mktemp -d "${TMPDIR:-/tmp}/orbfilter.XXXXXX")
trap 'rm -rf "$program"' EXIT
# for this machine, whatever else is built for
GOOS='' GOARCH='' CGO_ENABLED=0 "${GO:-go}" build -trimpath -ldflags "-X github.com/orbfilter/orbfilter/cmd.version=$version" -o "$program/orbfilter" ./cmd/orbfilter
orbfilter() { HOME="$program" "$program/orbfilter" "$@"; }

rm -rf "$dir"
mkdir -p "$dir/man" "$dir/completions"
orbfilter man "$dir/man" >/dev/null
gzip -9n "$dir"/man/*.1
orbfilter completion bash >"$dir/completions/orbfilter.bash"
orbfilter completion zsh >"$dir/completions/_orbfilter"
orbfilter completion fish >"$dir/completions/orbfilter.fish"
orbfilter completion powershell >"$dir/completions/orbfilter.ps1"
