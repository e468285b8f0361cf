package view_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/view"
)

// TestLearntPrefixes: what stands in front of the lines that pyinfra begins with stands in front of the others.
func TestLearntPrefixes(t *testing.T) {
	for name, c := range map[string]struct{ lines, texts []string }{
		"a machine and a colon": {
			[]string{"web: x", "web: --> Loading config...", "web:     [vm-01] Connected", "db:     [vm-01] Connected", "web:", "web: "},
			[]string{"web: x", "--> Loading config...", "    [vm-01] Connected", "db:     [vm-01] Connected", "", ""},
		},
		"a job and a tab": {
			[]string{"web\t--> Loading config...", "db\t--> Loading config... ", "web\tx", "db\ty"},
			[]string{"--> Loading config...", "--> Loading config... ", "x", "y"},
		},
		"numbers that count": {
			[]string{"     9\t--> Loading config...", "    10\t--> Loading inventory...", "   100\t    [vm-01] Connected", "x100\ty", "  \ty"},
			[]string{"--> Loading config...", "--> Loading inventory...", "    [vm-01] Connected", "x100\ty", "  \ty"},
		},
		"a time of its own form": {
			[]string{"2026-11-24 03:00:02,123 p=1234 u=ci n=ansible | --> Loading config...", "2026-11-24 03:00:02,997 p=1234 u=ci n=ansible | --> Loading inventory...", "2026-12-01 13:00:12,001 p=1234 u=ci n=ansible | x"},
			[]string{"--> Loading config...", "--> Loading inventory...", "x"},
		},
		"indented": {
			[]string{"    orb: --> Connecting to hosts...", "    orb:     [vm-01] Connected", "    x: y"},
			[]string{"--> Connecting to hosts...", "    [vm-01] Connected", "    x: y"},
		},
		"a number and a space":   {[]string{"    10 --> Loading config...", "    11 --> Loading inventory...", "    12 x"}, []string{"--> Loading config...", "--> Loading inventory...", "x"}},
		"indented, behind a bar": {[]string{"    web-1 | --> Loading config...", "    web-1 |     [vm-01] Connected"}, []string{"--> Loading config...", "    [vm-01] Connected"}},
		"a quote":                {[]string{"> --> Loading config...", "> x"}, []string{"--> Loading config...", "x"}},
		"a step of Drone's and the number of the line": {
			[]string{"[deploy:0] --> Loading config...", "[deploy:1]     [vm-01] Connected", "[deploy:12] x", "[deploy:x] y", "[d:1] y"},
			[]string{"--> Loading config...", "    [vm-01] Connected", "x", "[deploy:x] y", "[d:1] y"},
		},
		"numbers that an editor has left nothing behind": {
			[]string{"9 > --> Loading config...", "10 > --> Loading inventory...", "11 >", "12 ", "13 - x", "14", "15 > y"},
			[]string{"--> Loading config...", "--> Loading inventory...", "", "12 ", "13 - x", "14", "y"},
		},
		"as long as it may be": {
			[]string{strings.Repeat("n", 118) + ": --> Loading config...", strings.Repeat("n", 118) + ": x"},
			[]string{"--> Loading config...", "x"},
		},
		"an indent, as two headers have it": {
			[]string{"  --> Loading config...", "", "  --> Loading inventory...", "      [vm-01] Connected", "", "x", " y", "  --> Connecting to hosts..."},
			[]string{"  --> Loading config...", "", "--> Loading inventory...", "    [vm-01] Connected", "", "x", " y", "--> Connecting to hosts..."},
		},
		"an indent that the text does not keep": {
			[]string{"  --> Loading config...", "  --> Loading inventory...", "--> Loading config...", "    [vm-01] Connected"},
			[]string{"  --> Loading config...", "--> Loading inventory...", "--> Loading config...", "    [vm-01] Connected"},
		},
		"spaces of a torn block in front of two headers": {
			[]string{"   --> Loading config...", "Traceback (most recent call last):", "   --> Loading inventory...", "    [vm-01] Connected"},
			[]string{"   --> Loading config...", "Traceback (most recent call last):", "   --> Loading inventory...", "    [vm-01] Connected"},
		},
		"spaces of a torn block, behind a writer's name": {
			[]string{"job-2  |   --> Loading config...", "job-2  |   --> Loading inventory...", "job-2  |     [vm-01] Connected"},
			[]string{"  --> Loading config...", "  --> Loading inventory...", "    [vm-01] Connected"},
		},
		"single spaces": {
			[]string{" --> Loading config...", " --> Loading inventory...", "     [vm-01] Connected"},
			[]string{" --> Loading config...", " --> Loading inventory...", "     [vm-01] Connected"},
		},
		"a quote within a run": {
			[]string{"--> Connecting to hosts...", "    --> Loading config...", "    --> Loading inventory...", "    [vm-01] Connected"},
			[]string{"--> Connecting to hosts...", "    --> Loading config...", "    --> Loading inventory...", "    [vm-01] Connected"},
		},
		"indents that differ": {
			[]string{"  --> Loading config...", "    --> Loading inventory...", "x: --> Connecting to hosts...", "    --> Loading config...", "    [vm-01] Connected"},
			[]string{"  --> Loading config...", "    --> Loading inventory...", "--> Connecting to hosts...", "    --> Loading config...", "    [vm-01] Connected"},
		},
		"half a day": {
			[]string{"11:59:58 AM --> Loading config...", "11:59:58 AM --> Loading inventory...", "12:00:01 PM     [vm-01] Connected", "12:00:01 pm x", "12:00:01 XM x"},
			[]string{"--> Loading config...", "--> Loading inventory...", "    [vm-01] Connected", "x", "XM x"},
		},
		"a date with words, and half a day": {
			[]string{"[Mon Nov 30, 2026 11:59:58 PM] --> Loading config...", "[Tue Dec 1, 2026 12:00:01 AM]     [vm-01] Connected", "[Someday Dec 1, 2026 12:00:01 AM] x"},
			[]string{"--> Loading config...", "    [vm-01] Connected", "[Someday Dec 1, 2026 12:00:01 AM] x"},
		},
		"a time of which all that teaches is in the same second": {
			[]string{"at 3:59:21, web: --> Loading config...", "at 3:59:21, web: --> Loading inventory...", "at 3:59:22, web: x", "at 3:59:22, db: x"},
			[]string{"--> Loading config...", "--> Loading inventory...", "x", "at 3:59:22, db: x"},
		},
		"a number of each line": {
			[]string{"a3f9c1 --> Loading config...", "0b7e2d --> Loading inventory...", "394021     [vm-01] Connected", "FFFFFF x", "a3f9c x", "a3f9cg x", "a3f9c12 x"},
			[]string{"--> Loading config...", "--> Loading inventory...", "    [vm-01] Connected", "x", "a3f9c x", "a3f9cg x", "a3f9c12 x"},
		},
		"a number of each line, in a text": {
			[]string{"trace=0x7fa3c1d2 INFO --> Loading config...", "trace=0x9e3779b1 INFO --> Connecting to hosts...", "trace=0x00000000 INFO x", "trace=9e3779b1 INFO x"},
			[]string{"--> Loading config...", "--> Connecting to hosts...", "x", "trace=9e3779b1 INFO x"},
		},
		"behind a time": {
			[]string{"2026-11-24T03:59:21.1234567Z web | --> Loading config...", "2026-11-24T03:59:22.1234567Z web | x"},
			[]string{"--> Loading config...", "x"},
		},
	} {
		var v view.Line
		for i, line := range c.lines {
			v.Look([]byte(line + "\n"))
			assert.Equal(t, c.texts[i], string(v.Text), "%s: %q", name, line)
			assert.Equal(t, len(line)-len(c.texts[i]), v.Prefix, "%s: %q", name, line)
		}
	}
}

