package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Where a prefix ends: in front of the text, with the marks and the end of a colour that stand directly behind it.
func TestWherePrefixesEnd(t *testing.T) {
	for _, c := range []struct{ prefix, rest, text string }{
		{"", "x", "x"}, {"", "\x1b[1mx\x1b[0m", "x"}, {"", "\x1b[0mx", "x"},
		{"2026-11-24T03:59:21Z ", "    x", "    x"}, {"\ufeff2026-11-24T03:59:21Z ", "x", "x"}, {"web-1  | ", "x", "x"},
		{"\x1b[36mweb-1  | \x1b[0m", "    x", "    x"}, {"\x1b[36mweb-1  | ", "    x\x1b[0m", "    x"}, {"\x1b[1m\x1b[36mweb-1  | ", "\x1b[39mx\x1b[0m", "x"}, {"web-1  | ", "\x1b[0mx", "x"}, {"web-1  | ", "\x1b[31mx\x1b[0m", "x"},
		{"[2026-11-24T03:59:21Z] \x1b_bk;t=1\x07", "x", "x"}, {"[2026-11-24T03:59:21Z] ", "x\x1b_bk;t=1\x07y", "xy"}, {"\x1b_bk;t=1\x07", "x", "x"},
		{"\x1b[36mweb-1  | \x1b[0m2026-11-24T03:59:21Z ", "x", "x"},
	} {
		var v view.Line
		v.Look([]byte(c.prefix + c.rest + "\n"))
		assert.Equal(t, c.prefix, string(v.Raw[:v.Prefix]), "%q", c.prefix+c.rest)
		assert.Equal(t, c.text, string(v.Text), "%q", c.prefix+c.rest)
	}
}

// Each sample may be cut off anywhere: what is seen is the end of what is there, and the prefix is in front of it.
func TestCutSamples(t *testing.T) {
	cases, _ := view.FormatCases()
	for _, c := range cases {
		for n := range c.Line {
			var v view.Line
			line := strings.TrimSuffix(c.Line[:n], "\r")
			v.Look([]byte(line))
			require.LessOrEqual(t, v.Prefix, len(line), "%q", line)
			if !strings.ContainsAny(line, "\x1b\r#\ufeff") {
				require.Equal(t, line[v.Prefix:], string(v.Text), "%q", line)
			}
		}
	}
}

// Editors cut the space at the end of a line, also where it is the end of a prefix.
func TestCutSpaces(t *testing.T) {
	for _, line := range []string{
		"2026-11-24T03:59:23.5000000Z", "web-1  |", "Nov 24 03:59:21 ci pyinfra[1]:", "2026-11-24T03:00:02.123456789Z stderr F", "[task 2026-11-24T03:00:02.123Z]", "[03:59:21] :\t [Step 1/3]", "12:34:56",
	} {
		text, dress := view.Seen(line + "\n")
		assert.Empty(t, text, line)
		assert.NotEmpty(t, dress, line)
	}
	text, _ := view.Seen("12:34:56x")
	assert.Equal(t, "12:34:56x", text)
}

// Behind the time of day two spaces are Jenkins', until a line has shown that there is one.
func TestNarrowClock(t *testing.T) {
	var v view.Line
	look := func(line string) string { v.Look([]byte(line)); return string(v.Text) }
	assert.Equal(t, "    [vm-01] Connected", look("12:34:56      [vm-01] Connected"))
	assert.Empty(t, look("12:34:56 "))
	assert.False(t, v.Narrow)
	assert.Equal(t, "--> Connecting to hosts...", look("12:34:57 --> Connecting to hosts..."))
	assert.True(t, v.Narrow)
	assert.Equal(t, "    [vm-01] Connected", look("12:34:58     [vm-01] Connected"))
	assert.True(t, v.Narrow)
}

// A line of GitLab's goes on the one before if it is marked so.
func TestGoesOn(t *testing.T) {
	for line, want := range map[string]bool{
		"2026-11-24T03:59:23.000000Z 01E+x": true, "2026-11-24T03:59:23.000000Z 01E x": false, "2026-11-24T03:59:23.000000Z 01E +x": false, "a+ | x": false, "Nov 24 03:59:21 ci c++: x": false,
	} {
		var v view.Line
		v.Look([]byte(line))
		assert.Equal(t, want, v.GoesOn, line)
	}
}

// Lines that cannot have a prefix of the table are known by their first byte.
func TestMayHavePrefix(t *testing.T) {
	for text, want := range map[string]bool{"": false, " x": false, "\tx": false, "\n": false, "2026-11-24": true, "[vm-01] x": true, `{"log":"a"}`: true, "--> x": true} {
		assert.Equal(t, want, view.MayHavePrefix([]byte(text)), text)
	}
}

