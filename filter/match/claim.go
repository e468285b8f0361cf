package match

import (
	"bytes"
	"maps"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/traceback"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
)

const (
	// doneLines is for how many lines the last pieces of a block are still
	// looked for that has got all it needs: a colon, a line end.
	doneLines = 256
	// maxGap is how many lines may lie between two pieces of a block.
	maxGap = 4096
	// maxOpen is how many blocks may be open. A run with a hundred hosts in
	// parallel has as many.
	maxOpen = 1024
)

// claim finds who takes the piece that a text begins with. Blocks that wait
// for it come first: those that leave out the fewest steps, of them the one
// whose indent was torn off just as the piece's, or that took the last piece,
// else the oldest. (Any would do, but so a block gets its own pieces as a rule,
// and a torn indent is found nearby.) Then come programs that it opens.
func (w *writer) claim(at *candidate) (piece, bool) {
	if len(at.text) == 0 {
		return piece{}, false
	}
	taker, best := w.takes(at)
	w.refuseElsewhere(*at)
	if taker == nil {
		if taker, best = w.opens(at); taker == nil {
			return piece{}, false
		}
	}
	return w.accept(taker, &best, at), true
}

// rank rates how well a piece fits a block; less is better.
func (w *writer) rank(b *block, t *lookahead, at *candidate) int {
	r := 4 * t.skips
	if t.step.Torn && !t.step.Repeat && b.indentless != (at.lead < t.step.Lead) {
		r += 2
	}
	if t.step.Site && b.placed && b.caretless != w.files.Of(at.text[:t.n]).Caretless { // it is another Python's
		r += 2 // with the rest, less than a source line that is left out
	}
	if b != w.taker {
		r++
	}
	return r
}

// drafts are lists of states that are used again and again: those of the block that
// takes the text, as far as is known, and those of the one that is asked now.
type drafts struct{ best, next []plan.State }

// opens begins a block if the text begins with the first piece of a program. Its
// states are left in w.drafts.best.
func (w *writer) opens(at *candidate) (b *block, best lookahead) {
	late := at.pieces >= manyPieces
	if late && !bytes.HasPrefix(at.text, []byte(cpython.Ignored)) || !late && !w.mayOpen(at) {
		return nil, best
	}
	if best = w.openedBy(at, late); best.n > 0 {
		return w.newBlock(), best
	}
	return nil, best
}

// openedBy finds the first piece of a program. What is found of a text alone is remembered. The states are left in w.drafts.best.
func (w *writer) openedBy(at *candidate, late bool) (best lookahead) {
	alone := !at.behind && !at.standalone && !late && w.options.Trace == nil
	if alone {
		if o := w.openings.of(at.number); o.text == at.number {
			w.work += o.work
			w.drafts.best = append(w.drafts.best[:0], o.states...)
			return o.best
		}
	}
	work, doubts := w.work, w.doubts
	best = w.lookForFirst(at, late)
	if alone && w.doubts == doubts {
		o := w.openings.of(at.number)
		*o = opening{text: at.number, best: best, states: append(o.states[:0], w.drafts.best...), work: w.work - work}
	}
	return best
}

// lookForFirst is openedBy for a text of which that is not known.
func (w *writer) lookForFirst(at *candidate, late bool) (best lookahead) {
	states := w.drafts.best[:0]
	for _, p := range w.plan.Programs {
		s := &p.Steps[0]
		if (at.behind || at.standalone) && !s.Standalone || late && !s.Head || !at.mayBe(s) {
			continue
		}
		n, steps := w.ask(s, at)
		switch to := (plan.State{Program: p, Next: steps}); {
		case n == 0 || n < best.n || s.Guarded && p.Fold && w.keeps(p.Rule, at.text[:n]):
		case n > best.n:
			best, states = lookahead{n: n, steps: steps, step: s, to: to}, append(states[:0], to)
		default:
			states = append(states, to)
		}
	}
	w.drafts.best = states
	return best
}

// newBlock begins one.
func (w *writer) newBlock() *block {
	w.begun++
	b := &block{number: w.begun, line: w.line, last: w.line, row: w.row, where: w.where(), head: w.excerpt(), stamp: bytes.Clone(w.stamp), dates: w.dates}
	w.opened(b)
	return b
}

