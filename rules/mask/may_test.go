package mask

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestMayBe: what is looked for by hand rules out nothing that an expression finds.
func TestMayBe(t *testing.T) {
	parts := []string{
		"1", "12", "443", "1997", "20261124", "1795492761", ".", ",", ":", "-", "/", " ", "e", "E", "+", "<", "(", ")", "ms", "us", "µs", "ns", "s", "m", "h", "sec", "secs", "mins", "hr", "hrs", "B", "kB", "KiB", "MB", "GiB",
		"bytes", "byte", "bit", "bits", "K", "M", "G", "T", "P", "Mon", "Monday", "Tues", "Nov", "November", "Sept", "September", "June", "May", "Sat", "Sun", "Dec ", "24", "03:00:02", "2026-11-24", "T03:00:02", "Z", "AM", "th", "rd",
		"abcdef", "ABCDEF12", "deadbeef", "x", "word", "_", "UTC", "+0100", "v1.2.3-rc1", "10.0.0.1", "1,234,567", "[", "]",
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 8).Draw(t, "text"), "")
		for i := range variables {
			v := &variables[i]
			if f := mayBe[i]; f != nil && strings.IndexByte(v.first, text[0]) >= 0 && v.in(text).end > 0 {
				require.True(t, f(text), "%s, %s: %q", v.name, v.re, text)
			}
		}
	})
}
