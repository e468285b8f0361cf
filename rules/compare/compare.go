// Package compare holds two versions of rules against each other, by what they do to logs.
package compare

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/files"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// A Difference is what two versions of rules do otherwise.
type Difference struct {
	Logs, Lines  int                 // that were looked through
	Moved        int                 // lines that both fold, each by another rule
	Vanish, Back map[string][]Change // lines that newly vanish, and that come back, by the rule that folds them
}

// A Change is a line that newly vanishes, or comes back.
type Change struct {
	File  string
	Line  int
	Text  string
	Guard string // why no rule may fold it; empty: one may
}

// Any reports whether there is a difference.
func (d *Difference) Any() bool { return len(d.Vanish)+len(d.Back)+d.Moved > 0 }

// Guarded reports whether a line would vanish that no rule may fold.
func (d *Difference) Guarded() bool {
	for _, changes := range d.Vanish {
		if slices.ContainsFunc(changes, func(c Change) bool { return c.Guard != "" }) {
			return true
		}
	}
	return false
}

// Versions are the two versions of rules that are compared, as they are used.
type Versions struct{ older, newer *rules.Set }

// Of puts two versions together.
func Of(older, newer *rules.Set) Versions { return Versions{older, newer} }

// Builtin stands for the rules that come with the program.
const Builtin = "builtin"

// Read reads two versions, each a file, a folder of rules, or Builtin: then the other one is used together with the built-in
// rules, as in a run. The error is a *files.Typed for a name that leads to nothing; others are FileErrors, of what is wrong
// with a version.
func Read(older, newer string) (v Versions, err error) {
	with := older == Builtin || newer == Builtin
	if v.older, err = read(older, with); err != nil {
		return v, err
	}
	v.newer, err = read(newer, with)
	return v, err
}

func read(name string, withBuiltin bool) (*rules.Set, error) {
	set := rules.NewSet()
	if withBuiltin {
		set = rules.Builtin()
	}
	if name == Builtin {
		return set, nil
	}
	all, err := files.At(name)
	if err != nil {
		return nil, err
	}
	own, err := rules.ParseAll(all)
	if err != nil {
		return nil, err
	}
	for r := range own.All() {
		set.Put(r)
	}
	return set, nil
}

// On runs both versions over logs. The error is that of a log that cannot be read.
func (v Versions) On(all *logs.Corpus) (*Difference, error) {
	d := &Difference{Vanish: map[string][]Change{}, Back: map[string][]Change{}}
	return d, all.Each(func(l *logs.Recorded) error { return v.log(d, l.Name, l.Data) })
}

// log runs both over a log.
func (v Versions) log(d *Difference, name string, data []byte) error {
	before, err := ruletest.Outcomes(v.older, data, filter.Options{})
	if err != nil {
		return err
	}
	after, err := ruletest.Outcomes(v.newer, data, filter.Options{})
	if err != nil {
		return err
	}
	d.Logs++
	d.Lines += len(before)
	for i := range before {
		d.line(name, i+1, &before[i], &after[i])
	}
	return nil
}

// line notes a line that is folded by one version and not by the other.
func (d *Difference) line(log string, n int, before, after *ruletest.LineOutcome) {
	change := Change{File: log, Line: n, Text: before.Text}
	switch {
	case after.Folded > before.Folded:
		if g := rules.GuardOf(before.Text); g != nil && after.Kept == 0 {
			change.Guard = g.Because
		}
		d.Vanish[after.Rule] = append(d.Vanish[after.Rule], change)
	case after.Folded < before.Folded:
		d.Back[before.Rule] = append(d.Back[before.Rule], change)
	case after.Folded > 0 && after.Rule != before.Rule:
		d.Moved++
	}
}
