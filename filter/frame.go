package filter

import (
	"bytes"
	"slices"
)

// A piece is a part of a line that a block has taken.
type piece struct {
	span   // of the view's text
	block  *block
	ends   bool // the line end was written after it
	head   bool // what follows must be the object
	header bool // it is the head of a traceback
}

// frame handles one line, or one frame of a line that is overwritten.
func (f *Filter) frame(raw []byte) {
	v := &f.view
	v.look(raw)
	pieces := f.pieces(v)
	switch {
	case len(pieces) == 0:
		f.contradict(v)
		f.putForeign(v)
	case f.onlyNoise(v, pieces):
		f.putNoise(v, pieces)
	default:
		f.putMixed(v, pieces)
	}
	f.follow(v, pieces)
	f.finish()
}

// pieces takes the line apart: what blocks wait for, or what opens one.
// Between and behind the pieces is text of the run.
func (f *Filter) pieces(v *view) []piece {
	out, at := f.found[:0], sight{behind: f.shown, own: f.own}
	from := 0 // where the text of the run begins that is behind the last piece
	for pos := 0; pos < len(v.text); {
		at.lead = 0
		if !at.behind {
			at.lead = skipSpaces(v.text[pos:])
		}
		at.text = v.text[pos+at.lead:]
		p, ok := f.claim(f.looking(at))
		if !ok {
			next := f.nextStrong(v, from, pos+at.lead+1)
			if next < 0 {
				f.dropHead(out, v.text[pos:])
				break
			}
			pos, at.behind = next, true
			continue
		}
		p.span = span{pos, pos + at.lead + p.to}
		out, pos, from, at.behind = append(out, p), p.to, p.to, false
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

// dropHead gives up a block whose head is followed by something that the rules
// do not name, and that nobody else wrote: nothing needs to wait for it.
func (f *Filter) dropHead(out []piece, text []byte) {
	if len(out) == 0 || !out[len(out)-1].head || ended(text) {
		return
	}
	f.drop(out[len(out)-1].block)
}

// nextStrong returns where, from pos on, a piece begins that can stand behind
// text of the run, which begins at from: behind a prompt, say, which has no line
// end. What a host printed ("[web] … Exception …") is the host's and is left
// alone, unless the host asks for a password.
func (f *Filter) nextStrong(v *view, from, pos int) int {
	text := v.text
	for pos < len(text) {
		i := bytes.IndexAny(text[pos:], "E<")
		if i < 0 {
			break
		}
		pos += i
		if run := text[from:pos]; f.strongAt(text[pos:]) && (f.shown || !hostPrefix.Match(run) || asksPassword.Match(run)) {
			return pos
		}
		pos++
	}
	return -1
}

// strongAt reports whether a text begins with a piece that may stand behind
// other text.
func (f *Filter) strongAt(text []byte) bool {
	if n, _ := matchHead(text); n > 0 {
		after := bytes.TrimLeft(text[n:], " ")
		return ended(text[n:]) || bytes.HasPrefix(after, []byte(ignored)) || f.knownObject(after)
	}
	at := f.looking(sight{text: text, behind: true, strong: true})
	for _, b := range f.open {
		if t, _ := f.waits(b, at); t.n > 0 && b.state == open {
			return true
		}
	}
	return false
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
	if blank && f.owed > 0 && !f.shown && v.isLine() && f.owedTo.dress == v.dress {
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
	rest := bytes.TrimLeft(v.text[i:], " ")
	at := v.at(i)
	return segment{
		raw: v.raw[from:to], line: f.line,
		lead: skipSpaces(v.raw[at:max(at, to)]), leadAt: at - from,
		visible: len(bytes.TrimSpace(rest)) > 0 || v.moves(span{from, to}),
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
		f.mark(p)
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
// sequences in them that do more than colour the noise.
func (f *Filter) putRange(v *view, r span, b *block) {
	for _, q := range v.seqs {
		if q.from >= r.from && q.to <= r.to && (!q.color || v.leaks) {
			f.put(segment{raw: v.raw[r.from:q.from], line: f.line, block: b})
			f.put(segment{raw: v.raw[q.from:q.to], line: f.line})
			r.from = q.to
		}
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
	at, from := 0, 0 // view and raw offset of what is not yet put
	for _, p := range pieces {
		f.put(f.foreign(v, at, from, v.at(p.from)))
		to := v.at(p.to-1) + 1
		f.mark(p)
		f.putRange(v, span{v.at(p.from), to}, p.block)
		at, from = p.to, to
	}
	last := pieces[len(pieces)-1]
	rest := v.text[last.to:]
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
func (f *Filter) follow(v *view, pieces []piece) {
	text, folds := v.text, false
	for _, p := range pieces {
		if !p.block.kept { // what stays in the stream is the run's
			text, folds = v.text[p.to:], true
		}
	}
	rest := bytes.TrimLeft(text, " ")
	if p := phase(rest); p != "" && (len(rest) == len(text) || len(f.open) > 0) {
		f.context = p
	}
	if v.isLine() { // a frame of a spinner may come in between
		f.followOwn(rest, len(text)-len(rest), folds)
	}
	f.unknown.see(v.text, f.line, len(pieces) > 0)
}

// followOwn keeps account of the tracebacks of the run's own. folds: something
// of the line was taken that is to be folded.
func (f *Filter) followOwn(text []byte, indent int, folds bool) {
	n, _ := matchTraceback(text)
	switch {
	case folds:
		f.own = false
	case n > 0:
		f.lone++
		f.own = false
	case indent == frameIndent && bareFrame.Match(text):
		f.firstFrame()
		f.own = true
	default:
		f.own = f.own && indent >= sourceIndent
	}
}

// firstFrame finds out whose head of a traceback a frame of the run's own is
// below, if it is the first.
func (f *Filter) firstFrame() {
	switch {
	case f.own:
	case f.lone > 0:
		f.lone--
	default:
		f.giveBack()
	}
}
