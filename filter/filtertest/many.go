package filtertest

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Inputs that have many different things of one kind: what a filter remembers of each
// has to be bounded, and what it costs must not grow with what came before.

// Many are the kinds, by name. Each writes the part of an input that the n-th thing is
// in, from 0; what stands in front of the first is written with it.
var Many = map[string]func(w io.Writer, n int){
	"environments":      environment,
	"operations":        operation,
	"long-operations":   longOperation,
	"hosts":             host,
	"long-hosts":        longHost,
	"hosts-of-rules":    hostsOfRules,
	"connecting":        connecting,
	"failures-open":     failuresOpen,
	"exceptions":        exception,
	"groups":            group,
	"writers":           writer,
	"writers-and-hosts": writersAndHosts,
	"runs":              oneRun,
	"runs-connecting":   runsConnecting,
	"repeats":           repeat,
	"files":             longFiles,
	"modules":           modules,
	"texts":             texts,
	"long-openings":     longOpenings,
}

// ManyKinds are the names of the kinds, in order.
func ManyKinds() []string { return slices.Sorted(maps.Keys(Many)) }

// WriteMany writes an input with so many different things of a kind.
func WriteMany(to io.Writer, kind string, n int) error {
	w := bufio.NewWriterSize(to, 64<<10)
	for i := range n {
		Many[kind](w, i)
	}
	return w.Flush()
}

// letters is a number in letters: texts that differ in figures only are the same text.
func letters(n int) string {
	var out []byte
	for ; ; n = n/26 - 1 {
		if out = append(out, byte('a'+n%26)); n < 26 {
			slices.Reverse(out)
			return string(out)
		}
	}
}

func head(w io.Writer, n int, text string) {
	if n == 0 {
		_, _ = io.WriteString(w, text)
	}
}

func environment(w io.Writer, n int) {
	fmt.Fprintf(w, `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/srv/%[1]s/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`, letters(n))
}

func operation(w io.Writer, n int) {
	head(w, n, "--> Loading config...\n--> Connecting to hosts...\n    [vm-1] Connected\n")
	fmt.Fprintf(w, "--> Starting operation: Step %s\n    [vm-1] Error: executed 0 commands\n\n", letters(n))
}

func longOperation(w io.Writer, n int) {
	head(w, n, "--> Loading config...\n--> Connecting to hosts...\n    [vm-1] Connected\n")
	fmt.Fprintf(w, "--> Starting operation: Step %s %s\n    [vm-1] Error: executed 0 commands\n\n", letters(n), strings.Repeat("x", 20_000))
}

func host(w io.Writer, n int) {
	head(w, n, "--> Connecting to hosts...\n--> Starting operation: Step\n")
	fmt.Fprintf(w, "    [vm-%s] Error: executed 0 commands\n", letters(n))
}

func longHost(w io.Writer, n int) {
	fmt.Fprintf(w, "    [vm-%s-%s] Error: executed 0 commands\n", letters(n), strings.Repeat("x", 20_000))
}

// hostsOfRules has a thousand hosts of as many rules as say something of a host.
func hostsOfRules(w io.Writer, n int) {
	says := [...]string{
		"    [%s] Error: executed 0 commands", "    [%s] Command socket/SSH error: SSHException('x')", "    [%s] Command timed out after 3s",
		"    [%s] doas: Authentication required", "    [%s] Unexpected error in Python callback: x", "    [%s] VM name not found in host data",
		"    [%s] Error in nested operation", "Error connecting to VM %s: x", "Error uploading file to VM %s: x", "Error downloading file from VM %s: x",
		"    [%s] Command timed out after Nones", "    [%s] Unexpected error: x", "    [%s] Command '['orbctl', x", "orb: [-1] create '%s': machine already exists",
	}
	fmt.Fprintf(w, says[n/1000%len(says)]+"\n", "host-"+letters(n))
}

func connecting(w io.Writer, n int) {
	head(w, n, "--> Connecting to hosts...\n")
	fmt.Fprintf(w, "    [vm-%s] Could not connect (%[1]s)\n", letters(n))
}

