//go:build linux

package wrap

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// service is what a deploy leaves running: it writes to the deploy's output, ends when that fails, and counts in a file.
const service = `{ n=0; while [ -d "$DIR" ] && [ ! -e "$DIR/stop" ]; do sleep 0.05; n=$((n+1)); echo "tick $n" || exit; echo $n >"$DIR/count.new"; mv "$DIR/count.new" "$DIR/count"; done; echo last; } & echo "service $!."; exit 7`

// A left is a service that a run has left running.
type left struct {
	t   *testing.T
	dir string
}

func newLeft(t *testing.T, cmd *exec.Cmd) *left {
	l := &left{t, filepath.Join(t.TempDir(), "left")}
	require.NoError(t, os.Mkdir(l.dir, 0o700))
	cmd.Env = append(cmd.Env, "DIR="+l.dir)
	t.Cleanup(l.end)
	return l
}

// end stops it, and waits until it writes no more: its folder could not be removed else.
func (l *left) end() {
	l.stop()
	assert.True(l.t, wait(func() bool { return os.RemoveAll(l.dir) == nil }))
}

// stop ends it in a good way.
func (l *left) stop() { require.NoError(l.t, os.WriteFile(filepath.Join(l.dir, "stop"), nil, 0o600)) }

func (l *left) count() int {
	text, _ := os.ReadFile(filepath.Join(l.dir, "count"))
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// lives waits until it has counted on.
func (l *left) lives() {
	l.t.Helper()
	from := l.count()
	if !wait(func() bool { return l.count() >= from+3 }) {
		l.t.Fatal("what the deploy has left running does not run")
	}
}

// copiers are the processes that copy on to this file.
func copiers(file string) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, fd := range all {
		pid, _ := strconv.Atoi(strings.Split(fd, "/")[2])
		args, _ := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "cmdline"))
		if to, _ := os.Readlink(fd); to == file && strings.Contains(string(args), "__copy-on") {
			pids = append(pids, pid)
		}
	}
	return pids
}

func ticks(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "tick %d\n", i+1)
	}
	return b.String()
}

// Without orbfilter it lives on, whatever its output is; so it has to with it. Nothing of what it writes is lost, and the
// copier ends with it.
func TestWhatIsLeftRunningLivesOn(t *testing.T) {
	t.Parallel()
	cmd := command("run", "sh", "-c", service)
	l := newLeft(t, cmd)
	out := temp(t)
	cmd.Stdout = out
	within(t, patience, func() { assert.Equal(t, 7, exitCode(t, cmd.Run())) })
	l.lives()
	require.Len(t, copiers(out.Name()), 1)
	assert.Subset(t, []string{"/dev/null", out.Name()}, filesOf(t, copiers(out.Name())[0]), "the copier holds nothing else")
	l.stop()
	require.True(t, wait(func() bool { return len(copiers(out.Name())) == 0 }), "the copier does not end")
	got, err := os.ReadFile(out.Name())
	require.NoError(t, err)
	assert.Equal(t, ticks(l.count())+"last\n", strings.SplitN(string(got), ".\n", 2)[1])
}

// filesOf are the files that a process has open, pipes and what the Go runtime needs aside.
func filesOf(t *testing.T, pid int) (names []string) {
	t.Helper()
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	require.NoError(t, err)
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && !strings.Contains(to, ":[") {
			names = append(names, to)
		}
	}
	return names
}

// What the caller of the caller has open may be a lock.
func TestCopierHoldsNoOtherDescriptor(t *testing.T) {
	t.Parallel()
	cmd := command("run", "sh", "-c", "exec 9>&-; "+service)
	l := newLeft(t, cmd)
	out, lock := temp(t), temp(t)
	cmd.Stdout = out
	cmd.ExtraFiles = []*os.File{nil, nil, nil, nil, nil, nil, lock} // 9
	within(t, patience, func() { assert.Equal(t, 7, exitCode(t, cmd.Run())) })
	l.lives()
	require.Len(t, copiers(out.Name()), 1)
	assert.NotContains(t, filesOf(t, copiers(out.Name())[0]), lock.Name())
	l.stop() // else it may write while its folder is removed
	require.True(t, wait(func() bool { return len(copiers(out.Name())) == 0 }), "the copier does not end")
}

