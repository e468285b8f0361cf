// Package explain says why the lines of a log are folded or shown.
package explain

import (
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// A Line is one of a log, and what was decided of it.
type Line struct {
	Line      int
	Text      string
	Outcome   string // folded, shown, partly folded
	Rule      string // of what was claimed; empty: nothing
	Literals  []LiteralOf
	Decisions []filter.Trace // in the order in which they were made
	// Open are the pieces that open blocks took last which have no part in the line.
	Open []filter.Trace
}

// LiteralOf is a text that every first line of some rules holds.
type LiteralOf struct {
	Literal string   `json:"literal"` // empty: these rules have none, and are asked about every line
	Rules   []string `json:"rules"`
}

// A Log is a log with what was decided of each line. Of makes it.
type Log struct {
	set    *rules.Set
	lines  []ruletest.LineOutcome
	byLine map[int][]filter.Trace
	ends   map[int]filter.Trace // what became of each block
}

// Of filters a log. Of the options, Trace is set here. The error is one of the filter.
func Of(set *rules.Set, data []byte, options filter.Options) (*Log, error) {
	t := &Log{set: set, byLine: map[int][]filter.Trace{}, ends: map[int]filter.Trace{}}
	options.Trace = t.note
	var err error
	t.lines, err = ruletest.Outcomes(set, data, options)
	return t, err
}

// note keeps a decision.
func (t *Log) note(d filter.Trace) {
	t.byLine[d.Line] = append(t.byLine[d.Line], d)
	if d.Block > 0 && (d.What == filter.Folded || d.What == filter.Shown || d.What == filter.GivenUp) {
		t.ends[d.Block] = d
	}
}

// Len is how many lines the log has.
func (t *Log) Len() int { return len(t.lines) }

// Between explains the lines from first to last, from 1, which the log has, with what is open there.
func (t *Log) Between(first, last int) (out []Line) {
	for n := first; n <= last; n++ {
		l := t.line(n)
		l.Open = t.waiting(n)
		out = append(out, l)
	}
	return out
}

// Concerned explains all lines that a rule had to do with.
func (t *Log) Concerned() (out []Line) {
	for n := 1; n <= len(t.lines); n++ {
		if len(t.byLine[n]) > 0 {
			out = append(out, t.line(n))
		}
	}
	return out
}

// line collects what there is to say of line n.
func (t *Log) line(n int) Line {
	l := &t.lines[n-1]
	e := Line{Line: n, Text: l.Text, Rule: l.Rule, Outcome: l.Outcome(), Literals: t.literals(l.Text)}
	var ends []filter.Trace // of blocks that have a part in the line
	mine := map[int]bool{}
	for _, d := range t.byLine[n] {
		if !slices.ContainsFunc(e.Decisions, func(o filter.Trace) bool { return same(o, d) }) {
			e.Decisions = append(e.Decisions, d)
		}
		if d.Block > 0 && !mine[d.Block] {
			mine[d.Block] = true
			if end, ok := t.ends[d.Block]; ok && end.Line > n {
				ends = append(ends, end)
			}
		}
	}
	e.Decisions = append(e.Decisions, ends...)
	return e
}

// waiting are the pieces that blocks took last which are open at line n, and
// have no part in it.
func (t *Log) waiting(n int) (open []filter.Trace) {
	last := map[int]filter.Trace{}
	for line := 1; line < n; line++ {
		for _, d := range t.byLine[line] {
			if d.What == filter.Took && t.ends[d.Block].Line >= n {
				last[d.Block] = d
			}
		}
	}
	for _, d := range t.byLine[n] {
		delete(last, d.Block)
	}
	for _, id := range slices.Sorted(maps.Keys(last)) {
		open = append(open, last[id])
	}
	return open
}

func same(a, b filter.Trace) bool {
	return a.What == b.What && a.Line == b.Line && a.Block == b.Block && a.Text == b.Text && a.Why == b.Why && slices.Equal(a.Rules, b.Rules)
}

// held returns the first of some texts that a line holds; of none it is "", which each line holds.
func held(line string, texts []string) (text string, ok bool) {
	if len(texts) == 0 {
		return "", true
	}
	i := slices.IndexFunc(texts, func(text string) bool { return strings.Contains(line, text) })
	if i < 0 {
		return "", false
	}
	return texts[i], true
}

// literals are the texts of rules that a line holds: those that make the gate
// hold it back.
func (t *Log) literals(line string) (out []LiteralOf) {
	plain := cells.Strip(line)
	for r := range t.set.All() {
		lit, held := held(plain, filter.Literals(r))
		if !held {
			continue
		}
		at := slices.IndexFunc(out, func(o LiteralOf) bool { return o.Literal == lit })
		if at < 0 {
			at, out = len(out), append(out, LiteralOf{Literal: lit})
		}
		out[at].Rules = append(out[at].Rules, r.ID)
	}
	return out
}
