package filter

import (
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/rules"
)

// A Plan is a set of rules made ready. Filters read it only, so that many may
// share one, also side by side: to make it takes longer than to filter a short
// text.
type Plan struct {
	rules   *plan.Plan
	outcome *outcome.Plan
}

// NewPlan makes a set ready.
func NewPlan(set *rules.Set) *Plan {
	return &Plan{plan.New(set, outcome.Literals()), outcome.NewPlan()}
}

// Only returns the plan of one rule without the others.
func (p *Plan) Only(r *rules.Rule) *Plan { return &Plan{p.rules.Only(r), outcome.NewPlan()} }

// NeverFolds reports whether no rule may fold a line of this text: see
// rules.NeverFold.
func (p *Plan) NeverFolds(text []byte) bool { return p.rules.Guards.Have(text) }
