package view

import "bytes"

// What was copied from a page of the web has no-break spaces for some or all of its spaces. They are seen as spaces.

// noBreak is the no-break space in UTF-8.
const noBreak = "\u00a0"

// breakSpaces makes spaces of the no-break spaces in the text.
func (v *Line) breakSpaces() {
	if !bytes.Contains(v.Text, []byte(noBreak)) {
		return
	}
	text, pos := make([]byte, 0, len(v.Text)), make([]int, 0, len(v.Text))
	for i := 0; i < len(v.Text); i++ {
		pos = append(pos, v.At(i))
		if bytes.HasPrefix(v.Text[i:], []byte(noBreak)) {
			text = append(text, ' ')
			i++
			continue
		}
		text = append(text, v.Text[i])
	}
	v.Text, v.pos = text, pos
}

// spaceLen returns how many bytes the space takes that b begins with; 0: there is none. In an object it may be
// written with its number, and in an array of bytes it has a comma: the one in front of it, or else the one behind.
func spaceLen(b []byte, wrapped, number bool) int {
	switch {
	case number:
		return spaceNumberLen(b)
	case len(b) > 0 && b[0] == ' ':
		return 1
	case bytes.HasPrefix(b, []byte(noBreak)):
		return len(noBreak)
	case wrapped && (bytes.HasPrefix(b, []byte(`\u0020`)) || bytes.HasPrefix(bytes.ToLower(b[:min(len(b), escapeU)]), []byte(`\u00a0`))):
		return escapeU
	}
	return 0
}

// spaceNumberLen is for the number of a space, and its comma.
func spaceNumberLen(b []byte) int {
	const space, between = "32", ", \t"
	from := len(b) - len(bytes.TrimLeft(b, between))
	n := from + len(space)
	if !bytes.HasPrefix(b[from:], []byte(space)) || n < len(b) && isDigit(b[n]) {
		return 0
	}
	if behind := bytes.TrimLeft(b[n:], between); from == 0 && len(behind) > 0 && isDigit(behind[0]) {
		return len(b) - len(behind)
	}
	return n
}

// A Writing is how a text is written in its line.
type Writing struct{ wrapped, number bool }

// SpacesLen returns how many bytes take so many spaces that a piece of a line begins with.
func (w Writing) SpacesLen(b []byte, spaces int) (n int) {
	for range spaces {
		n += spaceLen(b[n:], w.wrapped, w.number)
	}
	return n
}

// Writing is how that of the view is.
func (v *Line) Writing() Writing { return Writing{v.Wrapped, v.Bytes} }

// Spaces returns how many spaces a range of raw begins with.
func (v *Line) Spaces(r Span) (n int) {
	for raw := v.Raw[r.From:r.To]; ; n++ {
		size := spaceLen(raw, v.Wrapped, v.Bytes)
		if size == 0 {
			return n
		}
		raw = raw[size:]
	}
}
