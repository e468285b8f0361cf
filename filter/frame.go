package filter

import (
	"bytes"
	"slices"
)

// A piece is a part of a line that a block has taken.
type piece struct {
	span  // of the view's text
	block *block
	ends  bool // the line end was written after it
	head  bool
}

// frame handles one line, or one frame of a line that is overwritten.
func (f *Filter) frame(raw []byte) {
	v := &f.view
	v.look(raw)
	pieces := f.pieces(v)
	foreign := v.text
	if len(pieces) > 0 {
		foreign = v.text[pieces[len(pieces)-1].to:]
	}
	switch {
	case len(pieces) == 0:
		f.putForeign(v)
	case f.onlyNoise(v, pieces):
		f.putNoise(v, pieces)
	default:
		f.putMixed(v, pieces, foreign)
	}
	f.follow(v, len(pieces) > 0)
	f.finish()
}

// pieces takes the line apart: what blocks wait for, or what opens one.
// Between and behind the pieces is text of the run.
func (f *Filter) pieces(v *view) []piece {
	out, behind := f.found[:0], f.shown
	for pos := 0; pos < len(v.text); {
		lead := 0
		if !behind {
			lead = skipSpaces(v.text[pos:])
		}
		p, ok := f.claim(v.text[pos+lead:], lead, behind)
		if !ok {
			f.dropHead(out, v.text[pos:])
			if pos = f.nextStrong(v.text, pos+lead+1); pos < 0 {
				break
			}
			behind = true
			continue
		}
		p.span = span{pos, pos + lead + p.to}
		out, pos, behind = append(out, p), p.to, false
	}
	if len(out) == 0 {
		out = f.looseLine(out, v)
	}
	f.found = slices.DeleteFunc(out, func(p piece) bool { return p.block.state == passed })
	return f.found
}

// looseLine gives a line to the traceback that it directly follows.
func (f *Filter) looseLine(out []piece, v *view) []piece {
	for _, b := range f.open {
		if b.loose(f.line, v) {
			b.undo = undo{b.places, b.last}
			b.last, b.at = f.line, f.now
			return append(out, piece{span: span{0, len(v.text)}, block: b, ends: true})
		}
	}
	return out
}

// dropHead gives up a block whose head is followed by another object than
// those that the rules name: nothing needs to wait for it.
func (f *Filter) dropHead(out []piece, text []byte) {
	if len(out) == 0 || !out[len(out)-1].head || len(text) == 0 || (text[0] != '<' && text[0] != '\'') {
		return
	}
	f.drop(out[len(out)-1].block)
}

// nextStrong returns where, from pos on, a piece begins that can stand behind
// text of the run: behind a prompt, say, which has no line end. What a host
// printed ("[web] Exception …") is the host's and is left alone.
func (f *Filter) nextStrong(text []byte, pos int) int {
	for pos < len(text) {
		i := bytes.IndexAny(text[pos:], "E<")
		if i < 0 {
			break
		}
		pos += i
		if f.strongAt(text[pos:]) && len(hostPrefix.Find(text[:pos])) != pos {
			return pos
		}
		pos++
	}
	return -1
}

func (f *Filter) strongAt(text []byte) bool {
	if n, _ := matchHead(text); n > 0 {
		after := bytes.TrimLeft(text[n:], " ")
		return len(after) == 0 || bytes.HasPrefix(after, []byte(ignored)) || f.knownObject(after)
	}
	return f.waitsStrong(text)
}

func (f *Filter) knownObject(text []byte) bool {
	for _, p := range f.programs {
		if p.steps[0].head {
			if n, _ := p.steps[1].match(text); n > 0 {
				return true
			}
		}
	}
	return false
}

