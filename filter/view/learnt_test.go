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
		"a quote": {[]string{"> --> Loading config...", "> x"}, []string{"--> Loading config...", "x"}},
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
		"a quote within a run": {
			[]string{"--> Connecting to hosts...", "    --> Loading config...", "    --> Loading inventory...", "    [vm-01] Connected"},
			[]string{"--> Connecting to hosts...", "    --> Loading config...", "    --> Loading inventory...", "    [vm-01] Connected"},
		},
		"indents that differ": {
			[]string{"  --> Loading config...", "    --> Loading inventory...", "x: --> Connecting to hosts...", "    --> Loading config...", "    [vm-01] Connected"},
			[]string{"  --> Loading config...", "    --> Loading inventory...", "--> Connecting to hosts...", "    --> Loading config...", "    [vm-01] Connected"},
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
