package match

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/plan"
)

// A candidate is a text in which a piece is looked for, and where it stands.
type candidate struct {
	text       []byte // does not begin with a space
	lead       int    // spaces in front of it
	behind     bool   // there is text of the run in front of it
	own        bool   // the line before belongs to a traceback of the run's own
	chain      *block // the block that took the line before as a traceback; nil: none did
	standalone bool   // only standalone pieces are looked for
	first      bool   // it is the first on its line
	pieces     int    // that were found in front of it
	ends       bool   // and the line has its end
	row        int
	look       int // counts the texts that were looked at
	number     int // of the text, among the answers
	grams      *plan.Grams
}

// manyPieces is behind how many on one line a text is not any more looked at for what is all of a
// line: each look is as long as the text, and a line of torn pieces may be as long as 64 KiB.
const manyPieces = 8

// whole reports whether n bytes of the text are all that the line has.
func (at *candidate) whole(n int) bool {
	return at.first && at.ends && len(bytes.TrimRight(at.text[n:], " ")) == 0
}

// mayBe reports whether it is worth to ask whether the text is a piece.
func (at *candidate) mayBe(s *plan.Step) bool {
	return !(s.Whole && at.pieces >= manyPieces) && s.May(at.text, at.grams)
}

// A lookahead is a piece that was found: n bytes, and the state that the block
// is in with it.
type lookahead struct {
	n     int
	steps int // that it is
	step  *plan.Step
	skips int // optional steps that are left out, though the piece may come; carets count half, since they need not
	to    plan.State
}

// lookAhead reports whether the block takes the text as its next piece. Which states it
// is in then is left in w.drafts.next.
func (w *writer) lookAhead(b *block, at *candidate) (best lookahead) {
	states := w.drafts.next[:0]
	for _, p := range b.states {
		t, found := w.lookAheadFrom(b, p, at)
		switch {
		case !found || t.n < best.n:
		case t.n > best.n:
			best, states = t, append(states[:0], t.to)
		default:
			states = append(states, t.to)
		}
	}
	w.drafts.next = states
	return best
}

// lookAheadFrom tries the step that p waits for, and those that may be left out.
func (w *writer) lookAheadFrom(b *block, p plan.State, at *candidate) (lookahead, bool) {
	skips := 0
	for i := p.Next; i < len(p.Program.Steps); i++ {
		s := &p.Program.Steps[i]
		if at.mayBe(s) && b.expects(s, at) {
			n, steps := w.ask(s, at)
			if n > 0 && (!at.behind || plan.Ended(at.text[n:])) && w.agrees(b, s, at, n) {
				return lookahead{n, steps, s, skips, plan.State{Program: p.Program, Next: min(i+steps, len(p.Program.Steps))}}, true
			}
		}
		if !s.Optional {
			break
		}
		switch {
		case !s.Repeat:
			skips += 2
		case b.under.To > 0 && !b.caretless && !b.carets && w.marks > 0:
			skips++
		}
	}
	return lookahead{}, false
}

// agrees reports whether a piece, the first n bytes of the text, may be the block's: it names what the block's
// other pieces name, and it is nothing that must be seen.
func (w *writer) agrees(b *block, s *plan.Step, at *candidate, n int) bool {
	text := at.text[:n]
	if s.Guarded && !b.Kept && w.plan.Guards.Have(text) {
		w.mustSee(b, text)
		return false
	}
	if s.Repeat {
		return w.fits(b, s, at, n)
	}
	if s.Groups == nil {
		return true
	}
	for name, value := range w.groups(s, at, n) {
		if old, named := b.names[name]; named && old != value {
			w.refused(b, text, "it names another "+name+" than the block, "+value+" and not "+old)
			return false
		}
	}
	return true
}

// expects reports whether a step may be looked for where the text stands.
// Directly behind a line of a traceback of the run's own, what is not
// particular to a rule is that one's.
func (b *block) expects(s *plan.Step, at *candidate) bool {
	switch {
	case (at.behind || at.standalone) && !s.Standalone, s.Whole && at.pieces >= manyPieces,
		at.own && (s.Generic || s.Torn) && !b.Kept, // what is kept stays that one's, whoever counts it
		at.chain != nil && at.chain != b && (s.Generic || s.Torn),
		s.Exact && at.lead != s.Lead,
		s.Next && b.row != at.row-1,
		b.isTraceback() && b.row < at.row-1, // it is written at once
		s.Repeat && b.under.To == 0:
		return false
	}
	return true
}
