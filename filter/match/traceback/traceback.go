// Package traceback follows the lines of a traceback of CPython, of which any frames may be, up to its error, and through a
// chain of them.
package traceback

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// A Kind is what a line of a traceback is.
type Kind uint8

// The kinds of lines.
const (
	Other  Kind = iota // a head; or none of the traceback's
	Frame              // File "…", line N, in FUNCTION
	Source             // of a frame
	Carets             // below that
	Error              // another error than the one that is waited for, which may be the cause of it
	gap                // an empty line
	chain              // "During handling of the above exception, another exception occurred:"
	next               // an empty line, before the head of the next
)

// A Walk is where in a traceback one is. The zero value is behind its head.
type Walk struct {
	last     Kind
	unclosed int // brackets in its last source lines: the statement goes on
}

// At is what the last line was.
func (w *Walk) At() Kind { return w.last }

// Take goes on with a line of which it is known what it is. text is its source line, without the indent.
func (w *Walk) Take(kind Kind, text []byte) {
	w.last = kind
	if kind == Source {
		w.unclosed = cpython.Unclosed(0, text)
	}
}

// Between reports whether the last line was an error that is not waited for, or is behind one. The traceback goes on only if
// that was the cause of another.
func (w *Walk) Between() bool { return w.last >= Error }

// Follows goes on with the next line, if it is of the traceback, and reports whether it is: a frame, the
// source line of a frame, carets below that, and what leads to the next
// traceback of a chain.
func (w *Walk) Follows(text []byte) bool {
	kind, ok := w.kind(text)
	if ok {
		w.last = kind
	}
	return ok
}

func (w *Walk) kind(text []byte) (Kind, bool) {
	word := bytes.TrimLeft(text, " ")
	indent := len(text) - len(word)
	switch {
	case w.last == Error:
		return gap, len(word) == 0
	case w.last == gap:
		return chain, cpython.IsChain(text)
	case w.last == chain:
		return next, len(word) == 0
	case w.last == next:
		return Other, cpython.IsHead(text)
	case indent == cpython.FrameIndent:
		return Frame, cpython.IsBareFrame(word)
	case indent == cpython.SourceIndent && w.last == Frame:
		w.unclosed = 0
		return Source, w.source(word)
	case indent >= cpython.SourceIndent && w.last == Source:
		if cpython.IsMarks(word) {
			return Carets, true
		}
		return Source, w.unclosed > 0 && w.source(word)
	case indent >= cpython.SourceIndent && w.last == Carets:
		return Source, w.unclosed > 0 && w.source(word)
	case indent == 0 && w.last != Other:
		return Error, cpython.IsError(text)
	}
	return Other, false
}

// source takes in a line of a statement, without its indent, unless it is the run's.
// Since 3.13 a statement is shown whole, or with lines left out.
func (w *Walk) source(word []byte) bool {
	if pyinfra.NamesHost(word) {
		return false
	}
	if !cpython.IsElided(word) { // what is left out opens or closes none, as far as is known
		w.unclosed = cpython.Unclosed(w.unclosed, word)
	}
	return true
}
