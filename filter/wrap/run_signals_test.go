//go:build unix

package wrap

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

func TestConsumerGoesAway(t *testing.T) {
	t.Parallel()
	mark := filepath.Join(t.TempDir(), "mark")
	cmd := command("run", "sh", "-c", "head -c 3000000 /dev/zero; echo x; echo x >"+mark+"; exit 7")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout = w
	var errs bytes.Buffer
	cmd.Stderr = &errs
	r.Close()
	require.NoError(t, cmd.Start())
	w.Close()
	within(t, 20*time.Second, func() { err = cmd.Wait() })
	assert.Equal(t, 7, exitCode(t, err))
	assert.FileExists(t, mark)
	assert.Equal(t, "wrap: stdout: broken pipe\n", errs.String())
}

func TestConsumerOfPumpGoesAway(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", `{ head -c 3000000 /dev/zero; echo x; echo code $? >&2; } | "$0" pipe | true`, os.Args[0])
	cmd.Env = append(os.Environ(), "WRAP_HELPER=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(out), "code 0\n", "the program upstream was not killed")
	assert.Contains(t, string(out), "pipe: write /dev/stdout: broken pipe\n")
}

func TestSIGPIPEIsTheDefaultForTheProgram(t *testing.T) {
	c, _, errs := shell(t, "yes | head -1 >/dev/null; kill -PIPE $$; sleep 5")
	code, err := c.Run()
	require.NoError(t, err)
	assert.Equal(t, 128+int(syscall.SIGPIPE), code)
	assert.Empty(t, errs.String())
}

// sent are the signals that a program can catch, without those that the kernel sends for what a process itself does, and those that
// libraries of C keep for themselves.
func sent() (all []syscall.Signal) {
	for s := syscall.Signal(1); s < 32 || runtime.GOOS == "linux" && s <= 64; s++ {
		switch s {
		case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPROF, syscall.SIGPIPE, syscall.SIGXCPU, syscall.SIGXFSZ: // not for us
		case syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGCONT, syscall.SIGWINCH: // of terminals
		case 32, 33, 34: // of threads
		default:
			all = append(all, s)
		}
	}
	return all
}

func TestSignalsReachTheProgram(t *testing.T) {
	for _, s := range sent() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			script := fmt.Sprintf(`trap 'echo caught; exit 42' %d; echo ready; while :; do sleep 0.05; done`, s)
			cmd := command("run", "sh", "-c", script)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			ready := make([]byte, len("ready\n"))
			_, err = io.ReadFull(out, ready)
			require.NoError(t, err)
			require.NoError(t, cmd.Process.Signal(s))
			rest, err := io.ReadAll(out)
			require.NoError(t, err)
			assert.Equal(t, "caught\n", string(rest))
			assert.Equal(t, 42, exitCode(t, cmd.Wait()))
		})
	}
}

func TestIgnoredSignalsStayIgnored(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sh", "-c", `trap '' HUP; exec "$0" run sh -c 'kill -HUP $PPID; kill -HUP $$; sleep 0.2; echo alive'`, os.Args[0])
	cmd.Env = append(os.Environ(), "WRAP_HELPER=1")
	out, err := cmd.Output()
	require.NoError(t, err)
	assert.Equal(t, "alive\n", string(out))
}

// TestIgnoredInTheBackground: a Ctrl-\\ is not for what a script has started by &, and a trap for one signal is not one for another.
func TestIgnoredInTheBackground(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("Go does not tell that SIGQUIT is ignored, nor does the system how it is for others")
	}
	const look = `sh -c 'grep SigIgn /proc/self/status'`
	for name, script := range map[string]string{
		"background": `%s ` + look + ` & wait`,
		"foreground": `%s ` + look,
		"trap":       `trap '' INT; %s ` + look + `; true`,
	} {
		t.Run(name, func(t *testing.T) {
			seen := map[string]string{}
			for with, by := range map[string]string{"without": "env", "with": `"$0" run`} {
				cmd := exec.Command("sh", "-c", fmt.Sprintf(script, by), os.Args[0])
				cmd.Env = append(os.Environ(), "WRAP_HELPER=1")
				out, err := cmd.Output()
				require.NoError(t, err)
				seen[with] = string(out)
			}
			assert.Equal(t, seen["without"], seen["with"])
		})
	}
}

func TestChattyGrandchildDoesNotHang(t *testing.T) {
	t.Parallel()
	c, _, errs := shell(t, "while :; do echo x || exit; sleep 0.02; done & echo $! >&2; exit 7")
	within(t, patience, func() {
		code, err := c.Run()
		assert.NoError(t, err)
		assert.Equal(t, 7, code)
	})
	kill(t, errs.String())
}

