package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// follow returns what became of a log that comes in writes of size bytes; 0: in one.
func follow(log string, size int) outcome.Outcome {
	return feed(outcome.NewPlan().Follow(), log, size)
}

// feed writes a log to what follows runs in it.
func feed(f *outcome.Follower, log string, size int) outcome.Outcome {
	line := 1
	for len(log) > 0 {
		n := len(log)
		if size > 0 {
			n = min(n, size)
		}
		f.Write([]byte(log[:n]), line, view.Nothing)
		line += strings.Count(log[:n], "\n")
		log = log[n:]
	}
	return f.Outcome()
}

// said is a verdict as it is shown in a table.
func said(v outcome.Verdict) string {
	text := string(v.Failed)
	if place := v.Place(); place != "" {
		text += " " + place
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	return text
}

const (
	begin = "--> Loading config...\n--> Loading inventory...\n--> Connecting to hosts...\n"
	three = begin + "    [web]  Connected\n    [db]   Connected\n    [mail] Connected\n\n--> Preparing operation files...\n    Loading: deploy.py\n\n--> Skipping change detection\n--> Beginning operation run...\n"
	good  = "--> Results:\n    Operation     Hosts   Success   Error   No Change   \n    Say hi        3       3         -       -           \n    Grand total   3       3         -       -           \n\n--> Disconnecting from hosts...\n"
	some  = "--> Results:\n    Operation     Hosts   Success   Error   No Change   \n    Say hi        3       2         1       -           \n    Grand total   3       2         1       -           \n\n--> Disconnecting from hosts...\n"
	hi    = "--> Starting operation: Say hi \n"
)

// runs are runs as pyinfra 3.10.0 prints them, if nothing else is said, and what is
// right to say of each.
var runs = []struct{ name, log, want string }{
	{"good", three + hi + "    [web]  Success\n    [db]   No changes\n    [mail] Success\n\n" + good, "no"},
	{"nothing of pyinfra", "Error: executed 3 commands\nTraceback (most recent call last):\n  File \"x.py\", line 1, in f\nKeyError: 1\n", "unknown"},
	{"an end is missing", three + hi + "    [web]  Success\n", "unknown: the output ends before the end of pyinfra's run"},
	{"a host fails", three + hi + "    [web]  Success\n    [db]   first\n    [db]   second\n    [db]   Error: executed 0 commands\n    [mail] Success\n\n" + some,
		`yes db "Say hi" (line 17): second`},
	{"two hosts fail", three + hi + "    [db]   a\n    [web]  b\n    [db]   Error: executed 0 commands\n    [web]  Error: executed 2 commands\n\n" + some,
		`yes db "Say hi" (line 16): a; 1 more host failed`},
	{"a host says nothing", three + hi + "    [db]   Error: executed 1 commands\n", `yes db "Say hi" (line 14): no reason was given (executed 1 commands)`},
	{"it said something of what it did before only", three + hi + "    [db]   before\n    [db]   Success\n" + hi + "    [db]   Error: executed 0 commands\n",
		`yes db "Say hi" (line 17): no reason was given (executed 0 commands)`},
	{"after retries", three + hi + "    [db]   why\n    [db]   Retrying Say hi (attempt 1/1) after 0s...\n    [db]   Error: executed 0 commands (failed after 1/1 retries)\n",
		`yes db "Say hi" (line 16): why`},
	{"retries help", three + hi + "    [db]   why\n    [db]   Retrying Say hi (attempt 1/1) after 0s...\n    [db]   Success on retry 1\n\n" + good, "no"},
	{"ignored", three + hi + "    [db]   why\n    [db]   Error (ignored): executed 0 commands\n    [web]  Error (ignored, execution continued): executed 0 commands\n\n" + good, "no"},
	{"nested, caught", three + hi + "    Starting nested operation: Inner \n    [db] nested why\n    [db] nested   Error: executed 0 commands\n    [db]   Success\n\n" + good, "no"},
	{"nested", three + hi + "    [db] nested   why\n    [db] nested   Error: executed 0 commands\n    [db]   Error in nested operation\n    [db]   Error: executed 0 commands\n\n" + some,
		`yes db "Say hi" (line 17): why`},
	{"-vvv that talks of errors", three + hi + "[db]   >>> sh -c 'x'\n[db]   Error: executed 3 commands\n[db]   --> pyinfra error: No hosts remaining!\n[db]   Traceback (most recent call last):\n    [db]   Success\n\n" + good, "no"},
	{"-vvv", three + hi + "[db]   >>> sh -c 'x'\n[web]  other\n[db]   why\n    [db]   Error: executed 0 commands\n", `yes db "Say hi" (line 17): why`},
	{"a connector's own line", three + hi + "Error uploading file to VM db: no\n    [db]   Error: executed 0 commands\n", `yes db "Say hi" (line 15): Error uploading file to VM db: no`},
	{"a connector's line of nobody", three + hi + "Unexpected error uploading file: no\n    [db]   Error: executed 0 commands\n", `yes db "Say hi" (line 15): Unexpected error uploading file: no`},
	{"a line of nobody", three + hi + "error of somebody\n    [db]   Error: executed 0 commands\n", `yes db "Say hi" (line 15): no reason was given (executed 0 commands)`},
	{"a fact", three + hi + "    [db]   why\n    [db]   Error: could not load fact: server.Which x\n", `yes db "Say hi" (line 15): could not load fact: server.Which x: why`},
	{"a fact that is ignored", three + hi + "    [db]   Error (ignored): could not load fact: server.Which x\n\n" + good, "no"},
	{"no connection", begin + "    [web] Could not connect (refused)\n    [db]  Connected\n\n--> Preparing operation files...\n" + good, "yes web while connecting (line 4): Could not connect (refused)"},
	{"no connection, in lines", begin + "    [@docker/x] Local command failed: docker run x\ndocker: no daemon\n\nRun 'docker run --help'\n\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n",
		"yes @docker/x while connecting (line 4): Local command failed: docker run x: docker: no daemon"},
	{"words while connecting", begin + "    [web] something first\n    [web] Connected\n\n--> Preparing operation files...\n" + good, "no"},
	{"no host", three + hi + "    [db] why\n    [db] Error: executed 0 commands\n\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n", `yes db "Say hi" (line 15): why`},
	{"too many hosts", three + hi + "    [db] why\n    [db] Error: executed 0 commands\n\n--> Disconnecting from hosts...\n--> pyinfra error: Over 10% of hosts failed (33%)\n", `yes db "Say hi" (line 15): why`},
	{"a last word", begin + "\n--> Disconnecting from hosts...\n--> Argument type error in arg.py line 2: Invalid argument\n", "yes while connecting (line 6): Invalid argument"},
	{"a last word in lines", "--> Loading config...\n--> Loading inventory...\n--> pyinfra error: Local command failed: vagrant status\n/bin/sh: 1: vagrant: not found\n", "yes while loading (line 3): Local command failed: vagrant status: /bin/sh: 1: vagrant: not found"},
	{"a last word of a kind that is new", three + hi + "\n--> Disconnecting from hosts...\n--> Something new: it broke\n", `yes in "Say hi" (line 16): Something new: it broke`},
	{"an exception", three + "\n--> Disconnecting from hosts...\n--> An exception occurred in: deploy.py:\n\nTraceback (most recent call last):\n  File \"deploy.py\", line 3, in <module>\n    x()\n    ^\nNameError: name 'x' is not defined\n\n",
		"yes in the operations (line 15): NameError: name 'x' is not defined (in deploy.py)"},
	{"an internal exception", three + hi + "\n--> Disconnecting from hosts...\n--> An internal exception occurred:\n\n  File \"x/files.py\", line 1, in put\n    raise OSError\nOSError: No such file\n\n--> The full traceback has been written to pyinfra-debug.log\n",
		`yes in "Say hi" (line 16): OSError: No such file`},
	{"nothing", begin + "--> Beginning operation run...\n--> Results:\n    Operation     Hosts   Success   Error   No Change   \n    Grand total   -       -         -       -           \n\n--> Disconnecting from hosts...\n", "yes (line 7): nothing was done: no operation ran on any host"},
	{"nothing, 3.1", begin + "--> Beginning operation run...\n--> Results:\n    Operation   Hosts   Success   Error   No Change   \n\n--> Disconnecting from hosts...\n", "yes: nothing was done: no operation ran on any host"},
	{"the end of a good run", good, "no"},
	{"interrupted", three + hi + "    [db] Success\nExiting upon user request!\n--> Disconnecting from hosts...\n", `yes in "Say hi" (line 15): it was interrupted (Ctrl-C)`},
	{"interrupted on a terminal, and what comes of it", three + hi + "^CExiting upon user request!\n    [db] Error: executed 0 commands\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n", `yes in "Say hi" (line 14): it was interrupted (Ctrl-C)`},
	{"interrupted at the prompt", begin + "--> Detected changes:\n    Press enter to execute...^CExiting upon user request!\n\n--> Disconnecting from hosts...\n", "yes while detecting changes (line 5): it was interrupted (Ctrl-C)"},
	{"an answer that is none", begin + "--> Detected changes:\n    Press enter to execute...    Unexpected user input: y\n--> Disconnecting from hosts...\n", "yes while detecting changes (line 5): pyinfra did not understand the answer, and did nothing"},
	{"only looked", begin + "--> Detected changes:\n    Operation   Change\n\n--> Disconnecting from hosts...\n", "no"},
	{"click", "Usage: pyinfra [OPTIONS] INVENTORY OPERATIONS...\nTry 'pyinfra --help' for help.\n\nError: No such option: -z\n", "yes (line 4): pyinfra did not begin: No such option: -z"},
	{"click of python -m", "Usage: python -m pyinfra [OPTIONS] INVENTORY OPERATIONS...\n\nError: Missing argument 'INVENTORY'.\n", "yes (line 3): pyinfra did not begin: Missing argument 'INVENTORY'."},
	{"help", "Usage: pyinfra [OPTIONS] INVENTORY OPERATIONS...\n\n  Options:\n" + strings.Repeat("  -x\n", 30) + "Error: of something else\n", "unknown"},
	{"click of another", "Usage: flask [OPTIONS] COMMAND [ARGS]...\n\nError: No such option: -z\n", "unknown"},
	{"no pyinfra", "deploy.sh: line 3: pyinfra: command not found\n", "yes (line 1): pyinfra did not begin: deploy.sh: line 3: pyinfra: command not found"},
	{"no pyinfra, zsh", "zsh: command not found: pyinfra\n", "yes (line 1): pyinfra did not begin: zsh: command not found: pyinfra"},
	{"no pyinfra, dash", "sh: 1: pyinfra: not found\n", "yes (line 1): pyinfra did not begin: sh: 1: pyinfra: not found"},
	{"no pyinfra, python", "/usr/bin/python3: No module named pyinfra\n", "yes (line 1): pyinfra did not begin: /usr/bin/python3: No module named pyinfra"},
	{"not begun", "Traceback (most recent call last):\n  File \"/srv/venv/bin/pyinfra\", line 5, in <module>\n    from pyinfra_cli.__main__ import execute_pyinfra\nTypeError: no\n", "yes (line 4): pyinfra did not begin: TypeError: no"},
	{"another one's traceback", "Traceback (most recent call last):\n  File \"/srv/venv/bin/cmdeploy\", line 5, in <module>\nTypeError: no\n", "unknown"},
	{"it died", three + hi + "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    a\nMemoryError\n\n", `yes in "Say hi" (line 17): MemoryError`},
	{"it went on", three + hi + "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    a\nValueError: of a library\n    [db] Success\n", "unknown: the output ends before the end of pyinfra's run"},
	{"nobody minds", three + hi + "Exception ignored in: <function x at 0x7f>\nTraceback (most recent call last):\n  File \"x.py\", line 1, in f\n    a\nAssertionError: \n", "unknown: the output ends before the end of pyinfra's run"},
	{"good, then bad", three + hi + "    [db] Success\n\n" + good + "deploy prod\n" + three + hi + "    [db] why\n    [db] Error: executed 0 commands\n", `yes db "Say hi" (line 37): why`},
	{"bad, then good", three + hi + "    [db] why\n    [db] Error: executed 0 commands\n\n" + some + three + hi + "    [db] Success\n\n" + good, `yes db "Say hi" (line 15): why`},
	{"a last word that quotes a header", three + "\n--> Disconnecting from hosts...\n--> pyinfra error: kubectl said:\n--> Results:\n x\n", "yes in the operations (line 15): kubectl said:"},
	{"an exception that quotes a header", three + "\n--> Disconnecting from hosts...\n--> An exception occurred in: deploy.py:\n\nTraceback (most recent call last):\n  File \"deploy.py\", line 3, in f\nException: kubectl said:\n--> Results:\n\n", "yes in the operations (line 15): Exception: kubectl said: (in deploy.py)"},
	{"not found, then found", "/usr/bin/python3: No module named pyinfra\n" + three + hi + "    [db] Success\n" + good, "no"},
	{"the deploy file says that it was interrupted", begin + "    [db] Connected\n--> Preparing operation files...\nExiting upon user request!\n--> Skipping change detection\n--> Beginning operation run...\n" + hi + "    [db] Success\n" + good, "no"},
	{"the table counts what is not there", hi + "    [db] Success\n--> Results:\n    Grand total   3       2         1       -           \n\n--> Disconnecting from hosts...\n", "unknown: pyinfra's table counts errors (1) that the output does not show"},
	{"the table counts what is ignored", three + hi + "    [db] Error (ignored): executed 0 commands\n    [db] nested Error: executed 0 commands\n--> Results:\n    Grand total   3       1         2       -           \n\n--> Disconnecting from hosts...\n", "no"},
	{"sys.exit with a word", begin + "    [db] Connected\n\n--> Preparing operation files...\n    Loading: deploy.py\n\n--> Disconnecting from hosts...\nno token\n", "yes while preparing (line 9): no token"},
	{"nothing shows that it had done anything", begin + "    [db] Connected\n\n--> Disconnecting from hosts...\n", "unknown: pyinfra disconnected, and the output does not show that it had done anything"},
	{"no such file", "env: 'pyinfra': No such file or directory\n", "yes (line 1): pyinfra did not begin: env: 'pyinfra': No such file or directory"},
	{"no such file in a folder", "./deploy.sh: line 12: .venv/bin/pyinfra: No such file or directory\n", "yes (line 1): pyinfra did not begin: ./deploy.sh: line 12: .venv/bin/pyinfra: No such file or directory"},
	{"uv does not find it", "error: Failed to spawn: `pyinfra`\n", "yes (line 1): pyinfra did not begin: error: Failed to spawn: `pyinfra`"},
	{"2.9", "\n--> Loading config...\n\n--> Loading inventory...\n\n--> Connecting to hosts...\n    [@local] Connected\n    [@local] Ready: shell\n\n--> Proposed changes:\n    Groups: @local\n    [@local]   Operations: 1   Change: 1   No change: 0   \n\n\n--> Beginning operation run...\n--> Starting operation: Server/Shell (true)\n    [@local] Success\n\n\n--> Results:\n    Groups: @local\n    [@local]   Changed: 1   No change: 0   Errors: 0   \n", "no"},
}

func TestRuns(t *testing.T) {
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			assert.Equal(t, r.want, said(follow(r.log, 0).Verdict))
		})
	}
}

