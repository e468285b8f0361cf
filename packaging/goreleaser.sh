#!/bin/sh
# Builds what .goreleaser.yaml says, into dist/: with --snapshot all packages, and nothing is published. What has no tag
# such as v1.2.3 before it is 0.0.1-dev.
#
# usage: goreleaser.sh [FLAG...]
#
# exit code: that of goreleaser
set -eu

cd -- "$(dirname -- "$0")/.."
# From git itself: goreleaser knows none of it where there is no remote.
GORELEASER_CURRENT_TAG=$(git describe --tags --match 'v[0-9]*.[0-9]*.[0-9]*' --abbrev=0 2>/dev/null) || GORELEASER_CURRENT_TAG=v0.0.0
ORBFILTER_COMMIT=$(git rev-parse HEAD)
ORBFILTER_DATE=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export GORELEASER_CURRENT_TAG ORBFILTER_COMMIT ORBFILTER_DATE SOURCE_DATE_EPOCH
PATH=$PWD/.tools:$PATH exec goreleaser release --clean "$@"
