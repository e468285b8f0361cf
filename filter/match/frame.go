package match

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/plan"
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

// pieces takes the line apart: what blocks wait for, or what opens one.
// Between and behind the pieces is text of the run.
func (w *writer) pieces(v *view.Line) {
	w.found, w.misses = w.found[:0], 0
	if p, ok := w.nextInChain(w.chain(), v); ok {
		w.found = append(w.found, p)
		return
	}
	w.split(v)
	if len(w.found) == 0 {
		w.tolerate(v)
	}
	w.found = slices.DeleteFunc(w.found, func(p piece) bool { return p.block.State == hold.Passed })
}

// split finds the pieces of the line, one behind the other.
func (w *writer) split(v *view.Line) {
	at := candidate{behind: w.shown, own: w.own, chain: w.chain(), ends: v.IsLine()}
	from := 0 // where the text of the run begins that is behind the last piece
	for pos := 0; pos < len(v.Text); {
		at.lead = 0
		if !at.behind {
			at.lead = view.SkipSpaces(v.Text[pos:])
		}
		at.text = v.Text[pos+at.lead:]
		at.pieces = len(w.found)
		at.first = pos == 0 && !at.behind
		w.looking(&at)
		p, ok := w.claim(&at)
		if !ok {
			if pos = w.nextStandalone(v, from, pos, at.lead); pos < 0 {
				return
			}
			at.behind = true
			continue
		}
		p.Span = view.Span{From: pos, To: pos + at.lead + p.To}
		w.found = append(w.found, p)
		pos, from, at.behind = p.To, p.To, false
	}
}

// tolerate gives a line to the traceback that it directly follows.
func (w *writer) tolerate(v *view.Line) {
	for _, b := range w.blocks.tracebacks {
		if p, ok := w.acceptLine(b, v); ok {
			w.found = append(w.found, p)
			return
		}
	}
}

// acceptLine lets a traceback have a line that no step of it names.
func (w *writer) acceptLine(b *block, v *view.Line) (piece, bool) {
	if !b.Kept && w.plan.Guards.Have(v.Text) || !b.tolerates(w.row, v) {
		return piece{}, false
	}
	w.idle.NewAge()
	b.saved = saved{b.states, b.last, b.row, b.lines}
	w.ordered = w.ordered && len(w.open) > 0 && b == w.open[len(w.open)-1]
	b.last, b.row, b.at, w.traceback = w.line, w.row, w.now, b
	w.addLine(b)
	b.learnSite(w.noteSite(v.Text))
	return piece{Span: view.Span{From: 0, To: len(v.Text)}, block: b, ends: true}, true
}

// chain returns the block that has taken the line before as a traceback; nil:
// there is none.
func (w *writer) chain() *block {
	if b := w.traceback; b != nil && b.directly(w.row) {
		return b
	}
	return nil
}

// nextInChain gives the line to a traceback that is between two exceptions, and
// gives the traceback up if the line does not lead to the second one.
func (w *writer) nextInChain(b *block, v *view.Line) (piece, bool) {
	if b == nil || !b.walk.Between() {
		return piece{}, false
	}
	p, ok := w.acceptLine(b, v)
	if !ok {
		w.drop(b, "it ends with another error")
	}
	return p, ok
}

// dropHead gives up a block whose head is followed by something that the rules
// do not name, and that nobody else wrote: nothing needs to wait for it.
func (w *writer) dropHead(text []byte) {
	if n := len(w.found); n > 0 && w.found[n-1].head && !plan.Ended(text) {
		w.drop(w.found[n-1].block, "what follows the head is not named by a rule")
	}
}

// nextStandalone returns where a piece begins, behind a place at which there is none, that can stand behind
// text of the run, which begins at from: behind a prompt, say, which has no line
// end; -1: there is none. What a host printed ("[web] … Exception …") is the host's and is left
// alone, unless the host asks for a password.
func (w *writer) nextStandalone(v *view.Line, from, none, lead int) int {
	text := v.Text
	for pos := none + lead + 1; pos < len(text) && w.misses < maxMisses; pos++ {
		i := bytes.IndexAny(text[pos:], "E<")
		if i < 0 {
			break
		}
		pos += i
		if w.plan.MayBeStandalone(text[pos:]) && w.standaloneAt(text[pos:]) {
			if run := text[from:pos]; w.shown || !pyinfra.NamesHost(run) || pyinfra.AsksPassword(run) {
				return pos
			}
			w.misses++
		}
	}
	w.dropHead(text[none:])
	return -1
}

// maxMisses is how many texts on one line are looked at that begin as a piece does, and are none.
const maxMisses = 16

// standaloneAt reports whether a text begins with a piece that may stand behind
// other text.
func (w *writer) standaloneAt(text []byte) bool {
	if n := plan.HeadLen(text); n > 0 {
		after := bytes.TrimLeft(text[n:], " ")
		if plan.Ended(text[n:]) || bytes.HasPrefix(after, []byte(cpython.Ignored)) || w.knownObject(after) {
			return true
		}
		w.misses++
		return false
	}
	at := candidate{text: text, behind: true, standalone: true}
	w.looking(&at)
	if w.awaits(&at, func(b *block) bool { return b.State == hold.Open }) {
		return true
	}
	w.misses++
	return false
}

func (w *writer) knownObject(text []byte) bool {
	if !w.plan.MayBeStandalone(text) {
		return false
	}
	for _, p := range w.plan.Programs {
		if p.Steps[0].Head {
			if n, _ := p.Steps[1].Match(text); n > 0 {
				return true
			}
		}
	}
	return false
}

// FirstPhase is the phase that a run of pyinfra begins with.
const FirstPhase = "loading"

// follow keeps what later lines depend on: the phase of the run, and whether
// the line belongs to a traceback of the run's own.
func (w *writer) follow(v *view.Line) {
	text, folds, traced := v.Text, false, false
	for _, p := range w.found {
		traced = traced || p.block.traced
		if !p.block.Kept || p.block.traced || p.block.unraisable() { // what stays in the stream is the run's, but for whole tracebacks
			text, folds = v.Text[p.To:], true
		}
	}
	rest := bytes.TrimLeft(text, " ")
	if p := pyinfra.Phase(rest); p != "" && (len(rest) == len(text) || len(w.open) > 0) {
		if p == FirstPhase && w.context != p || pyinfra.BeginsRun(rest, w.context == pyinfra.LastPhase) {
			w.beginRun()
		}
		w.context, w.phased = p, true
	}
	if v.IsLine() { // a frame of a spinner may come in between
		w.followOwn(rest, len(text)-len(rest), folds, traced)
	}
	w.failing = w.tally.See(w.failing, v.Text, w.line, folds, w.named || len(w.found) > 0)
}

// followOwn keeps account of the tracebacks of the run's own. folds: something
// of the line was taken that is to be folded. traced: it was taken by a block that
// knows its head.
func (w *writer) followOwn(text []byte, indent int, folds, traced bool) {
	switch {
	case folds:
		w.own = false
	case cpython.IsHead(text):
		if !traced {
			w.orphans++
		}
		w.own = false
	case indent == cpython.FrameIndent && cpython.IsBareFrame(text):
		w.noteSite(text)
		if !traced {
			w.firstFrame()
		}
		w.own = true
	default:
		w.own = w.own && indent >= cpython.SourceIndent
	}
}

// firstFrame finds out whose head of a traceback a frame of the run's own is
// below, if it is the first.
func (w *writer) firstFrame() {
	switch {
	case w.own:
	case w.orphans > 0:
		w.orphans--
	default:
		w.giveBack()
	}
}