// What becomes of a run does not depend on how it comes in, on colours, line ends, and
// what CI systems write in front of lines, another time in front of each.
func TestRunsInEveryDress(t *testing.T) {
	for _, r := range runs {
		for _, size := range []int{1, 2, 7, 64} {
			assert.Equal(t, r.want, said(follow(r.log, size).Verdict), "%s, %d", r.name, size)
		}
		for name, dress := range map[string]func(n int, line string) string{
			"CRLF": func(_ int, line string) string { return line + "\r" },
			"red":  func(_ int, line string) string { return "\x1b[31m" + line + "\x1b[0m" },
			"GitHub": func(n int, line string) string {
				return fmt.Sprintf("2026-11-24T03:%02d:%02d.1234567Z ", n/60, n%60) + line
			},
			"Compose": func(n int, line string) string { return "web-1  | " + line },
			"spinner": func(_ int, line string) string { return "    - 33% (1/3) - {db}\r\x1b[K" + line },
		} {
			n := 0
			var log strings.Builder
			for line := range strings.Lines(r.log) {
				log.WriteString(dress(n, strings.TrimSuffix(line, "\n")) + "\n")
				n++
			}
			assert.Equal(t, r.want, said(follow(log.String(), 0).Verdict), "%s, %s", r.name, name)
		}
	}
}

