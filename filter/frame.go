package filter

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A piece is a part of a line that a block has taken.
type piece struct {
	view.Span // of the view's text
	block     *block
	ends      bool // the line end was written after it
	head      bool // what follows must be the object
	header    bool // it is the head of a traceback
}

// frame handles one line, or one frame of a line that is overwritten.
func (f *Filter) frame(raw []byte) {
	v := &f.view
	v.Look(raw)
	first := f.within == nil
	f.enter(v)
	f.within = f.voice
	f.goOn(v, first)
	f.date(v)
	f.named = false
	f.tracebacks(v)
	pieces := f.pieces(v)
	switch {
	case len(pieces) == 0:
		f.near(v.Text)
		f.contradict(v)
		f.putForeign(v)
	case f.onlyNoise(v.Text, pieces):
		f.torn = f.torn || tornLine(v, pieces)
		f.putNoise(v, pieces)
	default:
		f.torn = true
		f.putMixed(v, pieces)
	}
	f.follow(v, pieces)
	f.finish()
}

// pieces takes the line apart: what blocks wait for, or what opens one.
// Between and behind the pieces is text of the run.
func (f *Filter) pieces(v *view.Line) []piece {
	out, at := f.found[:0], sight{behind: f.shown, own: f.own, chain: f.chain()}
	if p, ok := f.nextInChain(at.chain, v); ok {
		return append(out, p)
	}
	at.chain = f.chain() // which may have been given up
	from := 0            // where the text of the run begins that is behind the last piece
	f.misses = 0
	for pos := 0; pos < len(v.Text); {
		at.lead = 0
		if !at.behind {
			at.lead = view.SkipSpaces(v.Text[pos:])
		}
		at.text = v.Text[pos+at.lead:]
		at.pieces = len(out)
		at.first, at.ends = pos == 0 && !at.behind, v.IsLine()
		f.looking(&at)
		p, ok := f.claim(&at)
		if !ok {
			next := f.nextStrong(v, from, pos+at.lead+1)
			if next < 0 {
				f.dropHead(out, v.Text[pos:])
				break
			}
			pos, at.behind = next, true
			continue
		}
		p.Span = view.Span{From: pos, To: pos + at.lead + p.To}
		out, pos, from, at.behind = append(out, p), p.To, p.To, false
	}
	if len(out) == 0 {
		out = f.looseLine(out, v)
	}
	f.found = slices.DeleteFunc(out, func(p piece) bool { return p.block.state == passed })
	return f.found
}

// tornLine reports whether pieces are not those of a line as it was written.
func tornLine(v *view.Line, pieces []piece) bool {
	for i, p := range pieces {
		if last := i == len(pieces)-1; p.ends != last {
			return true
		}
	}
	return !v.IsLine()
}

// looseLine gives a line to the traceback that it directly follows.
func (f *Filter) looseLine(out []piece, v *view.Line) []piece {
	for _, b := range f.blocks.tracebacks {
		if p, ok := f.giveLine(b, v); ok {
			return append(out, p)
		}
	}
	return out
}

// giveLine lets a traceback have a line that no step of it names.
func (f *Filter) giveLine(b *block, v *view.Line) (piece, bool) {
	if !b.kept && f.guards.have(v.Text) || !b.loose(f.row, v) {
		return piece{}, false
	}
	b.undo = undo{b.places, b.last, b.row, b.lines}
	b.last, b.row, b.at, f.traceback = f.line, f.row, f.now, b
	b.addLine()
	b.learnSite(f.noteSite(v.Text))
	return piece{Span: view.Span{From: 0, To: len(v.Text)}, block: b, ends: true}, true
}

// chain returns the block that has taken the line before as a traceback; nil:
// there is none.
func (f *Filter) chain() *block {
	if b := f.traceback; b != nil && b.directly(f.row) {
		return b
	}
	return nil
}

