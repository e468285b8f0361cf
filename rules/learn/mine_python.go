package learn

import (
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/skeleton"
	"github.com/orbfilter/orbfilter/rules/mask"
)

// Texts of Python are put together by what is known of their form: the lines
// of two tracebacks are alike, and those of one differ from release to release.

// A pythonLines is a text of Python that has not ended.
type pythonLines []writtenLine

// pythonLine reports whether a line is a part of a text of Python. What pyinfra
// prints for a host is not: no rule for Python would find it there.
func (m *Miner) pythonLine(l writtenLine) bool {
	p := m.python[l.dress]
	switch {
	case draft.StartsPython(l.text) && !p.wants(l.text), len(p) == 0 && isWarningText(l.text):
		m.endPython(l.dress)
		m.python[l.dress] = pythonLines{l}
		return true
	case len(p) == 0, pyinfra.NamesHost([]byte(l.text)), len(p) == draft.MaxLines:
		return false
	case !draft.StartsPython(p[0].text) && (len(p) > 1 || leadOf(l.text) != cpython.FrameIndent): // a warning is complete
		m.endPython(l.dress)
		return m.pythonLine(l)
	}
	m.python[l.dress] = append(p, l)
	if draft.StartsPython(p[0].text) && l.text[0] != ' ' && !draft.StartsPython(l.text) { // the error
		m.endPython(l.dress)
	}
	return true
}

func leadOf(text string) int { return view.SkipSpaces([]byte(text)) }

// wants reports whether a line is the head of the traceback that comes next.
func (p pythonLines) wants(text string) bool {
	return len(p) == 1 && strings.HasPrefix(p[0].text, cpython.Ignored) && strings.HasPrefix(text, cpython.TracebackHead)
}

func isWarningText(text string) bool {
	if !strings.Contains(text, "Warning: ") { // which is faster to see
		return false
	}
	_, category, _, ok := cpython.WarningParts([]byte(text))
	return ok && draft.IsWarningClass(category)
}

// endPython counts a text of Python; its lines alone if it is none after all.
func (m *Miner) endPython(dress string) {
	p := m.python[dress]
	delete(m.python, dress)
	if len(p) == 0 {
		return
	}
	m.key = append(m.key[:0], "Python\n"...)
	for _, l := range p {
		m.key = append(skeleton.Signature(m.key, l.text), '\n')
	}
	r, known := m.cache[string(m.key)]
	if known {
		r.of = m.root(r.of)
	}
	if r.of == nil {
		if r.of = m.pythonTemplate(p); r.of == nil {
			return
		}
	}
	m.sources.CutOne(dress)
	m.seen(r.of, p[0], p.sample)
}

// pythonTemplate returns the template of a text of Python, and remembers it. It
// is nil if it is none; then its lines are counted.
func (m *Miner) pythonTemplate(p pythonLines) *template {
	key := string(m.key)
	texts := make([]string, 0, len(p))
	for _, l := range p {
		texts = append(texts, l.text)
	}
	if draft.ReadPython(texts) == nil {
		for _, l := range p {
			m.count(l)
		}
		return nil
	}
	t := m.templateOf(m.forest.Exact(shapeOf(texts)))
	t.python = true
	m.remember(key, remembered{of: t})
	return t
}

func (p pythonLines) sample() (lines []draft.Line) {
	for _, l := range p {
		lines = append(lines, draft.Line{Text: l.text})
	}
	return lines
}

// shapeOf is the same for texts of Python that one rule knows.
func shapeOf(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		word := strings.TrimLeft(l, " ")
		switch {
		case cpython.IsMarks([]byte(word)): // carets, which some releases draw
		case len(l)-len(word) >= cpython.SourceIndent:
			b.WriteString(word + "\n")
		default:
			b.WriteString(mask.Expression(mask.Mask(word)) + "\n")
		}
	}
	return b.String()
}
