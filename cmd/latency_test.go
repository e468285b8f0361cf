package cmd_test

import (
	"bufio"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/rules"
)

// TestALineIsPassedOnAtOnce measures the way of a line through the pipe that
// it comes from, the filter with all its rules, and the pipe that it goes to.
func TestALineIsPassedOnAtOnce(t *testing.T) {
	const times, limit = 100, time.Millisecond
	in, write := pipe(t)
	read, out := pipe(t)
	stream := &ci.Stream{W: out}
	f := filter.New(rules.Builtin(), stream, filter.Options{Sent: stream.Flush})
	done := make(chan error, 1)
	go func() { done <- wrap.Pump(f, in) }()

	lines := bufio.NewReader(read)
	took := make([]time.Duration, times)
	for i := range took {
		const line = "    [web-01] Success\n"
		start := time.Now()
		_, err := write.WriteString(line)
		require.NoError(t, err)
		got, err := lines.ReadString('\n')
		require.NoError(t, err)
		took[i] = time.Since(start)
		require.Equal(t, line, got)
	}
	require.NoError(t, write.Close())
	require.NoError(t, <-done)
	slices.Sort(took)
	assert.Less(t, took[times/2], limit, "%v", took)
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	return r, w
}
