#!/bin/sh
# Builds the commit a second time, elsewhere, with nothing kept from the first time, and compares what dist/ has with
# it, byte for byte. What is not committed is left out of both: commit first.
#
# exit code: 0 all is the same; 1 it is not, and what is not is said
set -eu

cd -- "$(dirname -- "$0")/.."
project=$PWD
other=$(mktemp -d "${TMPDIR:-/tmp}/orbfilter.XXXXXX")
trap 'chmod -R u+w "$other"; rm -rf "$other"' EXIT
git clone --quiet --no-hardlinks . "$other/elsewhere/project"
cp -R .tools "$other/elsewhere/project/"
mkdir -p "$other/elsewhere/project/.venvs"
ln -s "$project/.venvs/packages" "$other/elsewhere/project/.venvs/packages"

sums() { (cd "$1" && find . -type f \( -name '*.tar.gz' -o -name '*.zip' -o -name '*.deb' -o -name '*.rpm' -o -name '*.apk' -o -name '*.whl' -o -name '*.cdx.json' -o -name 'orbfilter' -o -name 'orbfilter.exe' -o -name 'checksums.txt' -o -name '*.rb' \) -exec sha256sum {} + | sort -k 2); }

sh packaging/goreleaser.sh --snapshot >"$other/log" 2>&1 || { cat "$other/log" >&2; exit 1; }
sums dist >"$other/first"
GOCACHE=$other/cache sh "$other/elsewhere/project/packaging/goreleaser.sh" --snapshot >"$other/log" 2>&1 || { cat "$other/log" >&2; exit 1; }
sums "$other/elsewhere/project/dist" >"$other/second"
diff "$other/first" "$other/second" || exit 1
echo "built twice, in two folders, the second time without a cache: $(wc -l <"$other/first") files, the same bytes"
