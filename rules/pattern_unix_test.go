//go:build unix

package rules_test

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The limit is of wall-clock time. Ctrl-Z, or a laptop that sleeps, in the
// middle of a match is no reason to give it up.
func TestStoppedProcess(t *testing.T) {
	if os.Getenv("ORBFILTER_TEST_MATCHING") != "" {
		matching(t)
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestStoppedProcess$", "-test.v")
	cmd.Env = append(os.Environ(), "ORBFILTER_TEST_MATCHING=1")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	require.Eventually(t, func() bool { return lines.Scan() && strings.Contains(lines.Text(), "matching") }, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
	time.Sleep(900 * time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
	var rest strings.Builder
	for lines.Scan() {
		rest.WriteString(lines.Text() + "\n")
	}
	assert.NoError(t, cmd.Wait(), rest.String())
}

// matching does nothing else for a while.
func matching(t *testing.T) {
	p := pattern(t, `^(a+)+$`)
	text := []byte(strings.Repeat("a", 16) + "b")
	os.Stdout.WriteString("matching\n")
	for from := time.Now(); time.Since(from) < 1500*time.Millisecond; {
		p.Search(text)
	}
	assert.Zero(t, p.Timeouts())
}
