// Package jsonlist writes a JSON value of which lists are most, an element at a time: package json keeps in memory all that it
// writes, and once more to indent it.
package jsonlist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// A List is what is written in the place of an empty one.
type List struct {
	Name  string // of its field
	Depth int    // how many values are around it; 0: it is the value itself, and has no name
	Len   int
	At    func(i int) any // element i
}

// head is what stands in front of the elements. A line feed in a text is written as \n, so
// that no text looks like it.
func (l *List) head() string {
	if l.Depth == 0 {
		return "["
	}
	return "\n" + strings.Repeat("  ", l.Depth) + `"` + l.Name + `": [`
}

// Write writes a value, indented for people, in which the lists are empty that are named, in the order in which they come. The
// value that stands in for them is not nil.
func Write(w io.Writer, frame any, lists ...List) error {
	var text bytes.Buffer
	if err := encode(&text, "", frame); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	rest := text.Bytes()
	for i := range lists {
		l := &lists[i]
		if l.Len == 0 {
			continue
		}
		at := bytes.Index(rest, []byte(l.head()+"]")) + len(l.head())
		_, _ = out.Write(rest[:at]) // its error is that of Flush
		rest = rest[at:]
		if err := l.write(out); err != nil {
			return err
		}
	}
	_, _ = out.Write(rest)
	return out.Flush()
}

// write writes the elements.
func (l *List) write(out *bufio.Writer) error {
	var text bytes.Buffer
	indent := strings.Repeat("  ", l.Depth+1)
	for i := range l.Len {
		text.Reset()
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString("\n" + indent)
		if err := encode(&text, indent, l.At(i)); err != nil {
			return err
		}
		text.Truncate(text.Len() - 1)
		if i == l.Len-1 {
			text.WriteString("\n" + indent[2:])
		}
		if _, err := out.Write(text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// encode writes a value, and a line feed behind it; prefix is in front of all its
// lines but the first.
func encode(to *bytes.Buffer, prefix string, value any) error {
	enc := json.NewEncoder(to)
	enc.SetIndent(prefix, "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