// failuresOpen has hosts at which an operation fails, and succeeds after all.
func failuresOpen(w io.Writer, n int) {
	head(w, n, "--> Connecting to hosts...\n--> Starting operation: Step\n")
	fmt.Fprintf(w, "    [vm-%s] Error: executed 0 commands\n    [vm-%[1]s] Success\n", letters(n))
}

func exception(w io.Writer, n int) {
	fmt.Fprintf(w, "Traceback (most recent call last):\n  File \"/srv/deploy.py\", line 3, in do_%[1]s\n    raise X\nValueError: %[1]s\n", letters(n))
}

func group(w io.Writer, n int) {
	head(w, n, "  + Exception Group Traceback (most recent call last):\n")
	fmt.Fprintf(w, "  +-+---------------- %d ----------------\n    | Traceback (most recent call last):\n    |   File \"/srv/%[2]s.py\", line 3, in do_%[2]s\n    | ValueError: %[2]s\n", n, letters(n))
}

func writer(w io.Writer, n int) {
	for _, l := range strings.SplitAfter(strings.TrimSuffix(noise, "\n"), "\n") {
		fmt.Fprintf(w, "web-%s  | %s", letters(n), l)
	}
	fmt.Fprintln(w)
}

const noise = `Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>
Traceback (most recent call last):
  File "/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py", line 398, in after_fork_in_child
    assert not thread.is_alive()
               ^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/threading.py", line 1475, in is_alive
    assert not self._is_stopped and self._started.is_set()
AssertionError: 
`

func writersAndHosts(w io.Writer, n int) {
	fmt.Fprintf(w, "web-%s  | --> Connecting to hosts...\nweb-%[1]s  |     [vm-%[1]s] Error: executed 0 commands\n", letters(n))
}

func oneRun(w io.Writer, n int) {
	fmt.Fprintf(w, "--> Loading config...\n--> Connecting to hosts...\n    [vm-%s] Connected\n--> Starting operation: Step %[1]s\n    [vm-%[1]s] Error: executed 0 commands\n--> pyinfra error: No hosts remaining!\n--> Disconnecting from hosts...\n", letters(n))
}

// runsConnecting has many runs side by side, each with many hosts that say something.
func runsConnecting(w io.Writer, n int) {
	if n < 250 {
		fmt.Fprintf(w, "web-%s  | --> Connecting to hosts...\n", letters(n%250))
	}
	fmt.Fprintf(w, "web-%s  |     [vm-%s] Could not connect (%s)\n", letters(n%250), letters(n), strings.Repeat("x", 200))
}

func repeat(w io.Writer, n int) {
	fmt.Fprintf(w, "    Fact %s skipped on [vm-1] : command not found: %[1]s%s (this will raise an exception in v4)\n", letters(n), strings.Repeat("x", 2000))
}

// longFiles has tracebacks with long paths.
func longFiles(w io.Writer, n int) {
	fmt.Fprintf(w, "Traceback (most recent call last):\n  File \"/srv/%s/%s/lib/python3.12/site-packages/gevent/x.py\", line 3, in f\n    raise X\nValueError: x\n", letters(n), strings.Repeat("x", 20_000))
}

// modules has many writers, each with modules in many folders.
func modules(w io.Writer, n int) {
	long := strings.Repeat("x", 3000)
	fmt.Fprintf(w, "web-%s  |   File \"/srv/%s/%s/lib/python3.12/site-packages/m%s/x.py\", line 3, in f\n", letters(n/100), letters(n), long, letters(n))
}

// texts has lines that come again, and are many.
func texts(w io.Writer, n int) {
	for range 3 {
		fmt.Fprintf(w, "something %s happened while %[1]s was about to begin\n", letters(n))
	}
}

// longOpenings has lines that a block may begin with, and that are long.
func longOpenings(w io.Writer, n int) {
	fmt.Fprintf(w, "Exception ignored in: <function f at 0x7f021a09b230> %s%s\n", letters(n), strings.Repeat("x", 20_000))
}
