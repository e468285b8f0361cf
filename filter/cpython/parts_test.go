package cpython_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// IgnoredLen is the length of what this finds.
func TestIgnoredLen(t *testing.T) {
	head := regexp.MustCompile(`^Exception ignored (?:in|on|while)(?: [a-z_.]+)*(?:: ?| |$)`)
	parts := rapid.SampledFrom([]string{"in", "on", "while", " ", ":", "abc", "a_.", "<x>", " x", " while", " in", "in:", "A", "(", ": ", " calling deallocator "})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom([]string{"", "Exception ignored ", "Exception ignored in"}).Draw(t, "head") + strings.Join(rapid.SliceOfN(parts, 0, 6).Draw(t, "parts"), "")
		require.Len(t, head.FindString(text), cpython.IgnoredLen([]byte(text)), "%q", text)
	})
}

// WarningParts are the groups of this.
func TestWarningPartsAreGroups(t *testing.T) {
	line := regexp.MustCompile(`^(.+?):\d+: (\w[\w.]*): (.*)$`)
	parts := rapid.SampledFrom([]string{":", " ", ": ", "1", "23", "/srv/a.py", "UserWarning", "a.b", ".", "message", ":1: ", "é", "\xff", "", "C:\\x.py:7: DeprecationWarning: old"})
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(strings.Join(rapid.SliceOfN(parts, 0, 9).Draw(t, "parts"), ""))
		path, category, message, ok := cpython.WarningParts(text)
		m := line.FindSubmatch(text)
		require.Equal(t, m != nil, ok, "%q", text)
		if ok {
			require.Equal(t, []string{string(m[1]), string(m[2]), string(m[3])}, []string{string(path), string(category), string(message)}, "%q", text)
		}
	})
}

// What is read by hand is what the expression says, and what is not asked of an expression it does not have.
func TestReadByHand(t *testing.T) {
	line := regexp.MustCompile(cpython.ErrorLine)
	frame := regexp.MustCompile(`^File ".*?", line \d+, in .`)
	parts := rapid.SampledFrom([]string{"Error", "error", "Exception", "Exit", "Warning", "a", "_", "0", ".", ":", " ", "é", "\xff", "\n", "File \"", "/x", "\", line ", "1", ", in ", "f"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(parts, 0, 6).Draw(t, "parts"), "")
		require.Equal(t, line.MatchString(text), cpython.IsError([]byte(text)), "%q", text)
		if !strings.Contains(text, "\n") {
			require.Equal(t, frame.MatchString(text), cpython.IsFrame([]byte(text)), "%q", text)
		}
	})
}

// TestBareFrameByHand: what is read by hand is what the expression says.
func TestBareFrameByHand(t *testing.T) {
	frame := regexp.MustCompile(`^(?:File "[^"]*", line \d+(?:, in \S.*)?$|\[Previous line repeated \d+ more times?\]$)`)
	parts := []string{`File "`, `"`, `/srv/a.py`, `", line `, `, line `, "3", "42", ", in ", " ", "f", "<module>", "\n", "\t", "\v", "\r", "é", "\xff", ",", "[Previous line repeated ", " more times]", " more time]", "]"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 8).Draw(t, "text"), "")
		if rapid.Bool().Draw(t, "nearly") {
			text = `File "/srv/a.py", line 3` + text
		}
		require.Equal(t, frame.MatchString(text), cpython.IsBareFrame([]byte(text)), "%q", text)
	})
}
