//go:build unix

package wrap

import (
	"bytes"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// deadlySignals are those that end a process by default, SIGSTKFLT and SIGPWR of Linux aside.
var deadlySignals = []syscall.Signal{
	syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS,
	syscall.SIGFPE, syscall.SIGKILL, syscall.SIGUSR1, syscall.SIGSEGV, syscall.SIGUSR2, syscall.SIGPIPE,
	syscall.SIGALRM, syscall.SIGTERM, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGSYS,
}

// diedOf is the signal that a program has died of, 0 if it has exited.
func diedOf(t *testing.T, err error) syscall.Signal {
	t.Helper()
	var exit *exec.ExitError
	if err == nil {
		return 0
	}
	require.ErrorAs(t, err, &exit)
	status := exit.Sys().(syscall.WaitStatus)
	assert.False(t, status.CoreDump(), "a core")
	if status.Signaled() {
		return status.Signal()
	}
	return 0
}

// A shell tells a death from an exit status of 128+n: it ends its loop after the one, and not after the other.
func TestDeathBySignalIsPassedOn(t *testing.T) {
	for _, s := range deadlySignals {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			out, err := command("run", "sh", "-c", fmt.Sprintf("ulimit -c 0; printf held; kill -%d $$; sleep 10", int(s))).Output()
			assert.Equal(t, s, diedOf(t, err))
			assert.Equal(t, "held", string(out), "what is to be shown is shown first")
		})
	}
}

func TestExitStatusOf128AndMoreIsNoDeath(t *testing.T) {
	t.Parallel()
	err := command("run", "sh", "-c", "exit 130").Run()
	assert.Zero(t, diedOf(t, err))
	assert.Equal(t, 130, exitCode(t, err))
}

// startedRun starts a command, and waits until it has shown something.
func startedRun(t *testing.T, c *exec.Cmd) (out io.Reader) {
	t.Helper()
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	_, err = out.Read(make([]byte, 10))
	require.NoError(t, err)
	return out
}

// TestDeathWhileTheSignalComesOnceMore: a Ctrl-\ goes to all of a terminal, so that we may get it when the command has
// already died of it, and we are about to. The Go runtime would print all goroutines.
func TestDeathWhileTheSignalComesOnceMore(t *testing.T) {
	testrun.Long(t)
	for range 60 {
		c := command("run", "sh", "-c", "echo ready; sleep 0.05; kill -QUIT $$; sleep 10")
		var said strings.Builder
		c.Stderr = &said
		out := startedRun(t, c)
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for c.Process.Signal(syscall.SIGQUIT) == nil {
				select {
				case <-stop:
					return
				default:
				}
			}
		}()
		_, _ = io.Copy(io.Discard, out)
		err := c.Wait()
		close(stop)
		<-stopped
		assert.Equal(t, syscall.SIGQUIT, diedOf(t, err), said.String())
	}
}

// TestReleasedSignalsEndAtOnce: what is no pipe dies of what a person types, without a word; and run has SIGQUIT for the
// command then.
func TestReleasedSignalsEndAtOnce(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM} {
		for name, args := range map[string][]string{"no command": {"released"}, "run": {"released", "sh", "-c", "trap 'exit 7' HUP INT QUIT TERM; echo ready; while :; do sleep 0.01; done"}} {
			t.Run(s.String()+", "+name, func(t *testing.T) {
				t.Parallel()
				c := command(args...)
				var said strings.Builder
				c.Stderr = &said
				out := startedRun(t, c)
				require.NoError(t, syscall.Kill(-c.Process.Pid, s))
				_, _ = io.Copy(io.Discard, out)
				err := c.Wait()
				if name == "run" {
					assert.Equal(t, 7, exitCode(t, err), "it is the command's")
				} else {
					assert.Equal(t, s, diedOf(t, err))
				}
				assert.NotContains(t, said.String(), "goroutine")
			})
		}
	}
}

func TestRaiseReturnsWhereNothingDies(t *testing.T) {
	Raise(nil)
	for _, s := range []syscall.Signal{0, syscall.SIGCHLD, syscall.SIGCONT, syscall.SIGURG, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGSTOP} {
		Raise(s)
	}
}

