package filter_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// builtin are the built-in rules, read once.
var builtin = sync.OnceValue(rules.Builtin)

// eachBuiltin runs a test for every built-in rule that it is about.
func eachBuiltin(t *testing.T, about func(*rules.Rule) bool, test func(*testing.T, *rules.Rule)) {
	for r := range builtin().All() {
		if about(r) {
			t.Run(r.ID, func(t *testing.T) { test(t, r) })
		}
	}
}

// eachSample runs a test for every sample of these rules.
func eachSample(t *testing.T, about func(*rules.Rule) bool, test func(t *testing.T, r *rules.Rule, sample string)) {
	eachBuiltin(t, about, func(t *testing.T, r *rules.Rule) {
		for i, s := range r.Samples {
			t.Run(fmt.Sprint("sample ", i), func(t *testing.T) { test(t, r, s.Text) })
		}
	})
}

func anyRule(*rules.Rule) bool { return true }

func isWarning(r *rules.Rule) bool { return r.Match.PythonWarning != nil }

// foldsBlock says which rules fold several lines that may come apart.
func foldsBlock(r *rules.Rule) bool {
	return r.Folds() && (r.Match.PythonUnraisable != nil || r.Match.PythonTraceback != nil || len(r.Match.Block) > 0)
}

// lines cuts a text into lines, each with its end.
func lines(text string) []string { return slices.Collect(strings.Lines(text)) }

// eachLine changes every line, given without its LF.
func eachLine(text string, change func(line string) string) string {
	var out strings.Builder
	for l := range strings.Lines(text) {
		out.WriteString(change(strings.TrimSuffix(l, "\n")) + "\n")
	}
	return out.String()
}

func prefixed(prefix string) func(string) string {
	return func(text string) string { return eachLine(text, func(l string) string { return prefix + l }) }
}

