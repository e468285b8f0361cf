//go:build unix

package cmd_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

const (
	question = "Run this? [y/N/q] "
	bug      = "gevent-fork-hooks-assertion"
	enough   = 30 * time.Second // for what takes a moment, on a machine with much to do
)

// An asked is a terminal in which somebody mends an environment with two steps: the metadata of a
// package are there twice, and gevent is to be upgraded. Its pip writes down that it was run.
type asked struct {
	*testing.T
	dir   string
	file  *os.File
	c     *exec.Cmd
	bytes chan byte
	shown bytes.Buffer
}

func newFolder(t *testing.T) string {
	t.Helper()
	files := map[string]string{
		"env/pyvenv.cfg": "version = 3.12.1\n", mendedSite + "pip/__init__.py": "",
		mendedSite + "pyinfra-3.10.0.dist-info/METADATA": "Name: pyinfra\nVersion: 3.10.0\n",
		mendedSite + "gevent-25.5.1.dist-info/METADATA":  "Name: gevent\nVersion: 25.5.1\n",
		mendedSite + "greenlet-3.2.4.dist-info/METADATA": "Name: greenlet\nVersion: 3.2.4\n",
		mendedSite + "greenlet-3.2.3.dist-info/METADATA": "Name: greenlet\nVersion: 3.2.3\n",
	}
	dir := t.TempDir()
	for _, name := range []string{"env/bin", ".ssh"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, name), 0o755))
	}
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	script := "#!/bin/sh\n'''exec' \"" + dir + "/env/bin/python\" \"$0\" \"$@\"\n' '''\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "env/bin/pyinfra"), []byte(script), 0o755))
	self, err := os.Executable()
	require.NoError(t, err)
	for _, name := range []string{"orbfilter", "env/bin/python"} {
		require.NoError(t, os.Symlink(self, filepath.Join(dir, name)))
	}
	return dir
}

func mending(dir string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(dir, "orbfilter"), append([]string{"doctor", "--venv", "env", "--no-exec", "--fix"}, args...)...)
	c.Dir = dir
	c.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TERM=xterm", "LANG=C.UTF-8", "GORACE=atexit_sleep_ms=0"}
	return c
}

func newAsked(t *testing.T, dir string, args ...string) *asked {
	t.Helper()
	term := &asked{T: t, dir: dir, c: mending(dir, args...), bytes: make(chan byte, 1<<16)}
	file, err := pty.StartWithSize(term.c, &pty.Winsize{Rows: 50, Cols: 120})
	require.NoError(t, err)
	term.file = file
	go term.read()
	t.Cleanup(func() {
		_ = term.c.Process.Kill()
		_ = file.Close()
	})
	return term
}

// read hands on what is shown, byte by byte, until the terminal is closed.
func (t *asked) read() {
	defer close(t.bytes)
	for one := make([]byte, 1); ; {
		if _, err := t.file.Read(one); err != nil {
			return
		}
		t.bytes <- one[0]
	}
}

// next waits for a byte; more is false at the end.
func (t *asked) next() (more bool) {
	t.Helper()
	select {
	case b, open := <-t.bytes:
		if open {
			t.shown.WriteByte(b)
		}
		return open
	case <-time.After(enough):
		_ = t.c.Process.Kill()
		require.Fail(t, "nothing more is shown", "%s", t.shown.String())
		return false
	}
}

// until reads until something is shown.
func (t *asked) until(text string) string {
	t.Helper()
	begin := t.shown.Len()
	for !strings.HasSuffix(t.shown.String()[begin:], text) {
		require.True(t, t.next(), "%q is not shown, but %s", text, t.shown.String())
	}
	return t.shown.String()[begin:]
}

func (t *asked) types(keys string) {
	t.Helper()
	_, err := io.WriteString(t.file, keys)
	require.NoError(t, err)
}

// end reads what is left, and returns how it ended.
func (t *asked) end() (rest string, state *os.ProcessState) {
	t.Helper()
	begin := t.shown.Len()
	for t.next() {
	}
	_ = t.c.Wait()
	return t.shown.String()[begin:], t.c.ProcessState
}

func whatRan(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "ran"))
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return string(data)
}

