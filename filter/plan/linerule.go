package plan

import (
	"cmp"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/rules"
)

// A LineRule is a rule that matches single lines.
type LineRule struct {
	Rule    *rules.Rule
	knows   int // see knowsMore
	Pattern *rules.Pattern
	Literal []byte // empty: the pattern has none
	Repeat  bool   // the first of equal lines is not folded
}

func newLineRule(r *rules.Rule) LineRule {
	l := LineRule{Rule: r, knows: r.Knows(), Pattern: r.Match.Line}
	if l.Pattern == nil {
		l.Pattern, l.Repeat = r.Match.Repeat, true
	}
	if lits := literals(r); len(lits) > 0 {
		l.Literal = lits[0]
	}
	return l
}

// knowsMore puts the rule first that a text is of if both match it: that of the later
// layer, since it is the user's; then the one that knows more of the text, so that a
// rule for all texts of a kind yields to those for some of them; then the one that was
// added first. How much each knows is handed in: it takes a while to count.
func knowsMore(a, b *rules.Rule, aKnows, bKnows int) int {
	return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(bKnows, aKnows))
}

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
