package outcome_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// Hosts that have said something while connecting and are not connected have failed, in the order in which they said it.
func TestHostsThatDoNotConnect(t *testing.T) {
	o := follow(begin+many(15, "    [h%d] Could not connect\n")+"    [h3] Connected\n\n--> Preparing operation files...\n", 0)
	require.Len(t, o.Failures, 14)
	for i, f := range o.Failures {
		n := i
		if i >= 3 {
			n++
		}
		assert.Equal(t, fmt.Sprint("h", n), f.Host)
		assert.Equal(t, 4+n, f.Line)
		assert.Equal(t, "connecting", f.Operation)
	}
	assert.Equal(t, 14, o.Hosts)
	o = follow(begin+"    [db] Could not connect\n    [db] Could not connect again\n    [pyinfra.connectors] debug\n"+disconnected, 0)
	require.Len(t, o.Failures, 1, "a host fails once, and the module that a line of --debug is of is none")
	assert.Equal(t, "Could not connect again", o.Failures[0].Reason)
}

// The text of pyinfra's last word goes on up to an empty line, or to one of pyinfra's own; five lines of it are kept, and the reason is what tells most.
func TestTextThatGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		text, reason string
		lines        int
	}{
		"alone":                   {"", "it broke:", 1},
		"two lines":               {"a\nb\n", "it broke: b", 3},
		"one tells":               {"fatal: a\nb\n", "it broke: fatal: a", 3},
		"of two that tell":        {"fatal: a\nfatal: b\nc\n", "it broke: fatal: b", 4},
		"five lines":              {"a\nb\nc\nd\nfatal: e\n", "it broke: d", 5},
		"up to an empty line":     {"a\n\nfatal: b\n", "it broke: a", 2},
		"up to one with spaces":   {"a\n   \nfatal: b\n", "it broke: a", 2},
		"up to a hint":            {"a\n--> If this is unexpected\nfatal: b\n", "it broke: a", 2},
		"up to the logger's line": {"a\n    fatal: b\n", "it broke: a", 2},
	} {
		o := follow(begin+disconnected+"--> pyinfra error: it broke:\n"+c.text, 0)
		assert.Equal(t, c.reason, o.Verdict.Reason, name)
		require.Len(t, o.Failures, 1)
		assert.Len(t, o.Failures[0].Text, c.lines, name)
	}
}

// Two hosts may say in turn what goes on in lines without a name: each text is that of the host above it.
func TestTextsOfTwoHosts(t *testing.T) {
	o := follow(begin+"    [a] Local command failed: x\nfatal: one\n    [b] Local command failed: y\nfatal: two\nthree\n\n"+disconnected, 0)
	require.Len(t, o.Failures, 2)
	assert.Equal(t, "Local command failed: x: fatal: one", o.Failures[0].Reason)
	assert.Equal(t, "Local command failed: y: fatal: two", o.Failures[1].Reason)
}

// click names an error within ten lines behind its usage.
func TestUsage(t *testing.T) {
	const usage = "Usage: pyinfra [OPTIONS] INVENTORY OPERATIONS...\n"
	assert.Equal(t, "yes (line 11): pyinfra did not begin: x", said(follow(usage+strings.Repeat("\n", 9)+"Error: x\n", 0).Verdict))
	assert.Equal(t, "unknown", said(follow(usage+strings.Repeat("\n", 10)+"Error: x\n", 0).Verdict))
	assert.Equal(t, "yes (line 2): pyinfra did not begin: x", said(follow(usage+"Error: x\nError: y\n", 0).Verdict), "it names one")
	assert.Equal(t, "unknown", said(follow("Error: x\n"+usage, 0).Verdict))
}

