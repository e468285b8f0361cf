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

// The reference is a second engine: slow, and written to be seen through. It has the whole input in memory and goes over it three times: it takes
// it apart into lines and frames; it asks, of each writer's alone, every rule about every line; it says what becomes of each byte. It has no gate, no
// memo, no windows and no queue, and shares with the engine only what has tests of its own: the view of a line, the patterns of rules, and the texts of
// CPython and pyinfra.
//
// It knows lines as they were written, mixed with those of others, in frames, with prefixes. Of lines that are torn it says that it is not sure
// (unsure), and for those reference_fuzz_test.go has what can be compared all the same.
type reference struct {
	programs []*refProgram // in the order in which they are asked
	single   []*rules.Rule
	guards   []*rules.Guard
}

// A refProgram is a rule for blocks.
type refProgram struct {
	rule  *rules.Rule
	steps []*refStep
	loose bool // lines of a traceback that no step names are the block's, too
}

type refKind int

const (
	refLine refKind = iota // of a rule for blocks
	refIgnored
	refHead
	refFrame
	refSource
	refCarets
	refError
	refWarning
	refWarned // the source line of a warning
	// Behind an error that is not the rule's, and may be the cause of one that is:
	refCause
	refGap // an empty line
	refChain
	refNext // an empty line
)

// A refStep is a line that a block waits for.
type refStep struct {
	kind     refKind
	pattern  *rules.Pattern
	warning  *rules.PythonWarning
	texts    []string // source lines as samples show them, or their errors
	drawn    []string // carets as they show them
	lead     int      // spaces in front; -1: any
	optional bool
}

