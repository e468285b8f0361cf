package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

const (
	traceback    = "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    a\n    ^\n"
	disconnected = "\n--> Disconnecting from hosts...\n"
	cut          = "unknown: the output ends before the end of pyinfra's run"
)

// A traceback of which nothing of pyinfra's follows is how the run died.
func TestDeath(t *testing.T) {
	for name, c := range map[string]struct{ log, want string }{
		"at the end":                 {traceback + "MemoryError\n", `yes in "Say hi" (line 18): MemoryError`},
		"with an empty line":         {traceback + "\nMemoryError\n", `yes in "Say hi" (line 19): MemoryError`},
		"and the rest of it":         {traceback + "MemoryError\nnot pyinfra's\n", `yes in "Say hi" (line 18): MemoryError`},
		"nineteen lines behind it":   {traceback + "MemoryError\n" + many(19, "rest %d\n"), `yes in "Say hi" (line 18): MemoryError`},
		"twenty lines behind it":     {traceback + "MemoryError\n" + many(20, "rest %d\n"), cut},
		"a host goes on":             {traceback + "MemoryError\n    [db] text\n", cut},
		"a header":                   {traceback + "MemoryError\n" + hi, cut},
		"a host in the middle of it": {traceback + "    [db] text\nMemoryError\n", cut},
		"a header in the middle":     {traceback + hi + "MemoryError\n", cut},
		"no error":                   {traceback, cut},
		"Python ends":                {"Fatal Python error: Segmentation fault\n\nThread 0x1 (most recent call first):\n", `yes in "Say hi" (line 14): Fatal Python error: Segmentation fault`},
		"ignored":                    {"Exception ignored in: <function x at 0x7f>\n" + traceback + "MemoryError\n", cut},
		"ignored, further above":     {"Exception ignored in: <function x at 0x7f>\nother\n" + traceback + "MemoryError\n", `yes in "Say hi" (line 20): MemoryError`},
		"when all is done":           {"    [db] Success\n" + good + traceback + "MemoryError\n", "no"},
		"of as many lines as are read": {"Traceback (most recent call last):\n" + strings.Repeat("    a\n", 1999) + "MemoryError\n",
			`yes in "Say hi" (line 2014): MemoryError`},
		"of more": {"Traceback (most recent call last):\n" + strings.Repeat("    a\n", 2000) + "MemoryError\n", cut},
	} {
		assert.Equal(t, c.want, said(follow(three+hi+c.log, 0).Verdict), name)
	}
	assert.Equal(t, "unknown", said(follow(traceback+"MemoryError\n", 0).Verdict), "of nobody")
	assert.Equal(t, "unknown", said(follow("Exception ignored in: x\n"+traceback+"MemoryError\n", 0).Verdict), "of nobody")
}