// What sys.exit in a deploy file says stands directly behind pyinfra's disconnecting.
func TestParting(t *testing.T) {
	const silent = "pyinfra disconnected before it was done, and did not say why"
	for text, want := range map[string]string{
		"no token\n": "no token", "\nno token\n": "no token", "\n\nno token\n": silent, "no token\nother\n": "no token",
		"  no token\n": silent, "[db] no token\n": silent, "": silent, "\n": silent, "Error: no token\n": "Error: no token", "Usage: pyinfra x\n": "Usage: pyinfra x",
	} {
		o := follow(begin+"    [db] Connected\n\n--> Preparing operation files...\n"+disconnected+text, 0)
		assert.Equal(t, want, o.Verdict.Reason, "%q", text)
	}
	o := follow("--> Connecting to hosts...\ntext\n--> Preparing operation files...\n"+disconnected+"no token\n", 0)
	assert.Equal(t, "no token", o.Verdict.Reason, "what stands above it is none")
	assert.Equal(t, "no", said(follow(three+hi+"    [db] Success\n"+good+"well\n", 0).Verdict), "behind the end of a run that came to its results")
}

// A run that disconnects in a phase in which it does what it was asked for has not failed; it has if operations had begun, or it was told to prepare them.
func TestRunsThatEndEarly(t *testing.T) {
	const early = "yes while preparing (line 6): pyinfra disconnected before it was done, and did not say why"
	for log, want := range map[string]string{
		"--> Preparing operation files...\n":                     early,
		"--> Preparing operation func...\n":                      early,
		"--> Preparing Operations...\n":                          "no",
		"--> Preparing exec operation...\n":                      "no",
		"--> Detected changes:\n":                                "no",
		"--> Fact data for: server.Hostname\n":                   "no",
		"text\n":                                                 "unknown: pyinfra disconnected, and the output does not show that it had done anything",
		"--> Beginning operation run...\n":                       "yes in the operations (line 6): pyinfra disconnected before it was done, and did not say why",
		"--> Preparing operation files...\n--> Results:\n":       "no",
		"--> Skipping change detection\n--> Proposed changes:\n": "no",
	} {
		log = begin + log
		lines := strings.Count(log, "\n")
		want = strings.ReplaceAll(want, "line 6", fmt.Sprint("line ", lines+2))
		assert.Equal(t, want, said(follow(log+disconnected, 0).Verdict), log)
		if !strings.Contains(log, "--> Results:") {
			assert.Equal(t, cut, said(follow(log, 0).Verdict), log)
		}
	}
}

// A run in which nothing was done has failed, and what was said above its results is why.
func TestNothingWasDone(t *testing.T) {
	table := func(row string) string {
		return "--> Beginning operation run...\n--> Results:\n    Grand total   " + row + "\n" + disconnected
	}
	const first, second = "    No host matches found for --limit pattern: x\n", "    No host matches found for --limit pattern: y\n"
	for name, c := range map[string]struct{ log, want string }{
		"no word of why":      {begin + table("-  -  -  -"), "yes (line 6): nothing was done: no operation ran on any host"},
		"why":                 {begin + first + table("-  -  -  -"), "yes (line 4): nothing was done: No host matches found for --limit pattern: x"},
		"the first counts":    {begin + first + second + table("-  -  -  -"), "yes (line 4): nothing was done: No host matches found for --limit pattern: x"},
		"something was":       {begin + first + table("1  1  -  -"), "yes (line 4): nothing was done: No host matches found for --limit pattern: x"},
		"operations ran":      {three + first + hi + "    [db] Success\n" + good, "no"},
		"hosts have not":      {begin + "    [db] no\n" + table("-  -  -  -"), "yes db while connecting (line 4): no"},
		"a table of a deploy": {begin + "    Grand total   -   -   -   -\n--> Detected changes:\n" + disconnected, "no"},
	} {
		assert.Equal(t, c.want, said(follow(c.log, 0).Verdict), name)
	}
}

