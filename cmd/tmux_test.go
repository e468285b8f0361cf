//go:build unix

package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// A window is one of tmux, with a shell in it: what a person has in front of them.
type window struct {
	t   *testing.T
	dir string // for files, and tmux's socket
}

func newWindow(t *testing.T, programs ...string) *window {
	t.Helper()
	for _, p := range append(programs, "tmux", "bash") {
		if _, err := exec.LookPath(p); err != nil {
			require.False(t, required(), "no %s: testdata/live/debian.sh %[1]s installs it", p)
			t.Skipf("no %s", p)
		}
	}
	dir, err := os.MkdirTemp("", "tmux") //nolint:usetesting // the name of a socket has to be short
	require.NoError(t, err)
	w := &window{t, dir}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(w.screen())
		}
		_ = w.tmux("kill-server").Run()
		os.RemoveAll(dir)
	})
	out, err := w.tmux("new-session", "-d", "-x", "80", "-y", "24", "bash", "--norc", "--noprofile").CombinedOutput()
	require.NoError(t, err, "%s", out)
	w.until("$")
	return w
}

func (w *window) tmux(args ...string) *exec.Cmd {
	c := exec.Command("tmux", append([]string{"-S", filepath.Join(w.dir, "s"), "-f", "/dev/null"}, args...)...)
	c.Env = append(os.Environ(), "HISTFILE=", "PS1=$ ", "LESS=", "LC_ALL=C", "DIR="+w.dir)
	return c
}

// key types one by tmux's name for it.
func (w *window) key(name string) {
	w.t.Helper()
	out, err := w.tmux("send-keys", name).CombinedOutput()
	require.NoError(w.t, err, "%s", out)
}

func (w *window) line(text string) {
	w.t.Helper()
	out, err := w.tmux("send-keys", "-l", text).CombinedOutput()
	require.NoError(w.t, err, "%s", out)
	w.key("Enter")
}

func (w *window) screen() string {
	out, _ := w.tmux("capture-pane", "-p").Output()
	return string(out)
}

// until waits for what is on the screen.
func (w *window) until(text string) {
	w.t.Helper()
	w.eventually(func() bool { return strings.Contains(w.screen(), text) }, text)
}

func (w *window) eventually(ok func() bool, what string) {
	w.t.Helper()
	for end := time.Now().Add(2 * patience); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			require.Fail(w.t, "it does not happen: "+what, "%s", w.screen())
		}
	}
}

// file waits for a file that the shell writes, whole, and returns it.
func (w *window) file(name string) string {
	w.t.Helper()
	path := filepath.Join(w.dir, name)
	w.eventually(func() bool { _, err := os.Stat(path); return err == nil }, name)
	text, err := os.ReadFile(path)
	require.NoError(w.t, err)
	return string(text)
}

// settings are those of the terminal, as the shell's children get them.
func (w *window) settings(name string) string {
	w.t.Helper()
	w.line(fmt.Sprintf(`stty -a >"$DIR/%s.new"; mv "$DIR/%[1]s.new" "$DIR/%[1]s"`, name))
	return w.file(name)
}

// whileSame asserts that the terminal is as it was.
func (w *window) whileSame(do func()) {
	w.t.Helper()
	before := w.settings("before")
	do()
	assert.Equal(w.t, before, w.settings("after"), "stty -a")
}

func TestTmuxLoopOfDeploys(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, deploy := range map[string]string{"run": "orbfilter run -- sh -c 'echo go''ing; sleep 60'", "pipe": "(echo go''ing; sleep 60) | orbfilter"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWindow(t)
			w.whileSame(func() {
				w.line(`for h in staging prod; do echo "begin=$h"; ` + deploy + `; done; echo "last=$h"`)
				w.until("going")
				w.key("C-c")
				w.line(`echo "ended=$h"`)
				w.until("ended=staging")
			})
			assert.NotContains(t, w.screen(), "begin=prod")
			assert.NotContains(t, w.screen(), "last=prod")
		})
	}
}

