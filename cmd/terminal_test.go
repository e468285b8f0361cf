//go:build unix

package cmd_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

// A terminal is a pseudo-terminal and a person in front of it.
type terminal struct {
	t           *testing.T
	master, tty *os.File
	chunks      chan string // what was printed; closed at the end
	screen      string      // what of it was read
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	master, tty, err := pty.Open()
	require.NoError(t, err)
	term := &terminal{t: t, master: master, tty: tty, chunks: make(chan string, 100)}
	t.Cleanup(func() { tty.Close(); master.Close() })
	go term.read()
	return term
}

func (x *terminal) read() {
	defer close(x.chunks)
	buf := make([]byte, 4096)
	for {
		n, err := x.master.Read(buf)
		if n > 0 {
			x.chunks <- string(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// start starts orbfilter; streams that connect leaves alone are the terminal.
func (x *terminal) start(connect func(*exec.Cmd), args ...string) *exec.Cmd {
	x.t.Helper()
	c := exec.Command("orbfilter", args...)
	c.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=1")
	c.Stdin, c.Stdout, c.Stderr = x.tty, x.tty, x.tty
	if connect != nil {
		connect(c)
	}
	ctty := slices.IndexFunc([]any{c.Stdin, c.Stdout, c.Stderr}, func(s any) bool { return s == x.tty })
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: ctty}
	require.NoError(x.t, c.Start())
	x.t.Cleanup(func() { c.Process.Kill() })
	return c
}

// end waits for the program, and for what it left on the screen.
func (x *terminal) end(c *exec.Cmd) (code int) {
	x.t.Helper()
	err := c.Wait()
	x.tty.Close()
	timeout := time.After(patience)
	for {
		select {
		case chunk, more := <-x.chunks:
			if !more {
				return codeOf(err)
			}
			x.screen += chunk
		case <-timeout:
			require.Fail(x.t, "the terminal does not end", "%q", x.screen)
		}
	}
}

// until waits for a text on the screen, which is returned with what the
// pattern's groups match, and forgotten.
func (x *terminal) until(pattern *regexp.Regexp) []string {
	x.t.Helper()
	timeout := time.After(patience)
	for {
		if at := pattern.FindStringSubmatchIndex(x.screen); at != nil {
			found := pattern.FindStringSubmatch(x.screen)
			x.screen = x.screen[at[1]:]
			return found
		}
		select {
		case chunk, more := <-x.chunks:
			require.True(x.t, more, "the program has ended: %q", x.screen)
			x.screen += chunk
		case <-timeout:
			require.Fail(x.t, "not on the screen", "%s: %q", pattern, x.screen)
		}
	}
}

func (x *terminal) typed(keys string) {
	x.t.Helper()
	_, err := io.WriteString(x.master, keys)
	require.NoError(x.t, err)
}

// piped connects stdin to a pipe that this text comes from.
func piped(text string) func(*exec.Cmd) {
	return func(c *exec.Cmd) { c.Stdin = strings.NewReader(text) }
}

const retry = "Network error, retrying in 2.0s (attempt 1/4)\n"

// TestNothingToRead: who types orbfilter alone has nothing to pipe. Waiting for
// the keyboard would look like a program that hangs.
func TestNothingToRead(t *testing.T) {
	x := newTerminal(t)
	var out, said bytes.Buffer
	c := x.start(func(c *exec.Cmd) { c.Stdout, c.Stderr = &out, &said })
	assert.Equal(t, 2, x.end(c))
	assert.Empty(t, out.String())
	assert.Contains(t, said.String(), "2>&1 | orbfilter")
	assert.Contains(t, said.String(), "Usage:")
}

// TestMarkersOnATerminal: where a person looks on, a marker says where lines
// are left out, on a line of its own.
func TestMarkersOnATerminal(t *testing.T) {
	const marker = "orbfilter: folding orbstack-false-network-retry here: pyinfra-orbstack calls any failed command a network error, and runs it again\r\n"
	const run = "before\n" + retry + "between\n" + retry + "after\n"
	log := filepath.Join(t.TempDir(), "run.log")
	require.NoError(t, os.WriteFile(log, []byte(run), 0o600))
	want := "before\r\n" + marker + "between\r\nafter\r\n"

	x := newTerminal(t)
	assert.Zero(t, x.end(x.start(piped(run), "--summary", "never")))
	assert.Equal(t, want, x.screen, "pipe")

	x = newTerminal(t)
	assert.Zero(t, x.end(x.start(nil, "run", "--summary", "never", "--", "cat", log)))
	assert.Equal(t, want, x.screen, "run")

	for _, flag := range []string{"--markers=never", "--quiet"} {
		x = newTerminal(t)
		assert.Zero(t, x.end(x.start(piped(run), "--summary", "never", flag)))
		assert.Equal(t, "before\r\nbetween\r\nafter\r\n", x.screen, flag)
	}
}

// TestNoMarkersWhereTheStreamIsNoTerminal: stderr is what is looked at then,
// and stdout holds the run's own.
func TestNoMarkersWhereTheStreamIsNoTerminal(t *testing.T) {
	x := newTerminal(t)
	var out bytes.Buffer
	c := x.start(func(c *exec.Cmd) { piped("before\n" + retry)(c); c.Stdout = &out })
	assert.Zero(t, x.end(c))
	assert.Equal(t, "before\n", out.String())
	assert.True(t, strings.HasPrefix(x.screen, "orbfilter: 2 lines in"), x.screen)
}

// TestSummaryIsNotGlued: a last line without an end is not continued by what
// orbfilter says, and one with an end is not followed by an empty line.
func TestSummaryIsNotGlued(t *testing.T) {
	for name, run := range map[string]string{"unfinished": retry + "last", "finished": retry + "last\n"} {
		t.Run(name, func(t *testing.T) {
			log := filepath.Join(t.TempDir(), "run.log")
			require.NoError(t, os.WriteFile(log, []byte(run), 0o600))
			x := newTerminal(t)
			assert.Zero(t, x.end(x.start(piped(run))))
			assert.Contains(t, x.screen, "\nlast\r\norbfilter: 2 lines in, 1 shown", "pipe")

			x = newTerminal(t)
			assert.Zero(t, x.end(x.start(nil, "run", "--", "cat", log)))
			assert.Contains(t, x.screen, "\nlast\r\norbfilter: 2 lines in, 1 shown", "run")
		})
	}
}

// TestNothingIsAddedToARunWithoutIssues: no line end either, though the last
// line has none.
func TestNothingIsAddedToARunWithoutIssues(t *testing.T) {
	x := newTerminal(t)
	assert.Zero(t, x.end(x.start(nil, "run", "--", "printf", "last")))
	assert.Equal(t, "last", x.screen, "run")

	x = newTerminal(t)
	assert.Zero(t, x.end(x.start(piped("last"))))
	assert.Equal(t, "last", x.screen, "pipe")
}

var prompt = regexp.MustCompile(`since (\d+) continue\? $`)

// TestPromptIsOnTheScreenAtOnce: a prompt has no line end that says that it is
// complete, and whoever is to answer must see it.
func TestPromptIsOnTheScreenAtOnce(t *testing.T) {
	const times, limit = 5, 50 * time.Millisecond
	x := newTerminal(t)
	c := x.start(nil, "run", "--", "prompter")
	took := make([]time.Duration, times)
	for i := range took {
		since, err := strconv.ParseInt(x.until(prompt)[1], 10, 64)
		require.NoError(t, err)
		took[i] = time.Since(time.Unix(0, since))
		answer := "yes\r"
		if i == times-1 {
			answer = "no\r"
		}
		x.typed(answer)
	}
	assert.Zero(t, x.end(c))
	slices.Sort(took)
	assert.Less(t, took[times/2], limit, "%v", took)
}

// TestInterruptIsForTheDeploy: Ctrl-C goes to the whole pipeline. What the
// deploy says on its way out is shown, so the filter reads to the end. If
// something keeps the pipe open, another Ctrl-C ends it, with the summary.
func TestInterruptIsForTheDeploy(t *testing.T) {
	for name, c := range map[string]struct {
		again []os.Signal
		code  int
	}{
		"once":    {nil, 130}, // but not before the end
		"twice":   {[]os.Signal{syscall.SIGINT}, 130},
		"SIGTERM": {[]os.Signal{syscall.SIGTERM}, 143},
	} {
		t.Run(name, func(t *testing.T) {
			x := newInterrupted(t)
			x.says("first\n", "first\n")
			x.signal(syscall.SIGINT)
			time.Sleep(50 * time.Millisecond) // that it arrives
			x.says(retry+"last words\nException", "last words\n")
			for _, s := range c.again {
				x.signal(s)
			}
			if c.again == nil {
				require.NoError(t, x.in.Close())
			}
			rest, err := io.ReadAll(x.out)
			require.NoError(t, err)
			assert.Equal(t, "Exception", string(rest), "what was held")
			assert.Equal(t, c.code, codeOf(x.c.Wait()))
			assert.Contains(t, x.said.String(), "orbfilter: 4 lines in, 3 shown")
		})
	}
}

// interrupted is orbfilter in a pipe, both ends of which are the test's.
type interrupted struct {
	t    *testing.T
	c    *exec.Cmd
	in   io.WriteCloser
	out  io.Reader
	said bytes.Buffer
}

func newInterrupted(t *testing.T) *interrupted {
	t.Helper()
	x := &interrupted{t: t, c: exec.Command("orbfilter")}
	x.c.Stderr = &x.said
	var err error
	x.in, err = x.c.StdinPipe()
	require.NoError(t, err)
	x.out, err = x.c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, x.c.Start())
	t.Cleanup(func() { x.c.Process.Kill() })
	return x
}

// says writes a text, and waits until this is shown.
func (x *interrupted) says(text, shown string) {
	x.t.Helper()
	_, err := io.WriteString(x.in, text)
	require.NoError(x.t, err)
	got := make([]byte, len(shown))
	_, err = io.ReadFull(x.out, got)
	require.NoError(x.t, err)
	require.Equal(x.t, shown, string(got))
}

func (x *interrupted) signal(s os.Signal) {
	x.t.Helper()
	require.NoError(x.t, x.c.Process.Signal(s))
}
