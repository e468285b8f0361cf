package filter_test

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// The reference is a second engine: slow, and written to be seen through. It has the whole input in memory, takes it apart into lines and frames (units),
// gives each to a block, to a rule for single lines or to nobody (reference_blocks_test.go), and then says of each byte what becomes of it (painter).
// A block is the list of its lines: what it waits for, and what may stand below them, follows from that list, each time it is asked. There is no gate, no
// memo, no window and no queue, and nothing is shared with the engine but what has tests of its own: the view of a line, the patterns of rules, and the
// texts of CPython and pyinfra.
//
// It knows lines as they were written, mixed with those of others, in frames, with prefixes. Of an input in which a line may be torn it says that it is
// not sure (unsure), and for those reference_fuzz_test.go has what can be compared all the same.
type reference struct {
	programs []*refProgram // rules for blocks, in the order in which they are asked
	single   []*rules.Rule // rules for single lines, the same
}

// A refProgram is a rule for blocks: the lines that one has.
type refProgram struct {
	rule  *rules.Rule
	steps []*refStep
}

// A refStep is a line that a block waits for. Its kind is L in a rule for blocks of lines, I for "Exception ignored in: OBJECT", W for a warning, w for the
// source line of one; in a traceback H for the head, F for a frame, S for a source line, M for the marks (carets) below it, E for the error.
type refStep struct {
	kind     byte
	is       func(text []byte) bool // of a text that is not empty, without the spaces in front
	pattern  *rules.Pattern         // of a line, which may name something; nil: it does not
	texts    []string               // what begins with one of these, and is no such line, is torn
	message  bool                   // of an error: a message belongs to it
	drawn    []string               // marks as samples show them, with the spaces in front
	lead     int                    // spaces in front; -1: any
	optional bool
}

func (s *refStep) in(kinds string) bool { return strings.IndexByte(kinds, s.kind) >= 0 }

// names returns what such a line names; nil: nothing.
func (s *refStep) names(text []byte) map[string]string {
	if s.pattern == nil {
		return nil
	}
	return s.pattern.Groups(text, true)
}

// torn reports whether a text may be a piece of such a line, with something of another writer.
func (s *refStep) torn(text []byte) bool {
	begins := func(known string) bool { return bytes.HasPrefix(text, []byte(known)) }
	return slices.ContainsFunc(s.texts, begins) && (!s.is(text) || s.message && !bytes.Contains(text, []byte(": ")))
}

func newReference(set *rules.Set) *reference {
	r := &reference{}
	for rule := range set.All() {
		if steps := refSteps(rule); len(steps) > 0 {
			r.programs = append(r.programs, &refProgram{rule, steps})
		} else {
			r.single = append(r.single, rule)
		}
	}
	knowsMore := func(a, b *rules.Rule) int {
		return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(b.Knows(), a.Knows()))
	}
	slices.SortStableFunc(r.single, knowsMore)
	slices.SortStableFunc(r.programs, func(a, b *refProgram) int { return knowsMore(a.rule, b.rule) })
	return r
}

// refSteps are the lines of a rule for blocks; none: it is for single lines.
func refSteps(rule *rules.Rule) (steps []*refStep) {
	m := &rule.Match
	for _, l := range m.Block {
		steps = append(steps, &refStep{kind: 'L', is: l.Line.MatchAll, pattern: l.Line, lead: -1, optional: l.Optional})
	}
	if w := m.PythonWarning; w != nil {
		source := func(text []byte) bool { return w.Source == nil || w.Source.MatchAll(bytes.TrimRight(text, " ")) }
		steps = []*refStep{{kind: 'W', is: refWarning(w)}, {kind: 'w', is: source, lead: cpython.FrameIndent, optional: true}}
	}
	if u := m.PythonUnraisable; u != nil {
		ignored := func(text []byte) bool {
			n := cpython.IgnoredLen(text)
			object := bytes.TrimRight(text[n:], " :")
			return n > 0 && len(object) > 0 && u.Object.MatchAll(object)
		}
		steps = append([]*refStep{{kind: 'I', is: ignored}}, refTraceback(rule, u.Frames, u.Error)...)
	}
	if t := m.PythonTraceback; t != nil {
		steps = refTraceback(rule, t.Frames, t.Error)
	}
	return steps
}

