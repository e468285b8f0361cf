package plan

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/rules"
)

// A Program is a block rule made ready: the pieces that a block consists of,
// in order. A piece is what is written at once: CPython's traceback printer
// writes a line in several, and other processes' output comes between them.
type Program struct {
	ID    int // counts those of a plan
	Rule  *rules.Rule
	knows int // see knowsMore
	Fold  bool
	Steps []Step
	// Literals are texts of which each line that opens a block holds one;
	// empty: there are none, and every line is looked at.
	Literals [][]byte
	// Tolerant: lines of a traceback that no step names are the block's too,
	// if they follow one of its lines directly.
	Tolerant bool
	// Single are the states in it, each at its place, to be made a list of one.
	Single []State
}

// A Step is one piece.
type Step struct {
	ID   int    // index into what was tried of a text; of all programs together, but that steps that match the same have the same
	Name string // for people
	Rule *rules.Rule
	// Match says how many bytes at the start of a text, which does not begin
	// with a space, are this piece, and how many steps they are; 0: none. Steps
	// are Doubtful where it is undecided whether there are any.
	Match func(text []byte) (n, steps int)
	// Lead is the number of spaces that belong in front of the piece; -1:
	// not known.
	Lead       int
	Exact      bool     // the piece stands alone on its line, with just these spaces
	Optional   bool     // the piece may be missing
	Repeat     bool     // it may come in several parts (carets)
	Drawn      []string // with Repeat: what samples show, with the spaces in front
	Parts      int      // Match may find fewer steps than these, if it is torn
	Generic    bool     // its text is not particular to the rule
	Header     bool     // it is the head of a traceback
	Site       bool     // it names a file, and with it where packages are installed
	Standalone bool     // it may be found behind other text on a line
	Next       bool     // it must stand on the line after the piece before
	Ends       bool     // the line end is written after it
	Line       bool     // it is a line of the issue, or the end of one, however it is torn
	Torn       bool     // the spaces in front are written on their own
	Head       bool     // what follows on the line must be the next piece, if it looks like one
	Whole      bool     // it is all of a line, so that it is not looked for behind many pieces
	Guarded    bool     // it may be any text, so that the guards are asked
	// same is the same of steps that match the same; empty: no other does.
	same  string
	clues clues
	// Groups returns what the piece names; nil: nothing. Pieces of one block
	// that name the same must agree.
	Groups func(text []byte) map[string]string
}

// Describe says what the step is, by the field of the rule that it is made of.
func (s *Step) Describe() string {
	if s.Optional {
		return s.Name + " (may be missing)"
	}
	return s.Name
}

// A State is how far a block has come in one program.
type State struct {
	Program *Program
	Next    int // index of the step that it waits for
}

// Rest returns the steps that are still to come.
func (s State) Rest() []Step { return s.Program.Steps[s.Next:] }

// Complete reports whether nothing that is needed is missing.
func (s State) Complete() bool {
	for _, step := range s.Rest() {
		if !step.Optional {
			return false
		}
	}
	return true
}

// wholeLine is a step for a line of a block rule.
func wholeLine(p *rules.Pattern, optional bool) Step {
	lits := anyOf(p)
	s := Step{clues: newClues("", lits), Name: "a line " + p.String(), Optional: optional, Ends: true, Line: true, Lead: -1, Whole: true, Guarded: true, Match: func(text []byte) (int, int) {
		if len(text) == 0 || len(lits) > 0 && !slices.ContainsFunc(lits, func(l []byte) bool { return bytes.Contains(text, l) }) {
			return 0, 0
		}
		return takes(p.AskAll(text), len(text))
	}}
	if p.Named() {
		s.Groups = func(text []byte) map[string]string { return p.Groups(text, true) }
	}
	return s
}

// anyOf returns texts of which what a pattern matches holds one; nil: there are none. A nil pattern matches any text.
func anyOf(p *rules.Pattern) (lits [][]byte) {
	if p == nil {
		return nil
	}
	for _, l := range p.AnyOf() {
		lits = append(lits, []byte(l))
	}
	return lits
}

// mayOpen reports whether it is worth a look whether text opens a block.
func (p *Program) mayOpen(text []byte) bool {
	return len(p.Literals) == 0 || slices.ContainsFunc(p.Literals, func(l []byte) bool { return bytes.Contains(text, l) })
}

// ready completes a program that has its steps.
func (p *Program) ready() {
	for i := range len(p.Steps) + 1 {
		p.Single = append(p.Single, State{p, i})
	}
	if p.Steps[0].same != "" { // what it matches holds one of them
		return
	}
	if p.Steps[0].clues.holds == nil {
		p.Steps[0].clues.holds = newClues("", p.Literals).holds
	}
	match := p.Steps[0].Match
	p.Steps[0].Match = func(text []byte) (n, steps int) {
		if !p.mayOpen(text) {
			return 0, 0
		}
		return match(text)
	}
}

// compile makes a rule's program. It is nil for a rule that matches single
// lines.
func compile(r *rules.Rule) *Program {
	p := &Program{Rule: r, knows: r.Knows(), Fold: r.Folds(), Literals: literals(r)}
	switch m := &r.Match; {
	case m.PythonUnraisable != nil:
		p.Steps = unraisable(m.PythonUnraisable, vocabularyOf(r))
	case m.PythonTraceback != nil:
		p.Steps, p.Tolerant = traceback(m.PythonTraceback, vocabularyOf(r)), true
	case m.PythonWarning != nil:
		p.Steps = warning(m.PythonWarning)
	case len(m.Block) > 0:
		for _, l := range m.Block {
			p.Steps = append(p.Steps, wholeLine(l.Line, l.Optional))
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
	if lits := anyOf(p); !slices.ContainsFunc(lits, func(l []byte) bool { return len(l) < 2 }) {
		return lits
	}
	return nil
}

// Literals returns texts of which every line that begins an issue of the rule
// holds one; none: there are none such, so that every line of a run has to be looked at.
func Literals(r *rules.Rule) (texts []string) {
	for _, l := range literals(r) {
		texts = append(texts, string(l))
	}
	return texts
}