// Runs of two writers are followed apart.
func TestRunsSideBySide(t *testing.T) {
	bad := strings.Split(three+hi+"    [db] why\n    [db] Error: executed 0 commands\n", "\n")
	fine := strings.Split(three+hi+"    [db] Success\n\n"+good, "\n")
	for _, writers := range [][2]string{{"a-1  | ", "b-1  | "}, {"[a] ", "[b] "}} {
		var log strings.Builder
		for i := range max(len(bad), len(fine)) {
			if i < len(bad) {
				log.WriteString(writers[0] + bad[i] + "\n")
			}
			if i < len(fine) {
				log.WriteString(writers[1] + fine[i] + "\n")
			}
		}
		assert.Equal(t, `yes db "Say hi" (line 29): why`, said(follow(log.String(), 0).Verdict), writers)
	}
}

// The failures are kept, with what was said: the first ones.
func TestFailures(t *testing.T) {
	var log strings.Builder
	log.WriteString(three + hi)
	for i := range 50 {
		fmt.Fprintf(&log, "    [h%d] one\n    [h%d] two\n    [h%d] Error: executed 0 commands\n", i, i, i)
	}
	log.WriteString("\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n")
	o := follow(log.String(), 0)
	assert.Equal(t, 50, o.Hosts)
	assert.Len(t, o.Failures, outcome.MaxFailures)
	assert.Equal(t, []string{"one", "two"}, o.Failures[0].Text)
	assert.Equal(t, "two", o.At(16).Reason)
	assert.Nil(t, o.At(15))
	assert.Equal(t, "h0", o.Cause(166).Host, "the last word is a consequence")
	assert.Nil(t, o.Cause(16), "that of a host is none")
}

