package match

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/view"
)

// What is known of the beginning of a line whose end is not there yet: a
// prompt, a frame of a spinner, or a piece of a block.

// LongestPart is how long a part is, at most, that may be a piece.
const LongestPart = cpython.MaxRepr

// ShowPart notes that a part of a line leaves, which is not matched any more.
func (m *Matcher) ShowPart(v *view.Line, number int) {
	m.part(v, number)
	m.within = m.last
	all := v.End == len(v.Raw)
	m.shown = m.shown && all || all && !isBlank(v.Text)
}

// Harmless returns how many bytes of a part can be shown, since they are not the beginning of a
// known issue.
func (m *Matcher) Harmless(v *view.Line, number int) int {
	w := m.part(v, number)
	text := bytes.TrimLeft(v.Text, " ")
	lead := len(v.Text) - len(text)
	switch i := bytes.LastIndex(text, []byte(cpython.Ignored)); {
	case !w.shown && w.mayBegin(text), w.awaited(text, lead):
		return 0
	case i >= 0 && w.standaloneAt(text[i:]):
		return v.At(lead + i)
	}
	return v.TornSequence()
}

// part makes who writes a part of a line the current writer.
func (m *Matcher) part(v *view.Line, number int) *writer {
	m.view, m.line = v, number
	return m.enter(v)
}

// mayBegin reports whether a text is the beginning of one that a known issue
// begins with, or begins with such a text.
func (m *Matcher) mayBegin(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	for _, b := range m.plan.Beginnings() {
		if bytes.HasPrefix(b, text) || bytes.HasPrefix(text, b) {
			return true
		}
	}
	return false
}

// awaited reports whether a block waits for a text that is the beginning of a
// line, or for what it may become.
func (w *writer) awaited(text []byte, lead int) bool {
	if len(text) == 0 {
		return false
	}
	at := candidate{text: text, lead: lead, behind: w.shown}
	w.looking(&at)
	return w.awaits(&at, func(b *block) bool { return b.State != hold.Passed })
}

// Renew gives open blocks more time when a part of a line has grown and is a piece of theirs: carets are
// written one by one.
func (m *Matcher) Renew(v *view.Line, number int) {
	const indent = 80 // spaces that may stand in front of a piece
	w := m.part(v, number)
	text := bytes.TrimLeft(v.Text, " ")
	lead := len(v.Text) - len(text)
	blank := len(text) == 0 && lead <= indent
	if !blank && !w.awaited(text, lead) {
		return
	}
	for _, b := range w.open {
		b.at = w.now
	}
}
