package filter

import (
	"bytes"

	"github.com/orbfilter/orbfilter/rules"
)

// How the pieces of a line and the text between them are passed on.

// onlyNoise reports whether nothing but pieces and spaces is on the line.
func (f *Filter) onlyNoise(v *view, pieces []piece) bool {
	if f.shown {
		return false
	}
	pos := 0
	for _, p := range pieces {
		if len(bytes.TrimSpace(v.text[pos:p.from])) > 0 || p.block.state == passed {
			return false
		}
		pos = p.to
	}
	return len(bytes.TrimSpace(v.text[pos:])) == 0
}

// putForeign passes a line on that no block has a part in, unless it is an
// empty one that belongs to a torn block, or a rule for single lines takes it.
func (f *Filter) putForeign(v *view) {
	blank := len(bytes.TrimSpace(v.text)) == 0
	if blank && f.owed > 0 && !f.shown && v.isLine() {
		f.owed--
		f.spare += len(v.text)
		from := f.keepPrefix(v)
		f.putRange(v, span{from: from, to: v.end}, f.owedTo)
		f.putEnd(v, v.end, from > 0, f.owedTo, nil)
		return
	}
	if !blank && !f.shown {
		if r, fold := f.matchLine(v.text); r != nil {
			f.putLine(v, r, fold)
			return
		}
	}
	s := f.foreign(v, 0, f.rejoin(v), len(v.raw))
	if b := f.taker; b != nil && b.row == f.row-1 && s.lead >= sourceIndent && s.spareSpaces(sourceIndent) > 1 {
		b.short = true
	}
	f.put(s)
}

// putLine passes a line on that a rule for single lines takes.
func (f *Filter) putLine(v *view, r *rules.Rule, fold bool) {
	if !fold {
		f.put(segment{raw: v.raw[f.rejoin(v):], line: f.line, rule: r})
		return
	}
	from, end := 0, len(v.raw)
	if v.goesOn {
		from = f.keepPrefix(v)
	}
	if v.isLine() {
		end = v.end
	}
	f.put(segment{raw: v.raw[from:end], line: f.line, rule: r, fold: true})
	f.putEnd(v, end, from > 0, nil, r)
}

// foreign returns a segment of the run's own text, from view offset i on.
func (f *Filter) foreign(v *view, i, from, to int) segment {
	rest := bytes.TrimLeft(v.text[i:], " ")
	at := v.at(i)
	return segment{
		raw: v.raw[from:to], line: f.line,
		lead: skipSpaces(v.raw[at:max(at, to)]), leadAt: at - from,
		visible: len(bytes.TrimSpace(rest)) > 0 || v.moves(span{from: from, to: to}),
		header:  bytes.HasPrefix(rest, []byte("--> ")),
		host:    namesHost(rest),
	}
}

// putNoise claims a whole line: prefix, colours and line end are the noise's
// as well. Escape sequences that do more than colour stay: they are meant
// for the screen (a spinner's "erase in line" may stand before a piece).
func (f *Filter) putNoise(v *view, pieces []piece) {
	from := f.keepPrefix(v)
	kept := from > 0
	for i, p := range pieces {
		to := v.end
		if i+1 < len(pieces) {
			to = v.at(pieces[i+1].from)
		}
		f.mark(p)
		f.putRange(v, span{from: from, to: to}, p.block)
		from = to
	}
	last := pieces[len(pieces)-1]
	f.spare += len(v.text) - last.to
	if v.isLine() {
		f.countEnds(pieces, true)
		f.putEnd(v, v.end, kept, last.block, nil)
		return
	}
	f.countEnds(pieces, false)
	f.put(f.foreign(v, len(v.text), v.end, len(v.raw)))
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
func (f *Filter) putRange(v *view, r span, b *block) {
	for q := range v.staying(r) {
		f.put(segment{raw: v.raw[r.from:q.from], line: f.line, block: b})
		f.put(segment{raw: v.raw[q.from:q.to], line: f.line})
		r.from = q.to
	}
	f.put(segment{raw: v.raw[r.from:r.to], line: f.line, block: b})
}

// mark remembers where the head of a traceback begins among what is held.
func (f *Filter) mark(p piece) {
	if p.header && p.block.state == open {
		f.header = header{p.block, f.seq}
	}
}

// putMixed takes the pieces out of a line and leaves the rest in its place.
func (f *Filter) putMixed(v *view, pieces []piece) {
	at, from := 0, f.rejoin(v) // view and raw offset of what is not yet put
	for _, p := range pieces {
		f.put(f.foreign(v, at, from, v.at(p.from)))
		to := v.at(p.to-1) + 1
		f.mark(p)
		f.putRange(v, span{from: v.at(p.from), to: to}, p.block)
		at, from = p.to, to
	}
	last := pieces[len(pieces)-1]
	rest := v.text[last.to:]
	if len(bytes.TrimSpace(rest)) == 0 && last.ends && v.isLine() && last.block.state != passed {
		f.countEnds(pieces, true)
		f.putRange(v, span{from: from, to: v.end}, last.block)
		f.putEnd(v, v.end, true, last.block, nil)
		return
	}
	f.countEnds(pieces, false)
	s := f.foreign(v, at, from, len(v.raw))
	if s.rule, s.fold = f.matchLine(rest); s.fold && v.isLine() {
		s.raw = v.raw[from:v.end]
		f.put(s)
		f.putEnd(v, v.end, true, nil, s.rule)
		return
	}
	f.put(s)
}
