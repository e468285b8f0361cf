#!/bin/sh
# Unpacks rsyslogd and logcheck from Debian's packages into .tools/debian, for the test of rules export: nothing is installed,
# no service is started, and root is not needed. What is there already is left alone.
#
# exit code: 0 they are there; 3 this is no Debian; 4 they could not be had
set -eu
to=$(cd "$(dirname "$0")/../.." && pwd)/.tools/debian
[ -x "$to/usr/sbin/rsyslogd" ] && [ -x "$to/usr/sbin/logcheck" ] && exit 0
command -v apt-get >/dev/null 2>&1 || exit 3
mkdir -p "$to/packages"
cd "$to/packages"
packages="rsyslog libestr0 libfastjson4 logcheck logtail lockfile-progs liblockfile1 liblockfile-bin"
for pause in 0 5 20; do # a mirror may be busy
	sleep "$pause"
	# shellcheck disable=SC2086 # they are words
	if apt-get download -qq $packages >download.log 2>&1 || { apt-get update -qq >>download.log 2>&1 && apt-get download -qq $packages >>download.log 2>&1; }; then
		for package in *.deb; do dpkg -x "$package" "$to"; done
		exit 0
	fi
done
cat download.log >&2
exit 4
