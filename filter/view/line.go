// Package view shows a line as matching sees it: without escape sequences, without
// what CI systems and log collectors write in front of it, and frame by frame where
// it is overwritten. Raw bytes go in; out come the text that is seen, whose it is, and the way back to the bytes. formats.go has the table of what is seen through.
package view

import (
	"bytes"
	"iter"
)

// A Line is a line as matching sees it: without escape sequences, without
// the prefix that a CI system or log collector put in front, and without its
// end. It leads back to the original bytes, which are the only ones that are
// ever sent out.
type Line struct {
	Raw  []byte
	Text []byte // what is seen; may lie in raw
	End  int    // where the line end begins in raw; len(raw) if there is none

	// Dress is which prefix there was, and whose; lines of one writer have the
	// same. It is empty if there was none, or one that every writer has.
	Dress   string
	Prefix  int  // where in raw the prefix ends; 0: there is none
	GoesOn  bool // it says that the text is the rest of a line
	Escaped bool // it says that control characters may be written in figures

	// Wrapped: the text stands in an object of JSON, see wrapped.go. Inner: another line, or frame, of the same
	// text follows. Bytes: it is an array of bytes; each has the comma that stands in front of it, but the first. Tail is where in
	// Raw begins what is behind the text.
	Wrapped, Inner, Bytes bool
	Tail                  int

	pos   []int      // pos[i] is where text[i] lies in raw; nil: shift+i
	shift int        // with pos nil
	seqs  []sequence // escape sequences in raw
	leaks bool       // a colour is left on, or one from before is switched off
	stamp []byte     // the date in the prefix; nil: none

	key    []byte // dress, as it is put together
	Narrow bool   // one space stands behind the time of day; see narrowClock
	texts  []byte // memory for text, and for pos
	places []int
	bare   *bare    // texts that have no prefix
	taught []learnt // prefixes that are in no table
	margin margin
	ended  bool // of what is wrapped: it is a line, and no frame
	wrapper
}

// A Span is a half-open range of bytes.
type Span struct{ From, To int }

// A sequence is an escape sequence that colours, one that is of the prefix though
// it may stand elsewhere, or one that does more.
type sequence struct {
	Span
	color, mark bool
	change      change // with color
}

// sequenceOf reads one.
func sequenceOf(at Span, seq []byte, mark bool) sequence {
	s := sequence{Span: at, color: !mark && colors(seq), mark: mark}
	if s.color {
		s.change = changeOf(seq)
	}
	return s
}

// Look makes v the view of raw, one line or frame; of texts in an object that are several, of the last that is
// to be seen. It reuses v's memory.
func (v *Line) Look(raw []byte) { v.lookFor(Known, raw) }

// Untaught reports whether no line has taught the view a prefix that is in no table. Then there is none in front of a text that
// begins with a space.
func (v *Line) Untaught() bool { return len(v.taught) == 0 }

// lookFor is look for the prefixes of some formats.
func (v *Line) lookFor(prefixes *layouts, raw []byte) {
	if v.open(prefixes, raw) {
		v.lookLast(prefixes)
		return
	}
	v.lookPlain(prefixes, raw)
}

// lookPlain is look for a line that is not wrapped.
func (v *Line) lookPlain(prefixes *layouts, raw []byte) {
	v.begin(raw)
	v.undress(prefixes)
	v.finish()
}

// reset forgets what was seen, but for the memory.
func (v *Line) reset(raw []byte) {
	v.Raw, v.Text, v.End = raw, nil, len(raw) // each by itself: to write all of it anew, with what it keeps, takes longer than a look
	v.Prefix, v.GoesOn, v.Escaped = 0, false, false
	v.Wrapped, v.Inner, v.Bytes, v.Tail = false, false, false, 0
	v.pos, v.shift, v.seqs, v.leaks = nil, 0, v.seqs[:0], false
	v.stamp, v.key, v.ended = nil, v.key[:0], false
}

// begin makes the text of raw, with its prefix.
func (v *Line) begin(raw []byte) {
	v.reset(raw)
	v.End -= endLen(raw)
	if bytes.IndexByte(raw, Esc) < 0 && !bytes.HasPrefix(raw, []byte(Bom)) {
		v.Text = raw[:v.End:v.End]
	} else {
		v.hideSequences()
	}
	v.breakSpaces()
}

// finish finds out about the sequences of the line.
func (v *Line) finish() {
	if v.Escaped && bytes.Contains(v.Text, []byte("#0")) {
		v.hideFigures()
	}
	if len(v.seqs) > 0 {
		v.leaks = v.leak()
		v.widenPrefix()
	}
}

// Cut takes the first n bytes off the text.
func (v *Line) Cut(n int) {
	v.Text = v.Text[n:]
	if v.pos != nil {
		v.pos = v.pos[n:]
	} else {
		v.shift += n
	}
}

// leak reports whether the colours of the line are not switched on and off in
// it: then they are not the noise's alone.
func (v *Line) leak() bool {
	var now, ever, off style
	for _, s := range v.seqs {
		now = s.change.to(now)
		ever, off = ever|now, off|s.change.off
	}
	return now != 0 || ever == 0 && off != 0 // what was on before is switched off
}

// widenPrefix takes in what stands directly behind the prefix and belongs to it:
// marks, and the end of a colour that begins in it.
func (v *Line) widenPrefix() {
	now := style(0)
	for _, s := range v.seqs {
		switch {
		case s.From > v.Prefix:
			return
		case s.mark, s.color && now != 0 && s.From == v.Prefix && s.change.to(now) == 0:
			v.Prefix = max(v.Prefix, s.To)
		}
		now = s.change.to(now)
	}
}

// Staying yields the sequences in a range of raw that are left in the stream when
// what stands around them is not: they are meant for the screen, and not for the
// text, or switch a colour on or off for what comes later.
func (v *Line) Staying(r Span) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		for _, s := range v.seqs {
			if s.From >= r.From && s.To <= r.To && !s.mark && (!s.color || v.leaks) && !yield(s.Span) {
				return
			}
		}
	}
}

// Moves reports whether there are sequences in a range of raw that stay.
func (v *Line) Moves(r Span) bool {
	for range v.Staying(r) {
		return true
	}
	return false
}

// EndHere makes a line of a frame.
func (v *Line) EndHere() { v.ended = true }

// EndsHere reports whether a frame was made a line.
func (v *Line) EndsHere() bool { return v.ended && !v.Wrapped }

// IsLine reports whether the view ends with a line feed, or is the end of a wrapped text.
func (v *Line) IsLine() bool { return v.ended || bytes.HasSuffix(v.Raw, []byte("\n")) }

// TornSequence returns where in raw an escape sequence begins whose end is not
// there yet; len(raw) if there is none.
func (v *Line) TornSequence() int {
	if n := len(v.seqs); n > 0 && v.seqs[n-1].To == len(v.Raw) && !whole(v.Raw[v.seqs[n-1].From:]) {
		return v.seqs[n-1].From
	}
	return len(v.Raw)
}

// At returns where text[i] lies in raw; at len(text) the line end.
func (v *Line) At(i int) int {
	switch {
	case i >= len(v.Text):
		return v.End
	case v.pos == nil:
		return v.shift + i
	}
	return v.pos[i]
}

// SkipSpaces returns the number of spaces that b begins with.
func SkipSpaces(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " ")) }
