package match

import (
	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/plan"
)

// What is known of a text is not asked again.

// openings are which programs the last texts open.
type openings []opening

// maxOpenings is how many are remembered; a power of two.
const maxOpenings = 64

// An opening is what opens with a text that stands alone.
type opening struct {
	text   int // its number, among the answers; 0: none
	best   lookahead
	states []plan.State
	work   int // that it was to find out
}

// of returns where what is known of a text is.
func (o *openings) of(text int) *opening {
	if *o == nil {
		*o = make(openings, maxOpenings)
	}
	return &(*o)[text%maxOpenings]
}

// looking begins with another text of the current line, or of a part of one.
func (w *writer) looking(at *candidate) {
	w.looks++
	at.look = w.looks
	at.number, at.grams = w.answers.Number(at.text, at.pieces < manyPieces && !at.standalone)
	at.row = w.row
}

// mayOpen reports whether a text may begin a block, see plan.MayOpen, unless that is known.
func (m *Matcher) mayOpen(at *candidate) bool {
	t := m.answers.Of(&m.opening, at.number)
	if t.Text != at.number {
		*t = memory.Answer{Text: at.number}
		if m.plan.MayOpen(at.text) {
			t.N = 1
		}
	}
	return t.N > 0
}

// ask asks a step, unless the answer is known.
func (m *Matcher) ask(s *plan.Step, at *candidate) (n, steps int) {
	t := m.answers.Of(s, at.number)
	m.work++
	if t.Text != at.number {
		if s.Whole { // others look at how it begins
			m.work += len(at.text)
		}
		n, steps = s.Match(at.text)
		*t = memory.Answer{Text: at.number, N: n, Steps: steps}
	}
	if t.Look = at.look; t.Steps == plan.Doubtful {
		m.doubt(s.Rule)
	}
	return t.N, t.Steps
}

// groups returns what a piece names that a step has just matched: the first n bytes
// of the text.
func (m *Matcher) groups(s *plan.Step, at *candidate, n int) map[string]string {
	t := m.answers.Of(s, at.number)
	if t.Look != at.look || t.N != n {
		return s.Groups(at.text[:n])
	}
	if t.Grouped != at.look {
		t.Groups, t.Grouped = s.Groups(at.text[:n]), at.look
	}
	return t.Groups
}
