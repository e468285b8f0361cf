package view

import "bytes"

// Whether a stretch of bytes may have text that is seen otherwise than it stands there: what is quick to ask, so that most lines
// need no view.

// A Promise is what is known of whole lines before any of them is looked at.
type Promise uint8

// What may be known, the least first.
const (
	Nothing   Promise = iota
	NoLiteral         // no line of them holds a literal of a rule
	Bare              // nor is there anything in them that may hide text
)

// MayBeWrapped reports whether a line, or the beginning of one, may be an object with a text. It is quick, and may be
// wrong when it says so.
func MayBeWrapped(raw []byte) bool {
	i := bytes.IndexByte(raw[:min(len(raw), LongestPrefix)], '{')
	return i >= 0 && beginsObject(raw[i:])
}

// LongestObject is how long a line may be, in bytes, in which there is an object with a text: a collector may put many lines into one.
const LongestObject = 512 << 10

// Most is how much of a line is looked at, if of others it is so much: of one that may be wrapped in an object all of it, so that the object is whole.
func Most(line []byte, of int) int {
	if len(line) > of && MayBeWrapped(line) {
		return LongestObject
	}
	return of
}

// beginsObject reports whether b may be the beginning of an object that is not empty; b[0] is its brace.
func beginsObject(b []byte) bool {
	rest := bytes.TrimLeft(b[1:], " \t")
	return len(rest) == 0 || rest[0] == '"'
}

// A Hidden finds what may hide text in bytes: escape sequences, objects, and spaces that are others. What was found is remembered: most logs have
// none, and are not to be searched for each line.
type Hidden struct {
	b     []byte
	next  [4]int // where the next of each kind is, if that is not behind already
	marks Marks
}

// NewHidden returns one for these bytes.
func NewHidden(b []byte) Hidden { return Hidden{b: b, next: [4]int{-1, -1, -1, -1}} }

// NewHiddenMarked returns one for whole lines of which the marks of what may hide text are known.
func NewHiddenMarked(b []byte, marks Marks) Hidden {
	h := NewHidden(b)
	h.marks = marks
	return h
}

// finders find the first of a kind; -1: there is none.
var finders = [...]func([]byte) int{
	func(b []byte) int { return bytes.IndexByte(b, Esc) },
	func(b []byte) int { return bytes.Index(b, []byte(EscFigures)) },
	object,
	func(b []byte) int { return bytes.Index(b, []byte(noBreak)) },
}

// Len is where the bytes end.
func (h *Hidden) Len() int { return len(h.b) }

// Next returns where the next one begins, from a place on, or the end. The place is not in front of the last one that was asked for.
func (h *Hidden) Next(from int) int {
	first := len(h.b)
	switch at, end := h.marks.Next(from); {
	case at >= 0:
		return min(at, first)
	case end >= first:
		return first
	default:
		from = max(from, end)
	}
	for kind, find := range finders {
		if h.next[kind] < from {
			h.next[kind] = len(h.b)
			if i := find(h.b[from:]); i >= 0 {
				h.next[kind] = from + i
			}
		}
		first = min(first, h.next[kind])
	}
	return first
}

// object returns where an object may begin first.
func object(b []byte) int {
	for from := 0; ; from++ {
		i := bytes.IndexByte(b[from:], '{')
		if i < 0 {
			return -1
		}
		if from += i; beginsObject(b[from:]) {
			return from
		}
	}
}

// Hides reports whether what is to be seen of a line may be other than its bytes. It is quick, and may be wrong when it says so.
func Hides(line []byte) bool {
	if bytes.IndexByte(line, Esc) >= 0 || bytes.Contains(line, []byte(EscFigures)) || bytes.Contains(line, []byte(noBreak)) {
		return true
	}
	for rest := line; ; {
		i := bytes.IndexByte(rest, '\\')
		if i < 0 || i+1 == len(rest) {
			return bytes.Contains(line, []byte(bytesKey))
		}
		if c := rest[i+1]; c != 'n' && c != 'r' {
			return true
		}
		rest = rest[i+2:]
	}
}
