package mask

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestPlainWords: in what is taken for plain words a finder finds nothing, wherever they stand and whatever is around them.
func TestPlainWords(t *testing.T) {
	parts := []string{
		" ", " ", " ", "  ", ",", ":", ";", ".", "-", "_", "@", "/", "=", "\"", "'", "(", ")", "[", "é", "\t", "1", "42", "0x", "::",
		"a", "I", "the", "Reading", "package", "Processing", "dependency", "added", "decade", "facade", "DEADBEEF", "deadbeef", "defaced", "abcdef", "cafe",
		"Mon", "Monday", "May", "Maybe", "Sun", "Sunny", "March", "Nov 24", "user", "User", "alice", "login", "host", "HOST", "vm", "VM", "web", "commit", "instance",
		"aBcDeFgH", "AbCdEfGhIj", "XMLHttpRequest", "WAITFORIT", "camelCaseWord", "qWeRtYuI", "com", "example", "http", "error",
	}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 14).Draw(t, "line"), rapid.SampledFrom([]string{"", " "}).Draw(t, "between"))
		for at := range len(line) {
			n := plainWords(line, at)
			if n == 0 || at > 0 && line[at-1] != ' ' {
				continue
			}
			f := finder{line: line, at: at}
			for f.at < at+n {
				found := f.next()
				require.Equal(t, found.from, found.to, "%q, from %d on: %q", line, at, line[found.at:found.end])
			}
			require.Equal(t, at+n, f.at, "%q: what begins in there ends in there", line)
		}
	})
}

// TestPlainWordsAreTaken: most words of most lines are.
func TestPlainWordsAreTaken(t *testing.T) {
	for line, want := range map[string]string{
		"Reading package lists, and: more": "Reading package lists, and: more",
		"Setting up nginx (1.2) now":       "Setting up nginx ",
		"Preparing  to unpack":             "Preparing",
		"one two deadbeef three":           "one two ",
		"one two user alice":               "one two ",
		"on Monday it was":                 "on ",
		"read/write":                       "",
		"that is aBcDeFgHiJ":               "that is ",
		"word.":                            "",
		"aBcDeFg is short":                 "aBcDeFg is short",
	} {
		require.Equal(t, want, line[:plainWords(line, 0)])
	}
}

// TestFirstLevel: what is read by hand is what an expression finds.
func TestFirstLevel(t *testing.T) {
	level := regexp.MustCompile(`^[ \[<("*]*(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|SEVERE|CRITICAL|CRIT|FATAL|ALERT|EMERG|PANIC)\b`)
	parts := []string{" ", "[", "<", "(", "\"", "*", "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "SEVERE", "CRIT", "FATAL", "ALERT", "EMERG", "PANIC", "Error", "x", "E", ":", "]", "_", "1", "é", "ſ"}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 5).Draw(t, "line"), "")
		want := ""
		if m := level.FindStringSubmatch(line); m != nil {
			want = m[1]
		}
		require.Equal(t, want, firstLevel(line), "%q", line)
	})
}

// TestMayHead: what is looked for by hand rules out no column that an expression finds, and reads the same names.
func TestMayHead(t *testing.T) {
	name := regexp.MustCompile(`^(?:[A-Za-z_][\w$./:@-]*|[A-Z][\w-]*)(?: |$)`)
	parts := []string{
		"[", "]", "<", ">", "(", ")", "#", ":", " ", ",", ".", "/", "-", "_", "@", "$", "1", "42", "0x", "0x1f", "20261124", "1795492761", "2026-11-24 03:00:02", "24/Nov/2026:03:00:02 +0100", "Nov 24 03:00:02", "Tue", "Tuesday, ", "March",
		"trace", "INFO", "Information", "informations", "ERR", "error", "finest", "emergency", "Emergencies", "notice", "V", "d", "I", "W", "e", "F", "a", "config", "CONFIG", "critical", "panic", "word", "Word", "é", "severe", "ſevere", "fineſt", "tracK", "x",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 8).Draw(t, "text"), "")
		require.True(t, mayBeStamp(text) || !stampField.MatchString(text), "%q", text)
		require.True(t, mayBeLevelField(text) || !levelField.MatchString(text), "%q", text)
		require.True(t, mayBeNumField(text) || !numField.MatchString(text), "%q", text)
		require.Equal(t, len(name.FindString(text)), wordFieldLen(text), "%q", text)
		require.Equal(t, strings.ContainsAny(text, digits), hasFigure(text), "%q", text)
	})
}
