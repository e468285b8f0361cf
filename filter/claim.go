package filter

import (
	"bytes"
	"maps"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
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
func (f *Filter) claim(at *sight) (piece, bool) {
	if len(at.text) == 0 {
		return piece{}, false
	}
	taker, best := f.takes(at)
	f.refuseElsewhere(*at)
	if taker == nil {
		if taker, best = f.opens(at); taker == nil {
			return piece{}, false
		}
	}
	return f.give(taker, &best, at), true
}

// rank rates how well a piece fits a block; less is better.
func (f *Filter) rank(b *block, t *take, at *sight) int {
	r := 4 * t.skips
	if t.step.torn && !t.step.repeat && b.short != (at.lead < t.step.lead) {
		r += 2
	}
	if t.step.site && b.placed && b.bare != f.fileOf(at.text[:t.n]).bare { // it is another Python's
		r += 2 // with the rest, less than a source line that is left out
	}
	if b != f.taker {
		r++
	}
	return r
}

// drafts are lists of places that are used again and again: those of the block that
// takes the text, as far as is known, and those of the one that is asked now.
type drafts struct{ best, next []place }

// opens begins a block if the text begins with the first piece of a program. Its
// places are left in f.drafts.best.
func (f *Filter) opens(at *sight) (b *block, best take) {
	late := at.pieces >= manyPieces
	if late && !bytes.HasPrefix(at.text, []byte(cpython.Ignored)) || !late && f.plan.opens.missing(at.text) {
		return nil, best
	}
	places := f.drafts.best[:0]
	for _, p := range f.programs {
		s := &p.steps[0]
		if (at.behind || at.strong) && !s.strong || late && !s.head {
			continue
		}
		n, steps := f.match(s, at)
		switch to := (place{p, steps}); {
		case n == 0 || n < best.n || s.guarded && p.fold && f.keeps(p.rule, at.text[:n]):
		case n > best.n:
			best, places = take{n: n, steps: steps, step: s, to: to}, append(places[:0], to)
		default:
			places = append(places, to)
		}
	}
	f.drafts.best = places
	if best.n == 0 {
		return nil, best
	}
	f.begun++
	b = &block{number: f.begun, line: f.line, last: f.line, row: f.row, context: f.where(), stamp: bytes.Clone(f.stamp)}
	f.opened(b)
	return b, best
}

// give lets a block have a piece, and the places in f.drafts.best.
func (f *Filter) give(b *block, t *take, at *sight) piece {
	text, places := at.text[:t.n], f.list(f.drafts.best)
	before := b.last
	f.taker, b.short = b, false
	if f.header.block == b {
		f.header = header{}
	}
	b.undo = undo{b.places, b.last, b.row, b.lines}
	f.move(b, places)
	b.last, b.row, b.at = f.line, f.row, f.now
	if f.touched = append(f.touched, b); len(b.undo.places) == 0 && b.isTraceback() {
		f.blocks.tracebacks = append(f.blocks.tracebacks, b)
	}
	first := !t.step.repeat || !b.carets
	switch {
	case !t.step.repeat:
		f.countSpaces(b, t.step, before, at.lead)
	case first:
		f.placeCarets(b, t.step, before, at, t.n)
	default:
		f.spare += at.lead
	}
	if t.step.repeat {
		f.spare += bytes.Count(text, []byte(" "))
	}
	f.learn(b, t, at)
	if b.weigh(); b.kept {
		b.text = shorten(f.view.Text)
	}
	if b.line == f.line && b.opening == "" && len(places) > 0 && len(places[0].prog.rule.Match.Block) > 0 {
		b.opening = string(f.view.Text)
	}
	if places[0].prog.loose {
		f.traceback = b
	}
	f.took(b, text)
	if t.step.line && first {
		b.addLine()
	}
	ends := t.step.ends && first && (t.step.parts == 0 || t.steps > 1)
	return piece{Span: view.Span{To: t.n}, block: b, ends: ends, head: t.step.head, header: t.step.header}
}

// addLine counts a line of the block: the last ones may come when it was counted.
func (b *block) addLine() {
	if b.lines++; b.issue != nil {
		b.issue.Lines++
	}
}

// noCarets finds the Pythons that draw none in the path of a file.
var noCarets = lazyregexp.New(`[Pp]ython3?\.?(?:[6-9]|10)\b`)

// learn keeps what a piece tells of its block.
func (f *Filter) learn(b *block, t *take, at *sight) {
	s, text := t.step, at.text[:t.n]
	b.carets = s.repeat
	b.kind = otherLine
	if !s.repeat && b.under.To > 0 {
		f.passBy(b)
	}
	switch {
	case s.header:
		b.traced = true
	case s.site:
		b.kind, b.placed = frameOf, true
		b.bare = b.bare || f.fileOf(text).bare
	case s.repeat:
		b.kind = caretsOf
		f.marks -= countMarks(text)
	case s.torn:
		b.kind = sourceOf
		b.unclosed = cpython.Unclosed(0, text)
		f.underline(b, s.lead, text)
	}
	b.learnSite(f.noteSite(text))
	if b.host == "" && text[0] == '[' {
		b.host = pyinfra.Host(text)
	}
	f.learnNames(b, at, t.n)
}

// learnNames keeps what a piece, the first n bytes of the text, names in the eyes of
// each program that the block may be of.
func (f *Filter) learnNames(b *block, at *sight, n int) {
	for _, p := range b.places {
		if p.next == 0 {
			continue
		}
		s := &p.prog.steps[p.next-1]
		if s.groups == nil {
			continue
		}
		if b.names == nil {
			b.names = map[string]string{}
		}
		maps.Copy(b.names, f.groups(s, at, n))
	}
}