// started waits for a line of a program's output.
func started(t *testing.T, out io.Reader, line string) {
	t.Helper()
	got := make([]byte, len(line)+1)
	_, err := io.ReadFull(out, got)
	require.NoError(t, err)
	require.Equal(t, line+"\n", string(got))
}

// stuffed is a pipe that nobody reads, and that is full.
func stuffed(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	fd := int(w.Fd())
	require.NoError(t, syscall.SetNonblock(fd, true))
	for err == nil {
		_, err = syscall.Write(fd, make([]byte, 4096))
	}
	require.ErrorIs(t, err, syscall.EAGAIN)
	require.NoError(t, syscall.SetNonblock(fd, false))
	return w
}

func TestNobodyReadsAndSIGTERM(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		code   int
	}{
		"killed":    {"echo x >&2; exec yes", 143},
		"own code":  {"trap 'exit 7' TERM; echo x; echo x >&2; while :; do sleep 0.02; done", 7},
		"no signal": {"trap 'exit 0' TERM; echo x; echo x >&2; while :; do sleep 0.02; done", 143},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command("run", "sh", "-c", c.script)
			cmd.Stdout = stuffed(t)
			errs, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			started(t, errs, "x")
			require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
			within(t, patience, func() { assert.Equal(t, c.code, exitCode(t, cmd.Wait())) })
		})
	}
}

// TestInterruptsOfAPipe: after one Ctrl-C the last words are shown, and after another one nothing is waited for.
func TestInterruptsOfAPipe(t *testing.T) {
	for name, c := range map[string]struct {
		before, after []syscall.Signal // it has to go on after the former, and to end after the latter
		code          int
	}{
		"end of file":     {nil, nil, 0},
		"Ctrl-C":          {[]syscall.Signal{syscall.SIGINT}, nil, 130}, // but not before the end
		"Ctrl-C, twice":   {[]syscall.Signal{syscall.SIGINT}, []syscall.Signal{syscall.SIGINT}, 130},
		"Ctrl-\\":         {nil, []syscall.Signal{syscall.SIGQUIT}, 131},
		"SIGTERM":         {nil, []syscall.Signal{syscall.SIGTERM}, 143},
		"SIGHUP":          {nil, []syscall.Signal{syscall.SIGHUP}, 129},
		"Ctrl-C, SIGTERM": {[]syscall.Signal{syscall.SIGINT}, []syscall.Signal{syscall.SIGTERM}, 143},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd, in, out := startedPipe(t)
			for _, s := range c.before {
				require.NoError(t, cmd.Process.Signal(s))
				time.Sleep(50 * time.Millisecond) // not as long as it would take to end, but so that it arrives before what follows
			}
			io.WriteString(in, "last words\nheld")
			started(t, out, "last words")
			for _, s := range c.after {
				require.NoError(t, cmd.Process.Signal(s))
			}
			if c.after == nil {
				in.Close()
			}
			rest, err := io.ReadAll(out)
			require.NoError(t, err)
			assert.Equal(t, "held", string(rest))
			within(t, patience, func() { assert.Equal(t, c.code, exitCode(t, cmd.Wait())) })
		})
	}
}

func TestPipeThatNobodyReads(t *testing.T) {
	testrun.Long(t)
	t.Parallel()
	cmd := command("pipe")
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	cmd.Stdout = stuffed(t)
	require.NoError(t, cmd.Start())
	_, err = in.Write(make([]byte, 2<<20)) // more than the pipe takes: it has begun to read, and so to listen
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	within(t, patience, func() { assert.Equal(t, 143, exitCode(t, cmd.Wait())) })
}

func TestPumpOfANonBlockingFile(t *testing.T) {
	t.Parallel()
	var fds [2]int
	syscall.ForkLock.RLock() // or a process that another test starts has the other end as well
	err := syscall.Pipe(fds[:])
	syscall.CloseOnExec(fds[0])
	syscall.CloseOnExec(fds[1])
	syscall.ForkLock.RUnlock()
	require.NoError(t, err)
	r, w := os.NewFile(uintptr(fds[0]), "r"), os.NewFile(uintptr(fds[1]), "w")
	defer r.Close()
	require.NoError(t, syscall.SetNonblock(fds[0], true)) // behind the back of package os
	go func() {
		defer w.Close()
		for range 3 {
			time.Sleep(20 * time.Millisecond)
			w.WriteString("x")
		}
	}()
	var got sink
	require.NoError(t, Pump(&got, r))
	assert.Equal(t, "xxx", got.String())
}