// The end of what was said is found behind a lot that others say.
func TestWordsFarAbove(t *testing.T) {
	log := three + hi + "[db]   why\n" + strings.Repeat("[web]  x\n", 400) + "    [db]   Error: executed 0 commands\n"
	for _, size := range []int{0, 1000, 4096} {
		assert.Equal(t, `yes db "Say hi" (line 415): why`, said(follow(log, size).Verdict))
	}
}

// Behind the line that says what went wrong, programs like to say where there is help.
func TestTelling(t *testing.T) {
	for said, want := range map[string]string{
		"docker: Error response from daemon: no|See 'docker run --help'.":                           "docker: Error response from daemon: no",
		"error: failed to push some refs to 'x'|hint: Updates were rejected|hint: See the 'Note'":   "error: failed to push some refs to 'x'",
		"fatal: Could not read from remote repository.|Please make sure|and the repository exists.": "fatal: Could not read from remote repository.",
		"ERROR: No matching distribution found for x|[notice] To update, run: pip":                  "ERROR: No matching distribution found for x",
		"E: Unable to locate package x|N: See apt-secure(8) manpage":                                "E: Unable to locate package x",
		"sudo: unknown user nope|sudo: error initializing audit plugin sudoers_audit":               "sudo: unknown user nope",
		"web: nothing that says much|the end":                                                       "the end",
		"nginx: [emerg] unknown directive|nginx: configuration file x test failed":                  "nginx: configuration file x test failed",
	} {
		log := three + hi
		for line := range strings.SplitSeq(said, "|") {
			log += "    [db] " + line + "\n"
		}
		assert.Equal(t, want, follow(log+"    [db] Error: executed 0 commands\n", 0).Verdict.Reason)
	}
}

