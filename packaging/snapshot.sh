#!/bin/sh
# Builds all packages into dist/, and publishes nothing. What has no tag such as v1.2.3 before it is 0.0.1-dev.
#
# exit code: that of goreleaser
set -eu

cd -- "$(dirname -- "$0")/.."
tag=$(git describe --tags --match 'v[0-9]*.[0-9]*.[0-9]*' --abbrev=0 2>/dev/null) || tag=v0.0.0
PATH=$PWD/.tools:$PATH GORELEASER_CURRENT_TAG=$tag GOFLAGS="${GOFLAGS-} -mod=readonly" goreleaser release --snapshot --clean "$@"
