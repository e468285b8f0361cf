package filter

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/rules"
)

// A program is a block rule made ready: the pieces that a block consists of,
// in order. A piece is what is written at once: CPython's traceback printer
// writes a line in several, and other processes' output comes between them.
type program struct {
	id    int // counts those of a plan
	rule  *rules.Rule
	knows int // see knowsMore
	fold  bool
	steps []step
	// literals are texts of which each line that opens a block holds one;
	// empty: there are none, and every line is looked at.
	literals [][]byte
	// loose: lines of a traceback that no step names are the block's too,
	// if they follow one of its lines directly.
	loose bool
	// alone are the places in it, each in its place.
	alone []place
}

// A step is one piece.
type step struct {
	id   int    // index into what was tried of a text; of all programs together
	name string // for people
	rule *rules.Rule
	// match says how many bytes at the start of a text, which does not begin
	// with a space, are this piece, and how many steps they are; 0: none. Steps
	// are doubtful where it is undecided whether there are any.
	match func(text []byte) (n, steps int)
	// lead is the number of spaces that belong in front of the piece; -1:
	// not known.
	lead     int
	exact    bool     // the piece stands alone on its line, with just these spaces
	optional bool     // the piece may be missing
	repeat   bool     // it may come in several parts (carets)
	drawn    []string // with repeat: what samples show, with the spaces in front
	parts    int      // match may find fewer steps than these, if it is torn
	generic  bool     // its text is not particular to the rule
	header   bool     // it is the head of a traceback
	site     bool     // it names a file, and with it where packages are installed
	strong   bool     // it may be found behind other text on a line
	next     bool     // it must stand on the line after the piece before
	ends     bool     // the line end is written after it
	line     bool     // it is a line of the issue, or the end of one, however it is torn
	torn     bool     // the spaces in front are written on their own
	head     bool     // what follows on the line must be the next piece, if it looks like one
	whole    bool     // it is all of a line, so that it is not looked for behind many pieces
	guarded  bool     // it may be any text, so that the guards are asked
	// groups returns what the piece names; nil: nothing. Pieces of one block
	// that name the same must agree.
	groups func(text []byte) map[string]string
}

// A place is how far a block has come in one program.
type place struct {
	prog *program
	next int // index of the step that it waits for
}

// rest returns the steps that are still to come.
func (p place) rest() []step { return p.prog.steps[p.next:] }

// satisfied reports whether nothing that is needed is missing.
func (p place) satisfied() bool {
	for _, s := range p.rest() {
		if !s.optional {
			return false
		}
	}
	return true
}

// wholeLine is a step for a line of a block rule.
func wholeLine(p *rules.Pattern, optional bool) step {
	literal, _ := p.Literal()
	lit := []byte(literal)
	s := step{name: "a line " + p.String(), optional: optional, ends: true, line: true, lead: -1, whole: true, guarded: true, match: func(text []byte) (int, int) {
		if len(text) == 0 || !bytes.Contains(text, lit) {
			return 0, 0
		}
		return takes(p.AskAll(text), len(text))
	}}
	if p.Named() {
		s.groups = func(text []byte) map[string]string { return p.Groups(text, true) }
	}
	return s
}

// mayOpen reports whether it is worth a look whether text opens a block.
func (p *program) mayOpen(text []byte) bool {
	return len(p.literals) == 0 || slices.ContainsFunc(p.literals, func(l []byte) bool { return bytes.Contains(text, l) })
}

// ready completes a program that has its steps.
func (p *program) ready() {
	for i := range len(p.steps) + 1 {
		p.alone = append(p.alone, place{p, i})
	}
	match := p.steps[0].match
	p.steps[0].match = func(text []byte) (n, steps int) {
		if !p.mayOpen(text) {
			return 0, 0
		}
		return match(text)
	}
}

// compile makes a rule's program. It is nil for a rule that matches single
// lines.
func compile(r *rules.Rule) *program {
	p := &program{rule: r, knows: r.Knows(), fold: r.Folds(), literals: literals(r)}
	switch m := &r.Match; {
	case m.PythonUnraisable != nil:
		p.steps = unraisable(m.PythonUnraisable, vocabularyOf(r))
	case m.PythonTraceback != nil:
		p.steps, p.loose = traceback(m.PythonTraceback, vocabularyOf(r)), true
	case m.PythonWarning != nil:
		p.steps = warning(m.PythonWarning)
	case len(m.Block) > 0:
		for _, l := range m.Block {
			p.steps = append(p.steps, wholeLine(l.Line, l.Optional))
		}
	default:
		return nil
	}
	p.ready()
	return p
}

// literals returns texts of which each line that opens an issue of this rule
// holds one. It is empty when there is no such text.
func literals(r *rules.Rule) [][]byte {
	var p *rules.Pattern
	switch m := &r.Match; {
	case m.PythonUnraisable != nil:
		return [][]byte{[]byte(cpython.Ignored)}
	case m.PythonTraceback != nil:
		return [][]byte{[]byte(cpython.TracebackHead)}
	case m.PythonWarning != nil:
		p = m.PythonWarning.Message
		if l, _ := m.PythonWarning.Category.Literal(); l != "" && len(l) == len(m.PythonWarning.Category.String()) {
			return [][]byte{[]byte(l + ": ")}
		}
	case len(m.Block) > 0:
		p = m.Block[0].Line
	case m.Repeat != nil:
		p = m.Repeat
	default:
		p = m.Line
	}
	if l, _ := p.Literal(); len(l) >= 2 {
		return [][]byte{[]byte(l)}
	}
	return nil
}

// Literal returns a text of which every line that begins an issue of the rule
// holds one; "": there is none, so that every line of a run has to be looked at.
func Literal(r *rules.Rule) string {
	if lits := literals(r); len(lits) > 0 {
		return string(lits[0])
	}
	return ""
}
