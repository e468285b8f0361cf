#!/bin/sh
# Builds the wheel of PyPI for a platform, with build and hatchling. There is no source distribution:
# docs/explanation/packages.md says why.
#
# usage: wheel.sh VERSION PLATFORM TIME PROGRAM SHARE OUT
#
#   VERSION   as goreleaser has it, such as 1.2.3 or 1.2.4-dev
#   PLATFORM  linux/amd64 and its like, as Go names them
#   TIME      of all files in the wheel, in seconds since 1970
#   PROGRAM   what goes into it
#   SHARE     what share.sh has written
#   OUT       gets the wheel
#
# exit code: 0 it is built; 2 no wheel is for that platform
set -eu

version=$1 platform=$2 program=$4
share=$(CDPATH='' cd -- "$5" && pwd)
mkdir -p "$6"
out=$(CDPATH='' cd -- "$6" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# A static program runs with either C library; macOS 12 is the oldest that Go builds for.
case $platform in
linux/amd64) tag=manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64 ;;
linux/arm64) tag=manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64 ;;
darwin/amd64) tag=macosx_12_0_x86_64 ;;
darwin/arm64) tag=macosx_12_0_arm64 ;;
windows/amd64) tag=win_amd64 ;;
windows/arm64) tag=win_arm64 ;;
*)
	echo "wheel.sh: there is no wheel for $platform" >&2
	exit 2
	;;
esac

venv=$("$here/venv.sh" packages)
source=$(mktemp -d "${TMPDIR:-/tmp}/orbfilter.XXXXXX")
trap 'rm -rf "$source"' EXIT
cp "$here/pypi/pyproject.toml" "$here/pypi/program.py" "$here/pypi/README.md" "$here/../LICENSE" "$source"

SOURCE_DATE_EPOCH=$3 ORBFILTER_VERSION=$version ORBFILTER_PROGRAM=$program ORBFILTER_SHARE=$share ORBFILTER_TAG=py3-none-$tag \
	"$venv/bin/python" -m build --wheel --no-isolation --outdir "$out" "$source" >"$source/log" 2>&1 || {
	cat "$source/log" >&2
	exit 1
}
