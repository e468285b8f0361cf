package filter_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// run filters data, cut into writes of size bytes; 0: one write.
func run(t testing.TB, set *rules.Set, data []byte, size int, options filter.Options) (shown []byte, s *filter.Summary) {
	t.Helper()
	var all []byte
	f := filter.New(set, filter.SinkFunc(func(e filter.Event) error {
		all = append(all, e.Raw...)
		if !e.Fold {
			shown = append(shown, e.Raw...)
		}
		return nil
	}), options)
	for rest := data; len(rest) > 0; {
		n := len(rest)
		if size > 0 {
			n = min(n, size)
		}
		chunk := bytes.Clone(rest[:n])
		_, err := f.Write(chunk)
		require.NoError(t, err)
		for i := range chunk {
			chunk[i] = 'Z' // what Write was given must not be kept
		}
		rest = rest[n:]
	}
	require.NoError(t, f.Close())
	s = f.Summary()
	assert.True(t, bytes.Equal(data, all), "the events are the input")
	assert.Equal(t, int64(len(data)), s.Input.Bytes)
	assert.Equal(t, s.Input.Bytes, s.Output.Bytes+s.Folded.Bytes)
	assert.Equal(t, int64(len(shown)), s.Output.Bytes)
	assert.Empty(t, s.Limits.RulesSkipped, "nothing has panicked")
	return shown, s
}

// captures returns the files of testdata/captures that a pattern matches.
func captures(t testing.TB, patterns ...string) (files []string) {
	t.Helper()
	for _, p := range patterns {
		m, err := filepath.Glob(filepath.Join("..", "testdata", "captures", filepath.FromSlash(p)))
		require.NoError(t, err)
		require.NotEmpty(t, m, p)
		files = append(files, m...)
	}
	return files
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return data
}

// noise is what no line of a filtered run may hold.
var noise = []string{"Exception ignored", "_ForkHooks", "Traceback", "after_fork_in_child", "is_alive", "_is_stopped", "AssertionError", "^"}

func TestCapturesHoldNoNoise(t *testing.T) {
	for _, file := range captures(t, "gevent-25.5.1*", "samples/piped-*", "samples/pyinfra-orb3*", "samples/gevent2551*", "samples/*-py3*", "more/gevent-25.5.1*", "more/forks*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := read(t, file)
			shown, s := run(t, builtin(), data, 0, filter.Options{})
			for line := range strings.SplitSeq(string(shown), "\n") {
				for _, n := range noise {
					assert.NotContains(t, line, n)
				}
				assert.NotRegexp(t, `^ *: *\r?$|^ {5,}\[|^ +-->`, line)
			}
			require.Len(t, s.Issues, 1)
			assert.Equal(t, bytes.Count(data, []byte("Exception ignored in")), s.Issues[0].Count)
		})
	}
}
