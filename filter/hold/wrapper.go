package hold

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A text may stand in an object (see view.Line.Wrapped). Then what is around it goes if all of the text does, and else
// stays, on both sides: so what is left of a line is an object as before. As long as it is not known, nothing behind
// it leaves.

// A wrapper is what is around the text of a line.
type wrapper struct {
	Claim
	claims []*Claim // those that have something of the text
	folds  Owner    // a rule for single lines that takes something of it; with Rule
	stands bool     // something of the text stays
	ended  bool     // all of the text was put
	// either are what is on both sides of a comma, which goes with either of them; the second has it. nil: it is around a text.
	either []*wrapper
}

func newWrapper() *wrapper {
	w := &wrapper{}
	w.with = w
	return w
}

func (w *wrapper) add(c *Claim) {
	if !slices.Contains(w.claims, c) {
		w.claims = append(w.claims, c)
	}
}

// stand notes that something of the text stays.
func (w *wrapper) stand() { w.stands = true }

// unclaim notes the same, if a claim that is given back has something of the text.
func (w *wrapper) unclaim(c *Claim) {
	if slices.Contains(w.claims, c) {
		w.stand()
	}
	for _, of := range w.either {
		of.unclaim(c)
	}
}

// wrap begins the wrapper of a line with a text, or takes in more of its text.
func (q *Queue) wrap(l *Line) {
	if q.wrapper == nil {
		q.wrapper = newWrapper()
	} else if l.Bytes {
		q.before = newWrapper()
		q.before.claims, q.before.folds, q.before.stands, q.before.ended = slices.Clone(q.wrapper.claims), q.wrapper.folds, q.wrapper.stands, true
	}
	for _, p := range l.Pieces {
		q.wrapper.add(p.Claim)
	}
	if l.Rest.Fold {
		q.wrapper.folds = l.Rest
	}
}

// putHead puts what is in front of a wrapped text, with the prefix that may stand in it, and returns where in raw
// the text begins. What is meant for the screen stays in its object.
func (q *Queue) putHead(l *Line, of ownership) int {
	if of.claim != nil {
		q.wrapper.add(of.claim)
	}
	if l.Moves(view.Span{From: 0, To: l.End}) {
		q.Stand()
	}
	from := q.putComma(l)
	q.put(l.segment(from, l.Prefix, &q.wrapper.Claim))
	return max(from, l.Prefix)
}

// putComma puts the comma in front of a later frame of an array of bytes, and returns where in raw the frame begins. It stays if
// something in front of it does.
func (q *Queue) putComma(l *Line) int {
	if !l.Bytes || !isLater(l.Line) {
		return 0
	}
	q.put(l.segment(0, l.Value(0), &q.before.Claim))
	return l.Value(0)
}

// goes reports whether nothing of a line stays, if its claims are not given up.
func (l *Line) goes() bool {
	n := len(l.Pieces)
	return n > 0 && (l.onlyNoise() || l.beginsAsNoise() && l.Rest.Fold) || n == 0 && (l.Account.Pays(l.Line, l.Shown) || l.Rest.Fold)
}

// putCommaWith puts what is in front of a frame that may go: the comma, which goes with the frame as well, or the head of the object.
func (q *Queue) putCommaWith(l *Line, frame *wrapper) (from int) {
	from, of := l.Prefix, q.wrapper
	if isLater(l.Line) {
		from, of = l.Value(0), newWrapper()
		of.either = []*wrapper{q.before, frame}
	}
	q.put(l.segment(0, from, &of.Claim))
	return from
}

// putBytes puts a frame of an array of bytes of which nothing stays, with the commas that stand in it and in front of it. So
// it goes as a whole, or not at all.
func (q *Queue) putBytes(l *Line) {
	w := newWrapper()
	w.folds = l.Rest
	from := q.putCommaWith(l, w)
	for _, p := range l.Pieces {
		w.add(p.Claim)
		q.mark(p)
	}
	a := l.Account
	switch {
	case len(l.Pieces) > 0:
		a.surplus += len(l.Text) - l.Pieces[len(l.Pieces)-1].To
		l.countEnds(l.IsLine())
	case l.Rest.Rule == nil:
		a.surplus += len(l.Text)
		a.pending--
		w.add(a.of)
		q.wrapper.add(a.of)
	}
	a.torn = a.torn || l.isTorn()
	w.ended = true
	q.put(l.segment(from, l.Tail, &w.Claim))
	q.put(l.segment(l.Tail, len(l.Raw), &q.wrapper.Claim))
}

// isLater reports whether a frame of an array of bytes is behind others.
func isLater(v *view.Line) bool { return bytes.HasPrefix(bytes.TrimLeft(v.Raw, " \t"), []byte(",")) }

// hold notes that a segment of the claim waits, and of those that it depends on.
func (c *Claim) hold(seq int) {
	if !c.held {
		c.held, c.seq = true, seq
	}
	if c.with != nil {
		for _, of := range c.with.claims {
			if of.with == nil {
				of.hold(seq)
			}
		}
	}
}

// settled reports whether it is known whose the bytes of a claim are. Those of a wrapper are known when all that have
// something of its text are: they go if all of it does.
func (c *Claim) settled() bool {
	if w := c.with; w != nil && c.State == Open {
		w.settle()
	}
	return c.State != Open
}

// settle finds out.
func (w *wrapper) settle() {
	switch {
	case w.either != nil:
		w.settleComma()
		return
	case w.stands:
		w.State = Passed
		return
	}
	open, folds, kept := !w.ended, true, false
	owner := w.folds
	for _, c := range w.claims {
		open = open || c.State == Open
		kept = kept || c.State == Open && c.Kept
		folds = folds && c.Fold
	}
	w.Kept = kept && w.ended
	if open {
		return
	}
	if len(w.claims) > 0 {
		owner = w.claims[0].Owner
	}
	w.Owner, w.State = Owner{Rule: owner.Rule, Fold: folds && owner.Fold}, Claimed
}

// settleComma finds out whose a comma is.
func (w *wrapper) settleComma() {
	open, kept := false, true
	for _, of := range w.either {
		switch settled := of.settled(); {
		case settled && of.Fold:
			w.Owner, w.State = of.Owner, Claimed
			return
		case !settled:
			open, kept = true, kept && of.Kept
		}
	}
	if w.Kept = open && kept; !open {
		w.Owner, w.State = w.either[1].Owner, w.either[1].State
	}
}