// Without -y pyinfra asks whether it shall go on when hosts have failed: what ends it then comes of these.
func TestAsked(t *testing.T) {
	log := begin + "    [db] no\n--> Preparing operation files...\n    One of more hosts failed to connect, continue?\n"
	o := follow(log+disconnected+"--> pyinfra error: it was told to stop\n", 0)
	assert.Equal(t, "yes db while connecting (line 4): no", said(o.Verdict))
	assert.Equal(t, "db", o.Cause(9).Host)
	o = follow(log+"    Unexpected user input: y\n"+disconnected, 0)
	assert.Equal(t, "yes db while connecting (line 4): no", said(o.Verdict))
}

// An interruption counts if the run was not done, and what fails behind it comes of it.
func TestInterruptions(t *testing.T) {
	const stop = "Exiting upon user request!\n"
	for name, c := range map[string]struct {
		log, want string
		hosts     int
	}{
		"in an operation":               {three + hi + stop, `yes in "Say hi" (line 14): it was interrupted (Ctrl-C)`, 0},
		"a host has failed before":      {three + hi + "    [db] why\n    [db] Error: executed 0 commands\n" + stop, `yes in "Say hi" (line 16): it was interrupted (Ctrl-C)`, 1},
		"hosts fail behind it":          {three + hi + stop + "    [db] Error: executed 0 commands\n    [web] Error: executed 0 commands\n", `yes in "Say hi" (line 14): it was interrupted (Ctrl-C)`, 0},
		"hosts that have not connected": {begin + "    [db] trying\n" + stop + disconnected, "yes while connecting (line 5): it was interrupted (Ctrl-C)", 1},
		"behind the results":            {three + hi + "    [db] Success\n" + good + stop, "no", 0},
		"the run goes on to its end":    {three + hi + "    [db] Success\n" + stop + hi + "    [db] Success\n" + good, "no", 0},
		"it does not":                   {three + hi + "    [db] Success\n" + stop + hi + "    [db] Success\n" + disconnected, `yes in "Say hi" (line 15): it was interrupted (Ctrl-C)`, 0},
		"and a host fails on the way":   {three + hi + stop + "    [db] why\n    [db] Error: executed 0 commands\n" + some, `yes db "Say hi" (line 16): why`, 1},
		"which is taken back":           {three + hi + stop + "    [db] Error: executed 0 commands\n    [db] Success\n" + good, "no", 0},
	} {
		o := follow(c.log, 0)
		assert.Equal(t, c.want, said(o.Verdict), name)
		assert.Equal(t, c.hosts, o.Hosts, name)
		if c.hosts == 0 {
			assert.Empty(t, o.Failures, name)
		}
	}
}

// Behind its end a run goes on only in what is quoted; another one begins with its first headers.
func TestRunBehindRun(t *testing.T) {
	bad := three + hi + "    [db] why\n    [db] Error: executed 0 commands\n"
	fine := three + hi + "    [db] Success\n" + good
	for name, c := range map[string]struct{ log, want string }{
		"the config begins another":        {bad + fine, `yes db "Say hi" (line 15): why`},
		"one that did not end":             {three + hi + fine, cut},
		"one that connects, behind an end": {fine + "--> Connecting to hosts...\n    [db] no\n" + disconnected, "yes db while connecting (line 22): no"},
		"one that connects again":          {begin + "--> Connecting to hosts...\n    [db] Connected\n" + three[len(begin):] + hi + "    [db] Success\n" + good, "no"},
		"behind a last word":               {"--> Loading config...\n--> pyinfra error: it broke\n--> Loading inventory...\n" + fine, "yes while loading (line 2): it broke"},
		"a header behind the end":          {three + hi + disconnected + "--> pyinfra error: x\n" + hi + "    [db] Success\n" + good, "no"},
		"a last word, and no end":          {three + hi + "--> pyinfra error: x\n" + hi + "    [db] Success\n", cut},
		"a second operation":               {three + hi + "    [db] Success\n\n--> Starting operation: Next\n    [db] why\n    [db] Error: executed 0 commands\n", `yes db "Next" (line 18): why`},
		"a last word in the results":       {three + hi + "    [db] Success\n--> Results:\n--> pyinfra error: a row\n" + disconnected, "no"},
	} {
		assert.Equal(t, c.want, said(follow(c.log, 0).Verdict), name)
	}
}

