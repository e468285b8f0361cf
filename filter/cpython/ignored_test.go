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
