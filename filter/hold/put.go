package hold

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/view"
)

// How the pieces of a line and the text between them are passed on.

// Put takes in a line, or a frame of one. Its bytes are copied unless they can leave at once.
func (q *Queue) Put(l *Line) {
	a := l.Account
	if l.Wrapped {
		q.wrap(l)
	}
	switch {
	case l.Bytes && l.Moves(view.Span{From: 0, To: l.End}):
		q.putForeign(l)
	case l.Bytes && l.goes():
		q.putBytes(l)
	case len(l.Pieces) > 0 && l.onlyNoise():
		a.torn = a.torn || l.isTorn()
		q.putNoise(l)
	case len(l.Pieces) > 0:
		a.torn = true
		q.putMixed(l)
	case a.Pays(l.Line, l.Shown):
		q.putEmpty(l)
	case l.Rest.Rule != nil:
		q.putOwned(l)
	default:
		q.putForeign(l)
	}
}

// onlyNoise reports whether nothing but pieces and spaces is in the line.
func (l *Line) onlyNoise() bool {
	return l.beginsAsNoise() && isBlank(l.Text[l.Pieces[len(l.Pieces)-1].To:])
}

// beginsAsNoise reports the same of the line up to the end of the last piece.
func (l *Line) beginsAsNoise() bool {
	if l.Shown {
		return false
	}
	pos := 0
	for _, p := range l.Pieces {
		if !isBlank(l.Text[pos:p.From]) {
			return false
		}
		pos = p.To
	}
	return true
}

func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// isTorn reports whether the pieces are not those of a line as it was written.
func (l *Line) isTorn() bool {
	for i, p := range l.Pieces {
		if last := i == len(l.Pieces)-1; p.Ends != last {
			return true
		}
	}
	return !l.IsLine()
}

// putEmpty claims an empty line that is the end of one of a torn block.
func (q *Queue) putEmpty(l *Line) {
	a, of := l.Account, claimed(l.Account.of)
	a.pending--
	a.torn = true
	a.surplus += len(l.Text)
	from := q.putMargin(l, of)
	q.putRange(l, view.Span{From: from, To: l.End}, of.claim)
	q.putEnd(l, l.End, of)
}

// putForeign passes a line on that nobody has a part in.
func (q *Queue) putForeign(l *Line) {
	if !isBlank(l.Text) || l.Prefix > 0 || l.Wrapped {
		q.Stand()
	}
	q.put(l.foreign(0, q.putComma(l), len(l.Raw)))
}

// putOwned passes a line on that a rule for single lines takes.
func (q *Queue) putOwned(l *Line) {
	if !l.Rest.Fold {
		q.Stand()
		q.put(l.owned(q.putComma(l), len(l.Raw)))
		return
	}
	of := ownership{Owner: l.Rest}
	from, end := q.putMargin(l, of), len(l.Raw)
	if l.IsLine() {
		end = l.End
	}
	q.put(l.owned(from, end))
	q.putEnd(l, end, of)
}

// segment returns a segment of raw for a claim; nil: it is nobody's.
func (l *Line) segment(from, to int, c *Claim) segment {
	return segment{raw: l.Raw[from:to], line: l.Number, claim: c, account: l.Account}
}

// owned returns a segment of raw for the rule that takes the rest.
func (l *Line) owned(from, to int) segment {
	s := l.segment(from, to, nil)
	s.Owner = l.Rest
	return s
}

// foreign returns a segment of the run's own text, from view offset i on.
func (l *Line) foreign(i, from, to int) segment {
	s := l.segment(from, to, nil)
	s.text = textOf(l.Line, i, view.Span{From: from, To: to})
	return s
}

// putNoise claims a whole line: prefix, colours and line end are the noise's
// as well. Escape sequences that do more than colour stay: they are meant
// for the screen (a spinner's "erase in line" may stand before a piece).
func (q *Queue) putNoise(l *Line) {
	from := q.putMargin(l, claimed(l.Pieces[0].Claim))
	for i, p := range l.Pieces {
		to := l.End
		if i+1 < len(l.Pieces) {
			to = l.At(l.Pieces[i+1].From)
		}
		q.mark(p)
		q.putRange(l, view.Span{From: from, To: to}, p.Claim)
		from = to
	}
	last := l.Pieces[len(l.Pieces)-1]
	l.Account.surplus += len(l.Text) - last.To
	if l.IsLine() {
		l.countEnds(true)
		q.putEnd(l, l.End, claimed(last.Claim))
		return
	}
	l.countEnds(false)
	s := l.foreign(len(l.Text), l.End, len(l.Raw))
	if l.Wrapped {
		s.claim = &q.wrapper.Claim
	}
	q.put(s)
}

// countEnds keeps count of the line ends that blocks have still to write: a
// piece that ends a line owes one, and a line end that was claimed pays one.
func (l *Line) countEnds(claimed bool) {
	a := l.Account
	for _, p := range l.Pieces {
		if p.Ends {
			a.pending++
			a.of = p.Claim
		}
	}
	if claimed {
		a.pending = max(0, a.pending-1)
	}
}

// putRange claims raw bytes of the view for a block, but for the escape
// sequences in them that do more than colour the noise.
func (q *Queue) putRange(l *Line, r view.Span, c *Claim) {
	for s := range l.Staying(r) {
		q.put(l.segment(r.From, s.From, c))
		q.put(l.segment(s.From, s.To, nil))
		r.From = s.To
	}
	q.put(l.segment(r.From, r.To, c))
}

// mark remembers where the head of a traceback begins among what is held.
func (q *Queue) mark(p Piece) {
	if p.Head && p.State == Open {
		p.head = q.seq
	}
}

// putMixed takes the pieces out of a line and leaves the rest in its place.
func (q *Queue) putMixed(l *Line) {
	last := l.Pieces[len(l.Pieces)-1]
	blank := isBlank(l.Text[last.To:])
	if !blank && !l.Rest.Fold || !l.beginsAsNoise() {
		q.Stand()
	}
	at, from := 0, q.putMargin(l, claimed(last.Claim)) // view and raw offset of what is not yet put
	lead := l.Bytes && l.At(0) == l.Value(0)
	for _, p := range l.Pieces {
		q.putBetween(l, at, from, p)
		to := l.After(p.To - 1)
		if lead = lead && p.From == at; lead { // what stays behind it is the first, and has no comma
			to = l.Value(p.To)
		}
		q.mark(p)
		q.putRange(l, view.Span{From: max(from, l.At(p.From)), To: to}, p.Claim)
		at, from = p.To, to
	}
	switch {
	case blank && last.Ends && l.IsLine():
		l.countEnds(true)
		q.putRange(l, view.Span{From: from, To: l.End}, last.Claim)
		q.putEnd(l, l.End, claimed(last.Claim))
	case l.Rest.Fold && l.IsLine():
		l.countEnds(false)
		q.put(l.owned(from, l.End))
		q.putEnd(l, l.End, ownership{Owner: l.Rest})
	default:
		l.countEnds(false)
		s := l.foreign(at, from, len(l.Raw))
		s.Owner = l.Rest
		q.put(s)
	}
}

// putBetween passes on what stands in front of a piece, from view offset at on: text
// of the run, or if nothing of the line stays, what goes with the noise.
func (q *Queue) putBetween(l *Line, at, from int, p Piece) {
	to := max(from, l.At(p.From))
	if q.stands {
		q.put(l.foreign(at, from, to))
		return
	}
	l.Account.surplus += p.From - at
	q.putRange(l, view.Span{From: from, To: to}, p.Claim)
}
