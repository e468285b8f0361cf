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
	lines     *gate.Gate // of the literals of lineRules; nil: none has one
	opens     *gate.Gate // of those of programs; nil: one has none
	programs  []*program
	lineRules []lineRule // in the order in which they are asked: see knowsMore
	withLit   []int      // those of these that have a literal, in the order of lines
	without   []int      // those that have none
	guards    guards
	steps     int // of all programs together
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
	slices.SortStableFunc(p.lineRules, func(a, b lineRule) int { return knowsMore(a.rule, b.rule) })
	slices.SortStableFunc(p.programs, func(a, b *program) int { return knowsMore(a.rule, b.rule) })
	lits := [][]byte{[]byte(cpython.TracebackHead), []byte(view.SectionStart), []byte(view.SectionEnd)} // these have dates, see time.go
	for _, h := range pyinfra.Headers() {
		lits = append(lits, []byte(h))
	}
	lines := p.lineLiterals()
	p.lines = gate.New(lines)
	opens, allOpen := p.openLiterals()
	if allOpen {
		p.opens = gate.New(opens)
	}
	if len(p.without) == 0 && allOpen {
		p.gate = gate.New(slices.Concat(lits, lines, opens, outcome.Literals()))
	}
	return p
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
	if p.lines != nil {
		found = p.lines.All(text, found)
		for i, n := range found {
			found[i] = p.withLit[n]
		}
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
		prog.steps[i].id = p.steps
		p.steps++
	}
	p.programs = append(p.programs, prog)
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
		byRule: map[*rules.Rule]*Issue{}, names: capped.NewRoom(maxNames), lately: capped.NewRoom(maxNames), answers: newAnswers(), repeats: map[[sha256.Size]byte]bool{}, byDress: map[string]*voice{},
	}
	f.voice = f.voiceOf("")
	return f
}
