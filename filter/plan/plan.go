// Package plan makes rules ready for matching: a program for each rule for blocks (step.go, python.go), the
// source lines and errors that its samples show (vocabulary.go), the rules for single lines in the order in which they
// are asked, the texts that no rule folds, and the gate with a literal of each. A set of rules goes in, and a
// Plan comes out, which is only read from there on.
package plan

import (
	"bytes"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A Plan is a set of rules made ready. It is read only, so that many may
// share one, also side by side: to make it takes longer than to filter a short
// text.
type Plan struct {
	Programs []*Program // in the order in which they are asked: see knowsMore
	Lines    []LineRule // the same
	Guards   Guards     // what no rule folds
	Gate     *gate.Gate // nil: every line is looked at
	Steps    int        // of all programs together

	also      [][]byte       // literals of others in the gate
	ofLines   some           // of the literals of Lines
	ofBlocks  some           // of those of programs; none, if one has none
	withLit   []int          // of which of Lines each literal is, in the order of ofLines
	without   []int          // those that have none
	same      map[string]int // numbers of steps, by Step.same
	objects   [][]byte       // what the objects of unraisable exceptions begin with
	anyObject bool           // of one it is not known
}

// New makes a set ready. Lines in which a literal of also is are looked at as well.
func New(set *rules.Set, also [][]byte) *Plan {
	return with(set, newGuards(rules.NeverFold()), also)
}

// Only returns the plan of one rule without the others.
func (p *Plan) Only(r *rules.Rule) *Plan { return with(rules.NewSet(r), p.Guards, p.also) }

// None returns the plan of no rule, which has every line looked at.
func None() *Plan { return &Plan{} }

func with(set *rules.Set, g Guards, also [][]byte) *Plan {
	p := &Plan{Guards: g, also: also, same: map[string]int{}}
	for r := range set.All() {
		p.add(r)
	}
	slices.SortStableFunc(p.Lines, func(a, b LineRule) int { return knowsMore(a.Rule, b.Rule, a.knows, b.knows) })
	slices.SortStableFunc(p.Programs, func(a, b *Program) int { return knowsMore(a.Rule, b.Rule, a.knows, b.knows) })
	lits := [][]byte{[]byte(cpython.TracebackHead), []byte(view.SectionStart), []byte(view.SectionEnd)} // these have dates, see package tally
	for _, h := range pyinfra.Headers() {
		lits = append(lits, []byte(h))
	}
	lines := p.lineLiterals()
	opens, allOpen := p.openLiterals()
	if len(p.without) == 0 && allOpen {
		p.Gate = gate.New(slices.Concat(lits, lines, opens, also), []byte(pyinfra.Arrow))
		p.ofLines = some{p.Gate, len(lits), len(lits) + len(lines)}
		p.ofBlocks = some{p.Gate, p.ofLines.to, p.ofLines.to + len(opens)}
		return p
	}
	p.ofLines = some{gate.New(lines), 0, len(lines)}
	if allOpen {
		p.ofBlocks = some{gate.New(opens), 0, len(opens)}
	}
	return p
}

// some are a part of the literals of a gate, from one of them to another: to make one
// gate takes as long as all else that is done for a plan.
type some struct {
	gate     *gate.Gate // nil: there are none
	from, to int
}

// all appends the places in this part of all that a text holds.
func (s some) all(text []byte, found []int) []int {
	if s.gate == nil {
		return found
	}
	before := len(found)
	found = s.gate.All(text, found)
	kept := found[:before]
	for _, n := range found[before:] {
		if n >= s.from && n < s.to {
			kept = append(kept, n-s.from)
		}
	}
	return kept
}

// missing reports whether a text holds none of them, though there are some.
func (s some) missing(text []byte) bool { return s.gate != nil && !s.gate.HasOf(text, s.from, s.to) }

// lineLiterals returns the literals of the rules for single lines.
func (p *Plan) lineLiterals() (lits [][]byte) {
	for i := range p.Lines {
		of := p.Lines[i].Literals
		for _, l := range of {
			lits, p.withLit = append(lits, l), append(p.withLit, i)
		}
		if len(of) == 0 {
			p.without = append(p.without, i)
		}
	}
	return lits
}

// Candidates appends the rules for single lines that a text may be of, in
// order: those whose literal it holds, and those without one.
func (p *Plan) Candidates(text []byte, found []int) []int {
	found = p.ofLines.all(text, found)
	for i, n := range found {
		found[i] = p.withLit[n]
	}
	found = append(found, p.without...)
	slices.Sort(found)
	return slices.Compact(found)
}

// openLiterals returns the literals of the programs, each once: dozens of programs may have the same. all: each program has some.
func (p *Plan) openLiterals() (lits [][]byte, all bool) {
	all = true
	known := map[string]bool{}
	for _, prog := range p.Programs {
		for _, l := range prog.Literals {
			if !known[string(l)] {
				known[string(l)], lits = true, append(lits, l)
			}
		}
		all = all && len(prog.Literals) > 0
	}
	return lits, all
}

// add takes a rule in.
func (p *Plan) add(r *rules.Rule) {
	prog := compile(r)
	if prog == nil {
		p.Lines = append(p.Lines, newLineRule(r))
		return
	}
	for i := range prog.Steps {
		prog.Steps[i].ID, prog.Steps[i].Rule = p.id(prog.Steps[i].same), r
	}
	prog.ID = len(p.Programs)
	p.Programs = append(p.Programs, prog)
	if u := r.Match.PythonUnraisable; u != nil {
		begins := beginning(u.Object)
		p.anyObject = p.anyObject || begins == ""
		if !slices.ContainsFunc(p.objects, func(o []byte) bool { return string(o) == begins }) {
			p.objects = append(p.objects, []byte(begins))
		}
	}
}

// id returns the number of a step, which is that of another one that matches the same.
func (p *Plan) id(same string) int {
	if id, known := p.same[same]; known {
		return id
	}
	id := p.Steps
	if p.Steps++; same != "" {
		p.same[same] = id
	}
	return id
}

// IsCause reports whether a rule says that its issue comes of that of another.
func (p *Plan) IsCause(of *rules.Rule) bool {
	names := func(r *rules.Rule) bool { return slices.Contains(r.Cause, of.ID) }
	return slices.ContainsFunc(p.Programs, func(g *Program) bool { return names(g.Rule) }) ||
		slices.ContainsFunc(p.Lines, func(l LineRule) bool { return names(l.Rule) })
}

// MayOpen reports whether a text may begin a block: it holds a literal of a program, or one of them
// has none.
func (p *Plan) MayOpen(text []byte) bool { return !p.ofBlocks.missing(text) }

// MayBeStandalone reports whether a text begins as a piece does that may stand behind other text.
func (p *Plan) MayBeStandalone(text []byte) bool {
	if bytes.HasPrefix(text, []byte(cpython.Ignored)) || p.anyObject {
		return true
	}
	for _, o := range p.objects {
		if bytes.HasPrefix(text, o) {
			return true
		}
	}
	return false
}

// Beginnings returns the texts that lines begin with which a rule is about.
func (p *Plan) Beginnings() [][]byte {
	var out [][]byte
	for _, prog := range p.Programs {
		out = append(out, literals(prog.Rule)...)
	}
	for _, l := range p.Lines {
		if lit, prefix := l.Pattern.Literal(); prefix {
			out = append(out, []byte(strings.TrimLeft(lit, " ")))
		}
	}
	return out
}
