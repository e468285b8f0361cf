package recurring_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/recurring"
)

// flood is a log of n different lines. Each of every lines is followed by a
// warning.
func flood(n, every int, to func([]byte)) {
	r, buf, words := rand.New(rand.NewPCG(1, 1)), []byte(nil), [4096]string{}
	for i := range words {
		words[i] = word(i) + " "
	}
	for i := range n {
		for bits := r.Uint64() >> 16; bits > 0; bits >>= 12 { // 2 to the power of 48 lines
			buf = append(buf, words[bits%4096]...)
		}
		buf = append(buf, '\n')
		if every > 0 && i%every == 0 {
			buf = fmt.Appendf(buf, warning, i%200, i, i%60, i)
		}
		if len(buf) > 60<<10 || i == n-1 {
			to(buf)
			buf = buf[:0]
		}
	}
}

// However many different lines there are, no more than 2.5 MiB are remembered, and
// what recurs among them is found.
func TestRecurringIsBounded(t *testing.T) {
	n := 10_000_000
	if testing.Short() {
		n = 300_000
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rec := recurring.New(recurring.Options{})
	flood(n, 1000, func(b []byte) { _ = rec.Event(filter.Event{Raw: b, Line: 1}) })
	for i := range 20_000 { // hosts, and other writers
		line := fmt.Sprintf("[%s%s.example.org] %s\n%s  | x %s is on\n", word(i), strings.Repeat("x", 150), word(i), word(i), word(i))
		_ = rec.Event(filter.Event{Raw: []byte(strings.Repeat(line, 3)), Line: 1})
	}
	for i := range 20_000 { // and long lines that come twice
		line := strings.Repeat(word(i)+" ", 300) + "\n"
		_ = rec.Event(filter.Event{Raw: []byte(line + line), Line: 1})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	assert.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(5<<19))
	unknown := rec.Unknown()
	require.NotEmpty(t, unknown)
	assert.Equal(t, n/1000, unknown[0].Count)
	assert.Equal(t, int64(n/200), unknown[0].Lines)
}

// So many different things may recur that it takes a moment to say what they are.
func BenchmarkRecurringUnknown(b *testing.B) {
	r, lines := rand.New(rand.NewPCG(1, 1)), []string(nil)
	for i := range 12_000 {
		lines = append(lines, fmt.Sprintf("the agent of %s is slow\n", word(i)))
	}
	var log strings.Builder
	for range 200_000 {
		log.WriteString(lines[r.IntN(len(lines))])
	}
	for b.Loop() {
		b.StopTimer()
		rec := recurring.New(recurring.Options{})
		_ = rec.Event(filter.Event{Raw: []byte(log.String()), Line: 1})
		b.StartTimer()
		require.Len(b, rec.Unknown(), 50)
	}
}

// The most of all are reported, in this order.
func TestRecurringMost(t *testing.T) {
	var log strings.Builder
	for i := range 80 {
		for range 5 + i {
			fmt.Fprintf(&log, "the agent of %s is slow\n%s\n", word(i), word(1000+log.Len()))
		}
	}
	unknown := recurrent(t, rules.NewSet(), log.String(), 0)
	require.Len(t, unknown, 50)
	for i, u := range unknown {
		assert.Equal(t, 5+79-i, u.Count)
	}
}

// geventBlock is the fingerprint of the founding issue, for somebody who has no rule
// for it.
const geventBlock = "U-6a70b5ad"
