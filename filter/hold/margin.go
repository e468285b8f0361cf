package hold

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/view"
)

// Noise that stands behind other text takes the line end with it, so that what the
// run writes next goes on in the same line, as it does without the noise. Not so where
// each line has a prefix: that says when its line was written, and by whom. A line that
// stays keeps its own prefix, whatever stands in it beside noise, and its own end, since
// what comes next has a prefix of its own. A line that goes takes both along; sequences
// for the screen that stood in it are left where they were, in front of the next line.

// A margin is the prefix of the current line, as long as it is not known whether
// something stays that is the line's. Meanwhile a claim has it that is no block's. Each
// frame may have a prefix, and somebody else who has it if nothing stays.
type margin struct {
	waits bool
	at    time.Duration // since when
	seq   int           // of the first segment that it may have
}

// An ownership is what a part of a line gets that goes with its noise.
type ownership struct {
	claim *Claim // nil: Owner has it
	Owner
}

func claimed(c *Claim) ownership { return ownership{claim: c} }

// putMargin puts the prefix of a line that has only noise so far, and returns where in raw what
// is not put yet begins. Behind a frame of noise others may come.
func (q *Queue) putMargin(l *Line, of ownership) int {
	switch {
	case l.Wrapped:
		return q.putHead(l, of)
	case l.Prefix == 0 || q.stands:
		return 0
	case l.GoesOn && l.Moves(view.Span{From: 0, To: l.End}): // in front of the next line, nobody would know whose they are
		q.Stand()
		s := l.segment(0, l.Prefix, nil)
		s.visible = true
		q.put(s)
		return l.Prefix
	case l.IsLine():
		return 0
	}
	if !q.margin.waits {
		q.margin = margin{waits: true, at: q.now, seq: q.seq}
	}
	later := of // what a claim keeps is made only where there is one
	q.putRange(l, view.Span{From: 0, To: l.Prefix}, &Claim{then: &later})
	return l.Prefix
}

// putEnd claims the end of a line, from a place in raw on, unless something of the
// line stays and it has a prefix.
func (q *Queue) putEnd(l *Line, from int, of ownership) {
	s := l.segment(from, len(l.Raw), nil)
	if l.Wrapped {
		defer q.put(l.segment(l.Tail, len(l.Raw), &q.wrapper.Claim))
		s = l.segment(from, l.Tail, nil)
	}
	if !l.Prefixed || !q.stands {
		s.claim, s.Owner = of.claim, of.Owner
	}
	q.put(s)
}

// Stand notes that something of the current line stays.
func (q *Queue) Stand() {
	q.stands = true
	if q.wrapper != nil {
		q.wrapper.stand()
	}
	q.settleMargin()
}

// EndLine comes behind each line that was put.
func (q *Queue) EndLine() {
	q.settleMargin()
	q.stands = false
	if q.wrapper != nil {
		q.wrapper.ended, q.wrapper = true, nil
		q.Release()
	}
}

// EndText comes behind a line of a wrapped text that others follow.
func (q *Queue) EndText() { q.stands = false }

// Expire decides about a prefix that has waited for longer than it may.
func (q *Queue) Expire(longest time.Duration) {
	if q.margin.waits && q.now-q.margin.at > longest {
		q.Stand()
	}
}

// settleMargin decides what becomes of the prefix that waits.
func (q *Queue) settleMargin() {
	m := q.margin
	q.margin = margin{}
	if !m.waits {
		return
	}
	for s := range q.since(m.seq) {
		switch {
		case s.claim == nil || s.claim.then == nil:
		case q.stands:
			s.claim = nil
		default:
			s.claim, s.Owner = s.claim.then.claim, s.claim.then.Owner
		}
	}
	q.Release()
}
