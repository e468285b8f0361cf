package filter

import (
	"crypto/sha256"
	"slices"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A Plan is a set of rules made ready. Filters read it only, so that many may
// share one, also side by side: to make it takes longer than to filter a short
// text.
type Plan struct {
	gate      *gate.Gate // nil: every line is looked at
	lines     some       // of the literals of lineRules
	opens     some       // of those of programs; none, if one has none
	programs  []*program
	lineRules []lineRule // in the order in which they are asked: see knowsMore
	withLit   []int      // those of these that have a literal, in the order of lines
	without   []int      // those that have none
	guards    guards
	objects   [][]byte // what the objects of unraisable exceptions begin with
	anyObject bool     // of one it is not known
	steps     int      // of all programs together
	outcome   *outcome.Plan
}

// NewPlan makes a set ready.
func NewPlan(set *rules.Set) *Plan { return planWith(set, newGuards(rules.NeverFold())) }

// Only returns the plan of one rule without the others.
func (p *Plan) Only(r *rules.Rule) *Plan { return planWith(rules.NewSet(r), p.guards) }

// NeverFolds reports whether no rule may fold a line of this text: see
// rules.NeverFold.
func (p *Plan) NeverFolds(text []byte) bool { return p.guards.have(text) }

func planWith(set *rules.Set, g guards) *Plan {
	p := &Plan{guards: g, outcome: outcome.NewPlan()}
	for r := range set.All() {
		p.add(r)
	}
	slices.SortStableFunc(p.lineRules, func(a, b lineRule) int { return knowsMore(a.rule, b.rule, a.knows, b.knows) })
	slices.SortStableFunc(p.programs, func(a, b *program) int { return knowsMore(a.rule, b.rule, a.knows, b.knows) })
	lits := [][]byte{[]byte(cpython.TracebackHead), []byte(view.SectionStart), []byte(view.SectionEnd)} // these have dates, see time.go
	for _, h := range pyinfra.Headers() {
		lits = append(lits, []byte(h))
	}
	lines := p.lineLiterals()
	opens, allOpen := p.openLiterals()
	if len(p.without) == 0 && allOpen {
		p.gate = gate.New(slices.Concat(lits, lines, opens, outcome.Literals()))
		p.lines = some{p.gate, len(lits), len(lits) + len(lines)}
		p.opens = some{p.gate, p.lines.to, p.lines.to + len(opens)}
		return p
	}
	p.lines = some{gate.New(lines), 0, len(lines)}
	if allOpen {
		p.opens = some{gate.New(opens), 0, len(opens)}
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
func (s some) missing(text []byte) bool {
	var room [16]int
	return s.gate != nil && len(s.all(text, room[:0])) == 0
}

// lineLiterals returns the literals of the rules for single lines.
func (p *Plan) lineLiterals() (lits [][]byte) {
	for i := range p.lineRules {
		if l := p.lineRules[i].literal; len(l) > 0 {
			lits, p.withLit = append(lits, l), append(p.withLit, i)
		} else {
			p.without = append(p.without, i)
		}
	}
	return lits
}

// candidates appends the rules for single lines that a text may be of, in
// order: those whose literal it holds, and those without one.
func (p *Plan) candidates(text []byte, found []int) []int {
	found = p.lines.all(text, found)
	for i, n := range found {
		found[i] = p.withLit[n]
	}
	found = append(found, p.without...)
	slices.Sort(found)
	return slices.Compact(found)
}

// openLiterals returns the literals of the programs. all: each has some.
func (p *Plan) openLiterals() (lits [][]byte, all bool) {
	all = true
	for _, prog := range p.programs {
		lits = append(lits, prog.literals...)
		all = all && len(prog.literals) > 0
	}
	return lits, all
}

// add takes a rule in.
func (p *Plan) add(r *rules.Rule) {
	prog := compile(r)
	if prog == nil {
		p.lineRules = append(p.lineRules, newLineRule(r))
		return
	}
	for i := range prog.steps {
		prog.steps[i].id, prog.steps[i].rule = p.steps, r
		p.steps++
	}
	prog.id = len(p.programs)
	p.programs = append(p.programs, prog)
	if u := r.Match.PythonUnraisable; u != nil {
		begins := beginning(u.Object)
		p.anyObject = p.anyObject || begins == ""
		if !slices.ContainsFunc(p.objects, func(o []byte) bool { return string(o) == begins }) {
			p.objects = append(p.objects, []byte(begins))
		}
	}
}

// Filter returns a filter that has seen nothing yet, and sends events to sink, as
// New does.
func (p *Plan) Filter(sink Sink, options Options) *Filter {
	if options.Hold == 0 {
		options.Hold = Hold
	}
	f := &Filter{
		sink: sink, options: options, line: 1,
		plan: p, gate: p.gate, programs: p.programs, lineRules: p.lineRules, guards: p.guards, memo: newMemo(p.steps), outcome: p.outcome.Follow(),
		byRule: map[*rules.Rule]*Issue{}, names: capped.NewRoom(maxNames), lately: capped.NewRoom(maxNames), answers: newAnswers(), repeats: map[[sha256.Size]byte]bool{}, singles: map[string]singleLine{}, byDress: map[string]*voice{}, lists: map[string][]place{},
	}
	f.known.last = make([]wholeBlock, maxBlocks)
	if options.Record {
		f.outcome.Record()
	}
	f.voice = f.voiceOf("")
	return f
}
