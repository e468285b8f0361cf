package shell

import (
	"fmt"
	"strings"
)

// A roff is a page in the language of man(7). (The library for it that comes with cobra makes tables of Markdown when a
// program starts, for longer than all else that is done before the first line.)
type roff struct{ strings.Builder }

func (r *roff) raw(text string) { r.WriteString(text) }

// macro writes a request with its arguments.
func (r *roff) macro(name string, args ...string) {
	r.raw("." + name)
	for _, a := range args {
		r.raw(` "` + strings.ReplaceAll(escaped(a), `"`, `\(dq`) + `"`)
	}
	r.raw("\n")
}

// line writes a line of text. One that begins like a request is made none.
func (r *roff) line(text string) {
	text = escaped(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	r.raw(text + "\n")
}

// escaped is text in which nothing is taken for an order. What is not ASCII is written by its number: who
// reads the page may have no UTF-8.
func escaped(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case c == '\\':
			b.WriteString(`\e`)
		case c == '-':
			b.WriteString(`\-`) // one that can be copied and typed
		case c == '~':
			b.WriteString(`\(ti`)
		case c == '^':
			b.WriteString(`\(ha`)
		case c == '`':
			b.WriteString(`\(ga`)
		case c == '\'':
			b.WriteString(`\(aq`)
		case c > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// prose writes paragraphs. One with lines that are indented is laid out by hand, and stays so.
func (r *roff) prose(text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			r.macro("PP")
		}
		if strings.Contains("\n"+paragraph, "\n ") {
			r.asItIs(paragraph)
			continue
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			r.line(line)
		}
	}
}

// asItIs writes lines that are not to be filled.
func (r *roff) asItIs(text string) {
	r.macro("nf")
	for line := range strings.SplitSeq(text, "\n") {
		r.line(line)
	}
	r.macro("fi")
}

// terms writes things with what they mean.
func (r *roff) terms(all []term) {
	for _, t := range all {
		r.macro("TP")
		r.macro("B", t.what)
		r.line(t.means)
	}
}
