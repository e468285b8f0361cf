//go:build linux

// Command needs measures what orbfilter needs of a machine: memory, address space, threads; and how long a Ctrl-C finds nobody who catches it.
//
// usage: go run ./testdata/needs [-mb N] [-starts N] [-write FILE] ORBFILTER
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/orbfilter/orbfilter/testdata/marked"
)

var (
	mb     = flag.Int("mb", 20, "how many MB the run has of which the memory is measured")
	starts = flag.Int("starts", 200, "how often each program is started, for the Ctrl-C")
	busy   = flag.Int("busy", 20, "how many processes keep the machine busy meanwhile")
	page   = flag.String("write", "", "write the figures into this file")
)

const capture = "testdata/captures/gevent-25.5.1.20-hosts.pipe.log"

func main() {
	flag.Parse()
	if flag.NArg() != 1 || *mb < 1 || *starts < 1 {
		fmt.Fprintln(os.Stderr, "usage: go run ./testdata/needs [-mb N] [-starts N] [-busy N] [-write FILE] ORBFILTER")
		os.Exit(2)
	}
	if err := run(flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "needs:", err)
		os.Exit(1)
	}
}

func run(orbfilter string) error {
	orbfilter, err := filepath.Abs(orbfilter)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "orbfilter-needs-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	n := &needs{orbfilter: orbfilter, dir: dir}
	var said bytes.Buffer
	fmt.Fprintf(&said, "%s, %d processors:\n\n", time.Now().UTC().Format(time.DateOnly), runtime.NumCPU())
	for _, measure := range []func() (string, error){n.memory, n.space, n.threads, n.signals} {
		line, err := measure()
		if err != nil {
			return err
		}
		fmt.Fprintln(&said, "- "+line)
		fmt.Println(line)
	}
	return marked.Put(*page, "needs", "needs", said.String())
}

type needs struct {
	orbfilter string
	dir       string
}

// filter is orbfilter with three reports and an audit.
func (n *needs) filter() *exec.Cmd {
	c := exec.Command(n.orbfilter, "--summary", "never", "--report", "json=r.json", "--report", "html=r.html", "--report", "md=r.md", "--audit", "a.orb")
	c.Dir = n.dir
	c.Env = append(os.Environ(), "HOME="+n.dir, "XDG_STATE_HOME=", "CI=", "GITHUB_ACTIONS=")
	return c
}

// fed runs orbfilter with the recorded run so often that it is so many MB. meanwhile is called again and again while it runs.
func (n *needs) fed(mb int, meanwhile func(pid int)) error {
	log, err := os.ReadFile(capture)
	if err != nil {
		return err
	}
	for _, left := range []string{"a.orb", "r.json", "r.html", "r.md"} { // by the run before
		_ = os.Remove(filepath.Join(n.dir, left))
	}
	c := n.filter()
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	for fed := 0; fed < mb*1_000_000; fed += len(log) {
		if _, err := in.Write(log); err != nil {
			return err
		}
		meanwhile(c.Process.Pid)
	}
	in.Close()
	return c.Wait()
}

// status returns a figure of /proc/PID/status; 0: it is not there.
func status(pid int, name string) (figure int) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(data), "\n"+name+":")
	_, _ = fmt.Sscan(rest, &figure)
	return figure
}

// memory is the most that a run takes.
func (n *needs) memory() (string, error) {
	most := 0
	err := n.fed(*mb, func(pid int) { most = max(most, status(pid, "VmHWM")) })
	return fmt.Sprintf("Memory: a run of %d MB with three reports and an audit took %d MiB at most.", *mb, most>>10), err
}

// threads is how many a run has.
func (n *needs) threads() (string, error) {
	most := 0
	for range 5 {
		if err := n.fed(2, func(pid int) { most = max(most, status(pid, "Threads")) }); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("Threads: in five runs there were never more than %d.", most), nil
}

// space is an address space in which orbfilter starts, and in all larger ones that were tried, ten times each. In less it starts now and then.
func (n *needs) space() (string, error) {
	const step, most = 50_000, 4_000_000
	least := most
	for kib := most; kib > 0 && n.startsIn(kib); kib -= step {
		least = kib
	}
	if least == most {
		return "", fmt.Errorf("it does not start in %d KiB of address space", most)
	}
	return fmt.Sprintf("Address space: it started ten times of ten with %d KiB (`ulimit -v`), and with all that is more, in steps of %d; not so with less.", least, step), nil
}

// startsIn reports whether orbfilter starts in an address space of so many KiB, ten times of ten.
func (n *needs) startsIn(kib int) bool {
	for range 10 {
		c := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -v %d; exec "$@"`, kib), "sh", n.orbfilter, "--no-history")
		if c.Run() != nil {
			return false
		}
	}
	return true
}

// signals is how often a SIGINT in the first 50 ms finds a program that dies of it at once, on a busy machine.
func (n *needs) signals() (string, error) {
	stop := keepBusy(*busy)
	defer stop()
	var said []string
	for _, p := range []struct {
		name string
		args []string
	}{{"orbfilter", []string{n.orbfilter, "--no-history"}}, {"`tee -i`", []string{"tee", "-i"}}, {"`cat`", []string{"cat"}}} {
		died := 0
		for range *starts {
			if !survives(p.args) {
				died++
			}
		}
		said = append(said, fmt.Sprintf("%d of %s", died, p.name))
	}
	return fmt.Sprintf("Signals: with %d busy processes beside it, a SIGINT at a random moment of the first 50 ms killed, of %d starts each, %s.", *busy, *starts, strings.Join(said, ", ")), nil
}

// survives reports whether a program passes on what it gets after a SIGINT in its first 50 ms.
func survives(args []string) bool {
	c := exec.Command(args[0], args[1:]...)
	in, err := c.StdinPipe()
	if err != nil {
		return false
	}
	var out bytes.Buffer
	c.Stdout = &out
	if c.Start() != nil {
		return false
	}
	time.Sleep(time.Duration(rand.Int64N(int64(50 * time.Millisecond))))
	_ = c.Process.Signal(syscall.SIGINT)
	_, _ = io.WriteString(in, "a line\n")
	in.Close()
	_ = c.Wait()
	return out.String() == "a line\n"
}

// keepBusy starts processes that do nothing but work. stop ends them.
func keepBusy(many int) (stop func()) {
	var all []*exec.Cmd
	for range many {
		c := exec.Command("sh", "-c", "while :; do :; done")
		if c.Start() == nil {
			all = append(all, c)
		}
	}
	return sync.OnceFunc(func() {
		for _, c := range all {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	})
}
