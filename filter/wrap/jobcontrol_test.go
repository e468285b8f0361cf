//go:build unix

package wrap

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spinner prints its process id, and then frames for ever, until it gets a line.
const spinner = `trap "kill \$!" EXIT; echo "pid $$."; while :; do printf "frame\r"; sleep 0.05; done & read x; echo "got <$x>"; exit 5`

// waiter prints its process id, and then frames for ever, until Ctrl-C. All that it starts is started before it says who it is:
// a shell that vforks at the moment of a Ctrl-Z waits for a child that is stopped already, and is not stopped itself (state D),
// so that no shell gets the terminal back, with or without us.
const waiter = `while :; do printf "frame\r"; sleep 0.05; done & trap "kill $!; trap - INT; kill -INT $$" INT; echo "pid $$."; while :; do wait; done`

func (s *screen) pid() int { return s.number("pid") }

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

// stopped tells whether a process is stopped, or waits (D) for a child that was stopped before it became another program.
func stopped(pid int) bool {
	out, _ := exec.Command("ps", "-o", "stat=", "-p", fmt.Sprint(pid)).Output()
	return strings.HasPrefix(string(out), "T") || strings.HasPrefix(string(out), "D")
}

func untilStopped(t *testing.T, pid int, want bool) {
	t.Helper()
	if !wait(func() bool { return stopped(pid) == want }) {
		t.Fatalf("the program did not become stopped=%v", want)
	}
}

// parent is the process that has started another one.
func parent(t *testing.T, pid int) int {
	t.Helper()
	out, err := exec.Command("ps", "-o", "ppid=", "-p", strconv.Itoa(pid)).Output()
	require.NoError(t, err)
	ppid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	require.NoError(t, err)
	return ppid
}

func (s *screen) untilForeground() {
	s.t.Helper()
	if !wait(func() bool { pgrp, err := group(s.master); return err == nil && pgrp != s.cmd.Process.Pid }) {
		s.t.Fatal("the shell has kept the terminal")
	}
}

func TestSuspendAndContinue(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "")
	pid := s.pid()
	s.expect("frame")
	for range 2 {
		s.typing("\x1a")
		s.expect("Stopped")
		s.untilPrompt()
		untilStopped(t, pid, true)
		require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 22, Cols: 88}))
		s.typing("echo she''ll; stty -a\r")
		s.expect("shell")
		s.expect("icanon")
		s.typing("fg\r")
		s.expect("fg\r\n")
		untilStopped(t, pid, false)
		s.expect("frame")
	}
	s.untilForeground()
	s.untilEcho()
	s.typing("ab\r")
	s.expect("got <ab>")
	s.done(5)
}

func TestSizeThatChangedWhileStopped(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`echo "pid $$."; read x; stty size <&1`, "")
	pid := s.pid()
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	untilStopped(t, pid, true)
	require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 22, Cols: 88}))
	s.typing("fg\r")
	s.expect("fg\r\n")
	untilStopped(t, pid, false)
	s.untilForeground()
	s.untilEcho()
	s.typing("\r")
	s.expect("22 88")
	s.done(0)
}

func TestSuspendAndContinueInTheBackground(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(waiter, "")
	pid := s.pid()
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	untilStopped(t, pid, true)
	s.typing("bg\r")
	s.expect("bg\r\n")
	s.expect("frame")
	s.typing("fg\r")
	s.expect("fg\r\n")
	s.untilForeground()
	s.expect("frame")
	s.typing("\x03")
	s.done(130)
}

func TestReadingInTheBackgroundStops(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`echo "pid $$."; sleep 0.3; read x; echo "got <$x>"; exit 5`, "&") // who stops, stops us, so that we have to be quicker
	pid := s.pid()
	untilStopped(t, pid, true)
	untilStopped(t, parent(t, pid), true) // we stop a moment later, and only then the shell knows
	s.typing("jobs\r")
	s.expect("Stopped")
	s.typing("fg\r")
	s.expect("run sh -c") // what fg prints
	untilStopped(t, pid, false)
	s.untilForeground()
	s.untilEcho()
	s.typing("y\r")
	s.expect("got <y>")
	s.done(5)
}

func TestStoppedFromOutside(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(spinner, "")
	pid := s.pid()
	orb, err := group(s.master)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(-orb, syscall.SIGSTOP))
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("stty sane; fg\r")
	s.untilForeground()
	untilStopped(t, pid, false)
	s.untilEcho()
	s.typing("x\r")
	s.expect("got <x>")
	s.done(5)
}

// The shell waits for us, and we for a program that has stopped itself. Ctrl-Z stops us as well, and fg continues both.
func TestProgramStopsItself(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`echo "pid $$."; kill -STOP $$; read x; echo "got <$x>"; exit 6`, "")
	pid := s.pid()
	untilStopped(t, pid, true)
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("fg\r")
	s.untilForeground()
	untilStopped(t, pid, false)
	s.untilEcho()
	s.typing("x\r")
	s.expect("got <x>")
	s.done(6)
}

// The kernel does not stop a process group that no shell looks after.
func TestSuspendWithoutAShellGoesOn(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.whileSame(func() {
		s.run(spinner, nil)
		s.expect("frame")
		s.typing("\x1ax\r")
		s.expect("got <x>")
		assert.Equal(t, 5, s.exit())
	})
}

func TestNestedRuns(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.typing(`"$ORB" run "$ORB" run sh -c 'trap "stty size <&1" WINCH; ` + waiter + `'` + "\r")
	pid := s.pid()
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	untilStopped(t, pid, true)
	s.typing("fg\r")
	s.expect("fg\r\n")
	untilStopped(t, pid, false)
	s.untilForeground()
	require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 22, Cols: 88}))
	s.expect("22 88")
	s.typing("\x03")
	s.done(130)
}

func TestPipeline(t *testing.T) {
	t.Parallel()
	s := newScreen(t).bash()
	s.script(`[ -t 2 ] && echo "tty on stderr" >&2; printf "name? " >/dev/tty; read x </dev/tty; echo "got <$x>"; echo "pid $$."; exec sleep 30`, "| cat")
	s.expectAnywhere("name? ")
	s.typing("bob\r")
	s.expect("got <bob>\r\n")
	pid := s.pid()
	s.typing("\x1a")
	s.expect("Stopped")
	s.untilPrompt()
	s.typing("fg\r")
	s.expect("fg\r\n")
	s.untilForeground()
	untilStopped(t, pid, false)
	s.typing("\x03")
	s.untilPrompt()
	s.typing("echo co''de ${PIPESTATUS[0]}.\r")
	s.expect("code 130.")
	assert.Contains(t, s.printed(), "tty on stderr\r\n")
	assert.NotContains(t, s.printed(), "stderr\r\r\n")
	s.typing("exit\r")
	s.exit()
}
