package filter

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

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
func (f *Filter) trace(t Trace, b *block) {
	if f.options.Trace == nil {
		return
	}
	t.Line = f.line
	if b != nil {
		t.Block, t.Rules = b.number, b.ids()
		if t.What == Took {
			t.Waits = b.waitsFor()
		}
	}
	f.options.Trace(t)
}

// took notes that a block has a piece.
func (f *Filter) took(b *block, text []byte) {
	if f.options.Trace != nil {
		f.trace(Trace{What: Took, Text: string(text)}, b)
	}
}

// ids are those of the rules that a block may still be of.
func (b *block) ids() (ids []string) {
	for _, p := range b.places {
		if !slices.Contains(ids, p.prog.rule.ID) {
			ids = append(ids, p.prog.rule.ID)
		}
	}
	return ids
}

// waitsFor says what the next piece of a block may be.
func (b *block) waitsFor() (out []string) {
	for _, p := range b.places {
		for i := p.next; i < len(p.prog.steps); i++ {
			if w := p.prog.describe(i); !slices.Contains(out, w) {
				out = append(out, w)
			}
			if !p.prog.steps[i].optional {
				break
			}
		}
	}
	return out
}

// describe says what a step is, by the field of the rule that it is made of.
func (p *program) describe(i int) string {
	if p.steps[i].optional {
		return p.steps[i].name + " (may be missing)"
	}
	return p.steps[i].name
}

// refuse notes that a block waits for a text, and may not have it.
func (f *Filter) refuse(b *block, at sight, why string) {
	if f.options.Trace == nil || b.state != open {
		return
	}
	for _, p := range b.places {
		if _, found := f.take(b, p, &at); found {
			f.trace(Trace{What: Refused, Text: string(at.text), Why: why}, b)
			return
		}
	}
}

// refuseElsewhere notes which blocks of other writers wait for a text.
func (f *Filter) refuseElsewhere(at sight) {
	if f.options.Trace == nil {
		return
	}
	for _, l := range f.voices {
		if l == f.voice {
			continue
		}
		at.row = l.row
		for _, b := range l.open {
			f.refuse(b, at, "it has another prefix than the block, so that another program has written it")
		}
	}
}

// refused notes that a piece is not taken that would fit.
func (f *Filter) refused(b *block, text []byte, why string) {
	if f.options.Trace != nil && b.state == open {
		f.trace(Trace{What: Refused, Text: string(text), Why: why}, b)
	}
}

// mustSee notes that a piece is not taken since a person must see it.
func (f *Filter) mustSee(b *block, text []byte) {
	if f.options.Trace != nil {
		f.refused(b, text, f.guards.because(text))
	}
}

// keeps reports whether a text that a rule would fold must be seen.
func (f *Filter) keeps(r *rules.Rule, text []byte) bool {
	keep := f.guards.have(text)
	if keep && f.options.Trace != nil {
		f.trace(Trace{What: Refused, Rules: []string{r.ID}, Text: string(text), Why: f.guards.because(text)}, nil)
	}
	return keep
}

// near notes which rules have their literal in a line that nobody has taken.
func (f *Filter) near(text []byte) {
	if f.options.Trace == nil {
		return
	}
	for i := range f.lineRules {
		if l := &f.lineRules[i]; len(l.literal) > 0 && bytes.Contains(text, l.literal) && !l.pattern.Search(text) {
			f.nearly(l.rule, text, string(l.literal), l.pattern.String())
		}
	}
	for _, p := range f.programs {
		n, _ := p.steps[0].match(bytes.TrimLeft(text, " "))
		for _, lit := range p.literals {
			if n == 0 && bytes.Contains(text, lit) {
				f.nearly(p.rule, text, string(lit), p.describe(0))
			}
		}
	}
}

func (f *Filter) nearly(r *rules.Rule, text []byte, literal, pattern string) {
	f.trace(Trace{What: Nearly, Rules: []string{r.ID}, Text: string(text), Why: fmt.Sprintf("it has %q, and is not %s", literal, pattern)}, nil)
}

// unaffected says which installed version speaks against an issue.
func (f *Filter) unaffected(r *rules.Rule, site string) string {
	var out []string
	for _, i := range f.issue(r).Installed.List() {
		if !i.Affected && !i.Later && i.Site == site {
			out = append(out, fmt.Sprintf("%s %s in %s should not print it", i.Package, i.Version, i.Site))
		}
	}
	return strings.Join(out, ", ")
}

// decided notes what becomes of an issue that was counted.
func (f *Filter) decided(r *rules.Rule, b *block, text []byte, folds, affected bool, site, why string) {
	if f.options.Trace == nil {
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
		t.Why = f.unaffected(r, f.siteFor(r, site, f.stamp))
	}
	f.trace(t, b)
}
