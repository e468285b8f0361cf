package match

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// What becomes of blocks: complete, given up, or given back what they took.

// giveBack corrects a guess: the head of a traceback that a block took is
// followed by a frame of another traceback, so it was that one's. What the
// block took from there on in that line it takes no more.
func (w *writer) giveBack() {
	b := w.head
	if b == nil || b.State != hold.Open || b.row != w.row-1 {
		return
	}
	w.queue.Unclaim(&b.Claim)
	w.move(b, b.saved.states)
	b.last, b.row, b.lines = b.saved.line, b.saved.row, b.saved.lines
	w.ordered = false
	w.look = min(w.look, b.row+maxGap+1)
	w.head = nil
	w.trace(Trace{What: GaveBack, Why: "the head of a traceback in the line before belongs to the frame in this one"}, b)
	if len(b.states) == 0 {
		w.drop(b, "its first piece belongs to another traceback")
	}
}

// contradict gives up the block that took a piece in the line before, when the
// line is an error that it does not wait for: it is another issue then.
func (w *writer) contradict(v *view.Line) {
	if b := w.taker; b != nil && b.State == hold.Open && b.row == w.row-1 && cpython.IsError(v.Text) {
		w.drop(b, "the line is an error that it does not wait for")
	}
}

// Finish closes the blocks that have all their pieces, and forgets those whose
// last pieces will not come.
func (m *Matcher) Finish(number int) {
	m.line = number
	m.last.finish()
	m.leaveSilent()
}

func (w *writer) finish() {
	slices.SortFunc(w.touched, byNumber)
	for _, b := range w.touched {
		if p := b.done(); p != nil && b.State == hold.Open && !b.isTraceback() {
			w.complete(b, p)
		}
	}
	clear(w.touched)
	w.touched = w.touched[:0]
	if w.changed || w.row >= w.look {
		w.keepOpen()
	}
	w.settle()
}

// Crowded reports whether more blocks are open than may be.
func (m *Matcher) Crowded() bool {
	return len(m.last.open) > maxOpen || m.writers.busy > 1 && m.Open() > maxOpenInAll
}

// keepOpen forgets the blocks that get no piece any more.
func (w *writer) keepOpen() {
	w.idle.NewAge()
	if w.ordered && !w.changed {
		w.dropOld()
		return
	}
	kept := w.open[:0]
	w.changed, w.look, w.ordered = false, math.MaxInt, true
	for _, b := range w.open {
		if b.State == hold.Open && w.row-b.row > maxGap {
			w.drop(b, fmt.Sprintf("no piece of it came in %d lines", maxGap))
		}
		switch {
		case b.State == hold.Open:
			w.look = min(w.look, b.row+maxGap+1)
		case b.State == hold.Claimed && w.expects(b):
			w.look = min(w.look, w.until(b)+1)
		default:
			w.forget(b)
			continue
		}
		w.ordered = w.ordered && b.State == hold.Open && (len(kept) == 0 || b.row >= kept[len(kept)-1].row)
		kept = append(kept, b)
	}
	if len(kept) < len(w.open) {
		w.forgetGone()
	}
	clear(w.open[len(kept):])
	w.open, w.changed = kept, false
}

// dropOld is keepOpen where nothing has changed but the row, and the blocks are ordered: heads that come again and again
// are hundreds, one of which is too old in each line. None of them is a traceback: that ends with its next line.
func (w *writer) dropOld() {
	n := 0
	for ; n < len(w.open) && w.row-w.open[n].row > maxGap; n++ {
		b := w.open[n]
		w.drop(b, fmt.Sprintf("no piece of it came in %d lines", maxGap))
		w.leave(b)
		w.under(b, view.Span{})
	}
	clear(w.open[:n])
	w.open, w.changed, w.look = w.open[n:], false, math.MaxInt
	if len(w.open) > 0 {
		w.look = w.open[0].row + maxGap + 1
	}
}

// expects reports whether a block that is complete may still get a piece.
func (w *writer) expects(b *block) bool {
	if w.row > b.ended+doneLines {
		return false
	}
	if w.account.Owes(&b.Claim) {
		return true
	}
	rest := b.states[0].Rest()
	return len(rest) > 0 && (!rest[0].Next || w.row <= b.row)
}

