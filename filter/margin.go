package filter

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// Noise that stands behind other text takes the line end with it, so that what the
// run writes next goes on in the same line, as it does without the noise. Not so where
// each line has a prefix: that says when its line was written, and by whom. A line that
// stays keeps its own prefix, whatever stands in it beside noise, and its own end, since
// what comes next has a prefix of its own. A line that goes takes both along; sequences
// for the screen that stood in it are left where they were, in front of the next line.

// A margin is the prefix of the current line, as long as it is not known whether
// something stays that is the line's.
type margin struct {
	knot  *block // has it meanwhile; nil: nothing waits
	block *block // claims it if nothing stays; nil: rule does
	rule  *rules.Rule
	at    time.Duration
	seq   int // of the first segment that it may have
}

// putMargin puts the prefix of a line that has only noise so far, from a place in raw
// on, and returns where what is not put yet begins. Behind a frame of noise others may come.
func (f *Filter) putMargin(v *view.Line, b *block, r *rules.Rule) int {
	switch {
	case v.Prefix == 0 || f.stands:
		return 0
	case v.GoesOn && v.Moves(view.Span{From: 0, To: v.End}): // in front of the next line, nobody would know whose they are
		f.stand()
		f.put(segment{raw: v.Raw[:v.Prefix], line: f.line, visible: true})
		return v.Prefix
	case v.IsLine():
		return 0
	}
	f.margin = margin{knot: &block{}, block: b, rule: r, at: f.now, seq: f.seq}
	f.putRange(v, view.Span{From: 0, To: v.Prefix}, f.margin.knot)
	return v.Prefix
}

// putEnd claims the end of a line, from a place in raw on, unless something of the
// line stays and it has a prefix.
func (f *Filter) putEnd(v *view.Line, from int, b *block, r *rules.Rule) {
	s := segment{raw: v.Raw[from:], line: f.line, block: b, rule: r, fold: r != nil}
	if dressed := v.Prefix > 0 || f.inner && f.dress != ""; dressed && f.stands {
		s.block, s.rule, s.fold = nil, nil, false
	}
	f.put(s)
}

// stand notes that something of the current line stays.
func (f *Filter) stand() {
	f.stands = true
	f.settleMargin()
}

// settleMargin decides what becomes of the prefix that waits.
func (f *Filter) settleMargin() {
	m := f.margin
	f.margin = margin{}
	if m.knot == nil {
		return
	}
	for s := range f.heldSince(m.seq) {
		switch {
		case s.block != m.knot:
		case f.stands:
			s.block = nil
		default:
			s.block, s.rule, s.fold = m.block, m.rule, m.rule != nil
		}
	}
	f.release()
}

// goOn prepares for a frame. A line may go on from one before, as GitLab has them:
// behind a CR it is another frame of that, otherwise the rest of its text.
func (f *Filter) goOn(v *view.Line, first bool) {
	f.inner = !first
	if v.GoesOn && first {
		f.row = max(0, f.row-1)
		f.shown = !f.returns
	}
}
