package filter_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// noise is what no line of a filtered run may hold.
var noise = []string{"Exception ignored", "_ForkHooks", "Traceback", "after_fork_in_child", "is_alive", "_is_stopped", "AssertionError", "^"}

func TestCapturesHoldNoNoise(t *testing.T) {
	for _, file := range filtertest.Captures(t, "gevent-25.5.1*", "samples/piped-*", "samples/pyinfra-orb3*", "samples/gevent2551*", "samples/*-py3*", "more/gevent-25.5.1*", "more/forks*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := filtertest.Read(t, file)
			shown, s := filtertest.Run(t, filtertest.Builtin(), data, 0, filter.Options{})
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
