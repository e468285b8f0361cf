package view_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Each sample of the table of formats is seen through, with the layouts of its own
// format and with those of all; and each layout is there for a sample.
func TestFormats(t *testing.T) {
	cases, unused := view.FormatCases()
	assert.Empty(t, unused)
	assert.NotEmpty(t, cases)
	for _, c := range cases {
		assert.Equal(t, c.Text, c.Seen, "%s: %q", c.System, c.Line)
		assert.True(t, strings.HasPrefix(c.Source, "https://"), c.System)
		if text, _ := view.Seen(c.Line); !strings.HasPrefix(c.Line, "00:00:01") {
			assert.Equal(t, c.Text, text, "%s: %q", c.System, c.Line)
		}
	}
}

// What looks like a prefix and is none, or whose it is, cannot be known.
func TestNoPrefixes(t *testing.T) {
	for _, line := range []string{
		"", "    [vm-01] Connected", "[vm-01] output of a host", "[Pipeline] sh", "--> Connecting to hosts...",
		"Traceback (most recent call last):", "Exception ignored in: <x>", "Exception (client): Error reading SSH protocol banner",
		"paramiko.ssh_exception.SSHException: x", "web\trunning\t", "a\tb\tc", "12:34 o'clock", "2026-11-24", "Mon", "<b>1</b>", "[0]", "[03:59:21",
		"Operation     Hosts   Success", "2026-11-24T", "1.5 seconds", "[ 33% ] x", "foo| bar", "section_end",
		" deploy\tRun\t2026-11-24T03:59:21Z x", "[@docker/debian]   | x", "[vm-01] | a | b |", "[vm-01]   | a | b |", "a.b (local-exec) x", "a (local-exec): x", "1795492 packages", "17954927610 x", "deploy.1.xgvrk6brv7p1mkp7tdw6zk5@node | x",
		"#12 files changed", "#12 0. x", "2026/11/24 x", "[ 12.5] x", "Step #x: y", "Step 1/5 : FROM debian", "[task] x", "[task 2026] x", "[web:L0:s] x", "[web:0] x", "+a | b",
	} {
		text, dress := view.Seen(line)
		assert.Equal(t, line, text)
		assert.Empty(t, dress)
	}
}

// A level of logging is not the host of syslog: a date in front of it is all that a
// collector has written.
func TestLevelsAreNoHosts(t *testing.T) {
	for _, stamp := range []string{"2026-11-24T03:59:21.1234567Z ", "2026-11-24T03:59:21+00:00 ", "Nov 24 03:59:21 ", "2026-11-24 03:59:21,123 "} {
		for _, line := range []string{"INFO worker[17]: queue is full", "DEBUG cachetool[1000]: x", "WARNING (worker)[1]: x", "ERROR worker: x"} {
			text, _ := view.Seen(stamp + line)
			assert.Equal(t, line, text)
		}
	}
	for _, host := range []string{"info", "INFO-1", "ERRORS", "ci-01"} {
		text, _ := view.Seen("Nov 24 03:59:21 " + host + " pyinfra[17]: x")
		assert.Equal(t, "x", text, host)
	}
}

// What is taken for syslog's if a date stands in front of it.
func TestHeadLen(t *testing.T) {
	for head, text := range map[string]string{
		"celery worker[17]: ": "queue is full", "pip warning: ": "old", "00O ": "x", "01E objc[1]: ": "x", "": "INFO worker[17]: x",
		"a b[1]: 12:34:56 ": "x",
	} {
		want := len(head)
		if strings.HasPrefix(head, "01E") {
			want = len("01E ")
		}
		assert.Equal(t, want, view.HeadLen([]byte(head+text)), head)
	}
	assert.Zero(t, view.HeadLen(nil))
}