// untouched checks that the environment is as it was.
func untouched(t *testing.T, dir string) {
	t.Helper()
	assert.Empty(t, whatRan(t, dir))
	for _, name := range []string{"gevent-25.5.1", "greenlet-3.2.3", "greenlet-3.2.4"} {
		assert.DirExists(t, filepath.Join(dir, mendedSite, name+".dist-info"))
	}
}

// Each step is a question of its own; what was not agreed to is not done, and not asked again.
func TestFixAsks(t *testing.T) {
	testrun.WithoutRace(t)
	const up, again = "gevent>=25.8.1", "greenlet==3.2.4"
	for name, c := range map[string]struct {
		answers []string
		does    []string // what pip is asked for
		not     []string
	}{
		"no to both":             {[]string{"n\r", "n\r"}, nil, []string{up, again}},
		"yes to both":            {[]string{"y\r", "yes\r"}, []string{up, again}, nil},
		"loud":                   {[]string{"Y\r", " YES \r"}, []string{up, again}, nil},
		"Enter":                  {[]string{"\r", "\r"}, nil, []string{up, again}},
		"something else":         {[]string{"why?\r", "yy\r"}, nil, []string{up, again}},
		"taken back":             {[]string{"y\x7fn\r", "y\x15\r"}, nil, []string{up, again}},
		"q ends it":              {[]string{"q\r"}, nil, []string{up, again}},
		"Ctrl-D ends it":         {[]string{"\x04"}, nil, []string{up, again}},
		"no, then Ctrl-D":        {[]string{"n\r", "\x04"}, nil, []string{up, again}},
		"y without Enter is no":  {[]string{"y\x04\x04"}, nil, []string{up, again}},
		"a letter that is no y":  {[]string{"ÿ\r", "\x00\r"}, nil, []string{up, again}},
		"a y that was never one": {[]string{"\x1b[Ay\r", "\ty n\r"}, nil, []string{up, again}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			term := newAsked(t, newFolder(t))
			for _, keys := range c.answers {
				asked := term.until(question)
				assert.Contains(t, asked, "→ ", "it shows what it asks about")
				term.types(keys)
			}
			rest, state := term.end()
			done := whatRan(t, term.dir)
			for _, want := range c.does {
				assert.Contains(t, done, want)
			}
			for _, no := range c.not {
				assert.NotContains(t, done, no)
			}
			assert.Equal(t, len(c.does), strings.Count(done, "-m pip"), done)
			assert.NotContains(t, rest, question)
			if len(c.does) == 0 {
				untouched(t, term.dir)
				assert.Contains(t, rest, "Nothing was changed.")
				assert.Equal(t, 1, state.ExitCode())
				return
			}
			assert.Contains(t, rest, "What has changed")
		})
	}
}

// One yes does one step, and the other is left.
func TestFixOneYes(t *testing.T) {
	testrun.WithoutRace(t)
	for _, first := range []bool{true, false} {
		term := newAsked(t, newFolder(t))
		asked := term.until(question)
		isGevent := strings.Contains(asked, "gevent>=25.8.1")
		term.types(map[bool]string{true: "y\r", false: "n\r"}[first])
		term.until(question)
		term.types(map[bool]string{true: "n\r", false: "y\r"}[first])
		_, _ = term.end()
		assert.Equal(t, isGevent == first, strings.Contains(whatRan(t, term.dir), "gevent>=25.8.1"))
		assert.Equal(t, isGevent != first, strings.Contains(whatRan(t, term.dir), "greenlet==3.2.4"))
	}
}

// Ctrl-C at a question ends it as a shell's users know it: by the signal, and nothing was changed.
func TestFixCtrlC(t *testing.T) {
	testrun.WithoutRace(t)
	for _, before := range []string{"", "y"} {
		term := newAsked(t, newFolder(t))
		term.until(question)
		term.types(before + "\x03")
		_, state := term.end()
		assert.Equal(t, syscall.SIGINT, state.Sys().(syscall.WaitStatus).Signal(), "%v", state)
		untouched(t, term.dir)
	}
}