// until returns the last row in which it is sure that a block that is complete may still get a piece.
func (w *writer) until(b *block) int {
	if rest := b.states[0].Rest(); len(rest) > 0 && !rest[0].Next {
		return b.ended + doneLines
	}
	return w.row
}

// complete decides what becomes of a block that has all its pieces.
func (w *writer) complete(b *block, p *plan.Program) {
	if len(b.states) > 1 {
		w.move(b, w.lists.Of(slices.DeleteFunc(slices.Clone(b.states), func(at plan.State) bool { return at.Program != p })))
	}
	w.idle.NewAge()
	b.ended, b.total = w.row, extent{b.last - b.line, b.lines, b.site, len(w.known.named)}
	affected := w.tally.Count(p.Rule, tally.Occurrence{Line: b.line, Last: b.last, Lines: b.lines, Where: b.where, Host: b.host, Site: w.siteFor(p.Rule, b.site, b.stamp), Text: b.text, Head: b.head, Stamp: b.stamp})
	w.changed = true
	b.State, b.Fold = hold.Claimed, p.Fold && affected // what is still to come is its own as well
	b.issue = w.tally.Issue(p.Rule)
	if !b.Kept || w.options.Claims {
		b.Rule = p.Rule
	}
	w.yield(b)
	w.decided(p.Rule, b, nil, b.Fold, affected, b.site, "")
}

// drop gives a block up: its bytes pass as they came.
func (w *writer) drop(b *block, why string) {
	w.idle.NewAge()
	given := b.State == hold.Open && b.opening != ""
	b.State, w.changed = hold.Passed, true
	w.trace(Trace{What: GivenUp, Why: why}, b)
	if given {
		w.countOpening(b)
	}
}

// countOpening lets a rule for single lines count the line that a block was opened in
// which is none after all. The line has passed, so that it is counted and not folded.
func (w *writer) countOpening(b *block) {
	text := []byte(b.opening)
	if found := w.single(text); found.rule != nil {
		at := w.occurrence(found, text)
		at.Line, at.Last, at.Where = b.line, b.line, b.where
		w.tally.Count(found.rule.Rule, at)
	}
}

// yield gives up the blocks that wait for the line that has completed b: they are of
// rules that know less of the same text.
func (w *writer) yield(b *block) {
	at := candidate{text: bytes.TrimLeft(w.view.Text, " "), row: w.row}
	if b.row != w.row || !b.Kept {
		return
	}
	w.looking(&at)
	var less []*block
	for _, q := range w.waiting {
		if !w.about(q, &at) {
			continue
		}
		for _, o := range q.blocks[:min(len(q.blocks), maxTried)] {
			if o != b && o.State == hold.Open && o.Kept && !o.isTraceback() && o.line <= b.line && !o.mayBe(b.states[0].Program) && w.lookAhead(o, &at).n > 0 {
				less = append(less, o)
			}
		}
	}
	slices.SortFunc(less, byNumber)
	for _, o := range less {
		w.drop(o, "another rule knows more of it")
	}
}

// mayBe reports whether the block may be of a program.
func (b *block) mayBe(p *plan.Program) bool {
	return slices.ContainsFunc(b.states, func(at plan.State) bool { return at.Program == p })
}

// conclude decides what becomes of a block that cannot be waited for.
func (w *writer) conclude(b *block, why string) {
	if p := b.done(); p != nil {
		w.complete(b, p)
		return
	}
	w.giveUp(b, why)
	w.drop(b, why)
}

// tracebacks looks at the tracebacks that a line may go on with, or end. One that
// is complete may still be the cause of another exception, and then stays: what
// came of it would refer to nothing.
func (w *writer) tracebacks(v *view.Line) {
	for _, b := range w.blocks.tracebacks {
		if b.State != hold.Open || b.row >= w.row {
			continue
		}
		p := b.done()
		switch direct := b.row == w.row-1; {
		case p == nil && !direct:
			w.drop(b, "another line stands in it")
		case p == nil, direct && len(bytes.TrimSpace(v.Text)) == 0:
		case b.row == w.row-2 && cpython.IsChain(v.Text):
			w.drop(b, "it is the cause of another exception")
		default:
			w.complete(b, p)
		}
	}
}
