package plan

import (
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/rules"
)

// Guards are texts that no rule folds.
type Guards struct {
	gate *gate.Gate // nil: one of them has no literal
	all  []*rules.Guard
}

func newGuards(all []*rules.Guard) Guards {
	var lits [][]byte
	for _, g := range all {
		lit, _ := g.Line.Literal()
		lits = append(lits, []byte(lit))
	}
	return Guards{gate.New(lits), all}
}

// Have reports whether a text must be seen.
func (g *Guards) Have(text []byte) bool {
	if g.gate != nil && g.gate.Find(text) < 0 {
		return false
	}
	for _, guard := range g.all {
		if guard.Line.Search(text) {
			return true
		}
	}
	return false
}

// NoFold is what because begins with.
const NoFold = "no rule folds it: "

// Because says why a text must be seen.
func (g *Guards) Because(text []byte) string {
	for _, guard := range g.all {
		if guard.Line.Search(text) {
			return NoFold + guard.Because
		}
	}
	return ""
}
