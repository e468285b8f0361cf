package printable

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// A Syntax is what a text is written in: it decides what stands for a hidden character.
type Syntax int

// The syntaxes.
const (
	Text   Syntax = iota // it is taken out, but for ends of lines, tabs, and the sequences that colour and erase
	Markup               // HTML and Markdown: it is taken out, but for ends of lines and tabs
	JSON                 // \u202e: nothing is lost
	XML                  // &#x202e;: nothing is lost
	ASCII                // as Text, for who has no UTF-8: what is not ASCII is written in ASCII, or as its number, \u00e9
)

// A Writer is the last that text goes through. Each part of a program makes what it tells fit to be told; this is for
// what one of them forgets, and for data, whose values are not to be changed.
type Writer struct {
	w      io.Writer
	syntax Syntax
	rest   []byte // an unfinished character, or sequence
	out    []byte
}

// NewWriter returns a Writer in front of w. Flush it at the end.
func NewWriter(w io.Writer, s Syntax) *Writer { return &Writer{w: w, syntax: s} }

// Write writes p, but for an unfinished character at its end.
func (w *Writer) Write(p []byte) (int, error) {
	text := p
	if len(w.rest) > 0 {
		text = slices.Concat(w.rest, p)
	}
	done := 0
	w.out, done = w.syntax.filter(w.out[:0], text, false)
	w.rest = append([]byte(nil), text[done:]...)
	if _, err := w.w.Write(w.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is unfinished as what it is: no character.
func (w *Writer) Flush() error {
	out, _ := w.syntax.filter(nil, w.rest, true)
	if w.rest = nil; len(out) == 0 {
		return nil
	}
	_, err := w.w.Write(out)
	return err
}

// Bytes returns all of a text as a Writer writes it.
func (s Syntax) Bytes(p []byte) []byte {
	out, _ := s.filter(nil, p, true)
	return out
}

// filter appends text to out, up to done. last: nothing follows.
func (s Syntax) filter(out, text []byte, last bool) (_ []byte, done int) {
	from := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		n, keep, more := s.look(text[i:])
		if more && !last {
			return append(out, text[from:i]...), i
		}
		if !keep {
			r, _ := utf8.DecodeRune(text[i:])
			out = s.instead(append(out, text[from:i]...), r)
			from = i + n
		}
		i += n
	}
	return append(out, text[from:]...), len(text)
}

// look says how long the next character, or sequence, is, and whether it stays. more: it is not to be told yet.
func (s Syntax) look(text []byte) (n int, keep, more bool) {
	if text[0] == '\r' {
		return 1, s == Text || s == ASCII || s == XML, false
	}
	if text[0] == 0x1b && (s == Text || s == ASCII) {
		n, whole := ours(text)
		return max(n, 1), n > 0 && whole, n > 0 && !whole
	}
	if text[0] < utf8.RuneSelf {
		return 1, false, false
	}
	if !utf8.FullRune(text) {
		return 1, false, true
	}
	r, n := utf8.DecodeRune(text)
	return n, s != ASCII && !Hidden(r) && (r != utf8.RuneError || n > 1), false
}

// maxSequence is longer than each of our own.
const maxSequence = 32

// ours returns how long a sequence is that colours (SGR) or erases in the line (EL), such as we write; 0: it is another.
func ours(text []byte) (n int, whole bool) {
	for n = 1; n < len(text) && n < maxSequence; n++ {
		switch c := text[n]; {
		case n == 1 && c == '[', n > 1 && (c >= '0' && c <= '9' || c == ';'):
		case n > 1 && (c == 'm' || c == 'K'):
			return n + 1, true
		default:
			return 0, false
		}
	}
	return n % maxSequence, false
}

// instead appends what stands for a hidden character.
func (s Syntax) instead(out []byte, r rune) []byte {
	switch {
	case s == ASCII && r >= utf8.RuneSelf && !Hidden(r):
		return append(out, inASCII(r)...)
	case r == utf8.RuneError:
		return append(out, "\uFFFD"...)
	case s == JSON:
		for _, u := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, u)
		}
	case s == XML && r >= 0x7f && r != 0xfffe && r != 0xffff:
		out = fmt.Appendf(out, "&#x%x;", r)
	case s != XML && endsLine(r):
		return append(out, ' ')
	}
	return out
}
