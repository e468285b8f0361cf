package filter

import (
	"bytes"
	"time"
)

// A block is an occurrence of an issue that is being put together. Blocks
// are torn and interleaved, so there may be many at once, each waiting for
// its next piece. Which block takes a piece does not matter to what is left:
// pieces of equal text are interchangeable.
type block struct {
	places []place // in each program that still fits
	state  state
	// kept: no program that fits folds, so nothing is held back for it.
	kept    bool
	number  int           // counts the blocks of a run, from 1
	line    int           // that it was opened in
	last    int           // line of its last piece
	at      time.Duration // time of its last piece
	context string        // phase or operation in which it was opened
	host    string
	site    string            // site-packages folder that its traceback names; may be empty
	dress   string            // the prefix of its lines; see view
	dressed bool              // that is known
	bare    bool              // its Python draws no carets
	names   map[string]string // what its pieces have named; nil: nothing
	first   string            // text of its first line; empty if it is folded
	undo    undo
	short   bool // the line behind its last piece has the spaces of its next
	carets  bool // it has got carets since its last source line
	ended   int  // the line in which it was satisfied
	kind    kind // of its last line, in a traceback with frames that no step names
}

// A kind is what a line of a traceback is.
type kind uint8

const (
	otherLine kind = iota
	frameOf
	sourceOf
)

// undo is what a block was before it took its last piece.
type undo struct {
	places []place // empty: the piece was its first
	line   int
}

type state uint8

const (
	open   state = iota
	folded       // its bytes are taken out of the stream
	passed       // its bytes pass: it fell apart, or is not to be folded
)

// done returns the program that has got all its pieces, or nil.
func (b *block) done() *program {
	for _, p := range b.places {
		if p.satisfied() {
			return p.prog
		}
	}
	return nil
}

// settle finds out whether the block still has to be held for.
func (b *block) settle() {
	b.kept = true
	for _, p := range b.places {
		if p.prog.fold {
			b.kept = false
		}
	}
}

// loose reports whether a line that directly follows one of a traceback's is
// of the same traceback, though no step names it: a frame, the source line of a
// frame, carets below that.
func (b *block) loose(line int, v *view) bool {
	if b.state != open || b.last != line-1 || len(b.places) == 0 || !b.places[0].prog.loose || b.dress != v.dress {
		return false
	}
	trimmed := bytes.TrimLeft(v.text, " ")
	indent := len(v.text) - len(trimmed)
	before := b.kind
	switch {
	case indent == frameIndent && bareFrame.Match(trimmed):
		b.kind = frameOf
	case indent == sourceIndent && before == frameOf && !hostPrefix.Match(trimmed):
		b.kind = sourceOf
	case indent >= sourceIndent && before == sourceOf && len(bytes.Trim(trimmed, "^~ ")) == 0:
		b.kind = otherLine
	default:
		return false
	}
	return true
}
