package cmd_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// judged runs a log through --fail-on error, and returns what is said, and the exit code.
func judged(t *testing.T, program, log string) (out string, code int) {
	t.Helper()
	c := exec.Command(program, "--fail-on", "error", "--no-history")
	c.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME=", "XDG_STATE_HOME=", "NO_COLOR=1")
	c.Stdin = strings.NewReader(log)
	all, err := c.CombinedOutput()
	if _, ended := err.(*exec.ExitError); err != nil && !ended { //nolint:errorlint // it is that of exec itself
		require.NoError(t, err)
	}
	return string(all), c.ProcessState.ExitCode()
}

// crafted are lines that a matcher loses itself in which tries one way after the other.
var crafted = []string{
	"<Greenlet at 0x7fb935808d60: " + strings.Repeat("<bound method Host.connect of Host(vm-01)>> f", 1400),
	"--> pyinfra error in " + strings.Repeat("a line 1", 4000),
	"    [web] Authentication error (" + strings.Repeat(") (", 8000),
	"    [web] Command IO error: " + strings.Repeat("a", 60_000) + "(",
}

// truth is a run that has failed, and the line that says why.
const truth = "    [vm-01] Authentication error (Authentication failed.)\n"

// Lines that somebody has crafted, in front of a true one, change nothing of what is said of that.
func TestCraftedLinesHideNothing(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	program := program(t)
	plain, code := judged(t, program, truth)
	require.Equal(t, 1, code, plain)
	for _, line := range crafted {
		before := strings.Repeat(line+"\n", 3)
		out, code := judged(t, program, before+truth)
		assert.Equal(t, 1, code, "%.60s", line)
		assert.Contains(t, out, "ssh-authentication-failed", "%.60s", line)
		assert.NotContains(t, out, "undecided", "%.60s", line)
	}
}

// A machine that has much to do says what an idle one says.
func TestBusyMachineSaysTheSame(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	program, log := program(t), strings.Join(crafted, "\n")+"\n"+truth
	want, code := judged(t, program, log)
	require.Equal(t, 1, code)
	var stop atomic.Bool
	defer stop.Store(true)
	for range max(4, 2*runtime.NumCPU()) {
		go func() {
			for !stop.Load() { // a core is kept busy
			}
		}()
	}
	for range 50 {
		out, code := judged(t, program, log)
		require.Equal(t, want, out)
		require.Equal(t, 1, code)
	}
}
