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
	line    int           // that it was opened in
	last    int           // line of its last piece
	at      time.Duration // time of its last piece
	context string        // phase or operation in which it was opened
	host    string
	site    string // site-packages folder that its traceback names; may be empty
	undo    undo
	short   bool // the line behind its last piece has the spaces of its next
	carets  bool // it has got carets since its last source line
	ended   int  // the line in which it was satisfied
}

// undo is what a block was before it took its last piece.
type undo struct {
	places []place
	line   int
}

type state uint8

const (
	open   state = iota
	folded       // its bytes are taken out of the stream
	passed       // its bytes pass: it fell apart, or is not to be folded
)

// waits reports whether the block takes text as its next piece, and which
// places it is in then. ok says which steps are looked at.
func (b *block) waits(text []byte, ok func(*step) bool) (best take, places []place) {
	for _, p := range b.places {
		t, found := p.take(text, func(s *step) bool {
			return ok(s) && !(s.next && b.last != b.undo.line)
		})
		switch {
		case !found || t.n < best.n:
		case t.n > best.n:
			best, places = t, append(places[:0:0], t.to)
		default:
			places = append(places, t.to)
		}
	}
	return best, places
}

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
// of the same traceback, though no step names it.
func (b *block) loose(line int, v *view) bool {
	if b.state != open || b.last != line-1 || len(b.places) == 0 || !b.places[0].prog.loose {
		return false
	}
	text := v.text
	trimmed := bytes.TrimLeft(text, " ")
	switch n := len(text) - len(trimmed); {
	case n == frameIndent:
		return isFrame(trimmed)
	case n >= sourceIndent:
		return !hostPrefix.Match(text)
	}
	return false
}