func (f *Filter) waitsStrong(text []byte) bool {
	for _, b := range f.open {
		if t, _ := b.waits(text, func(s *step) bool { return s.strong }); t.n > 0 {
			return true
		}
	}
	return false
}

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
		f.putRange(v, span{0, len(v.raw)}, f.owedTo)
		return
	}
	if !blank && !f.shown {
		if r := f.matchLine(v.text); r != nil {
			f.put(segment{raw: v.raw, line: f.line, rule: r, fold: r.Folds()})
			return
		}
	}
	s := f.foreign(v, 0, 0, len(v.raw))
	if b := f.taker; b != nil && b.last == f.line-1 && s.lead >= sourceIndent && s.spareSpaces(sourceIndent) > 1 {
		b.short = true
	}
	f.put(s)
}

// foreign returns a segment of the run's own text, from view offset i on.
func (f *Filter) foreign(v *view, i, from, to int) segment {
	lead := skipSpaces(v.text[i:])
	rest := v.text[i+lead:]
	return segment{
		raw: v.raw[from:to], line: f.line,
		lead: lead, leadAt: v.at(i) - from,
		visible: len(bytes.TrimSpace(rest)) > 0,
		header:  bytes.HasPrefix(rest, []byte("--> ")),
		host:    hostPrefix.Match(rest),
	}
}

// putNoise claims a whole line: prefix, colours and line end are the noise's
// as well. Escape sequences that do more than colour stay: they are meant
// for the screen (a spinner's "erase in line" may stand before a piece).
func (f *Filter) putNoise(v *view, pieces []piece) {
	from := 0
	for i, p := range pieces {
		to := v.end
		if i+1 < len(pieces) {
			to = v.at(pieces[i+1].from)
		}
		f.putRange(v, span{from, to}, p.block)
		from = to
	}
	last := pieces[len(pieces)-1]
	f.spare += len(v.text) - last.to
	if v.isLine() {
		f.countEnds(pieces, true)
		f.putRange(v, span{v.end, len(v.raw)}, last.block)
		return
	}
	f.countEnds(pieces, false)
	f.put(f.foreign(v, len(v.text), v.end, len(v.raw)))
}

// isLine reports whether the view ends with a line feed.
func (v *view) isLine() bool { return bytes.HasSuffix(v.raw, []byte("\n")) }

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
// sequences in them that do more than colour.
func (f *Filter) putRange(v *view, r span, b *block) {
	for _, m := range v.move {
		if m.from >= r.from && m.to <= r.to {
			f.put(segment{raw: v.raw[r.from:m.from], line: f.line, block: b})
			f.put(segment{raw: v.raw[m.from:m.to], line: f.line})
			r.from = m.to
		}
	}
	f.put(segment{raw: v.raw[r.from:r.to], line: f.line, block: b})
}

// putMixed takes the pieces out of a line and leaves the rest in its place.
func (f *Filter) putMixed(v *view, pieces []piece, rest []byte) {
	at, from := 0, 0 // view and raw offset of what is not yet put
	for _, p := range pieces {
		f.put(f.foreign(v, at, from, v.at(p.from)))
		to := v.at(p.to-1) + 1
		f.putRange(v, span{v.at(p.from), to}, p.block)
		at, from = p.to, to
	}
	last := pieces[len(pieces)-1]
	if len(bytes.TrimSpace(rest)) == 0 && last.ends && v.isLine() && last.block.state != passed {
		f.countEnds(pieces, true)
		f.putRange(v, span{from, len(v.raw)}, last.block)
		return
	}
	f.countEnds(pieces, false)
	s := f.foreign(v, at, from, len(v.raw))
	if r := f.matchLine(rest); r != nil {
		s.rule, s.fold = r, r.Folds()
	}
	f.put(s)
}

// follow keeps what later lines depend on: the phase of the run, and whether
// the line belongs to a traceback of the run's own.
func (f *Filter) follow(v *view, taken bool) {
	if p := phase(v.text); p != "" && !taken {
		f.context = p
	}
	text := bytes.TrimLeft(v.text, " ")
	indent := len(v.text) - len(text)
	switch chained := f.chain == f.line-1; {
	case taken:
	case indent == frameIndent && bareFrame.Match(text):
		f.chain = f.line
		f.giveBack()
	case chained && indent >= sourceIndent:
		f.chain = f.line
	}
	f.unknown.see(v.text, f.line, taken)
}