// dressings are the ways in which the same text reaches the filter.
var dressings = []struct {
	name  string
	dress func(string) string
}{
	{"as it is", func(s string) string { return s }},
	{"CRLF", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
	{"coloured", func(s string) string { return eachLine(s, func(l string) string { return "\x1b[31m" + l + "\x1b[0m" }) }},
	{"coloured behind the indent", func(s string) string {
		return eachLine(s, func(l string) string {
			word := strings.TrimLeft(l, " ")
			return l[:len(l)-len(word)] + "\x1b[31m" + word + "\x1b[0m"
		})
	}},
	{"GitHub timestamps", prefixed("2026-11-24T03:59:21.1234567Z ")},
	{"gh run view --log", prefixed("deploy\tRun pyinfra\t2026-11-24T03:59:21.1234567Z ")},
	{"compose", prefixed("web-1  | ")},
	{"trailing spaces trimmed", func(s string) string { return eachLine(s, func(l string) string { return strings.TrimRight(l, " ") }) }},
	{"trailing space after a colon", func(s string) string {
		return strings.ReplaceAll(s, "Error:\n", "Error: \n") // as CPython prints it; YAML loses it
	}},
	{"no end", func(s string) string { return strings.TrimSuffix(s, "\n") }},
}

// claimed checks that the rule, and no other, has taken these n samples.
func claimed(t *testing.T, r *rules.Rule, n int, s *filter.Summary) {
	t.Helper()
	assert.Equal(t, map[string]int{r.ID: n}, counts(s))
}

// kept is what is to be seen of a sample.
func kept(r *rules.Rule, sample string) string {
	if r.Folds() {
		return ""
	}
	return sample
}

func TestRulesHaveSamples(t *testing.T) {
	eachBuiltin(t, anyRule, func(t *testing.T, r *rules.Rule) {
		assert.NotEmpty(t, r.Samples)
		assert.NotEmpty(t, r.Counterexamples)
		assert.NotEmpty(t, r.Advice)
		assert.NotEmpty(t, r.References)
		for _, u := range r.References {
			assert.True(t, strings.HasPrefix(u, "https://"), u)
		}
		assert.Equal(t, r.ID+".yaml", filepath.Base(r.File))
	})
}

// A pattern without a long literal would be asked too often.
func TestRulesHaveLiterals(t *testing.T) {
	eachBuiltin(t, anyRule, func(t *testing.T, r *rules.Rule) {
		for _, p := range patterns(&r.Match) {
			lit, _ := p.Literal()
			assert.GreaterOrEqual(t, len(lit), 8, "%s", p)
		}
	})
}

// patterns are all patterns of a rule.
func patterns(m *rules.Match) (all []*rules.Pattern) {
	all = append(all, m.Line)
	for _, l := range m.Block {
		all = append(all, l.Line)
	}
	if u := m.PythonUnraisable; u != nil {
		all = append(append(all, u.Object, u.Error), u.Frames...)
	}
	if tb := m.PythonTraceback; tb != nil {
		all = append(append(all, tb.Error), tb.Frames...)
	}
	if w := m.PythonWarning; w != nil {
		all = append(all, w.Path, w.Category, w.Message, w.Source)
	}
	return slices.DeleteFunc(all, func(p *rules.Pattern) bool { return p == nil })
}

func TestRulesClaimTheirSamples(t *testing.T) {
	eachSample(t, anyRule, func(t *testing.T, r *rules.Rule, sample string) {
		for _, d := range dressings {
			t.Run(d.name, func(t *testing.T) { claimsInAllCuts(t, r, d.dress(sample)) })
		}
	})
}

func claimsInAllCuts(t *testing.T, r *rules.Rule, text string) {
	for _, size := range []int{0, 1, 2, 3, 7, 64} {
		shown, s := run(t, builtin(), []byte(text), size, filter.Options{})
		assert.Equal(t, kept(r, text), string(shown), "writes of %d bytes", size)
		claimed(t, r, 1, s)
	}
}

// canaries are lines of the run that come between those of an issue.
var canaries = []string{"    [vm9] canary\n", "canary at column 0\n"}

func TestCanaryBetweenLinesStays(t *testing.T) {
	eachSample(t, foldsBlock, func(t *testing.T, r *rules.Rule, sample string) {
		for at := range lines(sample) {
			for _, c := range canaries {
				data := insert(sample, at, c)
				shown, s := run(t, builtin(), []byte(data), 0, filter.Options{})
				assert.Equal(t, c, string(shown), "before line %d of\n%s", at, sample)
				claimed(t, r, 1, s)
			}
		}
	})
}

// Canaries between all lines at once keep their order.
func TestCanariesEverywhereStay(t *testing.T) {
	eachSample(t, foldsBlock, func(t *testing.T, r *rules.Rule, sample string) {
		var data, want strings.Builder
		for i, l := range lines(sample) {
			c := fmt.Sprintf("    [vm9] canary %d\n", i)
			data.WriteString(c + l)
			want.WriteString(c)
		}
		shown, s := run(t, builtin(), []byte(data.String()), 0, filter.Options{})
		assert.Equal(t, want.String(), string(shown))
		claimed(t, r, 1, s)
	})
}

// insert puts a text in front of line at.
func insert(text string, at int, what string) string {
	l := lines(text)
	return strings.Join(l[:at], "") + what + strings.Join(l[at:], "")
}

// A warning and its source line are one write: what stands behind another
// line is not known to be the source line, and stays.
func TestCanaryInWarningStays(t *testing.T) {
	eachSample(t, isWarning, func(t *testing.T, r *rules.Rule, sample string) {
		l := lines(sample)
		for _, c := range canaries {
			shown, s := run(t, builtin(), []byte(insert(sample, 1, c)), 0, filter.Options{})
			assert.Equal(t, c+strings.Join(l[1:], ""), string(shown))
			claimed(t, r, 1, s)
		}
		shown, s := run(t, builtin(), []byte(l[0]), 0, filter.Options{})
		assert.Empty(t, shown, "the source cannot be read always")
		claimed(t, r, 1, s)
	})
}

// Two processes print the same at once.
func TestInterleavedSamples(t *testing.T) {
	eachSample(t, anyRule, func(t *testing.T, r *rules.Rule, sample string) {
		step := 1
		if isWarning(r) {
			step = len(lines(sample)) // one write
		}
		for name, data := range map[string]string{
			"line by line":      interleaved(sample, step, 0),
			"a line behind":     interleaved(sample, step, 1),
			"two lines behind":  interleaved(sample, step, 2),
			"one after another": sample + sample,
		} {
			t.Run(name, func(t *testing.T) {
				shown, s := run(t, builtin(), []byte(data), 0, filter.Options{})
				assert.Equal(t, kept(r, data), string(shown))
				claimed(t, r, 2, s)
			})
		}
	})
}

// interleaved mixes a text with a copy of it, some lines at a time; the copy
// is behind by so many of these.
func interleaved(text string, step, behind int) string {
	parts := slices.Collect(slices.Chunk(lines(text), step))
	var out strings.Builder
	for i := range len(parts) + behind {
		for _, n := range []int{i, i - behind} {
			if n >= 0 && n < len(parts) {
				out.WriteString(strings.Join(parts[n], ""))
			}
		}
	}
	return out.String()
}

// together says which rules one run of Python may print.
func together(r, other *rules.Rule) bool {
	for minor := range 20 {
		if v := fmt.Sprint("3.", minor); r.OnPython(v) && other.OnPython(v) {
			return true
		}
	}
	return false
}

// Samples of several rules, interleaved: each gets its own.
func TestInterleavedRules(t *testing.T) {
	eachSample(t, foldsBlock, func(t *testing.T, r *rules.Rule, sample string) {
		with := func(other *rules.Rule) bool { return foldsBlock(other) && together(r, other) }
		eachSample(t, with, func(t *testing.T, other *rules.Rule, second string) {
			want := map[string]int{r.ID: 1}
			want[other.ID]++
			data := zip(lines(sample), lines(second))
			shown, s := run(t, builtin(), []byte(data), 0, filter.Options{})
			assert.Empty(t, string(shown), data)
			assert.Equal(t, want, counts(s), data)
		})
	})
}

// zip takes a line of each in turn.
func zip(a, b []string) string {
	var out strings.Builder
	for i := range max(len(a), len(b)) {
		out.WriteString(strings.Join(a[min(i, len(a)):min(i+1, len(a))], ""))
		out.WriteString(strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
	}
	return out.String()
}

func TestCounterexamplesPass(t *testing.T) {
	eachBuiltin(t, anyRule, func(t *testing.T, r *rules.Rule) {
		for i, c := range r.Counterexamples {
			for _, d := range dressings {
				t.Run(fmt.Sprint(i, " ", d.name), func(t *testing.T) { passes(t, r, d.dress(c.Text)) })
			}
		}
	})
}

// passes checks that a text is not claimed, by the rule alone or among all.
func passes(t *testing.T, r *rules.Rule, text string) {
	t.Helper()
	for _, set := range []*rules.Set{builtin(), rules.NewSet(r)} {
		for _, size := range []int{0, 1, 7} {
			shown, s := run(t, set, []byte(text), size, filter.Options{})
			assert.Equal(t, text, string(shown))
			assert.NotContains(t, counts(s), r.ID)
		}
	}
}

// What is cut off is not the issue yet.
func TestCutOffBlocksPass(t *testing.T) {
	folds := func(r *rules.Rule) bool { return r.Folds() }
	eachSample(t, folds, func(t *testing.T, r *rules.Rule, sample string) {
		if isWarning(r) {
			sample = lines(sample)[0] // what follows may be missing
		}
		whole := strings.TrimRight(sample, " :\n")
		for n := range len(whole) {
			shown, s := run(t, builtin(), []byte(sample[:n]), 0, filter.Options{})
			require.Equal(t, sample[:n], string(shown))
			require.Empty(t, s.Issues, "cut after %q", sample[:n])
		}
	})
}

// The same, when the run goes on behind it: the rest of the cut line is that
// of the run.
func TestCutOffBlocksPassBeforeOtherLines(t *testing.T) {
	eachSample(t, foldsBlock, func(t *testing.T, r *rules.Rule, sample string) {
		for n := range len(strings.TrimRight(sample, " :\n")) {
			data := sample[:n] + "\n    [vm9] Success\n--> Results:\n"
			shown, s := run(t, builtin(), []byte(data), 0, filter.Options{})
			require.Equal(t, data, string(shown))
			require.Empty(t, s.Issues, "cut after %q", sample[:n])
		}
	})
}

// tracebacks are of the user's own code, which nothing may take a line of.
var tracebacks = map[string]string{
	"with a message": `Traceback (most recent call last):
  File "deploy.py", line 3, in <module>
    assert host.data.role, "no role"
           ^^^^^^^^^^^^^^
AssertionError: no role
`,
	"without a message": `Traceback (most recent call last):
  File "deploy.py", line 3, in <module>
    assert host.data.role
AssertionError
`,
	"colon and space": `Traceback (most recent call last):
  File "deploy.py", line 3, in <module>
    assert host.data.role
           ^^^^^^^^^^^^^^
AssertionError: 
`,
	"same types": `Traceback (most recent call last):
  File "deploy.py", line 3, in <module>
    thread._handle
AttributeError: 'Thread' object has no attribute '_handle'
`,
	"syntax error": `Traceback (most recent call last):
  File "/srv/pyinfra_cli/util.py", line 66, in exec_file
    exec(PYTHON_CODES[filename], data)
  File "deploy.py", line 3
    files.line(path="x"
              ^
SyntaxError: '(' was never closed
`,
	"recursion": `Traceback (most recent call last):
  File "deploy.py", line 3, in walk
    walk(n)
  [Previous line repeated 3 more times]
AssertionError
`,
	"compiled code": `Traceback (most recent call last):
  File "src/gevent/greenlet.py", line 908, in gevent._gevent_cgreenlet.Greenlet.run
AssertionError
2026-11-24T03:59:21Z <Greenlet at 0x7f021a09b230: f> failed with AssertionError

`,
	"chained": `Traceback (most recent call last):
  File "deploy.py", line 3, in <module>
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "deploy.py", line 5, in <module>
    raise KeyError("role")
KeyError: 'role'
`,
}

func TestOwnTracebackInBlockStays(t *testing.T) {
	eachSample(t, foldsBlock, func(t *testing.T, r *rules.Rule, sample string) {
		for name, tb := range tracebacks {
			t.Run(name, func(t *testing.T) {
				for at := range len(lines(sample)) + 1 {
					shown, s := run(t, builtin(), []byte(insert(sample, at, tb)), 0, filter.Options{})
					assert.Equal(t, tb, string(shown), "before line %d of\n%s", at, sample)
					claimed(t, r, 1, s)
				}
			})
		}
	})
}

// Runs without a known issue.
func TestCleanRunsPass(t *testing.T) {
	for _, file := range captures(t, "gevent-25.9.1.*", "more/gevent-25.9.1.*") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := read(t, file)
			shown, s := run(t, builtin(), data, 0, filter.Options{})
			assert.True(t, bytes.Equal(data, shown))
			assert.Empty(t, s.Issues)
		})
	}
}

