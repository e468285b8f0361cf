//go:build unix

package cmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

const (
	buggy = "25.5.1" // the gevent that prints the assertions
	fixed = "25.9.1" // and one that does not

	liveLimit = time.Minute // with one run, that takes a second or two

	deploy = `pyinfra -y @orbstack deploy.py`
	muted  = `--summary never --markers never` // what is left is the run's own
)

// TestLive runs the real pyinfra on twelve hosts, with a stand-in for orbctl:
// the filtered run with the buggy gevent shows what the run with the fixed one
// shows, unfiltered. Unbuffered, Python writes every piece of a line by itself,
// and lines are torn: how is a matter of luck, so that -count=20 shows more.
func TestLive(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	l := newLive(t)
	t.Run("pipe", func(t *testing.T) { l.pipe(t) })
	t.Run("wrapped", func(t *testing.T) { l.wrapped(t) })
	t.Run("terminal", func(t *testing.T) { l.terminal(t) })
	t.Run("torn pipe", func(t *testing.T) { l.pipe(t, "PYTHONUNBUFFERED=1") })
	t.Run("torn wrapped", func(t *testing.T) { l.wrapped(t, "PYTHONUNBUFFERED=1") })
	t.Run("torn terminal", func(t *testing.T) { l.terminal(t, "PYTHONUNBUFFERED=1") })
	t.Run("json", l.json)
}

// A live is what the runs share.
type live struct {
	testdata string // testdata/live
	venvs    string
	bin      string // the folder with orbfilter in it
}

func newLive(t *testing.T) *live {
	t.Helper()
	testrun.Long(t)
	top, err := filepath.Abs("..")
	require.NoError(t, err)
	l := &live{testdata: filepath.Join(top, "testdata", "live"), venvs: filepath.Join(top, ".venvs"), bin: t.TempDir()}

	out, err := exec.Command("sh", filepath.Join(l.testdata, "venvs.sh")).CombinedOutput()
	if code := codeOf(err); (code == 3 || code == 4) && !required() {
		t.Skipf("there is no pyinfra to run: %s", out)
	}
	require.NoError(t, err, "%s", out)

	build := exec.Command("go", "build", "-o", l.bin, "./orbfilter")
	out, err = build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return l
}

func (l *live) pipe(t *testing.T, env ...string) {
	want := l.run(t, fixed, `exec `+deploy+` 2>&1`, env...)
	require.Zero(t, want.code, "%s%s", want.stdout, want.stderr)

	got := l.run(t, buggy, `{ `+deploy+`; echo $? >code; } 2>&1 | tee raw | orbfilter `+muted+` --report json=report.json`, env...)
	assert.Equal(t, "0\n", got.file(t, "code"), "pyinfra's exit code")
	got.check(t)
	sameRun(t, want.stdout, got.stdout, len(env) > 0)
	assert.Empty(t, got.stderr)
	assert.Equal(t, strings.Count(got.file(t, "raw"), "Exception ignored in"), got.folded(t), "blocks")
}

func (l *live) wrapped(t *testing.T, env ...string) {
	want := l.run(t, fixed, `exec `+deploy, env...)
	require.Zero(t, want.code, "%s%s", want.stdout, want.stderr)

	got := l.run(t, buggy, `exec orbfilter run `+muted+` --report json=report.json -- `+deploy, env...)
	got.check(t)
	sameRun(t, want.stdout, got.stdout, len(env) > 0)
	sameRun(t, want.stderr, got.stderr, len(env) > 0)
	assert.Positive(t, got.folded(t), "blocks")
}

func (l *live) terminal(t *testing.T, env ...string) {
	want := l.runOnTerminal(t, fixed, `exec `+deploy, env...)
	require.Zero(t, want.code, want.stdout)

	got := l.runOnTerminal(t, buggy, `exec orbfilter run `+muted+` --report json=report.json -- `+deploy, env...)
	got.check(t)
	sameRun(t, want.stdout, got.stdout, len(env) > 0)
	assert.Positive(t, got.folded(t), "blocks")
}

// json: what a program is to read stays apart from what a person is to read.
func (l *live) json(t *testing.T) {
	const script = `pyinfra --json -y @orbstack deploy.py`
	want := l.run(t, fixed, `exec `+script)
	require.Zero(t, want.code, "%s%s", want.stdout, want.stderr)

	got := l.run(t, buggy, `exec orbfilter run `+muted+` --report json=report.json -- `+script)
	got.check(t)
	sameRun(t, want.stderr, got.stderr, false)
	assert.Positive(t, got.folded(t), "blocks")
	var out struct {
		Results struct {
			Totals struct{ Hosts, Success int }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.stdout), &out), got.stdout)
	assert.Equal(t, 3*12, out.Results.Totals.Hosts, "three operations on twelve hosts")
	assert.Equal(t, 3*12, out.Results.Totals.Success)
}