// accept lets a block have a piece, and the states in w.drafts.best.
func (w *writer) accept(b *block, t *lookahead, at *candidate) piece {
	text, before := at.text[:t.n], b.last
	w.advance(b, w.lists.Of(w.drafts.best))
	first := !t.step.Repeat || !b.carets
	w.indents(b, t, at, before, first)
	w.learn(b, t, at)
	w.keepTexts(b)
	w.took(b, text)
	if t.step.Line && first {
		w.addLine(b)
	}
	ends := t.step.Ends && first && (t.step.Parts == 0 || t.steps > 1)
	return piece{Span: view.Span{To: t.n}, block: b, ends: ends, head: t.step.Head, header: t.step.Header}
}

// advance brings a block into the states behind a piece of the current line.
func (w *writer) advance(b *block, states []plan.State) {
	w.idle.NewAge()
	w.taker, b.indentless = b, false
	if w.head == b {
		w.head = nil
	}
	b.saved = saved{b.states, b.last, b.row, b.lines}
	w.move(b, states)
	w.ordered = w.ordered && len(w.open) > 0 && b == w.open[len(w.open)-1]
	b.last, b.row, b.at = w.line, w.row, w.now
	if w.touched = append(w.touched, b); len(b.saved.states) == 0 && b.isTraceback() {
		w.blocks.tracebacks = append(w.blocks.tracebacks, b)
	}
}

// indents keeps account of the spaces in front of a piece, and of those between carets. before is the line of the piece
// before it; first: it is not one more part of the same carets.
func (w *writer) indents(b *block, t *lookahead, at *candidate, before int, first bool) {
	switch {
	case !t.step.Repeat:
		w.indent(b, t.step, before, at.lead)
	case first:
		w.placeCarets(b, t.step, before, at, t.n)
	default:
		w.account.Spare(at.lead)
	}
	if t.step.Repeat {
		w.account.Spare(bytes.Count(at.text[:t.n], []byte(" ")))
	}
}

// keepTexts keeps the lines of a block that are told or asked about later.
func (w *writer) keepTexts(b *block) {
	if b.weigh(); b.Kept {
		b.text = w.excerpt()
	}
	of := b.states[0].Program
	if b.line == w.line && b.opening == "" && len(of.Rule.Match.Block) > 0 {
		b.opening = string(w.view.Text)
	}
	if of.Tolerant {
		w.traceback = b
	}
}

// indent keeps account of the spaces in front of a piece.
func (w *writer) indent(b *block, s *plan.Step, before, lead int) {
	// Carets are written one by one: only what is sure will do.
	w.queue.Indent(&w.account, &b.Claim, hold.Indent{Want: s.Lead, Found: lead, Since: before, Torn: s.Torn, Unsure: s.Repeat})
}

// addLine counts a line of the block: the last ones may come when it was counted.
func (w *writer) addLine(b *block) {
	if b.lines++; b.issue != nil {
		w.tally.Grow(b.issue.Rule, 1)
	}
}

// learn keeps what a piece tells of its block.
func (w *writer) learn(b *block, t *lookahead, at *candidate) {
	s, text := t.step, at.text[:t.n]
	b.carets = s.Repeat
	kind := traceback.Other
	if !s.Repeat && b.under.To > 0 {
		w.passBy(b)
	}
	switch {
	case s.Header:
		b.traced = true
	case s.Site:
		kind, b.placed = traceback.Frame, true
		b.caretless = b.caretless || w.files.Of(text).Caretless
	case s.Repeat:
		kind = traceback.Carets
		w.marks -= countMarks(text)
	case s.Torn:
		kind = traceback.Source
		w.underline(b, s.Lead, text)
	}
	b.walk.Take(kind, text)
	b.learnSite(w.noteSite(text))
	if b.host == "" && text[0] == '[' {
		b.host = pyinfra.Host(text)
	}
	w.learnNames(b, at, t.n)
}

// learnNames keeps what a piece, the first n bytes of the text, names in the eyes of
// each program that the block may be of.
func (w *writer) learnNames(b *block, at *candidate, n int) {
	for _, p := range b.states {
		if p.Next == 0 {
			continue
		}
		s := &p.Program.Steps[p.Next-1]
		if s.Groups == nil {
			continue
		}
		if b.names == nil {
			b.names = map[string]string{}
		}
		maps.Copy(b.names, w.groups(s, at, n))
	}
}
