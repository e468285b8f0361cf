package match

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/traceback"
	"github.com/orbfilter/orbfilter/filter/plan"
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
	dates      int               // that were seen by then
	head       string            // the line that it was opened in, cut
	opening    string            // the line that it was opened in, if its pieces are whole lines
	saved      saved
	indentless bool // the line behind its last piece has the spaces of its next
	carets     bool // it has got carets since its last source line
	// under are the columns below its last source line, as long as carets may come
	// there; empty: none may.
	under  view.Span
	ended  int // the row in which it was satisfied
	total  extent
	walk   traceback.Walk // through a traceback with frames that no step names
	traced bool           // it has got the head of a traceback
	gone   bool           // it gets no piece any more
}

// An extent is what a block had when it was counted: its last pieces may come later.
type extent struct {
	last, lines int    // its last line, from its first on; how many are its own
	site        string // that it had named
	named       int    // files that were named since the last mark
}

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
	return b.directly(row) && b.walk.Follows(v.Text)
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

// unraisable reports whether the block is one that begins with "Exception ignored", which
// CPython writes in pieces.
func (b *block) unraisable() bool {
	return len(b.states) > 0 && b.states[0].Program.Steps[0].Head
}
