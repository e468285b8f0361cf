package view

import (
	"bytes"
	"slices"
	"strings"
)

// compose is the kind of the layout of Docker Compose.
const compose = "compose"

// A layout is what a system writes in front of a line, made ready.
type layout struct {
	kind  string // names the layout in a dress
	text  string // as it stands in the table
	parts []part
	// escapes: control characters are written in figures.
	escapes bool
}

// A part of a layout is a text, or a field.
type part struct {
	text  string
	field field  // with scan, if it is one
	name  string // of the field
}

// A scanned is the field that several layouts begin with, which is looked for once.
type scanned struct {
	name string
	n    int
}

// A Match is a layout that a text begins with.
type Match struct {
	layout  *layout
	n       int
	writer  [5]Span
	writers int
	stamp   Span // empty: no date
	goesOn  bool // the text is the rest of a line
}

// layouts are those of all formats, by the bytes that they can begin with.
type layouts [256][]*layout

// newLayouts makes the layouts of formats ready, each once.
func newLayouts(formats []format) *layouts {
	all, known := &layouts{}, map[string]bool{}
	for _, f := range formats {
		for _, text := range f.layouts {
			if !known[text] {
				known[text] = true
				all.add(newLayout(text))
			}
		}
	}
	return all
}

func (all *layouts) add(l *layout) {
	first := l.parts[0].text
	if f := l.parts[0].field; f.scan != nil {
		first = f.first
	} else {
		first = first[:1]
	}
	for c := range all {
		if first == "" && c > ' ' || strings.IndexByte(first, byte(c)) >= 0 {
			all[c] = append(all[c], l)
			slices.SortStableFunc(all[c], func(a, b *layout) int { return strings.Compare(a.parts[0].name, b.parts[0].name) })
		}
	}
}

// newLayout reads a layout. A field that is not known is a mistake in the table,
// which its test finds.
func newLayout(text string) *layout {
	l := &layout{kind: text, text: text, escapes: strings.Contains(text, "{host}")}
	if strings.HasPrefix(text, "{service}") {
		l.kind = compose
	}
	for text != "" {
		lit, rest, _ := strings.Cut(text, "{")
		if lit != "" {
			l.parts = append(l.parts, part{text: lit})
		}
		name, after, ok := strings.Cut(rest, "}")
		if ok {
			l.parts = append(l.parts, part{field: fields[name], name: name})
		}
		text = after
	}
	return l
}

// match finds the layout at the start of a text, and writes to m how it fits. first is what was
// looked for there last.
func (l *layout) match(text []byte, m *Match, first *scanned) bool {
	m.layout, m.n, m.writers, m.stamp, m.goesOn = l, 0, 0, Span{}, false
	for i := range l.parts {
		p, rest := &l.parts[i], text[m.n:]
		if p.field.scan == nil {
			n := literalLen(rest, p.text, i == len(l.parts)-1)
			if n < 0 {
				return false
			}
			m.n += n
			continue
		}
		n := first.n
		if i > 0 {
			n = p.field.scan(rest)
		} else if p.name != first.name {
			n = p.field.scan(rest)
			*first = scanned{p.name, n}
		}
		if n < 0 {
			return false
		}
		m.take(&p.field, Span{m.n, m.n + n}, text)
	}
	return true
}

// take enters a field that was found.
func (m *Match) take(f *field, at Span, text []byte) {
	m.n = at.To
	if f.stamp && m.stamp.To == 0 {
		m.stamp = at
	}
	if f.writer && m.writers < len(m.writer) {
		at.To = at.From + f.nameLen(text[at.From:at.To])
		m.writer[m.writers] = at
		m.writers++
	}
	m.goesOn = m.goesOn || f.until == flag && text[m.n-1] == flag
}

// nameLen is how much of a field is the same in all lines of its writer.
func (f *field) nameLen(text []byte) int {
	if f.until == flag {
		return len(text) - 1
	}
	if i := bytes.IndexByte(text, f.until); i > 0 && f.until > 0 {
		return i
	}
	return len(text)
}

// literalLen is the length of a text that b begins with, or -1. The space at the
// end of the last may be missing at the end of a line.
func literalLen(b []byte, text string, last bool) int {
	if bytes.HasPrefix(b, []byte(text)) {
		return len(text)
	}
	if cut, ok := strings.CutSuffix(text, " "); last && ok && string(b) == cut {
		return len(b)
	}
	return -1
}
