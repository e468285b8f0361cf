// Package lint looks for mistakes in rule files.
package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// What lint finds out by sending texts through the engine.

// WithEngine looks at rules among all of a set.
func WithEngine(all []*Linted, set *rules.Set) {
	tester, builtin := ruletest.NewTester(set), rules.Builtin()
	for _, l := range all {
		switch {
		case l.Rule == nil:
		case l.Rule.Disabled:
			if builtin.Get(l.Rule.ID) == nil {
				l.Add(CheckDisables, "id", "there is no rule %s to disable", l.Rule.ID)
			}
		default:
			lintSamples(l, tester)
			lintOverlap(l, builtin, tester)
			lintQuoted(l, tester)
			lintCauses(l, set)
			lintCost(l)
		}
	}
}

// lintSamples tries the samples and counterexamples as they stand.
func lintSamples(l *Linted, tester *ruletest.Tester) {
	said := map[string]bool{} // a counterexample is tried twice
	for c := range tester.Samples(l.Rule) {
		res := tester.Try(c)
		field := c.Field + ".text"
		switch {
		case res.Problem == "" || said[field] || guarded(l, field):
		case res.Undecided:
			l.Add(CheckBacktrack, field, "%s: %s", c.Field, res.Problem)
		case c.Counts == nil:
			l.Add(CheckCounter, field, "%s claims something of %s", l.Rule.ID, c.Field)
		case others(l.Rule, res) != "":
			l.Add(CheckOthers, field, "%s claims something of %s", others(l.Rule, res), c.Field)
		default:
			l.Add(CheckUnclaimed, field, "%s: %s", c.Field, res.Problem)
		}
		said[field] = said[field] || res.Problem != ""
	}
}

// guarded reports whether it was said already why a sample stays.
func guarded(l *Linted, field string) bool {
	return slices.ContainsFunc(l.Findings, func(f Finding) bool { return f.Check.ID == CheckGuarded && l.At(field, &f) })
}

// others names the other rules that have claimed something.
func others(r *rules.Rule, res ruletest.Result) string {
	ids := slices.Sorted(maps.Keys(res.Counts))
	return strings.Join(slices.DeleteFunc(ids, func(id string) bool { return id == r.ID }), " and ")
}

// lintOverlap finds a rule that claims the sample of a built-in one.
func lintOverlap(l *Linted, builtin *rules.Set, tester *ruletest.Tester) {
	var of []string
	for b := range builtin.All() {
		if b.ID != l.Rule.ID && !yields(l.Rule, b, builtin) && slices.ContainsFunc(b.Samples, func(s rules.Sample) bool { return tester.Claims(l.Rule, s.Text) }) {
			of = append(of, b.ID)
		}
	}
	if len(of) > 0 {
		l.Add(CheckOverlap, "match", "%s claims something of the samples of %s", l.Rule.ID, strings.Join(of, ", "))
	}
}

// lintQuoted finds a rule that nobody here has tried, and that folds what no report has.
func lintQuoted(l *Linted, tester *ruletest.Tester) {
	if l.Rule.Status != rules.Experimental || !l.Rule.Folds() {
		return
	}
	if len(l.Rule.References) == 0 {
		l.Add(CheckUnquoted, "status", "no reference says which report quotes it")
		return
	}
	if field, line := tester.Unquoted(l.Rule); line != "" {
		l.Add(CheckUnquoted, field, "it folds %q as well, which is in no sample", strings.TrimSpace(line))
	}
}

// yields reports whether it is certain that r does not take what b is about: both come
// with the program, and b is asked first.
func yields(r, b *rules.Rule, builtin *rules.Set) bool {
	if builtin.Get(r.ID) == nil {
		return false
	}
	if b.Match.Kind() != r.Match.Kind() { // pieces of blocks are looked for before rules for single lines
		return len(b.Match.Block) > 0
	}
	return b.Knows() > r.Knows()
}

func lintCauses(l *Linted, set *rules.Set) {
	for i, id := range l.Rule.Cause {
		if set.Get(id) != nil {
			continue
		}
		near := ""
		if n := set.Nearest(id); n != "" {
			near = "; did you mean " + n + "?"
		}
		l.Add(CheckCause, fmt.Sprintf("cause[%d]", i), "there is no rule %s%s", id, near)
	}
}

// lintCost says what a rule costs that every line has to be looked at for.
func lintCost(l *Linted) {
	if len(filter.Literals(l.Rule)) > 0 {
		return
	}
	l.Add(CheckNoLiteral, "match", "each line of a run costs about %d ns more", max(1, cost(l.Rule)-cost()))
}

// cleanLines are what most lines of a run look like.
const cleanLines = "    [web-01] No changes\n    [web-02] Success\n--> Starting operation: Install packages (packages=['nginx'])\n" +
	"    [db-01] >>> apt-get install -y nginx\n    [db-01] Reading package lists... Done\n"

// cost measures how many nanoseconds a clean line costs with these rules.
func cost(only ...*rules.Rule) int64 {
	text := []byte(strings.Repeat(cleanLines, 400))
	lines := int64(strings.Count(string(text), "\n"))
	best := time.Hour
	for range 3 { // the fastest is the one that nothing else disturbed
		f := filter.New(rules.NewSet(only...), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
		begin := time.Now()
		_, _ = f.Write(text)
		best = min(best, time.Since(begin))
	}
	return best.Nanoseconds() / lines
}