// Another bug of gevent, and a real failure: not one byte may be missing.
func TestFailedRunPasses(t *testing.T) {
	data := read(t, captures(t, "gevent-24.10.1.3-hosts.failed.pipe.log")[0])
	shown, s := run(t, builtin(), data, 0, filter.Options{})
	assert.Equal(t, string(data), string(shown))
	for _, i := range s.Issues {
		assert.False(t, i.Rule.Folds(), i.Rule.ID)
	}
}

// What is found in captures of other issues, and what is left of them.
func TestOtherIssuesInCaptures(t *testing.T) {
	for file, want := range map[string]struct {
		counts map[string]int
		hidden string // a text of which no line may be left; empty: all stays
	}{
		"more/g2.simulated-3.13.5.pipe.log":                  {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.unbuffered.pipe.log":       {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.pty.raw":                   {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/g2.simulated-3.13.5.unbuffered.pty.raw":        {map[string]int{"gevent-dummythread-handle": 4, "gevent-fork-hooks-active": 4}, "\n"},
		"more/network-retry.log":                             {map[string]int{"orbstack-false-network-retry": 3, "pyinfra-no-hosts-remaining": 1}, "Network error"},
		"more/no-hosts-remaining.log":                        {map[string]int{"pyinfra-no-hosts-remaining": 1}, ""},
		"more/no-such-host.log":                              {map[string]int{"pyinfra-empty-inventory": 1}, ""},
		"more/no-yes-no-stdin.log":                           {map[string]int{"pyinfra-confirm-eof": 1}, ""},
		"more/orbstack-list-failed.log":                      {map[string]int{"orbstack-list-failed": 2}, ""},
		"more/orbstack-start-failed.log":                     {map[string]int{}, ""},
		"more/one-host-fails.log":                            {map[string]int{}, ""},
		"more/deploy-raises.log":                             {map[string]int{}, ""},
		"more/paramiko-3.4.0.cryptography-43.0.3.import.log": {map[string]int{"paramiko-tripledes": 2}, "\n"},
		"more/paramiko-3.4.0.cryptography-50.0.2.import.log": {map[string]int{"paramiko-tripledes": 2}, "\n"},
		"more/pythonwarnings.py3.12.log":                     {map[string]int{"python-warnings-assertionerror": 1}, "Invalid -W"},
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data := read(t, captures(t, file)[0])
			shown, s := run(t, builtin(), data, 0, filter.Options{})
			assert.Equal(t, want.counts, counts(s))
			if want.hidden == "" {
				assert.Equal(t, string(data), string(shown))
				return
			}
			assert.NotContains(t, string(shown), want.hidden)
		})
	}
}

// The connector's lines go, what the host says stays.
func TestReasonStaysBehindFalseRetry(t *testing.T) {
	shown, _ := run(t, builtin(), read(t, captures(t, "more/network-retry.log")[0]), 0, filter.Options{})
	assert.Contains(t, string(shown), "    [vm-00] sh: 1: apt-nonexistent-xyz: not found\n    [vm-00] Error: executed 0 commands\n")
}
