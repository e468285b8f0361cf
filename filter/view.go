// Package view shows a line as matching sees it: without escape sequences, without
// what CI systems and log collectors write in front of it, and frame by frame where
// it is overwritten. formats.go has the table of what is seen through.
package filter

import (
	"bytes"
	"iter"
)

// A view is a line as matching sees it: without escape sequences, without
// the prefix that a CI system or log collector put in front, and without its
// end. It leads back to the original bytes, which are the only ones that are
// ever sent out.
type view struct {
	raw  []byte
	text []byte // what is seen; may lie in raw
	end  int    // where the line end begins in raw; len(raw) if there is none

	// dress is which prefix there was, and whose; lines of one writer have the
	// same. It is empty if there was none, or one that every writer has.
	dress   string
	prefix  int  // where in raw the prefix ends; 0: there is none
	goesOn  bool // it says that the text is the rest of a line
	escaped bool // it says that control characters may be written in figures

	pos   []int      // pos[i] is where text[i] lies in raw; nil: shift+i
	shift int        // with pos nil
	seqs  []sequence // escape sequences in raw
	leaks bool       // a colour is left on, or one from before is switched off
	stamp []byte     // the date in the prefix; nil: none

	key    []byte // dress, as it is put together
	narrow bool   // one space stands behind the time of day; see narrowClock
	texts  []byte // memory for text, and for pos
	places []int
}

// A span is a half-open range of bytes.
type span struct{ from, to int }

// A sequence is an escape sequence that colours, one that is of the prefix though
// it may stand elsewhere, or one that does more.
type sequence struct {
	span
	color, mark bool
}

// look makes v the view of raw, one line or frame. It reuses v's memory.
func (v *view) look(raw []byte) { v.lookFor(known, raw) }

// lookFor is look for the prefixes of some formats.
func (v *view) lookFor(prefixes *layouts, raw []byte) {
	*v = view{raw: raw, seqs: v.seqs[:0], end: len(raw) - endLen(raw),
		dress: v.dress, key: v.key, narrow: v.narrow, texts: v.texts, places: v.places}
	if bytes.IndexByte(raw, esc) < 0 && !bytes.HasPrefix(raw, []byte(bom)) {
		v.text = raw[:v.end:v.end]
	} else {
		v.hideSequences()
	}
	v.undress(prefixes)
	if v.escaped && bytes.Contains(v.text, []byte("#0")) {
		v.hideFigures()
	}
	if len(v.seqs) > 0 {
		v.leaks = v.leak()
		v.widenPrefix()
	}
}

// cut takes the first n bytes off the text.
func (v *view) cut(n int) {
	v.text = v.text[n:]
	if v.pos != nil {
		v.pos = v.pos[n:]
	} else {
		v.shift += n
	}
}

// leak reports whether the colours of the line are not switched on and off in
// it: then they are not the noise's alone.
func (v *view) leak() bool {
	on, leak := false, false
	for _, s := range v.seqs {
		if s.color {
			reset := resets(v.params(s))
			leak = leak || reset && !on
			on = !reset
		}
	}
	return leak || on
}

// params are the parameters of a sequence that colours.
func (v *view) params(s sequence) []byte {
	seq := v.raw[s.from : s.to-1]
	return seq[bytes.IndexByte(seq, '[')+1:]
}

// widenPrefix takes in what stands directly behind the prefix and belongs to it:
// marks, and the end of a colour that begins in it.
func (v *view) widenPrefix() {
	on := false
	for _, s := range v.seqs {
		switch {
		case s.from > v.prefix:
			return
		case s.mark, s.color && on && s.from == v.prefix:
			v.prefix = max(v.prefix, s.to)
		}
		on = s.color && !resets(v.params(s))
	}
}

// resets reports whether the parameters of SGR switch a colour off.
func resets(params []byte) bool {
	switch string(params) {
	case "", "0", "00", "22", "23", "24", "27", "39", "49":
		return true
	}
	return false
}

// staying yields the sequences in a range of raw that are left in the stream when
// what stands around them is not: they are meant for the screen, and not for the
// text, or switch a colour on or off for what comes later.
func (v *view) staying(r span) iter.Seq[span] {
	return func(yield func(span) bool) {
		for _, s := range v.seqs {
			if s.from >= r.from && s.to <= r.to && !s.mark && (!s.color || v.leaks) && !yield(s.span) {
				return
			}
		}
	}
}

// moves reports whether there are sequences in a range of raw that stay.
func (v *view) moves(r span) bool {
	for range v.staying(r) {
		return true
	}
	return false
}

// isLine reports whether the view ends with a line feed.
func (v *view) isLine() bool { return bytes.HasSuffix(v.raw, []byte("\n")) }

// tornSequence returns where in raw an escape sequence begins whose end is not
// there yet; len(raw) if there is none.
func (v *view) tornSequence() int {
	if n := len(v.seqs); n > 0 && v.seqs[n-1].to == len(v.raw) && !whole(v.raw[v.seqs[n-1].from:]) {
		return v.seqs[n-1].from
	}
	return len(v.raw)
}

// at returns where text[i] lies in raw; at len(text) the line end.
func (v *view) at(i int) int {
	switch {
	case i >= len(v.text):
		return v.end
	case v.pos == nil:
		return v.shift + i
	}
	return v.pos[i]
}

// skipSpaces returns the number of spaces that b begins with.
func skipSpaces(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " ")) }
