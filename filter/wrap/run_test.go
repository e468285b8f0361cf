//go:build unix

package wrap

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// null is for tests in which no terminal must come into play.
func null(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// temp is a new file that is open for reading and writing.
func temp(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	t.Cleanup(func() { f.Close() })
	return f
}

// shell is a Command whose outputs are two files.
func shell(t *testing.T, script string) (c *Command, out, err *sink) {
	t.Helper()
	out, err = &sink{}, &sink{}
	return &Command{Args: []string{"sh", "-c", script}, Stdin: null(t), Stdout: temp(t), Stderr: temp(t), Out: out, Err: err}, out, err
}

// within fails if do takes too long, which is generous: it is about hanging.
func within(t *testing.T, limit time.Duration, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatal("it hangs")
	}
}

func TestExitCodes(t *testing.T) {
	for want := range 256 {
		c, out, _ := shell(t, fmt.Sprintf("echo x; exit %d", want))
		code, err := c.Run()
		require.NoError(t, err)
		require.Equal(t, want, code)
		require.Equal(t, "x\n", out.String())
	}
}

func TestExitCodesOfSignals(t *testing.T) {
	for _, s := range []syscall.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS,
		syscall.SIGFPE, syscall.SIGKILL, syscall.SIGUSR1, syscall.SIGSEGV, syscall.SIGUSR2, syscall.SIGPIPE,
		syscall.SIGALRM, syscall.SIGTERM, syscall.SIGXCPU, syscall.SIGXFSZ, syscall.SIGVTALRM, syscall.SIGPROF, syscall.SIGSYS,
	} {
		c, out, _ := shell(t, fmt.Sprintf("ulimit -c 0; echo x; kill -%d $$; sleep 10", int(s)))
		code, err := c.Run()
		require.NoError(t, err)
		assert.Equal(t, 128+int(s), code, s.String())
		assert.Equal(t, "x\n", out.String(), s.String())
	}
}

func TestCannotStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		return path
	}
	for name, c := range map[string]struct {
		args []string
		code int
		kind error
	}{
		"not on PATH":    {[]string{"no-such-command-here"}, ExitNotFound, ErrNotFound},
		"no such file":   {[]string{dir + "/nothing"}, ExitNotFound, ErrNotFound},
		"empty name":     {[]string{""}, ExitNotFound, ErrNotFound},
		"directory":      {[]string{dir}, ExitCannotStart, ErrCannotStart},
		"not executable": {[]string{file("plain", "x", 0o644)}, ExitCannotStart, ErrCannotStart},
		"no format":      {[]string{file("format", "\x00\x01", 0o755)}, ExitCannotStart, ErrCannotStart},
		"no format, ELF": {[]string{file("elf", "\x7fELF\x02\x01\x01\x00", 0o755)}, ExitCannotStart, ErrCannotStart},
		"no interpreter": {[]string{file("script", "#!/no/such/interpreter\n", 0o755)}, ExitCannotStart, ErrCannotStart},
		"no arguments":   {nil, ExitFailure, nil},
	} {
		t.Run(name, func(t *testing.T) {
			command := &Command{Args: c.args, Stdin: null(t), Stdout: null(t), Stderr: null(t), Out: &sink{}, Err: &sink{}}
			code, err := command.Run()
			assert.Equal(t, c.code, code)
			require.Error(t, err)
			if c.kind != nil {
				assert.ErrorIs(t, err, c.kind)
			}
			assert.NotContains(t, err.Error(), "fork/exec")
			assert.NotContains(t, err.Error(), "exec: ")
		})
	}
}

func TestScriptWithoutInterpreter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(path, []byte("echo \"$0 $*\"; exit 7\n"), 0o755))
	c, out, _ := shell(t, "")
	c.Args = []string{path, "a b", "c"}
	code, err := c.Run()
	require.NoError(t, err)
	assert.Equal(t, 7, code)
	assert.Equal(t, path+" a b c\n", out.String())
}

func TestFastExitLosesNothing(t *testing.T) {
	for range 300 {
		c, out, err := shell(t, "echo x; echo y >&2")
		_, failed := c.Run()
		require.NoError(t, failed)
		require.Equal(t, "x\n", out.String())
		require.Equal(t, "y\n", err.String())
	}
}

const megabytes = 10 << 20

func TestSlowStreamLosesNothing(t *testing.T) {
	for name, tail := range map[string]string{"": "", "with a grandchild": "sleep 3 & "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, out, _ := shell(t, tail+fmt.Sprintf("head -c %d /dev/zero; echo end", megabytes))
			out.slow = 20 * time.Millisecond
			within(t, 20*time.Second, func() {
				_, err := c.Run()
				assert.NoError(t, err)
			})
			assert.Equal(t, megabytes+4, out.Len())
			assert.True(t, bytes.HasSuffix(out.Bytes(), []byte("end\n")))
		})
	}
}

func TestGrandchildDoesNotHang(t *testing.T) {
	t.Parallel()
	c, out, _ := shell(t, "sleep 60 & echo $!; exit 7")
	within(t, 10*time.Second, func() {
		code, err := c.Run()
		assert.NoError(t, err)
		assert.Equal(t, 7, code)
	})
	kill(t, out.String())
}

// kill ends a process whose id was printed.
func kill(t *testing.T, printed string) {
	t.Helper()
	var pid int
	_, err := fmt.Sscan(printed, &pid)
	require.NoError(t, err)
	syscall.Kill(pid, syscall.SIGKILL)
}