// TestNothingToLearn: what pyinfra writes in front of what a host prints is no prefix, and neither is what only quotes a
// line of pyinfra.
func TestNothingToLearn(t *testing.T) {
	for _, line := range []string{
		"[vm-01] --> Loading config...", "    [vm-01] --> Loading config...", "   --> Loading config...", "echo \"--> Loading config...", "it says --> Loading config... then",
		"    assert not own()<function own at 0x1>--> Loading config...", "    assert not own()<bound method own of <own.Own object at 0x1>>--> Loading config...",
		"a--> Loading config...", "--> x --> Loading config...", "the log: --> Loading configuration...",
		"Z--> Loading config...", "z--> Loading config...", "voilÀ--> Loading config...", "_--> Loading config...", "0--> Loading config...", // within a word
		"(--> Loading config...", "`--> Loading config...", "'--> Loading config...", "$--> Loading config...", "[:1] --> Loading config...", "[vm:] --> Loading config...", "[vm:1x] --> Loading config...", "[vm:x1] --> Loading config...",
		": --> Loading config...", "<x> --> Loading config...", "    ^^^ --> Loading config...", "x(y)--> Loading config...", "~~^--> Loading config...", // pieces of what CPython prints
		"    assert not thread.is_alive() --> Loading config...", "    return own --> Loading config...", "    own = 1 --> Loading config...", "    if own.x or y: --> Loading config...", "    own(x) ; --> Loading config...", // lines of source
		strings.Repeat("n", 119) + ": --> Loading config...",
	} {
		var v view.Line
		v.Look([]byte(line + "\n"))
		assert.Equal(t, line, string(v.Text))
		assert.True(t, v.Untaught(), line)
		v.Look([]byte(line[:min(8, len(line))] + " x\n"))
		assert.Empty(t, v.Dress, line)
	}
}

// TestLearntWritersAreApart: two names are two writers, and a number that counts is none.
func TestLearntWritersAreApart(t *testing.T) {
	var v view.Line
	dress := func(line string) string { v.Look([]byte(line + "\n")); return v.Dress }
	dress("web-1: --> Loading config...")
	dress("web-2: --> Connecting to hosts...")
	assert.NotEmpty(t, dress("web-1: x"))
	assert.False(t, v.Untaught())
	one := dress("1: --> Loading config...")
	assert.NotEqual(t, one, "")
	dress("2: --> Loading inventory...")
	assert.Equal(t, dress("30: x"), dress("31: y"))
}

// TestLearntNumbersOfWritersAreApart: each of two runs begins with the same line, behind a number of its own.
func TestLearntNumbersOfWritersAreApart(t *testing.T) {
	var v view.Line
	dress := func(line string) string { v.Look([]byte(line + "\n")); return v.Dress }
	dress("a3f9c1 --> Loading config...")
	dress("0b7e2d --> Loading config...")
	assert.NotEqual(t, dress("a3f9c1 x"), dress("0b7e2d x"))
	assert.Empty(t, dress("c0ffee x"))
}

// TestHostsAreNoPrefix: what a host prints of what hosts print is not in front of all lines either.
func TestHostsAreNoPrefix(t *testing.T) {
	for _, line := range []string{"[vm-01] [vm-02] --> Loading config...", "    [vm-01]     [vm-02] --> Loading config..."} {
		var v view.Line
		v.Look([]byte(line + "\n"))
		assert.Equal(t, line, string(v.Text))
		assert.True(t, v.Untaught(), line)
	}
}
