#!/bin/sh
# Prints how large the programs and the packages are, in MB (10^6 bytes).
#
# usage: sizes.sh DIST
set -eu

cd -- "$1"
find . \( -name orbfilter -o -name orbfilter.exe -o -name '*.tar.gz' -o -name '*.zip' -o -name '*.deb' -o -name '*.rpm' -o -name '*.apk' -o -name '*.whl' \) -type f |
	sort | while IFS= read -r file; do
	wc -c <"$file" | awk -v name="${file#./}" '{ printf "%6.1f MB  %s\n", $1 / 1e6, name }'
done