// The first Ctrl-C does not end a pipe, but the end of its input does, and then it has died of it, as cat has.
func TestPipeDiesOfWhatItWasTold(t *testing.T) {
	for name, c := range map[string]struct {
		signals []syscall.Signal
		want    syscall.Signal
	}{
		"end":             {nil, 0},
		"Ctrl-C":          {[]syscall.Signal{syscall.SIGINT}, syscall.SIGINT},
		"Ctrl-C, SIGTERM": {[]syscall.Signal{syscall.SIGINT, syscall.SIGTERM}, syscall.SIGTERM},
		"SIGHUP":          {[]syscall.Signal{syscall.SIGHUP}, syscall.SIGHUP},
		"Ctrl-\\":         {[]syscall.Signal{syscall.SIGQUIT}, syscall.SIGQUIT},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, in, out := startedPipe(t)
			for _, s := range c.signals {
				require.NoError(t, cmd.Process.Signal(s))
				time.Sleep(50 * time.Millisecond) // so that they arrive one by one
			}
			io.WriteString(in, "last\n")
			in.Close()
			io.ReadAll(out)
			within(t, patience, func() { assert.Equal(t, c.want, diedOf(t, cmd.Wait())) })
		})
	}
}

// startedPipe is orbfilter as a filter, which has shown "first".
func startedPipe(t *testing.T) (cmd *exec.Cmd, in io.WriteCloser, out io.ReadCloser) {
	t.Helper()
	cmd = command("pipe")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err = cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	io.WriteString(in, "first\n")
	started(t, out, "first")
	return cmd, in, out
}

// TestPipeDiesOfEachSignal: of what would end cat, after what came was shown. No trace of the Go runtime is.
func TestPipeDiesOfEachSignal(t *testing.T) {
	for _, s := range sent() {
		if s == syscall.SIGINT || !deadly(s) {
			continue
		}
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			cmd := command("pipe")
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			defer in.Close()
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			var said bytes.Buffer
			cmd.Stderr = &said
			require.NoError(t, cmd.Start())
			io.WriteString(in, "first\nheld")
			started(t, out, "first")
			require.NoError(t, cmd.Process.Signal(s))
			rest, err := io.ReadAll(out)
			require.NoError(t, err)
			assert.Equal(t, "held", string(rest))
			within(t, patience, func() { assert.Equal(t, s, diedOf(t, cmd.Wait())) })
			assert.Empty(t, said.String())
		})
	}
}

const loops = `for h in staging prod; do echo "begin $h"; %s; done; echo after`

func TestInterruptEndsALoopOfDeploys(t *testing.T) {
	for name, deploy := range map[string]string{"run": `"$ORB" run sleep 60`, "pipe": `sleep 60 | "$ORB" pipe`} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("bash"); err != nil {
				t.Skip("no bash")
			}
			t.Parallel()
			s := newScreen(t)
			s.whileSame(func() {
				s.start([]string{"bash", "-c", fmt.Sprintf(loops, deploy)}, nil)
				s.expect("begin staging")
				s.untilRunning("sleep")
				s.typing("\x03")
				assert.Equal(t, 128+int(syscall.SIGINT), s.exit())
			})
			assert.NotContains(t, s.printed(), "begin prod")
			assert.NotContains(t, s.printed(), "after")
		})
	}
}

// untilRunning waits until a program of this name runs on the terminal.
func (s *screen) untilRunning(name string) {
	s.t.Helper()
	tty := strings.TrimPrefix(s.slave.Name(), "/dev/")
	if !wait(func() bool {
		out, _ := exec.Command("ps", "-o", "comm=", "-t", tty).Output()
		return strings.Contains(string(out), name)
	}) {
		s.t.Fatalf("%s does not run", name)
	}
}

// A shell gives the terminal its settings back after a death, and after an exit it takes them for wanted.
func TestEchoComesBackAfterADeath(t *testing.T) {
	for _, s := range []string{"TERM", "HUP", "KILL"} {
		t.Run(s, func(t *testing.T) {
			t.Parallel()
			x := newScreen(t).bash()
			x.script("stty -echo </dev/tty; kill -"+s+" $$", "")
			x.untilPrompt()
			x.typing("sleep 6''0\r")
			x.untilRunning("sleep")
			assert.NotZero(t, x.settings().Lflag&unix.ECHO, "the shell stays without echo")
		})
	}
}
