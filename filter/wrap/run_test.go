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
	for _, s := range deadlySignals {
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
		"no interpreter": {[]string{file("script", "#!/no/such/interpreter\n", 0o755)}, ExitNotFound, ErrCannotStart},
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

// TestScriptWithDataBehind: installers have an archive behind their script, which some shells run without #!.
func TestScriptWithDataBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(path, []byte("echo x; exit 7\n\x00\x01\x00"), 0o755))
	c, out, _ := shell(t, "")
	c.Args = []string{path}
	code, err := c.Run()
	require.NoError(t, err)
	assert.Equal(t, 7, code)
	assert.Equal(t, "x\n", out.String())
}

// TestFoundAsByExecvp: see env.
func TestFoundAsByExecvp(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), []byte("x"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	t.Setenv("PATH", dir)
	_, err := Find([]string{"plain"})
	assert.Equal(t, ExitCannotStart, Status(err), "it is there, but may not be executed: %v", err)
	for _, name := range []string{"folder", "nothing", "sh"} {
		_, err = Find([]string{name})
		assert.Equal(t, ExitNotFound, Status(err), name)
	}
	t.Setenv("PATH", "")
	_, err = Find([]string{"sh"})
	assert.Equal(t, ExitNotFound, Status(err), "an empty PATH is the current folder")
	os.Unsetenv("PATH") // t.Setenv sets it again
	path, err := Find([]string{"sh"})
	require.NoError(t, err)
	assert.FileExists(t, path)
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
	if status := exit.Sys().(syscall.WaitStatus); status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