// A log that was copied may have lost its indents, or have others: then lines of hosts are not known for what they are, and it is not
// said of a failed run that it did not fail.
func TestLostIndentsAreNotGreen(t *testing.T) {
	copied := map[string]func(string) string{
		"without":  func(l string) string { return strings.TrimLeft(l, " ") },
		"squeezed": func(l string) string { return strings.Join(strings.Fields(l), " ") },
		"tabs":     func(l string) string { return strings.ReplaceAll(l, "    ", "\t") },
		"a tab":    func(l string) string { return strings.Replace(l, "    ", "\t", 1) },
	}
	failed := 0
	for _, file := range filtertest.EveryCapture(t) {
		log := string(filtertest.Read(t, file))
		if follow(log, 0).Verdict.Failed != outcome.Yes {
			continue
		}
		failed++
		for how, as := range copied {
			lines := strings.Split(log, "\n")
			for i, l := range lines {
				lines[i] = as(l)
			}
			assert.NotEqual(t, outcome.No, follow(strings.Join(lines, "\n"), 0).Verdict.Failed, "%s, %s", file, how)
		}
	}
	assert.Greater(t, failed, 20)
	const old = "--> Starting operation: a\n[db] Error: executed 0 commands\n--> Results:\nGroups: db\n[db] Changed: 1 No change: 0 Errors: 1\n--> Disconnecting from hosts...\n"
	assert.Equal(t, outcome.Yes, follow(begin+old, 0).Verdict.Failed)
	assert.Equal(t, outcome.Unknown, follow(begin+strings.Replace(old, "[db] Error: executed 0 commands\n", "", 1), 0).Verdict.Failed)
	assert.Equal(t, outcome.No, follow(begin+"    [db] Connected\n"+strings.ReplaceAll(old, "Errors: 1", "Errors: 0"), 0).Verdict.Failed)
}

// What looks like the end of a run within it, because an operation prints it, or runs another pyinfra, is not its end: the operations
// behind are recorded, and a run that breaks off later did not end well.
func TestEndsWithinARun(t *testing.T) {
	const table = "--> Results:\n    Grand total   %       1         -       -           \n"
	for name, printed := range map[string]string{
		"the end":      "--> Disconnecting from hosts...\n" + strings.ReplaceAll(table, "%", "1"),
		"the results":  strings.ReplaceAll(table, "%", "1"),
		"no results":   strings.ReplaceAll(table, "%", "-"),
		"with errors":  strings.ReplaceAll(table, "1         -", "1         9"),
		"good results": good,
	} {
		log := three + "--> Starting operation: Prints \n" + printed + "    [db]   Success\n\n" + hi
		assert.Equal(t, "unknown: the output ends before the end of pyinfra's run", said(follow(log, 0).Verdict), name)
		assert.Equal(t, `yes in "Say hi" (line %): pyinfra disconnected before it was done, and did not say why`, strings.Replace(said(follow(log+"--> Disconnecting from hosts...\n", 0).Verdict), "(line "+strconv.Itoa(strings.Count(log, "\n")+1)+")", "(line %)", 1), name)
		assert.Equal(t, "no", said(follow(log+"    [db]   Success\n\n"+good, 0).Verdict), name)
		r := recorded(log+"    [db]   why\n"+executed, 0)
		require.Len(t, r.Operations, 2, name)
		require.NotNil(t, r.Operations[1].Hosts["db"], name)
		assert.Equal(t, outcome.Error, r.Operations[1].Hosts["db"].Result, name)
	}
}
