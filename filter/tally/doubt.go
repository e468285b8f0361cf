package tally

import "github.com/orbfilter/orbfilter/rules"

// What a pattern leaves undecided, since that would take more steps than there may be, is
// shown as if the rule did not know it. But nobody knows whether it does, so that it is
// counted: a line for each rule, however often a rule was asked about it.

// A doubt is what is undecided of a rule.
type doubt struct {
	lines int
	last  int // number of the last one
}

// Doubt notes that a rule could not decide about a line.
func (t *Tally) Doubt(r *rules.Rule, line int) {
	t.tell(&Note{kind: doubted, rule: r, line: line})
	t.doubted++
	d := t.doubts[r.ID]
	if d.last != line {
		if t.doubts == nil {
			t.doubts = map[string]doubt{}
		}
		t.doubts[r.ID] = doubt{d.lines + 1, line}
		t.left.leave(r, TooManySteps, 1)
	}
}

// Doubts is how often a rule could not decide.
func (t *Tally) Doubts() int { return t.doubted }

// inDoubt adds to limits how many lines are undecided.
func (t *Tally) inDoubt(l Limits) Limits {
	for _, d := range t.doubts {
		l.RegexTimeouts += d.lines
	}
	return l
}