func refWarning(w *rules.PythonWarning) func([]byte) bool {
	return func(text []byte) bool {
		path, category, message, ok := cpython.WarningParts(text)
		return ok && !pyinfra.NamesHost(text) && w.Category.MatchAll(category) && w.Message.Search(message) && (w.Path == nil || w.Path.Search(path))
	}
}

// refTraceback are its head, its frames, below each the source lines that samples show, and its error.
func refTraceback(rule *rules.Rule, frames []*rules.Pattern, failure *rules.Pattern) []*refStep {
	var sample []string
	for _, s := range rule.Samples {
		sample = append(append(sample, strings.Split(strings.ReplaceAll(s.Text, "\r", ""), "\n")...), "")
	}
	steps := []*refStep{{kind: 'H', is: cpython.IsHead}}
	for _, f := range frames {
		frame := func(text []byte) bool { return cpython.IsFrame(text) && f.Search(bytes.TrimRight(text, " ")) }
		steps = append(append(steps, &refStep{kind: 'F', is: frame, lead: cpython.FrameIndent}), refStatement(frame, sample)...)
	}
	return append(steps, refError(failure, sample))
}

// refStatement are the lines below a frame, as samples show them: source lines, each with marks below.
func refStatement(frame func([]byte) bool, sample []string) []*refStep {
	below, n := refSource(cpython.SourceIndent), -1 // source lines behind the frame; -1: there is no frame
	for _, line := range sample {
		line = strings.TrimRight(line, " ")
		text := strings.TrimLeft(line, " ")
		lead, marks := len(line)-len(text), cpython.IsMarks([]byte(text))
		switch {
		case text != "" && frame([]byte(text)):
			n = 0
		case n < 0 || lead < cpython.SourceIndent:
			n = -1
		case marks && n > 0:
			below[2*n-1].drawn = append(below[2*n-1].drawn, line)
		case !marks:
			if n++; 2*n > len(below) {
				below = append(below, refSource(lead)...)
			}
			below[2*n-2].texts = append(below[2*n-2].texts, text)
		}
	}
	return below
}

// refSource are a source line, which has no text yet, and the marks below it.
func refSource(lead int) []*refStep {
	s := &refStep{kind: 'S', lead: lead, optional: true}
	s.is = func(text []byte) bool { return slices.Contains(s.texts, string(bytes.TrimRight(text, " "))) }
	return []*refStep{s, {kind: 'M', is: cpython.IsMarks, texts: []string{"^", "~"}, lead: -1, optional: true}}
}

func refError(failure *rules.Pattern, sample []string) *refStep {
	is := func(text []byte) bool {
		plain := bytes.TrimSuffix(bytes.TrimRight(text, " "), []byte(":"))
		return len(plain) > 0 && failure.MatchAll(plain)
	}
	s := &refStep{kind: 'E', is: is, texts: []string{":"}}
	for _, line := range sample {
		if line = strings.Trim(line, " "); line != "" && line[0] != '<' && is([]byte(line)) {
			class, message, found := strings.Cut(strings.TrimSuffix(line, ":"), ": ")
			if s.texts = append(s.texts, class); found {
				s.texts, s.message = append(s.texts, message), true
			}
		}
	}
	return s
}

// mustBeSeen reports whether no rule may fold a text.
func mustBeSeen(text []byte) bool {
	return slices.ContainsFunc(rules.NeverFold(), func(g *rules.Guard) bool { return g.Line.Search(text) })
}

// A refUnit is a line, or a frame of one.
type refUnit struct {
	from, end, to int    // in the input: end is where the line end begins
	text, word    []byte // word is the text without the spaces in front
	lead          int    // those spaces
	line, inner   bool   // it ends with LF; another frame of the line came before
	prefix        bool
	dress         string      // who writes
	row           int         // counts the lines of its writer
	stays         []view.Span // of it, sequences for the screen

	block *refBlock // has taken it; nil: none has
	rule  *rules.Rule
	fold  bool
}

