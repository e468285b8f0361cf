package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// How the pieces of a line and the text between them are passed on.

// onlyNoise reports whether nothing but pieces and spaces is on the line.
func (f *Filter) onlyNoise(v *view.Line, pieces []piece) bool {
	if f.shown {
		return false
	}
	pos := 0
	for _, p := range pieces {
		if len(bytes.TrimSpace(v.Text[pos:p.From])) > 0 || p.block.state == passed {
			return false
		}
		pos = p.To
	}
	return len(bytes.TrimSpace(v.Text[pos:])) == 0
}

// putForeign passes a line on that no block has a part in, unless it is an
// empty one that belongs to a torn block, or a rule for single lines takes it.
func (f *Filter) putForeign(v *view.Line) {
	blank := len(bytes.TrimSpace(v.Text)) == 0
	if blank && f.owed > 0 && !f.shown && v.IsLine() {
		f.owed--
		f.torn = true
		f.spare += len(v.Text)
		from := f.keepPrefix(v)
		f.putRange(v, view.Span{From: from, To: v.End}, f.owedTo)
		f.putEnd(v, v.End, from > 0, f.owedTo, nil)
		return
	}
	if !blank && !f.shown {
		if r, fold := f.matchLine(v.Text); r != nil {
			f.putLine(v, r, fold)
			return
		}
	}
	f.keepAbove(v.Text)
	s := f.foreign(v, 0, f.rejoin(v), len(v.Raw))
	if b := f.taker; b != nil && b.row == f.row-1 && s.lead >= cpython.SourceIndent && s.spareSpaces(cpython.SourceIndent) > 1 {
		b.short, f.torn = true, true
	}
	f.put(s)
}

// putLine passes a line on that a rule for single lines takes.
func (f *Filter) putLine(v *view.Line, r *rules.Rule, fold bool) {
	if !fold {
		f.put(segment{raw: v.Raw[f.rejoin(v):], line: f.line, rule: r})
		return
	}
	from, end := 0, len(v.Raw)
	if v.GoesOn {
		from = f.keepPrefix(v)
	}
	if v.IsLine() {
		end = v.End
	}
	f.put(segment{raw: v.Raw[from:end], line: f.line, rule: r, fold: true})
	f.putEnd(v, end, from > 0, nil, r)
}

// foreign returns a segment of the run's own text, from view offset i on.
func (f *Filter) foreign(v *view.Line, i, from, to int) segment {
	rest := bytes.TrimLeft(v.Text[i:], " ")
	at := v.At(i)
	return segment{
		raw: v.Raw[from:to], line: f.line,
		lead: view.SkipSpaces(v.Raw[at:max(at, to)]), leadAt: at - from,
		visible: len(bytes.TrimSpace(rest)) > 0 || v.Moves(view.Span{From: from, To: to}),
		header:  bytes.HasPrefix(rest, []byte("--> ")),
		host:    pyinfra.NamesHost(rest),
	}
}

// putNoise claims a whole line: prefix, colours and line end are the noise's
// as well. Escape sequences that do more than colour stay: they are meant
// for the screen (a spinner's "erase in line" may stand before a piece).
func (f *Filter) putNoise(v *view.Line, pieces []piece) {
	from := f.keepPrefix(v)
	kept := from > 0
	for i, p := range pieces {
		to := v.End
		if i+1 < len(pieces) {
			to = v.At(pieces[i+1].From)
		}
		f.mark(p)
		f.putRange(v, view.Span{From: from, To: to}, p.block)
		from = to
	}
	last := pieces[len(pieces)-1]
	f.spare += len(v.Text) - last.To
	if v.IsLine() {
		f.countEnds(pieces, true)
		f.putEnd(v, v.End, kept, last.block, nil)
		return
	}
	f.countEnds(pieces, false)
	f.put(f.foreign(v, len(v.Text), v.End, len(v.Raw)))
}

// countEnds keeps count of the line ends that blocks have still to write: a
// piece that ends a line owes one, and a line end that was claimed pays one.
func (f *Filter) countEnds(pieces []piece, claimed bool) {
	for _, p := range pieces {
		if p.ends && p.block.state != passed {
			f.owed++
			f.owedTo = p.block
		}
	}
	if claimed {
		f.owed = max(0, f.owed-1)
	}
}

// putRange claims raw bytes of the view for a block, but for the escape
// sequences in them that do more than colour the noise.
func (f *Filter) putRange(v *view.Line, r view.Span, b *block) {
	for q := range v.Staying(r) {
		f.put(segment{raw: v.Raw[r.From:q.From], line: f.line, block: b})
		f.put(segment{raw: v.Raw[q.From:q.To], line: f.line})
		r.From = q.To
	}
	f.put(segment{raw: v.Raw[r.From:r.To], line: f.line, block: b})
}

// mark remembers where the head of a traceback begins among what is held.
func (f *Filter) mark(p piece) {
	if p.header && p.block.state == open {
		f.header = header{p.block, f.seq}
	}
}

// putMixed takes the pieces out of a line and leaves the rest in its place.
func (f *Filter) putMixed(v *view.Line, pieces []piece) {
	at, from := 0, f.rejoin(v) // view and raw offset of what is not yet put
	for _, p := range pieces {
		f.put(f.foreign(v, at, from, v.At(p.From)))
		to := v.At(p.To-1) + 1
		f.mark(p)
		f.putRange(v, view.Span{From: v.At(p.From), To: to}, p.block)
		at, from = p.To, to
	}
	last := pieces[len(pieces)-1]
	rest := v.Text[last.To:]
	if len(bytes.TrimSpace(rest)) == 0 && last.ends && v.IsLine() && last.block.state != passed {
		f.countEnds(pieces, true)
		f.putRange(v, view.Span{From: from, To: v.End}, last.block)
		f.putEnd(v, v.End, true, last.block, nil)
		return
	}
	f.countEnds(pieces, false)
	s := f.foreign(v, at, from, len(v.Raw))
	if s.rule, s.fold = f.matchLine(rest); s.fold && v.IsLine() {
		s.raw = v.Raw[from:v.End]
		f.put(s)
		f.putEnd(v, v.End, true, nil, s.rule)
		return
	}
	f.put(s)
}
