package ruletest

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/rules"
)

// firstLine: the source line of a warning cannot be read always.
func (s *sample) firstLine() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		first := withEnd(s.lines[0])
		shown := ""
		if s.kept[0] {
			shown = first
		}
		yield(s.one("its first line alone", first, shown, 1))
	}
}

// copies: two processes print the same at once.
func (s *sample) copies() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		step := 1
		if isWarning(s.rule) {
			step = len(s.lines) // one write
		}
		text := withEnd(s.text)
		for _, m := range []struct{ how, input string }{
			{"line by line with a copy", interleaved(text, step, 0)},
			{"with a copy a line behind", interleaved(text, step, 1)},
			{"with a copy two lines behind", interleaved(text, step, 2)},
			{"twice, one after the other", text + text},
		} {
			if !yield(s.mixed(m.how, m.input, s.twice(m.input), 2)) {
				return
			}
		}
	}
}

// twice is what stays of an input that is the sample and a copy of it.
func (s *sample) twice(input string) string {
	switch {
	case !s.rule.Folds():
		return input
	case s.rule.Match.Repeat != nil: // all of the copy came before
		return withEnd(s.keptOf(s.text))
	}
	return ""
}

// interleaved mixes a text with a copy of it, some lines at a time; the copy
// is behind by so many of these.
func interleaved(text string, step, behind int) string {
	parts := slices.Collect(slices.Chunk(slices.Collect(strings.Lines(text)), step))
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

// others: an issue of another rule is printed at the same time, and each rule
// gets its own.
func (s *sample) others() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for other := range s.t.set.All() {
			if !foldsBlock(other) || !together(s.rule, other) {
				continue
			}
			for i := range other.Samples {
				_, o := s.t.plain(other, "", other.Samples[i].Text)
				if o == nil {
					continue // that is the other's fault
				}
				input := zip(s.text, o.text)
				c := s.mixed(fmt.Sprintf("line by line with samples[%d] of %s", i, other.ID), input, "", 1)
				c.Whole = c.Whole || mayBreak(other)
				if c.Counts[other.ID] += o.count; !yield(c) {
					return
				}
			}
		}
	}
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

// zip takes a line of each in turn.
func zip(a, b string) string {
	next, stop := iter.Pull(strings.Lines(b))
	defer stop()
	var out strings.Builder
	more := func() bool {
		l, ok := next()
		if ok {
			out.WriteString(withEnd(l))
		}
		return ok
	}
	for l := range strings.Lines(a) {
		out.WriteString(withEnd(l))
		more()
	}
	for more() {
	}
	return out.String()
}

// needsLastLine says which blocks are none without their last line.
func needsLastLine(r *rules.Rule) bool {
	b := r.Match.Block
	return foldsBlock(r) && (len(b) == 0 || len(b) > 1 && !b[len(b)-1].Optional)
}

// cutOff: what has no last line is not the issue yet, at the end of the run and
// before other lines of it.
func (s *sample) cutOff() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		last := strings.LastIndex(strings.TrimRight(s.text, "\n"), "\n")
		if s.count > 1 {
			return // what is before the cut may be whole
		}
		for n := 1; n <= last; n++ {
			for _, rest := range []string{"", "\n    [vm9] Success\n--> Results:\n"} {
				input := s.text[:n] + rest
				if !yield(Case{How: fmt.Sprintf("cut off after %d bytes", n), Input: input, Shown: input, Counts: map[string]int{}}) {
					return
				}
			}
		}
	}
}

// OwnTracebacks returns tracebacks of a user's own code, by what is particular to
// them: nothing may take a line of them.
func OwnTracebacks() map[string]string { return maps.Clone(ownTracebacks) }

var ownTracebacks = map[string]string{
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

// tracebacks puts a traceback of the user's own code at each place.
func (s *sample) tracebacks() iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for _, name := range slices.Sorted(maps.Keys(ownTracebacks)) {
			for at := range len(s.lines) + 1 {
				input, shown := s.weave(only(at, ownTracebacks[name]))
				if !yield(s.mixed(fmt.Sprintf("with a traceback of your own (%s) before its line %d", name, at+1), input, shown, 1)) {
					return
				}
			}
		}
	}
}