// nextInChain gives the line to a traceback that is between two exceptions, and
// gives the traceback up if the line does not lead to the second one.
func (f *Filter) nextInChain(b *block, v *view.Line) (piece, bool) {
	if b == nil || !b.between() {
		return piece{}, false
	}
	p, ok := f.giveLine(b, v)
	if !ok {
		f.drop(b, "it ends with another error")
	}
	return p, ok
}

// dropHead gives up a block whose head is followed by something that the rules
// do not name, and that nobody else wrote: nothing needs to wait for it.
func (f *Filter) dropHead(out []piece, text []byte) {
	if len(out) == 0 || !out[len(out)-1].head || ended(text) {
		return
	}
	f.drop(out[len(out)-1].block, "what follows the head is not named by a rule")
}

// nextStrong returns where, from pos on, a piece begins that can stand behind
// text of the run, which begins at from: behind a prompt, say, which has no line
// end. What a host printed ("[web] … Exception …") is the host's and is left
// alone, unless the host asks for a password.
func (f *Filter) nextStrong(v *view.Line, from, pos int) int {
	text := v.Text
	for pos < len(text) && f.misses < maxMisses {
		i := bytes.IndexAny(text[pos:], "E<")
		if i < 0 {
			break
		}
		pos += i
		if f.plan.mayBeStrong(text[pos:]) && f.strongAt(text[pos:]) {
			if run := text[from:pos]; f.shown || !pyinfra.NamesHost(run) || pyinfra.AsksPassword(run) {
				return pos
			}
			f.misses++
		}
		pos++
	}
	return -1
}

// maxMisses is how many texts on one line are looked at that begin as a piece does, and are none.
const maxMisses = 16

// strongAt reports whether a text begins with a piece that may stand behind
// other text.
func (f *Filter) strongAt(text []byte) bool {
	if n, _ := matchHead(text); n > 0 {
		after := bytes.TrimLeft(text[n:], " ")
		if ended(text[n:]) || bytes.HasPrefix(after, []byte(cpython.Ignored)) || f.knownObject(after) {
			return true
		}
		f.misses++
		return false
	}
	at := sight{text: text, behind: true, strong: true}
	f.looking(&at)
	if f.awaits(&at, func(b *block) bool { return b.state == open }) {
		return true
	}
	f.misses++
	return false
}

func (f *Filter) knownObject(text []byte) bool {
	if !f.plan.mayBeStrong(text) {
		return false
	}
	for _, p := range f.programs {
		if p.steps[0].head {
			if n, _ := p.steps[1].match(text); n > 0 {
				return true
			}
		}
	}
	return false
}

// follow keeps what later lines depend on: the phase of the run, and whether
// the line belongs to a traceback of the run's own.
func (f *Filter) follow(v *view.Line, pieces []piece) {
	text, folds, traced := v.Text, false, false
	for _, p := range pieces {
		traced = traced || p.block.traced
		if !p.block.kept || p.block.traced || p.block.unraisable() { // what stays in the stream is the run's, but for whole tracebacks
			text, folds = v.Text[p.To:], true
		}
	}
	rest := bytes.TrimLeft(text, " ")
	if p := pyinfra.Phase(rest); p != "" && (len(rest) == len(text) || len(f.open) > 0) {
		f.context, f.phased = p, true
	}
	if v.IsLine() { // a frame of a spinner may come in between
		f.followOwn(rest, len(text)-len(rest), folds, traced)
	}
	f.failing = f.unknown.see(f.failing, v.Text, f.line, folds, f.named || len(pieces) > 0)
}

// followOwn keeps account of the tracebacks of the run's own. folds: something
// of the line was taken that is to be folded. traced: it was taken by a block that
// knows its head.
func (f *Filter) followOwn(text []byte, indent int, folds, traced bool) {
	switch {
	case folds:
		f.own = false
	case cpython.IsHead(text):
		if !traced {
			f.lone++
		}
		f.own = false
	case indent == cpython.FrameIndent && cpython.IsBareFrame(text):
		f.noteSite(text)
		if !traced {
			f.firstFrame()
		}
		f.own = true
	default:
		f.own = f.own && indent >= cpython.SourceIndent
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
