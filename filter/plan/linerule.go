package plan

import (
	"cmp"

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