// It may be there for weeks, and be one of many.
func TestCopierIsSmall(t *testing.T) {
	testrun.WithoutRace(t)
	t.Parallel()
	cmd := command("run", "sh", "-c", service)
	l := newLeft(t, cmd)
	out := temp(t)
	cmd.Stdout = out
	assert.Equal(t, 7, exitCode(t, cmd.Run()))
	l.lives()
	require.Len(t, copiers(out.Name()), 1)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", copiers(out.Name())[0]))
	if err != nil {
		t.Skip("this kernel does not say how much memory a process has: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "Anonymous:"); ok {
			n, err := strconv.Atoi(strings.Fields(kb)[0])
			require.NoError(t, err)
			assert.Less(t, n, 4<<10, "KiB of its own")
			return
		}
	}
	t.Fatalf("not known: %s", text)
}

// Who writes to a pipe that nobody reads any more gets SIGPIPE, some time later than without us, but it does.
func TestWhatIsLeftRunningEndsWithItsReader(t *testing.T) {
	t.Parallel()
	cmd := command("run", "sh", "-c", service)
	l := newLeft(t, cmd)
	r, w, err := os.Pipe()
	require.NoError(t, err)
	cmd.Stdout = w
	require.NoError(t, cmd.Start())
	w.Close()
	assert.Equal(t, 7, exitCode(t, cmd.Wait()))
	var pid int
	_, err = fmt.Fscanf(r, "service %d.", &pid)
	require.NoError(t, err)
	l.lives()
	r.Close()
	assert.True(t, wait(func() bool { return syscall.Kill(pid, 0) != nil }), "it writes to nobody")
}

// The terminal of the deploy is closed, and so is the session; what has its output in a file does not notice.
func TestWhatIsLeftRunningOutlivesTheTerminal(t *testing.T) {
	t.Parallel()
	out := temp(t)
	s := newScreen(t)
	var l *left
	s.start([]string{"sh", "-c", `trap "" HUP; "$ORB" run sh -c "$SERVICE" >"$OUT"; echo "code $?."; while echo here; do sleep 0.05; done`}, func(cmd *exec.Cmd) {
		l = newLeft(t, cmd)
		cmd.Env = append(cmd.Env, "SERVICE="+service, "OUT="+out.Name())
	})
	s.expect("code 7.")
	l.lives()
	s.slave.Close()
	s.master.Close()
	s.exit()
	l.lives()
	l.stop()
	require.True(t, wait(func() bool {
		got, _ := os.ReadFile(out.Name())
		return strings.HasSuffix(string(got), "last\n")
	}), "its last word")
}

// On a terminal the pseudo-terminal has to stay, and what is written to it has to be seen.
func TestWhatIsLeftRunningOnATerminalIsSeen(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	var l *left
	s.start([]string{"sh", "-c", `"$ORB" run sh -c "$SERVICE"; echo "code $?."; read x`}, func(cmd *exec.Cmd) {
		l = newLeft(t, cmd)
		cmd.Env = append(cmd.Env, "SERVICE="+service)
	})
	s.expect("code 7.")
	s.expect(fmt.Sprintf("tick %d\r\n", l.count()+3))
	l.stop()
	s.expect("last\r\n")
	s.typing("\r")
	s.exit()
}

// A run has ended when its command has, and not seconds later.
func TestRunReturnsAtOnce(t *testing.T) {
	t.Parallel()
	took := time.Hour
	for range 5 { // the machine may be busy
		cmd := command("run", "sh", "-c", service)
		l := newLeft(t, cmd)
		cmd.Stdout = temp(t)
		start := time.Now()
		assert.Equal(t, 7, exitCode(t, cmd.Run()))
		took = min(took, time.Since(start))
		l.stop()
	}
	assert.Less(t, took, 2*time.Second)
}
