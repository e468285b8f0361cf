package view_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/filter/view"
)

// BenchmarkLook looks at lines as they come: plain, coloured, with a prefix, and with both.
func BenchmarkLook(b *testing.B) {
	for name, line := range map[string]string{
		"plain":    "    [vm1] Success\n",
		"coloured": "    [\x1b[36mvm1\x1b[0m] \x1b[32mSuccess\x1b[0m\n",
		"prefixed": "2026-11-24T03:59:21.1234567Z     [vm1] Success\n",
		"both":     "web-1  |     [\x1b[36mvm1\x1b[0m] \x1b[32mSuccess\x1b[0m\n",
	} {
		b.Run(name, func(b *testing.B) {
			var v view.Line
			raw := []byte(line)
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				v.Look(raw)
			}
		})
	}
}