// An exception that pyinfra names is the last one of a chain, and its source lines may look like lines of hosts.
func TestNamedException(t *testing.T) {
	const named = "--> An exception occurred in: deploy.py:\n\n"
	for name, c := range map[string]struct{ log, want string }{
		"it":                   {traceback + "KeyError: 'x'\n", "KeyError: 'x' (in deploy.py)"},
		"a list":               {"Traceback (most recent call last):\n  File \"deploy.py\", line 1, in f\n    [g(x) for x in y]\nKeyError: 'x'\n", "KeyError: 'x' (in deploy.py)"},
		"while handling it":    {traceback + "KeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback + "ValueError: y\n", "ValueError: y (in deploy.py)"},
		"the cause of it":      {traceback + "KeyError: 'x'\n\nThe above exception was the direct cause of the following exception:\n\n" + traceback + "ValueError: y\n", "ValueError: y (in deploy.py)"},
		"of three":             {traceback + "KeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback + "ValueError: y\n\nDuring handling of the above exception, another exception occurred:\n\n" + traceback + "OSError: z\n", "OSError: z (in deploy.py)"},
		"another one's behind": {traceback + "KeyError: 'x'\nwell\n" + traceback + "ValueError: y\n", "KeyError: 'x' (in deploy.py)"},
	} {
		o := follow(three+disconnected+named+c.log, 0)
		assert.Equal(t, c.want, o.Verdict.Reason, name)
		last, _, _ := strings.Cut(c.want, " (in ")
		assert.Equal(t, []string{"An exception occurred in: deploy.py", last}, o.Failures[0].Text, name)
	}
}

// gevent says at work for which host a greenlet died: then the exception that ends the run is that host's.
func TestVictims(t *testing.T) {
	died := func(host, error, class string) string {
		return traceback + error + "\n2026-11-29T10:44:19Z <Greenlet at 0x7fbeacec2980: connect(Host(" + host + "))> failed with " + class + "\n\n"
	}
	const end = disconnected + "--> An internal exception occurred:\n\n" + traceback
	for name, c := range map[string]struct{ log, want string }{
		"one":                      {died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes db while connecting (line 21): KeyError: 'x'"},
		"that which is said":       {died("web", "OSError: y", "OSError") + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes db while connecting (line 28): KeyError: 'x'; 1 more host failed"},
		"of two hosts":             {died("web", "KeyError: 'x'", "KeyError") + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes web while connecting (line 28): KeyError: 'x'; 1 more host failed"},
		"one that failed before":   {"    [mail] why\n    [mail] Error: could not load fact: x\n" + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes db while connecting (line 23): KeyError: 'x'; 1 more host failed"},
		"twice the same":           {died("db", "KeyError: 'x'", "KeyError") + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes db while connecting (line 28): KeyError: 'x'"},
		"another one":              {died("web", "OSError: y", "OSError") + end + "KeyError: 'x'\n", "yes while connecting (line 21): KeyError: 'x'"},
		"none":                     {end + "KeyError: 'x'\n", "yes while connecting (line 14): KeyError: 'x'"},
		"as pyinfra's own error":   {died("db", "pyinfra.api.exceptions.PyinfraError: no key", "PyinfraError") + disconnected + "--> pyinfra error: no key\n", "yes db while connecting (line 21): no key"},
		"nothing died above":       {"2026-11-29T10:44:19Z <Greenlet at 0x7fbeacec2980: connect(Host(db))> failed with KeyError\n" + end + "KeyError: 'x'\n", "yes while connecting (line 15): KeyError: 'x'"},
		"others fail as a whole":   {died("db", "No hosts remaining!", "PyinfraError") + disconnected + "--> pyinfra error: No hosts remaining!\n", "yes while connecting (line 21): No hosts remaining!"},
		"the twentieth":            {manyDied(19, died) + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes db while connecting (line 154): KeyError: 'x'; 19 more hosts failed"},
		"more than are remembered": {manyDied(20, died) + died("db", "KeyError: 'x'", "KeyError") + end + "KeyError: 'x'\n", "yes while connecting (line 161): KeyError: 'x'"},
	} {
		assert.Equal(t, c.want, said(follow(begin+"    [web]  Connected\n    [db]   Connected\n    [mail] Connected\n    [x]    Connected\n    [y]    Connected\n    [z]    Connected\n    [w]    Connected\n    [v]    Connected\n"+c.log, 0).Verdict), name)
	}
}

func manyDied(n int, died func(host, error, class string) string) string {
	var log strings.Builder
	for i := range n {
		log.WriteString(died(fmt.Sprint("h", i), fmt.Sprint("OSError: ", i), "OSError"))
	}
	return log.String()
}

// With --no-wait only the exception that ends the greenlet of a host names the operation that failed there.
func TestOperationOfAHostThatDoesNotWait(t *testing.T) {
	greenlet := func(host, operation string) string {
		return traceback + "pyinfra.api.exceptions.PyinfraError: Error in operation " + operation + " on " + host + "\n2026-11-29T10:44:19Z <Greenlet at 0x7fbeacec2980: _run_host_ops(Host(" + host + "))> failed with PyinfraError\n\n"
	}
	log := three + hi + hi + "    [web] Success\n--> Starting operation: Next\n    [db] why\n    [db] Error: executed 0 commands\n    [web] Error: executed 0 commands\n"
	o := follow(log+greenlet("db", "Say hi"), 0)
	assert.Equal(t, []string{"db Say hi", "web operations"}, places(o))
	o = follow(log+greenlet("mail", "Say hi"), 0)
	assert.Equal(t, []string{"db operations", "web operations"}, places(o))
	o = follow(log+greenlet("web", "Next")+greenlet("db", "Say hi"), 0)
	assert.Equal(t, []string{"db Say hi", "web Next"}, places(o))
}

// places are the failures of hosts.
func places(o outcome.Outcome) (all []string) {
	for _, f := range o.Failures {
		if f.Host != "" {
			all = append(all, f.Host+" "+f.Operation)
		}
	}
	return all
}