// Lines of one writer have one dress, whatever varies in their prefixes; those of
// two have two.
func TestDress(t *testing.T) {
	for _, same := range [][]string{
		{"Nov 24 03:59:21 ci pyinfra[1]: x", "Nov 24 03:59:21 ci pyinfra: x", "Nov 25 03:59:21.123456 ci pyinfra[22]: "},
		{"2026-11-24T03:59:21.1234567Z x", "\ufeff2026-11-24T03:59:22Z y"},
		{"j\ts\t\ufeff2026-11-24T03:59:21.1234567Z x", "j\ts\t2026-11-24T03:59:21.1234567Z x"},
		{"2026-11-24T03:59:21.123456Z 00O x", "2026-11-24T03:59:21.123456Z 00O+x"},
		{"web-1  | x", "\x1b[36mweb-1    | \x1b[0mx", "web-1 | "},
		{"2026-11-24T03:59:21+00:00 ci pyinfra[1]: x", "2026-11-24T03:59:21+00:00 ci pyinfra: x"},
		{"[03:59:21] :\t [Step 1/3] x", "[03:59:22]W:\t [Step 1/3] x"},
	} {
		_, want := view.Seen(same[0])
		assert.NotEmpty(t, want)
		for _, line := range same[1:] {
			_, got := view.Seen(line)
			assert.Equal(t, want, got, line)
		}
	}
	for _, other := range [][2]string{
		{"web-1  | x", "web-2  | x"}, {"Nov 24 03:59:21 a pyinfra: x", "Nov 24 03:59:21 b pyinfra: x"}, {"Nov 24 03:59:21 a x: y", "Nov 24 03:59:21 a z: y"},
		{"2026-11-24T03:59:21.123456Z 00O x", "2026-11-24T03:59:21.123456Z 00E x"}, {"[pod/a/b] x", "[pod/a/c] x"},
		{"a\x00b\ts\t2026-11-24T03:59:21Z x", "a\x00c\ts\t2026-11-24T03:59:21Z x"}, {"[03:59:21] :\t [Step 1/3] x", "[03:59:21] :\t [Step 2/3] x"}, {"j\ts\t2026-11-24T03:59:21Z x", "j\tt\t2026-11-24T03:59:21Z x"},
	} {
		_, a := view.Seen(other[0])
		_, b := view.Seen(other[1])
		assert.NotEqual(t, a, b)
	}
}

func TestStamp(t *testing.T) {
	for line, want := range map[string]string{
		"\ufeff2026-11-24T03:59:21.1234567Z ##[group]x\n":                  "2026-11-24T03:59:21.1234567Z",
		"j\ts\t2026-11-24T03:59:21.1234567Z x\n":                           "2026-11-24T03:59:21.1234567Z",
		"web-1  | 2026-11-24T03:59:21+01:00 x\n":                           "2026-11-24T03:59:21+01:00",
		"2026-11-24 03:59:21,123 x\n":                                      "2026-11-24 03:59:21,123",
		"Tue 2026-11-24 03:59:21 UTC ci pyinfra[1]: x\n":                   "2026-11-24 03:59:21",
		"\x1b_bk;t=1795492761123\x07x\n":                                   "2026-11-24T03:59:21.123Z",
		"\x1b[0Ksection_start:1795492761:deploy[collapsed=true]\r\x1b[0Kx": "2026-11-24T03:59:21Z",
		"<13>1 2026-11-24T03:59:21Z ci pyinfra 1 - - x\n":                  "2026-11-24T03:59:21Z",
		"Nov 24 03:59:21 ci pyinfra: no year\n":                            "",
		"12:34:56  no date\n":                                              "",
		"\x1b_bk;t=\x07x\n":                                                "",
		"\x1b_bk;t=99999999999999999999\x07x\n":                            "",
		"at 2026-11-24T03:59:21Z\n":                                        "",
		"\n":                                                               "",
	} {
		got, ok := view.Stamp([]byte(line))
		assert.Equal(t, want, got, line)
		assert.Equal(t, want != "", ok, line)
	}
}
