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
	// Literals are texts of which each line that it matches holds one; empty: there are none, and every line is looked at.
	Literals [][]byte
	Repeat   bool // the first of equal lines is not folded
}

func newLineRule(r *rules.Rule) LineRule {
	l := LineRule{Rule: r, knows: r.Knows(), Pattern: r.Match.Line}
	if l.Pattern == nil {
		l.Pattern, l.Repeat = r.Match.Repeat, true
	}
	l.Literals = literals(r)
	return l
}

// knowsMore puts the rule first that a text is of if both match it: that of the later
// layer, since it is the user's; then the one that knows more of the text, so that a
// rule for all texts of a kind yields to those for some of them; then the one that was
// added first. How much each knows is handed in: it takes a while to count.
func knowsMore(a, b *rules.Rule, aKnows, bKnows int) int {
	return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(bKnows, aKnows))
}
