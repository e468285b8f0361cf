// Package ruletest sends the samples of rules through the engine in all the ways in
// which they may reach it: dressed, torn, interleaved, cut off.
package ruletest

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// A Tester sends the samples of rules through the whole engine, in the ways in
// which they may reach it. What it asks for is what orbfilter promises: the
// rule takes its issue whatever stands between, and not a byte of anything else.
type Tester struct {
	set   *rules.Set
	all   *filter.Plan
	alone map[*rules.Rule]*filter.Plan
}

// NewTester returns a tester of rules among all of a set.
func NewTester(set *rules.Set) *Tester {
	return &Tester{set, filter.NewPlan(set), map[*rules.Rule]*filter.Plan{}}
}

// only is the plan of one rule without the others.
func (t *Tester) only(r *rules.Rule) *filter.Plan {
	if t.set.Len() == 1 && t.set.Get(r.ID) == r {
		return t.all
	}
	if t.alone[r] == nil {
		t.alone[r] = t.all.Only(r)
	}
	return t.alone[r]
}

// A Case is one input, and what must come of it.
type Case struct {
	Rule *rules.Rule
	// Property is the name of what is asked for; there are a dozen.
	Property string
	Field    string // where the text is from: "samples[0]"
	How      string // what was done to it; empty: nothing
	Input    string
	Size     int // bytes a write; 0: all in one
	// Shown is what must be left of the input.
	Shown string
	// Counts are the occurrences by id that must be found; nil: the rule must
	// find none.
	Counts map[string]int
	// Whole: what stands between the lines of the issue may keep the rule from
	// it, so that more may be shown; see mayBreak.
	Whole bool
	alone bool // the rule is used without the others
}

// A Result is what came of a case.
type Result struct {
	Shown  string
	Counts map[string]int
	// Problem says in plain words what is wrong; empty: nothing.
	Problem string
	// Undecided: a pattern met its limit, which may be why.
	Undecided bool
}

// Samples yields the samples and counterexamples of a rule as they stand.
func (t *Tester) Samples(r *rules.Rule) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for i, s := range r.Samples {
			if c, _ := t.plain(r, fmt.Sprintf("samples[%d]", i), s.Text); !yield(c) {
				return
			}
		}
		for i, s := range r.Counterexamples {
			for c := range counterCases(r, fmt.Sprintf("counterexamples[%d]", i), s.Text) {
				if c.Size == 0 && strings.HasPrefix(c.How, asItIs) && !yield(c) {
					return
				}
			}
		}
	}
}

// Claims reports whether a rule that is alone claims something of a text.
func (t *Tester) Claims(r *rules.Rule, text string) bool {
	return Run(t.only(r), text).Counts[r.ID] > 0
}