// Times as they stand in front of lines. One without a zone may be of any, of which the earliest counts.
func TestTime(t *testing.T) {
	at := time.Date(2026, 11, 24, 3, 59, 21, 0, time.UTC)
	for stamp, zoned := range map[string]bool{
		"2026-11-24T03:59:21Z": true, "2026-11-24 04:59:21+01:00": true, "2026-11-24T03:59:21.000+0000": true, "2026-11-24T03:59:21,000Z": true,
		"2026-11-24T03:59:21": false, "2026-11-24 03:59:21.000": false, "2026/11/24 03:59:21": false,
	} {
		got, z, ok := view.Time(stamp)
		assert.True(t, ok && got.Equal(at), stamp)
		assert.Equal(t, zoned, z, stamp)
		first, ok := view.Earliest(stamp)
		want := at
		if !zoned {
			want = at.Add(-14 * time.Hour)
		}
		assert.True(t, ok && first.Equal(want), "%s: %s", stamp, first)
	}
	for _, stamp := range []string{"", "2026-11-24", "2026-11-24T", "2026-11-24T03", "2026-13-24T03:59:21Z", "Nov 24 03:59:21"} {
		_, zoned, ok := view.Time(stamp)
		assert.False(t, zoned || ok, stamp)
		_, ok = view.Earliest(stamp)
		assert.False(t, ok, stamp)
	}
}

// Times that are numbers: of sections, of Buildkite's lines, and in objects, where it may be any part of a second.
func TestNumbersOfTime(t *testing.T) {
	for line, want := range map[string]string{
		"section_start:1795492761": "2026-11-24T03:59:21Z", "section_end:1795492761:x": "2026-11-24T03:59:21Z", "section_start:x": "",
		"\x1b_bk;t=0001795492761123\x07x": "2026-11-24T03:59:21.123Z", "\x1b_bk;t=00001795492761123\x07x": "", "\x1b_bk;t=99999999999999\x07x": "5138-11-16T09:46:39.999Z", "x\x1b_bk;t=1795492761000\x07y": "2026-11-24T03:59:21Z",
	} {
		stamp, _ := view.Stamp([]byte(line))
		assert.Equal(t, want, stamp, "%q", line)
	}
	for value, want := range map[string]string{
		`"2026-11-24T03:59:21+01:00"`: "2026-11-24T03:59:21+01:00", `"2026-11-24 03:59:21.5"`: "2026-11-24 03:59:21.5", `"Nov 24 03:59:21"`: "", `"x"`: "", `"2026"`: "", `true`: "", `null`: "", `""`: "",
		"1795492761": "2026-11-24T03:59:21Z", "1795492761123": "2026-11-24T03:59:21.123Z", `"1795492761123456"`: "2026-11-24T03:59:21.123456Z", `"1795492761123456789"`: "2026-11-24T03:59:21.123456789Z",
		"1795492761.5": "2026-11-24T03:59:21.5Z", "1795492761.123456789": "2026-11-24T03:59:21.123456789Z", "1795492761.1234567890": "", "1795492761123.5": "", "179549276": "", "179549276.5": "", "17954927611": "2026-11-24T03:59:21.1Z",
		"17954927611234567890": "", `"17954x92761"`: "", `"1795492761x"`: "", "9999999999999999999": "", "1.795492761e9": "",
	} {
		stamp, _ := view.Stamp([]byte(`{"log":"a","time":` + value + `}`))
		assert.Equal(t, want, stamp, value)
	}
	for line, want := range map[string]string{ // the first of the keys that the object has
		`{"log":"a","ts":1795492762,"timestamp":1795492761}`: "2026-11-24T03:59:21Z", `{"log":"a","timestamp":1795492761,"ts":1795492762}`: "2026-11-24T03:59:21Z",
		`{"log":"a","time":1795492761,"time":1795492762}`: "2026-11-24T03:59:21Z", `{"log":"a","x":{"time":1795492761}}`: "", `{"log":"a","time":["1795492761"]}`: "",
		`2026-11-24T03:59:20Z {"log":"a"}`: "2026-11-24T03:59:20Z", `2026-11-24T03:59:20Z {"log":"a","time":1795492761}`: "2026-11-24T03:59:21Z", `2026-11-24T03:59:20Z {"log":"a","time":"x"}`: "2026-11-24T03:59:20Z",
	} {
		stamp, _ := view.Stamp([]byte(line))
		assert.Equal(t, want, stamp, line)
	}
}
