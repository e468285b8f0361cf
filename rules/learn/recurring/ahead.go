package recurring

import (
	"bytes"
	"iter"

	"github.com/orbfilter/orbfilter/filter"
)

// A large log is read in parts, side by side, and what is found in them goes together in the order of the log. What a line says, whatever varies in
// it, takes most of that, and needs nothing of what came before: so it is found out for each part by itself, beforehand.

// An Ahead is what is known of lines that are to come. Where others come, or in another order, they are looked at when they come: it
// makes no difference but for the time. It is of use once.
type Ahead struct {
	text  []byte
	lines []aheadLine
	first []known // what is known of texts that are the first of theirs, as far as was remembered
	at    int     // the line that is to come next
}

// An aheadLine is what is known of a line, without its prefix and its host.
type aheadLine struct {
	signature uint64 // what it is without its figures
	from      uint32 // where it lies in the text
	len       uint16
	first     bool // all that is known of it is the next in first
}

// LookAhead looks at what will come as events, in this order. Those that no rule claims lie in a text, which must stay as it is. It
// may be done by any goroutine.
func LookAhead(text []byte, events iter.Seq[filter.Event]) *Ahead {
	const usual = 48 // bytes, of a line: if they are shorter, it grows
	a := &Ahead{text: text, lines: make([]aheadLine, 0, len(text)/usual)}
	r := &Recurrences{writers: newWriters(), keys: newKeys(), looks: a}
	for e := range events {
		_ = r.Event(e) // it returns none
	}
	return a
}

// Expect says what is known of the lines that come next; nil: nothing.
func (r *Recurrences) Expect(a *Ahead) { r.ahead = a }

// note puts down what is to be known of a line, if it lies in the text as it is.
func (a *Ahead) note(text []byte, k *keys) {
	from := cap(a.text) - cap(text)
	if from < 0 || from+len(text) > len(a.text) || &a.text[from] != &text[0] {
		return
	}
	l := aheadLine{signature: k.sign(text), from: uint32(from), len: uint16(len(text))} // it is no longer than maxRecurring
	if e := k.at(l.signature); !e.is(l.signature) {
		*e = k.make(l.signature, text)
		l.first, a.first = true, append(a.first, *e)
	}
	a.lines = append(a.lines, l)
}

// next returns what is known of the line that comes next; ok: something is. Only what it is without its figures: it has no length.
func (a *Ahead) next(text []byte) (e known, ok bool) {
	const near = 32 // so many may be left out
	if a == nil {
		return e, false
	}
	first := a.first
	for i := a.at; i < min(len(a.lines), a.at+near); i++ {
		l := &a.lines[i]
		if e = (known{signature: l.signature}); l.first {
			e, first = first[0], first[1:]
		}
		if int(l.len) == len(text) && bytes.Equal(a.text[l.from:int(l.from)+int(l.len)], text) {
			a.at, a.first = i+1, first
			return e, true
		}
	}
	return known{}, false
}