// Ctrl-C while a command runs ends the command, and it is said; no other is run.
func TestFixCtrlCWhileItRuns(t *testing.T) {
	testrun.WithoutRace(t)
	term := newAsked(t, newFolder(t), "--check", bug)
	require.NoError(t, os.WriteFile(filepath.Join(term.dir, "slow"), nil, 0o600))
	term.until(question)
	term.types("y\r")
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(term.dir, "running")); return err == nil }, enough, 10*time.Millisecond)
	term.types("\x03")
	rest, state := term.end()
	assert.Regexp(t, `signal: interrupt; what comes after it was not run`, rest)
	assert.Equal(t, 3, state.ExitCode())
	assert.NotContains(t, whatRan(t, term.dir), "never")
}

// A command that fails is said, and ends it.
func TestFixCommandFails(t *testing.T) {
	testrun.WithoutRace(t)
	term := newAsked(t, newFolder(t), "--check", bug)
	require.NoError(t, os.WriteFile(filepath.Join(term.dir, "broken"), nil, 0o600))
	term.until(question)
	term.types("y\r")
	rest, state := term.end()
	assert.Regexp(t, `exit status 7; what comes after it was not run`, rest)
	assert.Equal(t, 3, state.ExitCode())
}

// --yes ID says yes to the steps of that check alone, also where somebody could be asked.
func TestFixYes(t *testing.T) {
	testrun.WithoutRace(t)
	term := newAsked(t, newFolder(t), "--yes", bug)
	rest, _ := term.end()
	assert.NotContains(t, rest, question)
	assert.Contains(t, whatRan(t, term.dir), "gevent>=25.8.1")
	assert.NotContains(t, whatRan(t, term.dir), "greenlet==")
	assert.DirExists(t, filepath.Join(term.dir, mendedSite+"greenlet-3.2.3.dist-info"))

	term = newAsked(t, newFolder(t), "--yes")
	_, state := term.end()
	assert.Contains(t, whatRan(t, term.dir), "gevent>=25.8.1")
	assert.Contains(t, whatRan(t, term.dir), "greenlet==3.2.4")
	assert.Equal(t, 0, state.ExitCode(), term.shown.String())
}

// Where no terminal is, nobody can agree: a pipe with "y" in it, a file, /dev/null, or nothing at all.
func TestFixNobodyToAsk(t *testing.T) {
	testrun.WithoutRace(t)
	null, err := os.Open(os.DevNull)
	require.NoError(t, err)
	defer func() { _ = null.Close() }()
	for name, redirect := range map[string]string{"pipe": "yes |", "closed": "", "file": "", "null": ""} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "answers"), []byte("y\ny\ny\n"), 0o600))
			behind := map[string]string{"closed": " <&-", "file": " <answers", "null": " </dev/null"}[name]
			c := exec.Command("sh", "-c", redirect+` ./orbfilter doctor --venv env --no-exec --fix`+behind)
			c.Dir, c.Env = dir, mending(dir).Env
			out, err := c.CombinedOutput()
			assert.Error(t, err)
			assert.Equal(t, 1, c.ProcessState.ExitCode(), "%s", out)
			assert.Contains(t, string(out), "there is nobody to ask; to run the commands type: orbfilter doctor --fix --yes")
			untouched(t, dir)
		})
	}
}

// What is asked about is what is run: the words behind the arrow, and those behind the dollar.
func TestFixRunsWhatItShows(t *testing.T) {
	testrun.WithoutRace(t)
	term := newAsked(t, newFolder(t), "--check", bug)
	asked := term.until(question)
	term.types("y\r")
	rest, state := term.end()
	shown := regexp.MustCompile(`→ \x1b\[32m(.*)\x1b\[0m\r`).FindStringSubmatch(asked)
	run := regexp.MustCompile(`(?m)^\$ (.*)\r$`).FindStringSubmatch(rest)
	require.NotNil(t, shown, asked)
	require.NotNil(t, run, rest)
	assert.Equal(t, strings.ReplaceAll(shown[1], "~/", term.dir+"/"), run[1])
	assert.Equal(t, 0, state.ExitCode())
	assert.Contains(t, rest, "gevent 25.5.1 → 25.9.1")
}
