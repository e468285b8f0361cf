package filter

import (
	"bytes"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// What is done with the beginning of a line whose end is not there yet: a
// prompt, a frame of a spinner, or a piece of a block.

// showPart lets the first n bytes of the line that has not ended leave.
func (f *Filter) showPart(n int) {
	if n == 0 {
		return
	}
	part := f.part[:n]
	f.lookIn(part)
	f.within = f.voice
	visible := len(bytes.TrimSpace(f.view.Text)) > 0 && f.view.End == len(part)
	rest := f.part[n:]
	f.part, f.seen, f.partAt = nil, 0, f.now
	f.pass(part)
	f.part = append(f.part, rest...)
	f.shown = f.shown && f.view.End == len(part) || visible
	f.returned = len(rest) == 0 && part[n-1] == '\r'
}

// harmless returns how many bytes of the line that has not ended can be shown,
// since they are not the beginning of a known issue.
func (f *Filter) harmless() int {
	v := &f.view
	f.lookIn(f.part)
	text := bytes.TrimLeft(v.Text, " ")
	lead := len(v.Text) - len(text)
	switch i := bytes.LastIndex(text, []byte(cpython.Ignored)); {
	case !f.shown && f.mayBegin(text), f.awaited(text, lead):
		return 0
	case i >= 0 && f.strongAt(text[i:]):
		return v.At(lead + i)
	}
	return v.TornSequence()
}

// lookIn brings a part of a line into view, and its voice.
func (f *Filter) lookIn(part []byte) {
	f.view.Look(part)
	f.enter(&f.view)
}

// mayBegin reports whether a text is the beginning of one that a known issue
// begins with, or begins with such a text.
func (f *Filter) mayBegin(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	for _, b := range f.beginnings() {
		if bytes.HasPrefix(b, text) || bytes.HasPrefix(text, b) {
			return true
		}
	}
	return false
}

// awaited reports whether a block waits for a text that is the beginning of a
// line, or for what it may become.
func (f *Filter) awaited(text []byte, lead int) bool {
	if len(text) == 0 {
		return false
	}
	at := sight{text: text, lead: lead, behind: f.shown}
	f.looking(&at)
	return f.awaits(&at, func(b *block) bool { return b.state != passed })
}

// renew gives open blocks more time when the line that has not ended grows and
// is a piece of theirs: carets are written one by one.
func (f *Filter) renew() {
	const indent = 80 // spaces that may stand in front of a piece
	if f.busyVoices == 0 || len(f.part) == 0 || len(f.part) > maxRepr {
		return
	}
	f.lookIn(f.part)
	text := bytes.TrimLeft(f.view.Text, " ")
	lead := len(f.view.Text) - len(text)
	blank := len(text) == 0 && lead <= indent
	if !blank && !f.awaited(text, lead) {
		return
	}
	for _, b := range f.open {
		b.at = f.now
	}
}

// beginnings returns the texts that lines begin with which a rule is about.
func (f *Filter) beginnings() [][]byte {
	var out [][]byte
	for _, p := range f.programs {
		out = append(out, literals(p.rule)...)
	}
	for _, l := range f.lineRules {
		if lit, prefix := l.pattern.Literal(); prefix {
			out = append(out, []byte(strings.TrimLeft(lit, " ")))
		}
	}
	return out
}
