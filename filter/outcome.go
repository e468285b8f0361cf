package filter

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/view"
)

// What becomes of blocks: complete, given up, or given back what they took.

// A header is the head of a traceback that a block took last.
type header struct {
	block *block // nil: none, or the block has got further
	seq   int    // of the first segment
}

// giveBack corrects a guess: the head of a traceback that a block took is
// followed by a frame of another traceback, so it was that one's. What the
// block took from there on in that line it takes no more.
func (f *Filter) giveBack() {
	b := f.header.block
	if b == nil || b.state != open || b.row != f.row-1 {
		return
	}
	for s := range f.heldSince(f.header.seq) {
		if s.block == b && s.seq >= f.header.seq {
			s.block = nil
		}
	}
	f.move(b, b.undo.places)
	b.last, b.row, b.lines = b.undo.line, b.undo.row, b.undo.lines
	f.blocks.look = min(f.blocks.look, b.row+maxGap+1)
	f.header = header{}
	f.trace(Trace{What: GaveBack, Why: "the head of a traceback in the line before belongs to the frame in this one"}, b)
	if len(b.places) == 0 {
		f.drop(b, "its first piece belongs to another traceback")
	}
}

// contradict gives up the block that took a piece in the line before, when the
// line is an error that it does not wait for: it is another issue then.
func (f *Filter) contradict(v *view.Line) {
	if b := f.taker; b != nil && b.state == open && b.row == f.row-1 && cpython.IsError(v.Text) {
		f.drop(b, "the line is an error that it does not wait for")
	}
}

// finish closes the blocks that have all their pieces, forgets those whose
// last pieces will not come, and lets go of what need not wait.
func (f *Filter) finish() {
	slices.SortFunc(f.touched, byNumber)
	for _, b := range f.touched {
		if p := b.done(); p != nil && b.state == open && !b.isTraceback() {
			f.complete(b, p)
		}
	}
	clear(f.touched)
	f.touched = f.touched[:0]
	if f.changed || f.row >= f.blocks.look {
		f.keepOpen()
	}
	if len(f.open) == 0 {
		f.spare, f.owed, f.marks, f.torn, f.draws = 0, 0, 0, false, false
	}
	f.account()
	f.leaveSilent()
	if f.heldBytes+len(f.held)*segmentCost > maxHeld || len(f.open) > maxOpen || f.busyVoices > 1 && f.openInAll() > maxOpenInAll {
		f.dropAll(tooMuchWaits)
		f.stand()
	}
	f.release()
}

// keepOpen forgets the blocks that get no piece any more.
func (f *Filter) keepOpen() {
	kept := f.open[:0]
	f.changed, f.blocks.look = false, math.MaxInt
	for _, b := range f.open {
		if b.state == open && f.row-b.row > maxGap {
			f.drop(b, fmt.Sprintf("no piece of it came in %d lines", maxGap))
		}
		switch {
		case b.state == open:
			f.blocks.look = min(f.blocks.look, b.row+maxGap+1)
		case b.state == claimed && f.expects(b):
			f.blocks.look = f.row + 1
		default:
			f.forget(b)
			continue
		}
		kept = append(kept, b)
	}
	clear(f.open[len(kept):])
	f.open, f.changed = kept, false
}

// expects reports whether a block that is complete may still get a piece.
func (f *Filter) expects(b *block) bool {
	if f.row > b.ended+doneLines {
		return false
	}
	if f.owed > 0 && f.owedTo == b {
		return true
	}
	rest := b.places[0].rest()
	return len(rest) > 0 && (!rest[0].next || f.row <= b.row)
}

// complete decides what becomes of a block that has all its pieces.
func (f *Filter) complete(b *block, p *program) {
	if len(b.places) > 1 {
		f.move(b, f.list(slices.DeleteFunc(slices.Clone(b.places), func(at place) bool { return at.prog != p })))
	}
	b.ended, b.total = f.row, extent{b.last - b.line, b.lines}
	affected := f.count(p.rule, occurrence{line: b.line, last: b.last, lines: b.lines, context: b.context, host: b.host, site: b.site, text: b.text, stamp: b.stamp})
	f.changed = true
	b.state, b.fold = claimed, p.fold && affected // what is still to come is its own as well
	b.issue = f.issue(p.rule)
	if !b.kept || f.options.Claims {
		b.rule = p.rule
	}
	f.yield(b)
	f.decided(p.rule, b, nil, b.fold, affected, b.site, "")
}

// drop gives a block up: its bytes pass as they came.
func (f *Filter) drop(b *block, why string) {
	given := b.state == open && b.opening != ""
	b.state, f.changed = passed, true
	f.trace(Trace{What: GivenUp, Why: why}, b)
	if given {
		f.countOpening(b)
	}
}

// countOpening lets a rule for single lines count the line that a block was opened in
// which is none after all. The line has passed, so that it is counted and not folded.
func (f *Filter) countOpening(b *block) {
	text := []byte(b.opening)
	if found := f.single(text); found.rule != nil {
		at := found.occurrence(f, text)
		at.line, at.last, at.context = b.line, b.line, b.context
		f.count(found.rule.rule, at)
	}
}

// yield gives up the blocks that wait for the line that has completed b: they are of
// rules that know less of the same text.
func (f *Filter) yield(b *block) {
	at := sight{text: bytes.TrimLeft(f.view.Text, " "), row: f.row}
	if b.row != f.row || !b.kept {
		return
	}
	f.looking(&at)
	var less []*block
	for _, w := range f.waiting {
		if !f.about(w, &at) {
			continue
		}
		for _, o := range w.blocks[:min(len(w.blocks), maxTried)] {
			if o != b && o.state == open && o.kept && !o.isTraceback() && o.line <= b.line && !o.mayBe(b.places[0].prog) && f.waits(o, &at).n > 0 {
				less = append(less, o)
			}
		}
	}
	slices.SortFunc(less, byNumber)
	for _, o := range less {
		f.drop(o, "another rule knows more of it")
	}
}

// mayBe reports whether the block may be of a program.
func (b *block) mayBe(p *program) bool {
	return slices.ContainsFunc(b.places, func(at place) bool { return at.prog == p })
}

// dropAll gives all blocks up.
func (f *Filter) dropAll(why string) {
	f.everyVoice(func() {
		for _, b := range f.open {
			if b.state == open {
				f.settle(b, why)
			}
		}
		f.keepOpen()
	})
}

// settle decides what becomes of a block that cannot be waited for.
func (f *Filter) settle(b *block, why string) {
	if p := b.done(); p != nil {
		f.complete(b, p)
		return
	}
	f.giveUp(b, why)
	f.drop(b, why)
}

// tracebacks looks at the tracebacks that a line may go on with, or end. One that
// is complete may still be the cause of another exception, and then stays: what
// came of it would refer to nothing.
func (f *Filter) tracebacks(v *view.Line) {
	for _, b := range f.blocks.tracebacks {
		if b.state != open || b.row >= f.row {
			continue
		}
		p := b.done()
		switch direct := b.row == f.row-1; {
		case p == nil && !direct:
			f.drop(b, "another line stands in it")
		case p == nil, direct && len(bytes.TrimSpace(v.Text)) == 0:
		case b.row == f.row-2 && cpython.IsChain(v.Text):
			f.drop(b, "it is the cause of another exception")
		default:
			f.complete(b, p)
		}
	}
}
