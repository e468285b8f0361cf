#!/bin/sh
# Sees to it that there is a Chromium for the test of the page: as root on Debian and its like, it installs one.
#
# usage: browser.sh
#
# exit code: 0 there is one; 3 there is none, and how to get one is said; 4 it could not be installed
set -eu

say() { printf 'browser.sh: %s\n' "$*" >&2; }

for name in ${ORBFILTER_BROWSER:+"$ORBFILTER_BROWSER"} chromium chromium-browser google-chrome google-chrome-stable; do
	command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	say 'there is no Chromium: install one (apt-get install chromium; brew install --cask chromium), or name it in ORBFILTER_BROWSER'
	exit 3
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
for pause in 0 5 20; do # a mirror may be busy
	sleep "$pause"
	say 'installing Chromium'
	if DEBIAN_FRONTEND=noninteractive apt-get update -qq >"$log" 2>&1 &&
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-dejavu-core >"$log" 2>&1 &&
		command -v chromium >/dev/null; then
		exit 0
	fi
done
cat "$log" >&2
say 'apt-get could not install chromium'
exit 4