func newReference(set *rules.Set) *reference {
	r := &reference{guards: rules.NeverFold()}
	for rule := range set.All() {
		if p := refCompile(rule); p != nil {
			r.programs = append(r.programs, p)
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

func refCompile(rule *rules.Rule) *refProgram {
	p := &refProgram{rule: rule}
	add := func(s refStep) { p.steps = append(p.steps, &s) }
	switch m := &rule.Match; {
	case m.PythonUnraisable != nil:
		add(refStep{kind: refIgnored, pattern: m.PythonUnraisable.Object})
		p.traceback(m.PythonUnraisable.Frames, m.PythonUnraisable.Error)
	case m.PythonTraceback != nil:
		p.loose = true
		p.traceback(m.PythonTraceback.Frames, m.PythonTraceback.Error)
	case m.PythonWarning != nil:
		add(refStep{kind: refWarning, warning: m.PythonWarning})
		add(refStep{kind: refWarned, warning: m.PythonWarning, lead: cpython.FrameIndent, optional: true})
	case len(m.Block) > 0:
		for _, l := range m.Block {
			add(refStep{pattern: l.Line, lead: -1, optional: l.Optional})
		}
	default:
		return nil
	}
	return p
}

// traceback adds the steps of one: its head, its frames, each with the source lines that samples show, and its error.
func (p *refProgram) traceback(frames []*rules.Pattern, failure *rules.Pattern) {
	p.steps = append(p.steps, &refStep{kind: refHead})
	last := &refStep{kind: refError, pattern: failure}
	for _, f := range frames {
		p.steps = append(p.steps, &refStep{kind: refFrame, pattern: f, lead: cpython.FrameIndent})
		below := []*refStep{{kind: refSource, lead: cpython.SourceIndent, optional: true}, {kind: refCarets, lead: -1, optional: true}}
		for _, s := range p.rule.Samples {
			lines := strings.Split(s.Text, "\n")
			for i, line := range lines {
				if text := []byte(strings.Trim(line, " \r")); cpython.IsFrame(text) && f.Search(text) {
					below = statement(below, lines[i+1:])
				}
			}
		}
		p.steps = append(p.steps, below...)
	}
	for _, s := range p.rule.Samples {
		for line := range strings.SplitSeq(s.Text, "\n") {
			if e := strings.TrimSuffix(strings.Trim(line, " \r"), ":"); e != "" && e[0] != '<' && failure.MatchAll([]byte(e)) {
				last.texts = append(last.texts, e)
			}
		}
	}
	p.steps = append(p.steps, last)
}

// statement takes in the lines below a frame in a sample: a source line, carets below it, and on as long as a bracket is open.
func statement(below []*refStep, lines []string) []*refStep {
	n, open := 0, 0
	for _, line := range lines {
		line = strings.TrimRight(line, " \r")
		text := strings.TrimLeft(line, " ")
		switch lead := len(line) - len(text); {
		case text == "" || lead < cpython.SourceIndent, !cpython.IsMarks([]byte(text)) && n > 0 && open == 0:
			return below
		case !cpython.IsMarks([]byte(text)):
			if 2*n == len(below) {
				below = append(below, &refStep{kind: refSource, lead: lead, optional: true}, &refStep{kind: refCarets, lead: -1, optional: true})
			}
			below[2*n].texts = append(below[2*n].texts, text)
			n, open = n+1, cpython.Unclosed(open, []byte(text))
		case n > 0:
			below[2*n-1].drawn = append(below[2*n-1].drawn, line)
		}
	}
	return below
}

// match says how much of a text, which does not begin with a space, is what the step waits for: as a rule all of it. Whether carets may be is
// asked elsewhere, and so is the object behind the head of an exception that is ignored.
func (s *refStep) match(text []byte) int {
	trimmed := bytes.TrimRight(text, " ")
	all := func(ok bool) int {
		if ok && len(text) > 0 {
			return len(text)
		}
		return 0
	}
	switch s.kind {
	case refIgnored:
		return cpython.IgnoredLen(text)
	case refHead:
		return all(cpython.IsHead(text))
	case refFrame:
		return all(cpython.IsFrame(text) && s.pattern.Search(trimmed))
	case refSource:
		return all(slices.Contains(s.texts, string(trimmed)))
	case refCarets:
		return all(cpython.IsMarks(text))
	case refError:
		plain := bytes.TrimSuffix(trimmed, []byte(":"))
		return all(len(plain) > 0 && s.pattern.MatchAll(plain))
	case refWarning:
		path, category, message, ok := cpython.WarningParts(text)
		w := s.warning
		return all(ok && !pyinfra.NamesHost(text) && w.Category.MatchAll(category) && w.Message.Search(message) && (w.Path == nil || w.Path.Search(path)))
	case refWarned:
		return all(s.warning.Source == nil || s.warning.Source.MatchAll(trimmed))
	}
	return all(len(text) > 0 && s.pattern.MatchAll(text))
}

// object reports whether the head of an exception that is ignored names the object of the step.
func (s *refStep) object(text []byte) bool {
	repr := bytes.TrimRight(text[cpython.IgnoredLen(text):], " :")
	return len(repr) > 0 && s.pattern.MatchAll(repr)
}

// torn reports whether a text may be a piece of what the step waits for, with something else of another writer.
func (s *refStep) torn(text []byte) bool {
	begins := func(all []string) bool {
		return slices.ContainsFunc(all, func(t string) bool { return bytes.HasPrefix(text, []byte(t)) })
	}
	switch s.kind {
	case refSource:
		return begins(s.texts) && s.match(text) == 0
	case refCarets:
		return bytes.IndexAny(text, cpython.Marks) == 0 && s.match(text) == 0
	case refError:
		types := []string{":"}
		for _, e := range s.texts {
			class, message, found := strings.Cut(e, ": ")
			if types = append(types, class); found {
				types = append(types, message)
			}
		}
		return begins(types) && (s.match(text) == 0 || slices.ContainsFunc(s.texts, func(e string) bool { return strings.Contains(e, ": ") }) && !bytes.Contains(text, []byte(": ")))
	}
	return false
}

// alone reports whether the step waits for what is not particular to the rule: such a line, directly below one of a traceback of the run's own, is that
// one's.
func (s *refStep) alone() bool {
	return s.kind == refSource || s.kind == refCarets || s.kind == refError
}

// guarded reports whether the step may be any text.
func (s *refStep) guarded() bool {
	return s.kind == refLine || s.kind == refError || s.kind == refWarning
}

// mustBeSeen reports whether no rule may fold a text.
func (r *reference) mustBeSeen(text []byte) bool {
	return slices.ContainsFunc(r.guards, func(g *rules.Guard) bool { return g.Line.Search(text) })
}

// A refUnit is a line, or a frame of one.
type refUnit struct {
	from, end, to int // in the input: end is where the line end begins
	text          []byte
	line, inner   bool // it ends with LF; another frame of the line came before
	prefix        bool
	dress         string
	stays         []view.Span // sequences for the screen

	block *refBlock // has taken it; nil: none has
	rule  *rules.Rule
	fold  bool
}

// lead is the number of spaces in front of the text.
func (u *refUnit) lead() int { return view.SkipSpaces(u.text) }

func (u *refUnit) blank() bool { return len(bytes.TrimSpace(u.text)) == 0 }

// units takes an input apart. unsure: why it is not certain that the engine does so, too.
func (r *reference) units(data []byte) (all []*refUnit, unsure string) {
	var v view.Line
	at := 0
	for physical := range bytes.Lines(data) {
		within := ""
		for first := true; len(physical) > 0; first = false {
			n, _ := view.FrameLen(physical, 0)
			if n == 0 {
				n = len(physical)
			}
			v.Look(physical[:n])
			u := &refUnit{from: at, end: at + v.End, to: at + n, text: bytes.Clone(v.Text), line: v.IsLine(), inner: !first, prefix: v.Prefix > 0, dress: v.Dress}
			if u.dress == "" && !first {
				u.dress = within
			}
			within = u.dress
			for s := range v.Staying(view.Span{From: 0, To: v.End}) {
				u.stays = append(u.stays, view.Span{From: at + s.From, To: at + s.To})
			}
			branch := pyinfra.BranchLen(u.text)
			switch {
			case n > 64<<10:
				unsure = "a line is too long to be matched"
			case v.GoesOn:
				unsure = "a line goes on from one before"
			case branch > 0 && pyinfra.Phase(u.text[branch:]) != "":
				unsure = "the name in front of a header may be that of a branch"
			}
			all, at, physical = append(all, u), at+n, physical[n:]
		}
	}
	return all, unsure
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
	counts, seen := map[string]int{}, map[string]bool{}
	for _, dress := range slices.Sorted(maps.Keys(byWriter)) {
		w := &refWriter{reference: r, dress: dress, counts: counts, seen: seen}
		for _, u := range byWriter[dress] {
			w.unit(u)
		}
		w.giveUp()
		unsure = cmp.Or(unsure, w.unsure)
	}
	var p painter
	for _, u := range units {
		p.unit(data, u)
	}
	return p.events, counts, cmp.Or(unsure, p.unsure)
}

// A painter says what becomes of each byte.
type painter struct {
	events []refEvent
	stands bool // something of the line stays
	unsure string
}

func (p *painter) put(rule *rules.Rule, fold bool, raw []byte) {
	e := refEvent{Fold: fold, Raw: string(raw)}
	if rule != nil {
		e.Rule = rule.ID
	}
	if n := len(p.events); n > 0 && p.events[n-1].Rule == e.Rule && p.events[n-1].Fold == fold {
		p.events[n-1].Raw += e.Raw
	} else if e.Raw != "" {
		p.events = append(p.events, e)
	}
}

func (p *painter) unit(data []byte, u *refUnit) {
	p.stands = p.stands && u.inner
	rule, fold := u.rule, u.fold
	if b := u.block; b != nil {
		rule, fold = b.rule, b.fold
	}
	if (u.block != nil || fold) && !u.line {
		p.unsure = "noise stands in a frame that is overwritten, or at the end"
	}
	from, end := u.from, u.to
	if u.block != nil || fold {
		end = u.end
	} else {
		p.stands = p.stands || !u.blank() || u.prefix
	}
	for _, s := range u.stays {
		if u.block != nil {
			p.put(rule, fold, data[from:s.From])
			p.put(nil, false, data[s.From:s.To])
			from = s.To
		}
	}
	p.put(rule, fold, data[from:end])
	if dressed := u.prefix || u.inner && u.dress != ""; dressed && p.stands { // each line that stays keeps its end
		rule, fold = nil, false
	}
	p.put(rule, fold, data[end:u.to])
}
