//go:build unix

package wrap

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spinner prints its process id, and then frames for ever, until it gets a line.
const spinner = `trap "kill \$!" EXIT; echo "pid $$."; while :; do printf "frame\r"; sleep 0.05; done & read x; echo "got <$x>"; exit 5`

var printedPid = regexp.MustCompile(`pid (\d+)\.`)

// pid waits for the process id that the program prints.
func (s *screen) pid() int {
	s.t.Helper()
	var found []string
	if !wait(func() bool { found = printedPid.FindStringSubmatch(s.printed()); return found != nil }) {
		s.t.Fatal("no process id was printed")
	}
	pid, err := strconv.Atoi(found[1])
	require.NoError(s.t, err)
	return pid
}

// script starts orbfilter from an interactive shell, in a way that what is typed does not look like what is printed.
func (s *screen) script(script, after string) {
	s.t.Helper()
	s.typing(fmt.Sprintf(`"$ORB" run sh -c '%s' %s`, script, after) + "\r")
}

// done makes the shell print the last exit status, and ends it.
func (s *screen) done(code int) {
	s.t.Helper()
	s.untilPrompt()
	s.typing("echo co''de $?.\r")
	s.expect(fmt.Sprintf("code %d.", code))
	s.typing("exit\r")
	s.exit()
}

// untilPrompt waits until the shell reads, which is when it has the terminal and has its own settings.
func (s *screen) untilPrompt() {
	s.t.Helper()
	if !wait(func() bool {
		pgrp, err := group(s.master)
		return err == nil && pgrp == s.cmd.Process.Pid
	}) {
		s.t.Fatal("the shell did not get the terminal back")
	}
}

// stopped tells whether a process is stopped.
func stopped(pid int) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return strings.HasPrefix(string(out), "T")
}

func untilStopped(t *testing.T, pid int, want bool) {
	t.Helper()
	if !wait(func() bool { return stopped(pid) == want }) {
		t.Fatalf("the program did not become stopped=%v", want)
	}
}

func TestSuspendAndContinue(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "")
	pid := s.pid()
	s.expect("frame")
	s.untilRaw(true)
	for range 2 {
		s.typing("a\x1a")
		s.expect("Stopped")
		s.untilPrompt()
		untilStopped(t, pid, true)
		assert.False(t, s.raw())
		require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 22, Cols: 88}))
		s.typing("echo she''ll; stty -a\r")
		s.expect("shell")
		s.expect("icanon")
		s.typing("fg\r")
		s.expect("fg\r\n")
		untilStopped(t, pid, false)
		s.untilRaw(true)
		s.expect("frame")
	}
	s.typing("b\r")
	s.expect("got <aab>")
	s.done(5)
}

func TestSuspendAndContinueInTheBackground(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "")
	pid := s.pid()
	s.untilRaw(true)
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("bg\r")
	untilStopped(t, pid, false)
	s.expect("frame")
	s.untilPrompt()
	s.typing("echo she''ll; stty -a\r")
	s.expect("shell")
	s.expect("icanon")
	s.typing("fg\r")
	s.untilRaw(true)
	s.typing("x\r")
	s.expect("got <x>")
	s.done(5)
}

func TestStartedInTheBackground(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "&")
	pid := s.pid()
	s.expect("frame")
	s.typing("echo she''ll; stty -a\r")
	s.expect("shell")
	s.expect("icanon")
	assert.False(t, stopped(pid))
	s.typing("jobs\r")
	s.expect("Running")
	s.typing("fg\r")
	s.expect("run sh -c") // what fg prints
	untilKeyboard(s)
	s.typing("y\r")
	s.expect("y>")
	s.done(5)
}

// untilKeyboard waits until orbfilter has the terminal. Without a signal it looks from time to time only.
func untilKeyboard(s *screen) {
	s.t.Helper()
	if !wait(func() bool {
		pgrp, err := group(s.master)
		return err == nil && pgrp != s.cmd.Process.Pid && s.raw()
	}) {
		s.t.Fatal("orbfilter did not take the terminal")
	}
}

func TestStoppedFromOutside(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "")
	s.pid()
	s.untilRaw(true)
	orb, err := group(s.master)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(-orb, syscall.SIGSTOP))
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("stty sane; fg\r")
	untilKeyboard(s)
	s.typing("x\r")
	s.expect("got <x>")
	s.done(5)
}

func TestProgramStopsItself(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`echo "pid $$."; read x; kill -STOP $$; read x; echo "got <$x>"; exit 6`, "")
	pid := s.pid()
	s.typing("\r")
	s.expect("Stopped")
	s.untilPrompt()
	assert.True(t, stopped(pid))
	s.typing("fg\r")
	untilKeyboard(s)
	s.typing("x\r")
	s.expect("got <x>")
	s.done(6)
}

func TestSuspendWithoutAShellGoesOn(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.whileSame(func() {
		s.run(spinner, nil)
		s.expect("frame")
		s.untilRaw(true)
		s.typing("\x1ax\r")
		s.expect("got <x>")
		assert.Equal(t, 5, s.exit())
	})
}

func TestInnerShellHasItsOwnJobs(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.typing(`"$ORB" run bash --norc --noprofile -i` + "\r")
	s.untilRaw(true)
	s.typing(`sh -c 'echo rea""dy; sleep 30'` + "\r")
	s.expect("ready")
	s.typing("\x1a")
	s.expect("Stopped")
	s.typing("kill %1; fg; exit 4\r")
	s.done(4)
}

// A pipeline shares the terminal: another program in it may be a pager.
func TestPipelineLeavesTheTerminalAlone(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`[ -t 2 ] && echo "tty on stderr" >&2; printf "name? " >/dev/tty; read x </dev/tty; echo "got <$x>"; sleep 0.1; exec sleep 30`, "| cat")
	s.expect("name? ")
	assert.False(t, s.raw())
	s.typing("bob\r")
	s.expect("got <bob>\r\n")
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("fg\r")
	s.expect("fg\r\n")
	if !wait(func() bool { pgrp, err := group(s.master); return err == nil && pgrp != s.cmd.Process.Pid }) {
		t.Fatal("not in the foreground")
	}
	time.Sleep(50 * time.Millisecond)
	s.typing("\x03")
	s.untilPrompt()
	s.typing("echo co''de ${PIPESTATUS[0]}.\r")
	s.expect("code 130.")
	assert.Contains(t, s.printed(), "tty on stderr\r\n")
	assert.NotContains(t, s.printed(), "stderr\r\r\n")
	s.typing("exit\r")
	s.exit()
}

func TestWithoutATerminalTheShellDoesItAll(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`echo "pid $$." >/dev/tty; read x; exit 5`, ">/dev/null 2>&1")
	pid := s.pid()
	assert.False(t, s.raw())
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	assert.True(t, stopped(pid))
	s.typing("fg\r")
	untilStopped(t, pid, false)
	s.typing("x\r")
	s.done(5)
}
