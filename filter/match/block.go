package match

import (
	"bytes"
	"time"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A block is an occurrence of an issue that is being put together. Blocks
// are torn and interleaved, so there may be many at once, each waiting for
// its next piece. Which block takes a piece does not matter to what is left:
// pieces of equal text are interchangeable.
type block struct {
	hold.Claim              // on the bytes of its pieces
	states     []plan.State // in each program that still fits; see blocks.move
	// waiting are those that are in the same states; nil: it waits for nothing.
	waiting    *waiting
	number     int           // counts the blocks of a run, from 1
	line       int           // that it was opened in
	last       int           // line of its last piece
	row        int           // the same, as its writer counts
	at         time.Duration // time of its last piece
	where      tally.Where   // it was opened
	host       string
	site       string            // site-packages folder that its traceback names; may be empty
	placed     bool              // it has a frame
	caretless  bool              // its Python draws no carets
	names      map[string]string // what its pieces have named; nil: nothing
	text       string            // of its last line, which says most; empty if it is folded
	lines      int               // that its pieces are
	issue      *tally.Issue      // that it was counted as; nil: it was not
	stamp      []byte            // the date that it was opened with, in recorded input; empty: none was seen
	head       string            // the line that it was opened in, cut
	opening    string            // the line that it was opened in, if its pieces are whole lines
	saved      saved
	indentless bool // the line behind its last piece has the spaces of its next
	carets     bool // it has got carets since its last source line
	// under are the columns below its last source line, as long as carets may come
	// there; empty: none may.
	under    view.Span
	ended    int // the row in which it was satisfied
	total    extent
	unclosed int  // brackets in its last source lines: the statement goes on
	kind     kind // of its last line, in a traceback with frames that no step names
	traced   bool // it has got the head of a traceback
	gone     bool // it gets no piece any more
}

// An extent is what a block had when it was counted: its last pieces may come later.
type extent struct {
	last, lines int    // its last line, from its first on; how many are its own
	site        string // that it had named
	named       int    // files that were named since the last mark
}

// A kind is what a line of a traceback is.
type kind uint8

const (
	otherLine kind = iota // a head; or none of the traceback's
	frameOf
	sourceOf
	caretsOf
	errorOf // another error than the rule's, which may be the cause of it
	gapOf   // an empty line
	chainOf // "During handling of the above exception, another exception occurred:"
	nextOf  // an empty line, before the head of the next
)

// saved is what a block was before it took its last piece.
type saved struct {
	states []plan.State // empty: the piece was its first
	line   int
	row    int
	lines  int
}

// done returns the program that has got all its pieces, or nil.
func (b *block) done() *plan.Program {
	for _, p := range b.states {
		if p.Complete() {
			return p.Program
		}
	}
	return nil
}

// weigh finds out whether the block still has to be held for.
func (b *block) weigh() {
	b.Kept = true
	for _, p := range b.states {
		if p.Program.Fold {
			b.Kept = false
		}
	}
}

// tolerates reports whether a line that directly follows one of a traceback's is
// of the same traceback, though no step names it.
func (b *block) tolerates(row int, v *view.Line) bool {
	if !b.directly(row) {
		return false
	}
	kind, ok := b.follows(v.Text)
	if ok {
		b.kind = kind
	}
	return ok
}

// isTraceback reports whether the block is a traceback with lines that no step
// names. Its lines follow each other: any frame may be in it, so that nothing
// else would tell them from those of another one.
func (b *block) isTraceback() bool { return len(b.states) > 0 && b.states[0].Program.Tolerant }

// directly reports whether the block is such a traceback, and has taken the line
// before.
func (b *block) directly(row int) bool {
	return b.State == hold.Open && b.row == row-1 && b.isTraceback()
}

// between reports whether the block is behind an error that is not the rule's.
// It goes on only if that was the cause of another.
func (b *block) between() bool { return b.kind >= errorOf }

// follows returns what a line is in the traceback, if it is of it: a frame, the
// source line of a frame, carets below that, and what leads to the next
// traceback of a chain.
func (b *block) follows(text []byte) (kind, bool) {
	word := bytes.TrimLeft(text, " ")
	indent := len(text) - len(word)
	switch {
	case b.kind == errorOf:
		return gapOf, len(word) == 0
	case b.kind == gapOf:
		return chainOf, cpython.IsChain(text)
	case b.kind == chainOf:
		return nextOf, len(word) == 0
	case b.kind == nextOf:
		return otherLine, cpython.IsHead(text)
	case indent == cpython.FrameIndent:
		return frameOf, cpython.IsBareFrame(word)
	case indent == cpython.SourceIndent && b.kind == frameOf:
		b.unclosed = 0
		return sourceOf, b.source(word)
	case indent >= cpython.SourceIndent && b.kind == sourceOf:
		if cpython.IsMarks(word) {
			return caretsOf, true
		}
		return sourceOf, b.unclosed > 0 && b.source(word)
	case indent >= cpython.SourceIndent && b.kind == caretsOf:
		return sourceOf, b.unclosed > 0 && b.source(word)
	case indent == 0 && b.kind != otherLine:
		return errorOf, cpython.IsError(text)
	}
	return otherLine, false
}

// source takes in a line of a statement, without its indent, unless it is the run's.
// Since 3.13 a statement is shown whole, or with lines left out.
func (b *block) source(word []byte) bool {
	if pyinfra.NamesHost(word) {
		return false
	}
	if !cpython.IsElided(word) { // what is left out opens or closes none, as far as is known
		b.unclosed = cpython.Unclosed(b.unclosed, word)
	}
	return true
}

// unraisable reports whether the block is one that begins with "Exception ignored", which
// CPython writes in pieces.
func (b *block) unraisable() bool {
	return len(b.states) > 0 && b.states[0].Program.Steps[0].Head
}