// Cases yields all that a rule is tested with. A rule whose sample is not
// claimed as it stands is not asked more about that sample.
func (t *Tester) Cases(r *rules.Rule) iter.Seq[Case] {
	return func(yield func(Case) bool) {
		for i, s := range r.Samples {
			if !t.sampleCases(r, fmt.Sprintf("samples[%d]", i), s.Text, yield) {
				return
			}
		}
		for i, s := range r.Counterexamples {
			for c := range counterCases(r, fmt.Sprintf("counterexamples[%d]", i), s.Text) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// sampleCases yields the cases of one sample. It is false when no more are
// wanted.
func (t *Tester) sampleCases(r *rules.Rule, field, text string, yield func(Case) bool) bool {
	plain, s := t.plain(r, field, text)
	if !yield(plain) {
		return false
	}
	if s == nil {
		return true
	}
	for _, p := range properties {
		if !p.about(r) {
			continue
		}
		for c := range p.cases(s) {
			c.Rule, c.Field, c.Property = r, field, p.name
			if !yield(c) {
				return false
			}
		}
	}
	return true
}

// Try sends a case through the engine.
func (t *Tester) Try(c Case) Result {
	p := t.all
	if c.alone {
		p = t.only(c.Rule)
	}
	return c.judge(run(p, c.Input, c.Size))
}

// Run sends a text through the engine, and says what came of it; there is no
// Problem.
func Run(p *filter.Plan, text string) Result {
	o := run(p, text, 0)
	return Result{Shown: string(o.shown), Counts: o.counts}
}

// An outcome is what came out of the engine.
type outcome struct {
	shown  []byte
	kept   []bool // for each line, whether some of it is shown
	all    []byte // of the events
	counts map[string]int
	limits filter.Limits
}

// run filters a text, in writes of size bytes; 0: one write.
func run(p *filter.Plan, text string, size int) *outcome {
	o := &outcome{counts: map[string]int{}, kept: make([]bool, strings.Count(text, "\n")+1)}
	line := 0
	f := p.Filter(filter.SinkFunc(func(e filter.Event) error {
		o.all = append(o.all, e.Raw...)
		if !e.Fold {
			o.shown = append(o.shown, e.Raw...)
		}
		for l := range bytes.Lines(e.Raw) {
			o.kept[line] = o.kept[line] || !e.Fold
			line += bytes.Count(l, []byte("\n"))
		}
		return nil
	}), filter.Options{})
	if size == 0 {
		size = max(1, len(text))
	}
	for part := range slices.Chunk([]byte(text), size) {
		_, _ = f.Write(part)
	}
	_ = f.Close()
	s := f.Summary()
	for _, i := range s.Issues {
		o.counts[i.Rule.ID] += i.Count
	}
	o.limits = s.Limits
	return o
}

// judge compares what came out with what must.
func (c *Case) judge(o *outcome) Result {
	r := Result{Shown: string(o.shown), Counts: o.counts}
	switch {
	case string(o.all) != c.Input:
		r.Problem = "what came out is not what came in: this is a mistake in orbfilter"
	case o.limits.RegexTimeouts > 0:
		r.Undecided = true
		r.Problem = "a pattern would have taken too many steps, so that what it looked at was shown"
	case len(o.limits.RulesSkipped) > 0:
		r.Problem = "filtering ended: " + o.limits.RulesSkipped[0]
	case c.Counts == nil && o.counts[c.Rule.ID] > 0:
		r.Problem = "it is claimed"
	case c.Whole && !within(c.Shown, r.Shown):
		r.Problem = misshown(c.Shown, r.Shown)
	case c.Whole && atMost(o.counts, c.Counts):
	case c.Counts != nil && !maps.Equal(c.Counts, o.counts):
		r.Problem = c.miscounted(o.counts)
	case c.Shown != r.Shown && (c.Counts != nil || len(o.counts) == 0): // a counterexample may be another rule's
		r.Problem = misshown(c.Shown, r.Shown)
	}
	return r
}

// within reports whether all lines of a text stand in another, in their order.
func within(text, in string) bool {
	next, stop := iter.Pull(strings.Lines(text))
	defer stop()
	want, more := next()
	for l := range strings.Lines(in) {
		if more && l == want {
			want, more = next()
		}
	}
	return !more
}

// atMost reports whether nothing was found that must not be.
func atMost(got, want map[string]int) bool {
	for id, n := range got {
		if n > want[id] {
			return false
		}
	}
	return true
}

// miscounted says in which way the occurrences are not those that must be found.
func (c *Case) miscounted(got map[string]int) string {
	var out []string
	for _, id := range slices.Sorted(maps.Keys(c.Counts)) {
		switch n, want := got[id], c.Counts[id]; {
		case n == 0 && id == c.Rule.ID:
			out = append(out, "it is not claimed")
		case n == 0:
			out = append(out, id+" does not claim its own")
		case n != want:
			out = append(out, fmt.Sprintf("%s claims it %d ×, not %d ×", id, n, want))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(got)) {
		if c.Counts[id] == 0 {
			out = append(out, id+" claims something of it too")
		}
	}
	return strings.Join(out, ", ")
}

// misshown says which line is the first that is shown and should not be, or is
// not and should.
func misshown(want, got string) string {
	w, g := slices.Collect(strings.Lines(want)), slices.Collect(strings.Lines(got))
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	switch {
	case i < len(g) && (i == len(w) || slices.Contains(g[i:], w[i])):
		return fmt.Sprintf("this is shown, and should be folded: %q", g[i])
	case i < len(w) && (i == len(g) || slices.Contains(w[i:], g[i])):
		return fmt.Sprintf("this is folded, and should be shown: %q", w[i])
	}
	return fmt.Sprintf("%q is folded, and %q is shown instead", w[i], g[i])
}
