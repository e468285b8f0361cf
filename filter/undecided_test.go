package filter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// undecidedIn are the ids of the rules that a limit has kept from deciding, with the reason.
func undecidedIn(s *filter.Summary) (out []string) {
	for _, u := range s.Undecided {
		out = append(out, fmt.Sprintf("%s %s: %s", u.Severity(), u.ID(), u.Why))
	}
	return out
}

// TestLimitsAreCounted: what a limit ends is shown, as it came, and counted.
func TestLimitsAreCounted(t *testing.T) {
	const docker = "    [vm-%d] Local command failed: docker inspect x\n"
	many := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, line, i)
		}
		return b.String()
	}
	long := strings.Repeat("x", 70_000)
	for name, c := range map[string]struct{ log, want string }{
		"blocks that are open":        {many(1100, docker), "error pyinfra-docker-daemon: too much waits behind it"},
		"as many as may be":           {many(900, docker), ""},
		"writers":                     {"web-x  | " + strings.ReplaceAll(docker, "%d", "1") + many(600, "web-%d  | --> Connecting to hosts...\n"), "error pyinfra-docker-daemon: too many others write"},
		"bytes behind a block":        {strings.Join(strings.SplitAfter(gevent, "\n")[:3], "") + many(3000, "[vm] "+strings.Repeat("y", 500)+" %d\n"), "noise gevent-fork-hooks-assertion: too much waits behind it"},
		"a long line":                 {"    [vm-1] Error: executed 0 commands " + long + "\n", "error pyinfra-operation-failed: a line is longer than what is looked at (64 KiB)"},
		"a long line of nothing":      {long + "\n", ""},
		"a long line, as it comes in": {long + "    [vm-1] Local command failed: docker inspect x " + long + long + "\n", "error pyinfra-docker-daemon: a line is longer than what is looked at (64 KiB)"},
	} {
		for _, size := range []int{0, 5000} {
			shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(c.log), size, filter.Options{})
			assert.Equal(t, len(c.log), len(shown), "%s: all of it is shown", name)
			got := undecidedIn(s)
			if c.want == "" {
				assert.Empty(t, got, name)
				continue
			}
			assert.Contains(t, got, c.want, name)
		}
	}
}

// TestPauseLosesNoError: nothing waits for a block that is shown, so that the clock has no part
// in whether it is found.
func TestPauseLosesNoError(t *testing.T) {
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
	now := time.Now()
	for _, line := range []string{"    [vm-1] Local command failed: docker inspect x\n", "something else\n", "docker: Cannot connect to the Docker daemon at x\n"} {
		_, err := f.Write([]byte(line))
		require.NoError(t, err)
		for range 100 {
			now = now.Add(90 * time.Millisecond)
			require.NoError(t, f.Tick(now))
		}
	}
	require.NoError(t, f.Close())
	assert.Equal(t, 1, filtertest.Counts(f.Summary())["pyinfra-docker-daemon"], filtertest.Counts(f.Summary()))
	assert.Empty(t, undecidedIn(f.Summary()))
}

const gevent = `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
AssertionError: 
`