// command returns a shell script that is to run in a folder of its own, with
// what the live runs need on PATH.
func (l *live) command(t *testing.T, gevent, script string, env ...string) *exec.Cmd {
	t.Helper()
	dir := filepath.Join(t.ArtifactDir(), gevent)
	require.NoError(t, os.Mkdir(dir, 0o700))
	data, err := os.ReadFile(filepath.Join(l.testdata, "deploy.py"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deploy.py"), data, 0o600))

	path := []string{l.bin, l.testdata, filepath.Join(l.venvs, "gevent-"+gevent, "bin"), os.Getenv("PATH")}
	ctx, cancel := context.WithTimeout(t.Context(), liveLimit)
	t.Cleanup(cancel)
	c := exec.CommandContext(ctx, "sh", "-c", script)
	c.WaitDelay = liveLimit // for what it left behind, if that holds the output open
	c.Dir = dir
	c.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "PYTHON") || strings.HasPrefix(v, "ORBCTL_") || strings.HasPrefix(v, "PYINFRA_")
	})
	c.Env = append(c.Env, "PATH="+strings.Join(path, string(filepath.ListSeparator)), "ORBCTL_MACHINES=12",
		"ORBFILTER_LIVE="+filepath.Join(dir, "hosts"), "TERM=xterm-256color")
	c.Env = append(c.Env, env...)
	return c
}

// A liveRun is what a run left.
type liveRun struct {
	stdout, stderr string
	code           int
	dir            string
}

func (l *live) run(t *testing.T, gevent, script string, env ...string) liveRun {
	t.Helper()
	return finish(t, l.command(t, gevent, script, env...))
}

// finish runs a script to its end.
func finish(t *testing.T, c *exec.Cmd) liveRun {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	require.GreaterOrEqual(t, codeOf(err), 0, err)
	return liveRun{code: codeOf(err), stdout: stdout.String(), stderr: stderr.String(), dir: c.Dir}
}

// runOnTerminal runs a script in a terminal; stdout is what a person sees of
// it, all of it: the emulator is higher than any run is long.
func (l *live) runOnTerminal(t *testing.T, gevent, script string, env ...string) liveRun {
	t.Helper()
	const columns, rows, height = 200, 50, 2000
	c := l.command(t, gevent, script, env...)
	terminal, err := pty.StartWithSize(c, &pty.Winsize{Rows: rows, Cols: columns})
	require.NoError(t, err)
	defer terminal.Close()

	screen := vt.NewEmulator(columns, height)
	if _, err = io.Copy(screen, terminal); err != nil {
		require.ErrorIs(t, err, syscall.EIO, "the end of a terminal on Linux")
	}
	lines := strings.Split(screen.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \r")
	}
	err = c.Wait()
	require.GreaterOrEqual(t, codeOf(err), 0, err)
	return liveRun{code: codeOf(err), stdout: strings.TrimRight(strings.Join(lines, "\n"), "\n"), dir: c.Dir}
}

func (r liveRun) file(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	require.NoError(t, err)
	return string(data)
}

// check asserts what holds for every filtered run.
func (r liveRun) check(t *testing.T) {
	t.Helper()
	assert.Zero(t, r.code, "exit code; stderr: %s", r.stderr)
	for _, noise := range []string{"Exception ignored", "AssertionError", "Traceback", "after_fork_in_child", "^^^"} {
		assert.NotContains(t, r.stdout+r.stderr, noise)
	}
}

// folded returns how often the report says that the issue was seen.
func (r liveRun) folded(t *testing.T) int {
	t.Helper()
	type size struct{ Bytes, Lines int }
	var report struct {
		Input, Output, Folded size
		Issues                []struct {
			ID              string
			Count, Unfolded int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(r.file(t, "report.json")), &report))
	assert.Equal(t, report.Input, size{report.Output.Bytes + report.Folded.Bytes, report.Output.Lines + report.Folded.Lines})
	require.Len(t, report.Issues, 1)
	assert.Equal(t, "gevent-fork-hooks-assertion", report.Issues[0].ID)
	assert.Zero(t, report.Issues[0].Unfolded)
	return report.Issues[0].Count
}

// sameRun asserts that two runs show the same. torn: blank lines and indents do
// not count. Python writes the indent and the end of a line by themselves, and
// whose they are cannot always be told.
func sameRun(t *testing.T, want, got string, torn bool) {
	t.Helper()
	assert.Equal(t, normal(want, torn), normal(got, torn))
}

var hostLine = regexp.MustCompile(`^ *\[vm-\d+\] `)

// normal sorts lines of hosts that follow each other by host, since hosts work
// at the same time, and leaves every other line in its place.
func normal(text string, torn bool) string {
	var lines, hosts []string
	flush := func() {
		slices.SortStableFunc(hosts, func(a, b string) int { return strings.Compare(hostLine.FindString(a), hostLine.FindString(b)) })
		lines, hosts = append(lines, hosts...), nil
	}
	for line := range strings.SplitSeq(text, "\n") {
		if torn {
			line = strings.TrimLeft(line, " ")
		}
		switch {
		case torn && line == "":
		case hostLine.MatchString(line):
			hosts = append(hosts, line)
		default:
			flush()
			lines = append(lines, line)
		}
	}
	flush()
	return strings.Join(lines, "\n")
}
