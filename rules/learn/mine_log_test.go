package learn_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A deployLog is the log of a run on several hosts, as pyinfra prints it, with
// what repeats in such logs: of the package manager, of Python, of a connector.
// The hosts work at the same time, so that their lines are mixed.
func deployLog(seed uint64, hosts, operations int) string {
	l := logWriter{r: rand.New(rand.NewPCG(seed, 1)), hosts: hosts}
	l.add("--> Loading config...\n--> Loading inventory...\n--> Connecting to hosts...\n")
	l.each(func(h string) []string { return []string{fmt.Sprintf("    [%s] Connected\n", h)} })
	l.add("\n--> Preparing operation files...\n    Loading: deploy.py\n")
	for op := range operations {
		l.add(fmt.Sprintf("\n--> Starting operation: Install package %d \n", op))
		l.each(l.host)
		l.other()
	}
	l.add("\n--> Results:\n    Operation       Hosts   Success   Error   No Change   \n")
	for op := range operations {
		l.add(fmt.Sprintf("    Install package %d   %d       %d         -       -           \n", op, hosts, hosts))
	}
	l.add(fmt.Sprintf("    Grand total     %d      %d        -       -           \n\n--> Disconnecting from hosts...\n", hosts*operations, hosts*operations))
	return l.String()
}

type logWriter struct {
	strings.Builder
	r     *rand.Rand
	hosts int
}

func (l *logWriter) add(text string) { l.WriteString(text) }

// each lets all hosts write at once: each in its order, mixed with the others.
func (l *logWriter) each(write func(host string) []string) {
	var queues [][]string
	for h := range l.hosts {
		queues = append(queues, write(fmt.Sprintf("web-%d", h)))
	}
	for len(queues) > 0 {
		i := l.r.IntN(len(queues))
		l.add(queues[i][0])
		if queues[i] = queues[i][1:]; len(queues[i]) == 0 {
			queues = append(queues[:i], queues[i+1:]...)
		}
	}
}

// host is what one host writes in an operation.
func (l *logWriter) host(h string) (out []string) {
	line := func(format string, args ...any) {
		out = append(out, "    ["+h+"] "+fmt.Sprintf(format, args...)+"\n")
	}
	line("WARNING: apt does not have a stable CLI interface. Use with caution in scripts.")
	line("  (lock %s held by pid %d since %02d:%02d:%02d)", fmt.Sprintf("/var/lib/dpkg/lock-%d", l.r.IntN(9)), l.r.IntN(30000), l.r.IntN(24), l.r.IntN(60), l.r.IntN(60))
	line("  waiting for the cache lock, %d%% done", l.r.IntN(100))
	pkg := []string{"nginx", "curl", "git", "redis", "vim", "htop", "jq", "tmux"}[l.r.IntN(8)]
	line("Selecting previously unselected package %s.", pkg)
	if l.r.IntN(4) == 0 {
		line("Fetched %d kB in %ds (%d.%d MB/s)", l.r.IntN(9000), l.r.IntN(20), l.r.IntN(9), l.r.IntN(9))
	}
	if l.r.IntN(40) == 0 {
		line("the disk of this host was replaced, call %d", l.r.IntN(9)) // rare: never proposed
	}
	line("Success")
	return out
}

// other is what is written between operations by other processes.
func (l *logWriter) other() {
	site := []string{"/home/ci/deploy/.venv/lib/python3.12/site-packages", "/srv/ci/venv/lib/python3.11/site-packages"}[l.r.IntN(2)]
	l.add(fmt.Sprintf("%s/boto/plugin.py:%d: DeprecationWarning: the imp module is deprecated in favour of importlib\n  import imp\n", site, 40+l.r.IntN(3)))
	l.add(fmt.Sprintf("Exception ignored in: <function Pool.__del__ at 0x%x>\nTraceback (most recent call last):\n"+
		"  File \"%s/metrics/pool.py\", line %d, in __del__\n    self._queue.put(None)\n    ^^^^^^^^^^^^^^^^^^^^^\nAttributeError: 'Pool' object has no attribute '_queue'\n",
		l.r.Uint64()>>16, site, 100+l.r.IntN(50)))
	l.add(fmt.Sprintf("2026-11-24 03:%02d:%02d,%03d agent is slow to answer, request %08x took %d.%ds\n", l.r.IntN(60), l.r.IntN(60), l.r.IntN(1000), l.r.Uint32(), l.r.IntN(9), l.r.IntN(9)))
	l.add("Network error, retrying in 2.0s (attempt 1/4)\n") // known to a built-in rule
	l.add("    [web-0] sudo: a password is required\n")      // nobody folds it
}
