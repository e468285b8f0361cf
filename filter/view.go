package filter

import "bytes"

// A view is a line as matching sees it: without escape sequences, without
// the prefix that a CI system or log collector put in front, and without its
// end. It leads back to the original bytes, which are the only ones that are
// ever sent out.
type view struct {
	raw   []byte
	text  []byte
	pos   []int      // pos[i] is where text[i] lies in raw
	end   int        // where the line end begins in raw; len(raw) if there is none
	seqs  []sequence // escape sequences in raw
	leaks bool       // a colour is left on, or one from before is switched off
	dress string     // which prefix there was, and whose; lines of one writer have the same
}

// A span is a half-open range of bytes.
type span struct{ from, to int }

// A sequence is an escape sequence that colours, or one that does more.
type sequence struct {
	span
	color bool
}

// look makes v the view of raw, one line or frame. It reuses v's memory.
func (v *view) look(raw []byte) {
	*v = view{raw: raw, text: v.text[:0], pos: v.pos[:0], seqs: v.seqs[:0], end: len(raw) - endLen(raw)}
	endless := false // an unended string reaches over all that follow
	for i := 0; i < v.end; {
		if raw[i] != esc {
			v.text = append(v.text, raw[i])
			v.pos = append(v.pos, i)
			i++
			continue
		}
		n := 2
		if !endless || !introducesString(raw[i:v.end]) {
			n, endless = escapeLen(raw[i:v.end])
		}
		v.seqs = append(v.seqs, sequence{span{i, i + n}, colors(raw[i : i+n])})
		i += n
	}
	n, dress := prefixLen(v.text)
	v.text, v.pos, v.dress = v.text[n:], v.pos[n:], dress
	v.leaks = v.leak()
}

// colors reports whether a sequence is SGR (ECMA-48 8.3.117), and not a
// private one that ends with the same letter.
func colors(seq []byte) bool {
	return len(seq) > 2 && seq[1] == '[' && seq[len(seq)-1] == 'm' && (seq[2] < '<' || seq[2] > '?')
}

// leak reports whether the colours of the line are not switched on and off in
// it: then they are not the noise's alone.
func (v *view) leak() bool {
	on, leak := false, false
	for _, s := range v.seqs {
		if s.color {
			reset := resets(v.raw[s.from+2 : s.to-1])
			leak = leak || reset && !on
			on = !reset
		}
	}
	return leak || on
}

// resets reports whether the parameters of SGR switch a colour off.
func resets(params []byte) bool {
	switch string(params) {
	case "", "0", "00", "22", "23", "24", "27", "39", "49":
		return true
	}
	return false
}

// moves reports whether there are sequences in a range of raw that are meant
// for the screen, and not for the text.
func (v *view) moves(r span) bool {
	for _, s := range v.seqs {
		if s.from >= r.from && s.to <= r.to && (!s.color || v.leaks) {
			return true
		}
	}
	return false
}

// at returns where text[i] lies in raw; at len(text) the line end.
func (v *view) at(i int) int {
	if i < len(v.pos) {
		return v.pos[i]
	}
	return v.end
}

const esc = 0x1b

// endLen returns the length of the end of a line: LF, CR LF, or the CR of a
// frame that is overwritten, with the erasing sequence that follows it.
func endLen(raw []byte) int {
	n := len(raw)
	switch {
	case bytes.HasSuffix(raw, []byte("\n")): // CR CR LF comes of a terminal in a terminal
		return n - len(bytes.TrimRight(raw[:n-1], "\r"))
	case bytes.HasSuffix(raw, []byte("\r")):
		return 1
	}
	if i := bytes.LastIndexByte(raw, '\r'); i >= 0 && i+1 < n && eraseLen(raw[i+1:]) == n-i-1 {
		return n - i
	}
	return 0
}

// eraseLen returns the length of the sequence EL ("erase in line", ECMA-48
// 8.3.41) that b begins with, or 0.
func eraseLen(b []byte) int {
	for _, el := range [...]string{"\x1b[K", "\x1b[0K", "\x1b[1K", "\x1b[2K"} {
		if bytes.HasPrefix(b, []byte(el)) {
			return len(el)
		}
	}
	return 0
}

// introducesString reports whether b begins with a sequence that takes a
// string, such as OSC.
func introducesString(b []byte) bool {
	return len(b) > 1 && bytes.IndexByte([]byte("]P_^X"), b[1]) >= 0
}

// escapeLen returns the length of the escape sequence (ECMA-48) that b begins
// with; b[0] is ESC. One that is cut off reaches to the end of b. endless: it is
// a string that does not end in this line, so that only the introducer is hidden.
func escapeLen(b []byte) (n int, endless bool) {
	switch {
	case len(b) < 2:
		return len(b), false
	case b[1] == '[':
		return csiLen(b), false
	case introducesString(b):
		return stringLen(b)
	}
	i := 1
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x2f {
		i++
	}
	return min(i+1, len(b)), false
}

// csiLen is for CSI: parameters, intermediates, one final byte.
func csiLen(b []byte) int {
	for i := 2; i < len(b); i++ {
		if b[i] >= 0x40 && b[i] <= 0x7e {
			return i + 1
		}
		if b[i] < 0x20 || b[i] > 0x7e {
			return i // broken: what follows is text again
		}
	}
	return len(b)
}

// stringLen is for strings, ended by BEL or ST.
func stringLen(b []byte) (n int, endless bool) {
	for i := 2; i < len(b); i++ {
		if b[i] == 0x07 {
			return i + 1, false
		}
		if b[i] == esc && i+1 < len(b) && b[i+1] == '\\' {
			return i + 2, false
		}
	}
	return 2, true
}