// What goes on for ever behind a run is not looked at line by line, and a line without
// an end is not kept.
func TestBounded(t *testing.T) {
	f := outcome.NewPlan().Follow()
	f.Write([]byte(three+hi+"    [db] Success\n\n"+good), 1, view.Nothing)
	allocs := testing.AllocsPerRun(10, func() { f.Write([]byte(strings.Repeat("x", 1<<20)), 30, view.Nothing) })
	assert.Less(t, allocs, 10.0)
	assert.Equal(t, outcome.No, f.Outcome().Verdict.Failed)
	var log strings.Builder
	for i := range 5000 { // of as many writers
		fmt.Fprintf(&log, "w%d-1  | --> Loading config...\nw%d-1  | --> Results:\n", i, i)
	}
	assert.Equal(t, outcome.No, follow(log.String(), 0).Verdict.Failed)
}

// The worst of several counts.
func TestWorse(t *testing.T) {
	order := []outcome.Verdict{{Failed: outcome.Unknown}, {Failed: outcome.No}, {Failed: outcome.Unknown, Reason: "cut"}, {Failed: outcome.Yes, Reason: "x"}}
	for i, a := range order {
		for j, b := range order {
			assert.Equal(t, order[max(i, j)], outcome.Worse(a, b))
		}
	}
}