func TestGrandchildIsReadWhileItWrites(t *testing.T) {
	t.Parallel()
	c, out, _ := shell(t, "{ for i in 1 2 3 4 5 6 7 8; do sleep 0.06; echo $i; done; } & exit 7")
	code, err := c.Run()
	assert.NoError(t, err)
	assert.Equal(t, 7, code)
	assert.Equal(t, "1\n2\n3\n4\n5\n6\n7\n8\n", out.String())
}

func TestMergedKeepsTheOrder(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer w.Close()
	file := temp(t)
	again, err := os.OpenFile(file.Name(), os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	defer again.Close()

	for name, c := range map[string]struct {
		out, err *os.File
		merged   bool
	}{
		"one pipe":        {w, w, true},
		"one file":        {file, file, true},
		"one file, twice": {file, again, true},
		"pipe and file":   {w, file, false},
		"nothing":         {nil, nil, true},
		"one nothing":     {w, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			var out, err sink
			command := &Command{
				Args:  []string{"sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done"},
				Stdin: null(t), Stdout: c.out, Stderr: c.err, Out: &out, Err: &err,
			}
			require.Equal(t, c.merged, command.Merged())
			_, failed := command.Run()
			require.NoError(t, failed)
			if c.merged {
				assert.Equal(t, "o1 e1 o2 e2 o3 e3 o4 e4 o5 e5 o6 e6 o7 e7 o8 e8 o9 e9", words(out.String()))
				assert.Empty(t, err.String())
				return
			}
			assert.Equal(t, "o1 o2 o3 o4 o5 o6 o7 o8 o9", words(out.String()))
			assert.Equal(t, "e1 e2 e3 e4 e5 e6 e7 e8 e9", words(err.String()))
		})
	}
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestNilStreamsPassThrough(t *testing.T) {
	c, _, _ := shell(t, "echo out; echo err >&2")
	c.Out, c.Err = nil, nil
	_, err := c.Run()
	require.NoError(t, err)
	for f, want := range map[*os.File]string{c.Stdout: "out\n", c.Stderr: "err\n"} {
		got, err := os.ReadFile(f.Name())
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestStdinIsLeftAlone(t *testing.T) {
	in := temp(t)
	_, err := in.WriteString("first\nsecond\n")
	require.NoError(t, err)
	_, err = in.Seek(0, io.SeekStart)
	require.NoError(t, err)

	c, out, _ := shell(t, "dd bs=1 count=6 2>/dev/null")
	c.Stdin = in
	_, err = c.Run()
	require.NoError(t, err)
	assert.Equal(t, "first\n", out.String())
	rest, err := io.ReadAll(in)
	require.NoError(t, err)
	assert.Equal(t, "second\n", string(rest), "nobody but the program reads stdin")
}

func TestNilStdinIsEmpty(t *testing.T) {
	c, out, _ := shell(t, "cat; echo end")
	c.Stdin = nil
	_, err := c.Run()
	require.NoError(t, err)
	assert.Equal(t, "end\n", out.String())
}

func TestBrokenStreamDoesNotEndTheProgram(t *testing.T) {
	for name, panics := range map[string]bool{"error": false, "panic": true} {
		t.Run(name, func(t *testing.T) {
			mark := filepath.Join(t.TempDir(), "mark")
			c, _, errs := shell(t, fmt.Sprintf("head -c %d /dev/zero; echo x >%s; echo fine >&2; exit 7", megabytes, mark))
			stream := &broken{panics: panics}
			c.Out = stream
			code, err := c.Run()
			assert.FileExists(t, mark, "the program did not come to its end")
			assert.Equal(t, 1, stream.writes)
			assert.Equal(t, "fine\n", errs.String(), "the other stream goes on")
			assert.ErrorContains(t, err, "stdout: ")
			var crash *PanicError
			assert.Equal(t, panics, asPanic(err, &crash))
			assert.Equal(t, map[bool]int{false: 7, true: ExitFailure}[panics], code)
		})
	}
}

// command is the test binary as orbfilter, in a session without a terminal.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "WRAP_HELPER=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return cmd
}

func exitCode(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	return exit.ExitCode()
}

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

func TestSignalsReachTheProgram(t *testing.T) {
	for _, s := range passedOn {
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

func TestSignalShortensTheWaitForGrandchildren(t *testing.T) {
	t.Parallel()
	c := command("run", "sh", "-c", `trap 'exit 7' TERM; { while :; do echo x || exit; sleep 0.02; done; } & echo $!; while :; do sleep 0.02; done`)
	out := temp(t)
	c.Stdout = out
	require.NoError(t, c.Start())
	require.Eventually(t, func() bool { b, _ := os.ReadFile(out.Name()); return strings.Contains(string(b), "x") }, patience, time.Millisecond)
	start := time.Now()
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	within(t, patience, func() { assert.Equal(t, 7, exitCode(t, c.Wait())) })
	assert.Less(t, time.Since(start), atMost)
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
		"Ctrl-C":          {[]syscall.Signal{syscall.SIGINT}, nil, 0},
		"Ctrl-C, twice":   {[]syscall.Signal{syscall.SIGINT}, []syscall.Signal{syscall.SIGINT}, 130},
		"Ctrl-\\":         {nil, []syscall.Signal{syscall.SIGQUIT}, 131},
		"SIGTERM":         {nil, []syscall.Signal{syscall.SIGTERM}, 143},
		"SIGHUP":          {nil, []syscall.Signal{syscall.SIGHUP}, 129},
		"Ctrl-C, SIGTERM": {[]syscall.Signal{syscall.SIGINT}, []syscall.Signal{syscall.SIGTERM}, 143},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := command("pipe")
			in, err := cmd.StdinPipe()
			require.NoError(t, err)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			io.WriteString(in, "first\n")
			started(t, out, "first")
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
