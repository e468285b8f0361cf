package view

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// A collector may keep each line as a text in an object of JSON: Docker's json-file, the journal, Fluent Bit, Vector,
// the runner of GitLab. An object is read here where it lies, since what is taken out of its text is taken out of
// these bytes: each value is known by where it stands.

// The kinds of values, by the byte that they begin with; of all others it is nothing that a name or a text has.
const (
	stringValue = '"'
	arrayValue  = '['
	objectValue = '{'
	numberValue = '0'
)

// deepest is how deep objects may lie in each other.
const deepest = 16

// A member is a value in an object.
type member struct {
	parent, key []byte // the key, and that of the object that it is in, which is empty for the outermost
	kind        byte
	Span        // of the value; of strings and arrays what is between the quotes or brackets
}

// An objectReader reads an object, and tells of its members.
type objectReader struct {
	b    []byte
	at   int
	deep int
	each func(member)
}

// readObject reads the object that b begins with, and returns its length; 0: it is none that is valid. Members of an object that
// is in it come in front of it.
func readObject(b []byte, each func(member)) int {
	r := objectReader{b: b, each: each}
	if !r.is('{') || !r.object(nil) {
		return 0
	}
	return r.at
}

// is reports whether a byte comes next.
func (r *objectReader) is(c byte) bool { return r.at < len(r.b) && r.b[r.at] == c }

// take takes a byte, and the white space around it.
func (r *objectReader) take(c byte) bool {
	r.space()
	if !r.is(c) {
		return false
	}
	r.at++
	r.space()
	return true
}

func (r *objectReader) space() {
	for r.at < len(r.b) && (r.b[r.at] == ' ' || r.b[r.at] == '\t' || r.b[r.at] == '\r' || r.b[r.at] == '\n') {
		r.at++
	}
}

// object reads one that is the value of a key.
func (r *objectReader) object(key []byte) bool {
	if r.deep++; r.deep > deepest || !r.take('{') {
		return false
	}
	for first := true; !r.is('}'); first = false {
		if !first && !r.take(',') || !r.is('"') {
			return false
		}
		name, ok := r.text()
		if !ok || !r.take(':') || !r.value(key, r.b[name.From:name.To]) {
			return false
		}
		r.space()
	}
	r.at++
	r.deep--
	return true
}

// value reads the value of a key.
func (r *objectReader) value(parent, key []byte) bool {
	if r.at >= len(r.b) {
		return false
	}
	m := member{parent: parent, key: key, kind: r.b[r.at]}
	ok := false
	switch m.kind {
	case stringValue:
		m.Span, ok = r.text()
	case objectValue:
		m.From = r.at
		ok = r.object(key)
		m.To = r.at
	case arrayValue:
		m.From = r.at + 1
		ok = r.array(key)
		m.To = r.at - 1
	default:
		m.From = r.at
		ok = r.scalar()
		m.To, m.kind = r.at, numberValue
	}
	if ok {
		r.each(m)
	}
	return ok
}

// array reads one that is the value of a key. What is in it is nobody's, but for objects, whose members are as if
// they were in the object around it.
func (r *objectReader) array(key []byte) bool {
	if r.deep++; r.deep > deepest || !r.take('[') {
		return false
	}
	for first := true; !r.is(']'); first = false {
		if !first && !r.take(',') || !r.element(key) {
			return false
		}
		r.space()
	}
	r.at++
	r.deep--
	return true
}

func (r *objectReader) element(key []byte) (ok bool) {
	switch {
	case r.is('{'):
		return r.object(key)
	case r.is('['):
		return r.array(key)
	case r.is('"'):
		_, ok = r.text()
		return ok
	}
	return r.scalar()
}

// scalar reads a number, or a word.
func (r *objectReader) scalar() bool {
	from, plain := r.at, true
	for r.at < len(r.b) && bytes.IndexByte([]byte(" \t\r\n,]}"), r.b[r.at]) < 0 {
		plain = plain && isDigit(r.b[r.at])
		r.at++
	}
	word := r.b[from:r.at]
	return len(word) > 0 && (plain && (word[0] != '0' || len(word) == 1) || json.Valid(word))
}

// text reads a string, and returns what is between its quotes.
func (r *objectReader) text() (s Span, ok bool) {
	r.at++
	s.From = r.at
	for r.at < len(r.b) {
		switch c := r.b[r.at]; {
		case c == '"':
			s.To = r.at
			r.at++
			return s, true
		case c < ' ':
			return s, false
		case c == '\\':
			n := escapedLen(r.b[r.at:])
			if n == 0 {
				return s, false
			}
			r.at += n
		default:
			r.at++
		}
	}
	return s, false
}

// escapedLen is the length of an escaped character that b begins with; 0: it is none. Two halves of a pair (UTF-16) are one.
func escapedLen(b []byte) int {
	switch {
	case len(b) < 2:
		return 0
	case b[1] != 'u':
		if bytes.IndexByte([]byte(`"\/bfnrt`), b[1]) < 0 {
			return 0
		}
		return 2
	}
	first := hexadecimal(b)
	if first < 0 {
		return 0
	}
	if utf16.IsSurrogate(first) && utf16.DecodeRune(first, hexadecimal(b[escapeU:])) != utf8.RuneError {
		return 2 * escapeU
	}
	return escapeU
}

// escapeU is the length of a character that is written with its number: \u00e9.
const escapeU = len(`\u0000`)

// hexadecimal reads one, or returns -1.
func hexadecimal(b []byte) (r rune) {
	if len(b) < escapeU || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	for _, c := range b[2:escapeU] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}

// controls are the control characters that have a letter.
var controls = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// appendEscaped appends the character that an escape of n bytes is.
func appendEscaped(to, b []byte, n int) []byte {
	switch n {
	case 2:
		if c, ok := controls[b[1]]; ok {
			return append(to, c)
		}
		return append(to, b[1])
	case escapeU:
		return utf8.AppendRune(to, hexadecimal(b)) // half a pair is U+FFFD
	}
	return utf8.AppendRune(to, utf16.DecodeRune(hexadecimal(b), hexadecimal(b[escapeU:])))
}
