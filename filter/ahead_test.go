package filter_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
)

// What was prepared while the bytes in front of it were written comes out as what was not, however the log was cut: lines that go on
// from one read into the next, and reads with so much in them that not all of it is looked at beforehand.
func TestPreparedIsWritten(t *testing.T) {
	plan := filter.NewPlan(rules.Builtin())
	var material []string
	for _, file := range filtertest.EveryCapture(t) {
		material = append(material, lines(string(filtertest.Read(t, file)))...)
	}
	rapid.Check(t, func(t *rapid.T) {
		log := mixture(t, material)
		if rapid.IntRange(0, 3).Draw(t, "large") == 0 {
			log = strings.Repeat(log, 1+100_000/len(log))
		}
		want, got := observe(plan, 512, false, false), observe(plan, 512, false, false)
		size := rapid.SampledFrom([]int{1 + len(log)/5, 1 + len(log)/2, len(log), rapid.IntRange(1+len(log)/50, len(log)).Draw(t, "size")}).Draw(t, "read")
		var reads [][]byte
		for rest := log; rest != ""; rest = rest[min(size, len(rest)):] {
			reads = append(reads, append(make([]byte, 0, size+rapid.IntRange(0, 9).Draw(t, "room")), rest[:min(size, len(rest))]...))
		}
		next := got.Prepare(reads[0])
		for i, read := range reads {
			_, _ = want.Write(read)
			write := next
			if i+1 < len(reads) {
				next = got.Prepare(reads[i+1])
			}
			n, err := write()
			require.NoError(t, err)
			require.Equal(t, len(read), n)
		}
		require.NoError(t, want.Close())
		require.NoError(t, got.Close())
		require.Equal(t, log, got.raw())
		require.Equal(t, want.events, got.events)
		require.Equal(t, want.Summary(), got.Summary())
	})
}
