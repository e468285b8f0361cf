package mask

import (
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

// TestMayBeLevel: what is looked for by hand rules out no level that a line begins with.
func TestMayBeLevel(t *testing.T) {
	parts := []string{" ", "[", "<", "(", "\"", "*", "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "ERR", "SEVERE", "CRIT", "FATAL", "ALERT", "EMERG", "PANIC", "Error", "x", "E", ":", "]"}
	rapid.Check(t, func(t *rapid.T) {
		line := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 5).Draw(t, "line"), "")
		if firstLevel.MatchString(line) {
			require.True(t, mayBeLevel(line), line)
		}
	})
}
