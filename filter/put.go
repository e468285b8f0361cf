package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// How the pieces of a line and the text between them are passed on.

// onlyNoise reports whether nothing but pieces and spaces is in a text, or in the
// beginning of one.
func (f *Filter) onlyNoise(text []byte, pieces []piece) bool {
	if f.shown {
		return false
	}
	pos := 0
	for _, p := range pieces {
		if len(bytes.TrimSpace(text[pos:p.From])) > 0 || p.block.state == passed {
			return false
		}
		pos = p.To
	}
	return len(bytes.TrimSpace(text[pos:])) == 0
}

// putForeign passes a line on that no block has a part in, unless it is an
// empty one that belongs to a torn block, or a rule for single lines takes it.
func (f *Filter) putForeign(v *view.Line) {
	blank := len(bytes.TrimSpace(v.Text)) == 0
	if blank && f.owed > 0 && !f.shown && v.IsLine() {
		f.owed--
		f.torn = true
		f.spare += len(v.Text)
		from := f.putMargin(v, f.owedTo, nil)
		f.putRange(v, view.Span{From: from, To: v.End}, f.owedTo)
		f.putEnd(v, v.End, f.owedTo, nil)
		return
	}
	if !blank && !f.shown {
		if r, fold := f.matchLine(v.Text); r != nil {
			f.putLine(v, r, fold)
			return
		}
	}
	f.keepAbove(v.Text)
	s := f.foreign(v, 0, 0, len(v.Raw))
	if !blank || v.Prefix > 0 {
		f.stand()
	}
	if b := f.taker; b != nil && b.row == f.row-1 && s.lead >= cpython.SourceIndent && s.spareSpaces(cpython.SourceIndent) > 1 {
		b.short, f.torn = true, true
	}
	f.put(s)
}

// putLine passes a line on that a rule for single lines takes.
func (f *Filter) putLine(v *view.Line, r *rules.Rule, fold bool) {
	if !fold {
		f.stand()
		f.put(segment{raw: v.Raw, line: f.line, rule: r})
		return
	}
	from, end := f.putMargin(v, nil, r), len(v.Raw)
	if v.IsLine() {
		end = v.End
	}
	f.put(segment{raw: v.Raw[from:end], line: f.line, rule: r, fold: true})
	f.putEnd(v, end, nil, r)
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
	from := f.putMargin(v, pieces[0].block, nil)
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
		f.putEnd(v, v.End, last.block, nil)
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
	last := pieces[len(pieces)-1]
	rest := v.Text[last.To:]
	blank := len(bytes.TrimSpace(rest)) == 0
	var rule *rules.Rule
	var fold bool
	if !blank {
		rule, fold = f.matchLine(rest)
	}
	if !blank && !fold || !f.onlyNoise(v.Text[:last.To], pieces) {
		f.stand()
	}
	at, from := 0, f.putMargin(v, last.block, rule) // view and raw offset of what is not yet put
	for _, p := range pieces {
		f.putBetween(v, at, from, p)
		to := v.At(p.To-1) + 1
		f.mark(p)
		f.putRange(v, view.Span{From: v.At(p.From), To: to}, p.block)
		at, from = p.To, to
	}
	switch {
	case blank && last.ends && v.IsLine() && last.block.state != passed:
		f.countEnds(pieces, true)
		f.putRange(v, view.Span{From: from, To: v.End}, last.block)
		f.putEnd(v, v.End, last.block, nil)
	case fold && v.IsLine():
		f.countEnds(pieces, false)
		f.put(segment{raw: v.Raw[from:v.End], line: f.line, rule: rule, fold: true})
		f.putEnd(v, v.End, nil, rule)
	default:
		f.countEnds(pieces, false)
		s := f.foreign(v, at, from, len(v.Raw))
		s.rule, s.fold = rule, fold
		f.put(s)
	}
}

// putBetween passes on what stands in front of a piece, from view offset at on: text
// of the run, or if nothing of the line stays, what goes with the noise.
func (f *Filter) putBetween(v *view.Line, at, from int, p piece) {
	if f.stands {
		f.put(f.foreign(v, at, from, v.At(p.From)))
		return
	}
	f.spare += p.From - at
	f.putRange(v, view.Span{From: from, To: v.At(p.From)}, p.block)
}