func TestTmuxPager(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, pager := range map[string]string{"alone": `orbfilter run -- less "$DIR/log"`, "behind": `orbfilter run -- sh -c 'less "$DIR/log"; exit'`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWindow(t, "less")
			w.whileSame(func() {
				w.line(`seq 200 | sed 's/$/ of it/' >"$DIR/log"; ` + pager)
				w.until("23 of it")
				w.key("G")
				w.until("200 of it")
				w.key("C-z")
				w.until("Stopped")
				w.line(`fg >/dev/null; echo "code=$?"`)
				w.until("200 of it")
				w.key("g")
				w.until("23 of it")
				w.key("q")
				w.until("code=0")
			})
			assert.NotContains(t, w.screen(), "of it\n", "the screen is the shell's again")
		})
	}
}

func TestTmuxStopAndContinue(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	t.Parallel()
	w := newWindow(t)
	w.whileSame(func() {
		w.line(`orbfilter run -- sh -c 'echo go''ing; read x; echo "got=$x"; exit 5'`)
		w.until("going")
		w.key("C-z")
		w.until("Stopped")
		w.line("stty -a >/dev/null; echo ba''ck; fg")
		w.until("back") // what is typed while the shell still edits its line would have no end for others
		w.line("answer")
		w.until("got=answer")
		w.line(`echo "code=$?"`)
		w.until("code=5")
	})
}

// Who closes the window hangs up on what is in it.
func TestTmuxWindowIsClosed(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, deploy := range map[string]string{
		"run":  `orbfilter run -- sh -c 'trap "echo hangup >\"$DIR/hup.new\"; mv \"$DIR/hup.new\" \"$DIR/hup\"; exit 3" HUP; echo $PPID >"$DIR/pid.new"; mv "$DIR/pid.new" "$DIR/pid"; while :; do sleep 0.1; done'`,
		"pipe": `sh -c 'trap "echo hangup >\"$DIR/hup.new\"; mv \"$DIR/hup.new\" \"$DIR/hup\"; exit 3" HUP; echo $$ >"$DIR/pid.new"; mv "$DIR/pid.new" "$DIR/pid"; while :; do sleep 0.1; done' | orbfilter`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWindow(t)
			w.line(deploy)
			pid := strings.TrimSpace(w.file("pid"))
			require.NoError(t, w.tmux("kill-window").Run())
			assert.Equal(t, "hangup\n", w.file("hup"))
			w.eventually(func() bool { return exec.Command("ps", "-p", pid).Run() != nil }, "the end of "+pid)
		})
	}
}

func TestTmuxTwoRunsSideBySide(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	t.Parallel()
	w := newWindow(t, "less")
	w.whileSame(func() {
		w.line(`bash -c 'orbfilter run -- sh -c "sleep 1; echo one=1; sleep 1" & orbfilter run -- sh -c "echo two=2; seq 99 | less; sleep 1"; wait'; echo "code=$?"`)
		w.until("23\n:")
		w.key("q")
		w.until("code=0")
	})
	assert.Contains(t, w.screen(), "one=1")
	assert.Contains(t, w.screen(), "two=2")
}

// TestTmuxWhateverEndsIt: the terminal is as it was, though the command was about to ask for a password.
func TestTmuxWhateverEndsIt(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, ends := range map[string]string{
		"exit":                  "stty echo; exit 3",
		"SIGTERM":               "kill -TERM $$; sleep 60",
		"SIGKILL":               "kill -KILL $$; sleep 60",
		"SIGTERM to orbfilter":  "kill -TERM $PPID; sleep 60",
		"SIGHUP to orbfilter":   "kill -HUP $PPID; sleep 60",
		"SIGQUIT to itself":     "ulimit -c 0; kill -QUIT $$; sleep 60",
		"SIGKILL for orbfilter": "sleep 1; kill -KILL $PPID; sleep 1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWindow(t)
			w.whileSame(func() {
				w.line(`orbfilter run -- sh -c 'stty -echo; echo go''ing; ` + ends + `'`)
				w.until("going")
				w.line(`echo "code=$?"`)
				w.until("code=")
			})
		})
	}
}
