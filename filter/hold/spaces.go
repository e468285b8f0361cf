package hold

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// The indent of a torn line is written on its own, and ends up in front of
// somebody else's text. Here it is found again.

// An Indent is the spaces in front of a piece that a block takes.
type Indent struct {
	Want, Found int  // that belong there, and that are there; Want < 0: it is not known
	Since       int  // number of the line of the block's piece before
	Torn        bool // they are written on their own
	Unsure      bool // whose they are if they are missing is known only where nothing else can be
}

// Indent keeps account of the spaces of torn indents: those too many in
// front of one piece are those that another lacks. What is still lacking
// stands in front of a line of the run.
func (q *Queue) Indent(a *Account, c *Claim, in Indent) {
	diff := in.Found - max(0, in.Want)
	a.torn = a.torn || in.Want >= 0 && diff != 0
	if in.Want < 0 {
		diff = 0
	}
	switch {
	case diff >= 0:
		a.surplus += diff
	case !in.Torn, q.findSpaces(a, c, in.Since, -diff, true):
	case a.surplus >= -diff:
		a.surplus += diff
	case !in.Unsure:
		q.findSpaces(a, c, in.Since, -diff, false)
	}
}

// findSpaces gives a block the indent that was written before something else
// came between: need spaces that now stand in front of another line. That is
// a line that has nothing but spaces, or more of them than a line of pyinfra
// has, or, if that need not be sure, the only line with so many since the
// block's piece in line from. What would have left if no other writer were there is
// not looked at. It reports whether there is one.
func (q *Queue) findSpaces(a *Account, c *Claim, from, need int, sure bool) bool {
	best, score, ties := -1, 0, 0
	for i := q.nearby(); i < len(q.segments); i++ {
		s := &q.segments[i]
		if !s.isOwn(a) || s.indent < need || s.seq < a.released {
			continue
		}
		switch sc := s.rating(need); {
		case sc == 1 && s.line < from: // it was there before the piece
		case sc > score:
			best, score, ties = i, sc, 0
		case sc == score:
			ties++
		}
	}
	if best < 0 || score == 1 && (ties > 0 || sure) {
		return false
	}
	q.splitSpaces(c, best, need)
	return true
}

// isOwn reports whether a segment is the run's own text, of the writer of an account.
func (s *segment) isOwn(a *Account) bool { return s.claim == nil && s.Rule == nil && s.account == a }

// splitSpaces gives the first spaces of a held segment to a block, and all
// of it, with its line end, when nothing that can be seen is left.
func (q *Queue) splitSpaces(c *Claim, i, need int) {
	s := q.segments[i]
	if !s.visible {
		q.segments[i].claim = c
		return
	}
	behind := s.indentAt + s.writing.SpacesLen(s.raw[s.indentAt:], need)
	parts := []segment{
		{raw: s.raw[:s.indentAt], line: s.line},
		{raw: s.raw[s.indentAt:behind], line: s.line, claim: c},
		{raw: s.raw[behind:], line: s.line, seq: s.seq, text: text{indent: s.indent - need, writing: s.writing, visible: true, header: s.header, host: s.host}},
	}
	rest := append([]segment(nil), q.segments[i+1:]...)
	q.segments = q.segments[:i]
	for _, p := range parts {
		if p.account, p.at = s.account, s.at; len(p.raw) > 0 {
			q.segments = append(q.segments, p)
		}
	}
	q.segments = append(q.segments, rest...)
}

// Stray returns which held segment, from a line on, has at least so many spaces that
// are not its own: one of pyinfra's, or one that has nothing else; -1: none has.
func (q *Queue) Stray(a *Account, from, least int) int {
	for i := len(q.segments) - 1; i >= q.nearby(); i-- {
		s := &q.segments[i]
		if !s.isOwn(a) || s.seq < a.released || s.line < from {
			continue
		}
		if s.tooMany() >= least && (s.header || s.host || !s.visible && a.torn) {
			return i
		}
	}
	return -1
}

// TakeStray gives a block the spaces that Stray has found.
func (q *Queue) TakeStray(c *Claim, stray int) {
	q.splitSpaces(c, stray, q.segments[stray].tooMany())
}

// HasStray reports whether need spaces that are missing in front of a piece stand in front of the run's own
// lines, from a line on.
func (q *Queue) HasStray(a *Account, from, need int) bool {
	for i := q.nearby(); i < len(q.segments); i++ {
		if s := &q.segments[i]; s.isOwn(a) && s.line >= from {
			if need -= s.tooMany(); need <= 0 && s.tooMany() > 0 {
				return true
			}
		}
	}
	return false
}

// A text is what is known of a segment of the run's own.
type text struct {
	// lead is the number of spaces that unclaimed text at the start of a
	// line begins with, visible whether there is anything else.
	indent   int
	writing  view.Writing
	visible  bool
	header   bool // the text behind the spaces is a header of pyinfra
	host     bool // it is what pyinfra says of a host
	indentAt int  // where in raw the spaces begin
}

// textOf returns it for a range of raw, in which the text begins at offset i of the view.
func textOf(v *view.Line, i int, r view.Span) text {
	rest := bytes.TrimLeft(v.Text[i:], " ")
	at := max(v.At(i), r.From)
	return text{
		indent:   v.Spaces(view.Span{From: at, To: max(at, r.To)}),
		writing:  v.Writing(),
		visible:  len(bytes.TrimSpace(rest)) > 0 || v.Moves(r),
		header:   bytes.HasPrefix(rest, []byte("--> ")),
		host:     pyinfra.NamesHost(rest),
		indentAt: at - r.From,
	}
}

// LacksIndent reports whether a line of the run's own begins with the indent of a
// source line that was torn off: with more spaces than it would have.
func LacksIndent(v *view.Line) bool {
	t := textOf(v, 0, view.Span{From: 0, To: len(v.Raw)})
	return t.indent >= cpython.SourceIndent && t.rating(cpython.SourceIndent) > 1
}

// rating rates how likely need of the spaces are not the text's own.
func (t *text) rating(need int) int {
	switch {
	case !t.visible:
		return 3
	case t.header, t.indent >= need+4 && (t.host || (t.indent-need)%cpython.SourceIndent == 0):
		return 2
	}
	return 1
}

// tooMany is how many of the spaces are surely not the text's own.
func (t *text) tooMany() int {
	switch {
	case !t.visible, t.header:
		return t.indent
	case t.host:
		return max(0, t.indent-cpython.SourceIndent)
	}
	return t.indent
}
