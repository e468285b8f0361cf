package environ

import (
	"testing"

	"github.com/orbfilter/orbfilter/diagnose/site"
)

// FuzzEnvironment: whatever files say, reading them ends, and breaks nothing. It
// asks the readers and not the whole doctor, whose goroutines take another way
// each time, which the fuzzer mistakes for something new.
func FuzzEnvironment(f *testing.F) {
	for _, s := range []string{
		"#!/bin/sh\n'''exec' \"/x y/python\" -E \"$0\"\n", "#!/usr/bin/env -S A=1 python -I\r\n", "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n",
		"Name: gevent\nVersion: 25.5.1\nRequires-Dist: greenlet (>=3.2) ; python_version >= '3.9' and extra == 'x'\n\nText",
		"[tool.poetry.dependencies]\ngevent = \"^0.0\"\nx = {version = \"~25\"}\n", "[project]\ndependencies=[\"gevent~=25.5\", {a='b'}]", "[[package]]\nname='gevent'\nversion='25.5.1'\n",
		"gevent[x] == 25.5.1 ; a --hash=1 # b\n", "home = /x\nversion_info = 3.12.1.final.0\n", "3.12:system ../x # y", "^", "~", "~.", "^0.0.0,<1||*",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		text := string(data)
		l, _ := parseLaunch(data, "/bin", "linux")
		_ = l
		_, _ = launcherName("/x", data), unquoteWindows(text)
		_, _, _ = settings(data), pyenvFile(data), site.Header(data)
		_ = compareNumbers(text, "3.12.1")
	})
}