func (u *refUnit) blank() bool { return len(bytes.TrimSpace(u.text)) == 0 }

// units takes an input apart. unsure: why it is not certain that the engine does so, too.
func (r *reference) units(data []byte) (all []*refUnit, unsure string) {
	var v view.Line
	at := 0
	for line := range bytes.Lines(data) {
		dress := ""
		for inner := false; len(line) > 0; inner = true {
			n, _ := view.FrameLen(line, 0)
			n = cmp.Or(n, len(line))
			v.Look(line[:n])
			dress = cmp.Or(v.Dress, dress)
			unsure = cmp.Or(unsure, unclear(&v, n))
			text, lead := bytes.Clone(v.Text), view.SkipSpaces(v.Text)
			all = append(all, &refUnit{from: at, end: at + v.End, to: at + n, text: text, word: text[lead:], lead: lead, line: v.IsLine(), inner: inner,
				prefix: v.Prefix > 0, dress: dress, stays: slices.Collect(v.Staying(view.Span{From: 0, To: v.End}))})
			at, line = at+n, line[n:]
		}
	}
	return all, unsure
}

// unclear says why a unit of n bytes may not be what it looks like; empty: it is.
func unclear(v *view.Line, n int) string {
	branch := pyinfra.BranchLen(v.Text)
	switch {
	case n > 64<<10:
		return "a line is too long to be matched"
	case v.GoesOn:
		return "a line goes on from one before"
	case branch > 0 && pyinfra.Phase(v.Text[branch:]) != "":
		return "the name in front of a header may be that of a branch"
	}
	return ""
}

// A refEvent is a run of bytes, and what becomes of it.
type refEvent struct {
	Rule string // empty: nobody claims it
	Fold bool
	Raw  string
}

// run filters an input.
func (r *reference) run(data []byte) (events []refEvent, counts map[string]int, unsure string) {
	units, unsure := r.units(data)
	byWriter := map[string][]*refUnit{}
	for _, u := range units {
		byWriter[u.dress] = append(byWriter[u.dress], u)
	}
	counts = map[string]int{}
	for _, dress := range slices.Sorted(maps.Keys(byWriter)) {
		w := &refWriter{reference: r, units: byWriter[dress], counts: counts, seen: map[string]bool{}}
		w.run()
		unsure = cmp.Or(unsure, w.unsure)
	}
	p := painter{data: data}
	for _, u := range units {
		p.unit(u)
	}
	return p.events, counts, cmp.Or(unsure, p.unsure)
}

// A painter says what becomes of each byte.
type painter struct {
	data   []byte
	at     int // painted so far
	events []refEvent
	stands bool // something of the line stays
	unsure string
}

func (p *painter) put(rule *rules.Rule, fold bool, to int) {
	e := refEvent{Fold: fold, Raw: string(p.data[p.at:to])}
	if rule != nil {
		e.Rule = rule.ID
	}
	if n := len(p.events); n > 0 && p.events[n-1].Rule == e.Rule && p.events[n-1].Fold == fold {
		p.events[n-1].Raw += e.Raw
	} else if e.Raw != "" {
		p.events = append(p.events, e)
	}
	p.at = to
}

func (p *painter) unit(u *refUnit) {
	rule, fold, noise := u.rule, u.fold, u.fold
	if b := u.block; b != nil {
		rule, fold, noise = b.rule, b.fold, true
		for _, s := range u.stays {
			p.put(rule, fold, u.from+s.From)
			p.put(nil, false, u.from+s.To)
		}
	}
	if noise && !u.line {
		p.unsure = "noise stands in a frame that is overwritten, or at the end"
	}
	p.stands = p.stands && u.inner || !noise && (!u.blank() || u.prefix)
	p.put(rule, fold, u.end)
	if dressed := u.prefix || u.inner && u.dress != ""; noise && dressed && p.stands { // each line that stays keeps its end
		rule, fold = nil, false
	}
	p.put(rule, fold, u.to)
}
