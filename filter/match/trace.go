package match

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/rules"
)

// A Trace is a decision of the engine, for people who ask why a line is shown.
type Trace struct {
	What  Decision
	Line  int
	Block int      // number of the block, from 1; 0: it is about a single line
	Rules []string // ids of those that the block or the line may be of
	Text  string   // of the piece
	// Waits are what the block waits for next, one for each rule; empty: for
	// nothing, it has all.
	Waits []string
	Why   string // in plain words; may be empty
}

// A Decision is what a Trace is about.
type Decision string

// The decisions.
const (
	Took     Decision = "took"     // a block takes a piece
	Refused  Decision = "refused"  // a block waits for a text, and does not take it all the same
	Folded   Decision = "folded"   // a block, or a line, is complete and taken out of the stream
	Shown    Decision = "shown"    // it is complete and stays in the stream
	GivenUp  Decision = "given up" // a block will not be complete: what it took is shown
	GaveBack Decision = "gave back"
	Nearly   Decision = "nearly" // the literal of a rule is in the line, and its pattern does not match
)

// trace hands a decision on about a block; nil: about a single line.
func (m *Matcher) trace(t Trace, b *block) {
	if m.options.Trace == nil {
		return
	}
	t.Line = m.line
	if b != nil {
		t.Block, t.Rules = b.number, b.ids()
		if t.What == Took {
			t.Waits = b.waitsFor()
		}
	}
	m.options.Trace(t)
}

// took notes that a block has a piece.
func (w *writer) took(b *block, text []byte) {
	if w.options.Trace != nil {
		w.trace(Trace{What: Took, Text: string(text)}, b)
	}
}

// ids are those of the rules that a block may still be of.
func (b *block) ids() (ids []string) {
	for _, p := range b.states {
		if !slices.Contains(ids, p.Program.Rule.ID) {
			ids = append(ids, p.Program.Rule.ID)
		}
	}
	return ids
}

// waitsFor says what the next piece of a block may be.
func (b *block) waitsFor() (out []string) {
	for _, p := range b.states {
		for i := p.Next; i < len(p.Program.Steps); i++ {
			if w := p.Program.Steps[i].Describe(); !slices.Contains(out, w) {
				out = append(out, w)
			}
			if !p.Program.Steps[i].Optional {
				break
			}
		}
	}
	return out
}

// refuse notes that a block waits for a text, and may not have it.
func (w *writer) refuse(b *block, at candidate, why string) {
	if w.options.Trace == nil || b.State != hold.Open {
		return
	}
	for _, p := range b.states {
		if _, found := w.lookAheadFrom(b, p, &at); found {
			w.trace(Trace{What: Refused, Text: string(at.text), Why: why}, b)
			return
		}
	}
}

// refuseElsewhere notes which blocks of other writers wait for a text.
func (w *writer) refuseElsewhere(at candidate) {
	if w.options.Trace == nil {
		return
	}
	for _, l := range w.writers.all {
		if l == w {
			continue
		}
		at.row = l.row
		for _, b := range l.open {
			w.refuse(b, at, "it has another prefix than the block, so that another program has written it")
		}
	}
}

// refused notes that a piece is not taken that would fit.
func (w *writer) refused(b *block, text []byte, why string) {
	if w.options.Trace != nil && b.State == hold.Open {
		w.trace(Trace{What: Refused, Text: string(text), Why: why}, b)
	}
}

// mustSee notes that a piece is not taken since a person must see it.
func (w *writer) mustSee(b *block, text []byte) {
	if w.options.Trace != nil {
		w.refused(b, text, w.plan.Guards.Because(text))
	}
}

// keeps reports whether a text that a rule would fold must be seen.
func (w *writer) keeps(r *rules.Rule, text []byte) bool {
	keep := w.plan.Guards.Have(text)
	if keep && w.options.Trace != nil {
		w.trace(Trace{What: Refused, Rules: []string{r.ID}, Text: string(text), Why: w.plan.Guards.Because(text)}, nil)
	}
	return keep
}

// nearMisses notes which rules have their literal in a line that nobody has taken.
func (m *Matcher) nearMisses(text []byte) {
	if m.options.Trace == nil {
		return
	}
	for i := range m.plan.Lines {
		l := &m.plan.Lines[i]
		for _, lit := range l.Literals {
			if bytes.Contains(text, lit) && !l.Pattern.Search(text) {
				m.nearMiss(l.Rule, text, string(lit), l.Pattern.String())
				break
			}
		}
	}
	for _, p := range m.plan.Programs {
		n, _ := p.Steps[0].Match(bytes.TrimLeft(text, " "))
		for _, lit := range p.Literals {
			if n == 0 && bytes.Contains(text, lit) {
				m.nearMiss(p.Rule, text, string(lit), p.Steps[0].Describe())
			}
		}
	}
}

func (m *Matcher) nearMiss(r *rules.Rule, text []byte, literal, pattern string) {
	m.trace(Trace{What: Nearly, Rules: []string{r.ID}, Text: string(text), Why: fmt.Sprintf("it has %q, and is not %s", literal, pattern)}, nil)
}

// unaffected says which installed version speaks against an issue.
func (w *writer) unaffected(r *rules.Rule, site string) string {
	var out []string
	for _, i := range w.tally.Issue(r).Installed.List() {
		if !i.Affected && !i.Later && i.Site == site {
			out = append(out, fmt.Sprintf("%s %s in %s should not print it", i.Package, i.Version, i.Site))
		}
	}
	return strings.Join(out, ", ")
}

// decided notes what becomes of an issue that was counted.
func (w *writer) decided(r *rules.Rule, b *block, text []byte, folds, affected bool, site, why string) {
	if w.options.Trace == nil {
		return
	}
	t := Trace{What: Shown, Text: string(text), Rules: []string{r.ID}, Why: why}
	switch {
	case folds:
		t.What, t.Why = Folded, ""
	case r.Status == rules.Draft:
		t.Why = "the rule is a draft"
	case !r.Folds():
		t.Why = fmt.Sprintf("the rule is of severity %s, and does not fold", r.Severity)
	case !affected:
		t.Why = w.unaffected(r, w.siteFor(r, site, w.stamp))
	}
	w.trace(t, b)
}
