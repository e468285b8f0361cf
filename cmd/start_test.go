package cmd_test

import (
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A start is a package that was initialized when a program began.
type start struct {
	path  string
	took  time.Duration
	bytes int
}

var initLine = regexp.MustCompile(`(?m)^init (\S+) @[0-9.]+ ms, ([0-9.]+) ms clock, (\d+) bytes`)

// starts runs a program and returns the packages in the order in which they were initialized.
func starts(t *testing.T, program string) (all []start) {
	t.Helper()
	c := exec.Command(program, "version")
	c.Env = append(c.Environ(), "GODEBUG=inittrace=1")
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, m := range initLine.FindAllStringSubmatch(string(out), -1) {
		ms, err := strconv.ParseFloat(m[2], 64)
		require.NoError(t, err)
		n, err := strconv.Atoi(m[3])
		require.NoError(t, err)
		all = append(all, start{m[1], time.Duration(ms * float64(time.Millisecond)), n})
	}
	require.NotEmpty(t, all)
	return all
}

// TestSignalsAreCaughtBeforeAnythingElse: until they are, a Ctrl-C kills the filter, and so the deploy. What comes first has
// no work to do, whatever machine it is.
func TestSignalsAreCaughtBeforeAnythingElse(t *testing.T) {
	const early, most = "github.com/orbfilter/orbfilter/filter/wrap/early", 100 << 10
	bytes, found := 0, false
	for _, s := range starts(t, program(t)) {
		if found = s.path == early; found {
			break
		}
		bytes += s.bytes
		assert.False(t, strings.HasPrefix(s.path, "github.com/orbfilter/") || s.path == "regexp", "%s is initialized first", s.path)
	}
	assert.True(t, found, "%s is not initialized", early)
	assert.Less(t, bytes, most, "what is made first")
}

// TestStartMakesNoTables: all of it is between a person and the first line of a deploy.
func TestStartMakesNoTables(t *testing.T) {
	const most, tries = 60 * time.Millisecond, 30
	program := program(t)
	best := time.Hour
	for range tries { // the machine may be busy
		took := time.Duration(0)
		for _, s := range starts(t, program) {
			took += s.took
			require.NotContains(t, s.path, "runewidth", "it makes tables for 50 ms")
		}
		if best = min(best, took); best < most {
			return
		}
	}
	assert.Less(t, best, most)
}