func FuzzFollow(f *testing.F) {
	for _, r := range runs {
		f.Add(r.log, 7)
	}
	f.Fuzz(func(t *testing.T, log string, size int) {
		whole, cut := follow(log, 0), follow(log, 1+max(0, size)%64)
		assert.Equal(t, said(whole.Verdict), said(cut.Verdict))
		assert.Contains(t, outcome.Answers, whole.Verdict.Failed)
		assert.GreaterOrEqual(t, whole.Verdict.Line, 0)
		assert.LessOrEqual(t, whole.Verdict.Line, strings.Count(log, "\n")+1)
	})
}

// Of more hosts than are remembered it is not known whether all have connected; that some
// have failed is, and that there are more of them than were counted.
func TestMoreHostsThanAreRemembered(t *testing.T) {
	said := func(n int, line string) string {
		var log strings.Builder
		for i := range n {
			fmt.Fprintf(&log, line, i)
		}
		return log.String()
	}
	const connecting = "--> Loading config...\n--> Connecting to hosts...\n"
	for _, n := range []int{1000, 1001, 3000} {
		o := follow(connecting+said(n, "    [h%d] Retrying\n")+said(n, "    [h%d] Connected\n")+hi+"    [h1] Success\n\n"+good, 0)
		want, lost := outcome.No, 0
		if n > 1000 {
			want, lost = outcome.Unknown, 1
		}
		assert.Equal(t, want, o.Verdict.Failed, n)
		assert.Equal(t, lost, o.Lost, n)

		o = follow(three+hi+said(n, "    [h%d] Error: executed 0 commands\n"), 0)
		assert.Equal(t, 1000, o.Hosts)
		more := "; 999 more hosts failed"
		if n > 1000 {
			more = "; more than 999 more hosts failed"
		}
		assert.True(t, strings.HasSuffix(o.Verdict.Reason, more), o.Verdict.Reason)
	}
}

// What the hosts of a run have taken is given back when it is over.
func TestRoomIsGivenBack(t *testing.T) {
	var log strings.Builder
	for run := range 30 {
		log.WriteString("--> Loading config...\n--> Connecting to hosts...\n")
		for i := range 900 {
			fmt.Fprintf(&log, "    [h%d-%d] Retrying\n", run, i)
		}
		for i := range 900 {
			fmt.Fprintf(&log, "    [h%d-%d] Connected\n", run, i)
		}
		log.WriteString(hi)
		for i := range 900 {
			fmt.Fprintf(&log, "    [h%d-%d] Error: executed 0 commands\n", run, i)
		}
		log.WriteString("\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n")
	}
	o := follow(log.String(), 0)
	assert.Equal(t, 30*900, o.Hosts)
	assert.Zero(t, o.Lost)
}
