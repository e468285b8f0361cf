package filter_test

import (
	"bytes"
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// The reference is a second engine: slow, and written to be seen through. It has the whole input in memory, takes it apart into lines and frames (units),
// gives each to a block, to a rule for single lines or to nobody (reference_blocks_test.go), and then says of each byte what becomes of it (paint).
// A block is the list of its lines: what it waits for, and what may stand below them, follows from that list, each time it is asked. There is no gate, no
// memo, no window and no queue, and nothing is shared with the engine but what has tests of its own: the view of a line, the patterns of rules, and the
// texts of CPython and pyinfra.
//
// It knows lines as they were written, mixed with those of others, in frames, with prefixes. Of an input in which a line may be torn it says that it is
// not sure (unsure), and for those reference_fuzz_test.go has what can be compared all the same.
//
// It was to have less than 500 lines, and has 600 without comments, since nothing that it compares was to be left out: what rules wait for, as their
// samples show it, takes 115; the input taken apart and the events put together 100; who takes a line 90; how a block ends 50; lines of a traceback that no
// rule names, also between two exceptions, 60; tracebacks of the run's own 30; marks 40; single lines, repeats and Pythons 40; doubts 25.
type reference struct {
	begin  []refPlace    // where blocks begin: rules for them, in the order in which they are asked
	single []*rules.Rule // rules for single lines, the same
}

var (
	refSite     = regexp.MustCompile(`(?:^|["(])(?:/|[A-Za-z]:[\\/])[^"(]*?[\\/](?:site|dist)-packages[\\/]`)
	refPython   = regexp.MustCompile(`python(\d+\.\d+)`)
	refBare     = regexp.MustCompile(`[Pp]ython3?\.?(?:[6-9]|10)\b`) // one that draws no marks
	refVariable = regexp.MustCompile(`0x[0-9a-fA-F]+|\d+|"[^"]*"|'[^']*'`)
	refRepr     = regexp.MustCompile(`^(?:[^<> ][^<>]*|<(?:[^<>]|<(?:[^<>]|<[^<>]*>)*>)*>)$`) // of one thing
)

func newReference(set *rules.Set) *reference {
	r, ignored := &reference{}, []refPlace(nil)
	all := slices.Collect(set.All())
	slices.SortStableFunc(all, func(a, b *rules.Rule) int { // who knows more is asked first
		return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(b.Knows(), a.Knows()))
	})
	for _, rule := range all {
		switch steps := refSteps(rule); {
		case len(steps) == 0:
			r.single = append(r.single, rule)
		case steps[0].kind == 'I':
			ignored = append(ignored, refPlace{rule: rule, rest: steps})
		default:
			r.begin = append(r.begin, refPlace{rule: rule, rest: steps})
		}
	}
	r.begin = append(r.begin, ignored...) // what is all of a line comes first
	return r
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
	at, rows, fed := 0, map[string]int{}, false // whether a line feed has come
	for line := range bytes.Lines(data) {
		dress, inner := "", false
		for ; len(line) > 0; inner = !v.IsLine() {
			n, _ := view.FrameLen(line, 0)
			n = cmp.Or(n, len(line))
			if v.Look(line[:n]); !fed && string(line[v.End:n]) == "\r" { // there are logs that have these for line ends
				v.EndHere()
			}
			dress = cmp.Or(v.Dress, dress)
			if branch := pyinfra.BranchLen(v.Text); n > 64<<10 || v.GoesOn || branch > 0 && pyinfra.Phase(v.Text[branch:]) != "" {
				unsure = "a line is too long to be matched, or goes on from one before, or may have the name of a branch in front of a header"
			}
			text, lead := bytes.Clone(v.Text), view.SkipSpaces(v.Text)
			all = append(all, &refUnit{from: at, end: at + v.End, to: at + n, text: text, word: text[lead:], lead: lead, line: v.IsLine(), inner: inner,
				prefix: v.Prefix > 0, dress: dress, row: rows[dress], stays: slices.Collect(v.Staying(view.Span{From: 0, To: v.End}))})
			if v.IsLine() {
				rows[dress]++
				dress = ""
			}
			at, line = at+n, line[n:]
		}
		fed = true
	}
	return all, unsure
}

// ruleOf is the rule for single lines that a line is of; nil: there is none.
func (r *reference) ruleOf(u *refUnit) *rules.Rule {
	is := func(r *rules.Rule) bool {
		p := cmp.Or(r.Match.Line, r.Match.Repeat)
		return !u.blank() && (p.Search(u.text) || p.Search(bytes.TrimRight(u.text, " ")))
	}
	if i := slices.IndexFunc(r.single, is); i >= 0 {
		return r.single[i]
	}
	return nil
}

// firstOf reports whether no line was there before that is the same but for its host, numbers and addresses.
func (w *refWriter) firstOf(r *rules.Rule, text []byte) bool {
	line, host := string(text[pyinfra.HostLen(text):]), pyinfra.Host(text)
	if named := r.Match.Repeat.Groups(text, false)["host"]; named != "" {
		host = pyinfra.Name(named)
	}
	if host != "" {
		line = strings.ReplaceAll(line, host, "*")
	}
	key := r.ID + " " + refVariable.ReplaceAllString(line, "*")
	defer func() { w.seen[key] = true }()
	return !w.seen[key]
}

// affected reports whether the Python of an issue, as far as its lines name the folder of its packages, is one that has it.
func (w *refWriter) affected(r *rules.Rule, lines ...refTaken) bool {
	for _, l := range lines {
		if site := refSite.Find(l.word); site != nil {
			python := refPython.FindSubmatch(site)
			return python == nil || r.Python == "" || r.OnPython(string(python[1]))
		}
	}
	w.doubt(r.Python != "" && w.sites, "which Python a line is of may follow from others")
	return true
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
		for _, u := range w.units {
			w.unit(u)
		}
		w.drop((*refBlock).open)
		unsure = cmp.Or(unsure, w.unsure)
	}
	events, painted := paint(data, units)
	return events, counts, cmp.Or(unsure, painted)
}

// A refEvent is a run of bytes, and what becomes of it.
type refEvent struct {
	Rule string // empty: nobody claims it
	Fold bool
	Raw  string
}

// becomes says what becomes of a line or frame, but for its end. noise: it is not as if nothing had a part in it.
func (u *refUnit) becomes() (e refEvent, noise bool) {
	rule, fold := u.rule, u.fold
	if u.block != nil {
		rule, fold = u.block.rule, u.block.fold
	}
	if rule != nil {
		e.Rule = rule.ID
	}
	e.Fold = fold
	return e, fold || u.block != nil
}

// paint says of each byte what becomes of it.
func paint(data []byte, units []*refUnit) (events []refEvent, unsure string) {
	of := make([]refEvent, len(data))
	stands := false // something of the line stays
	for _, u := range units {
		e, noise := u.becomes()
		copy(of[u.from:u.to], slices.Repeat([]refEvent{e}, u.to-u.from))
		for _, s := range u.stays {
			if u.block != nil {
				clear(of[u.from+s.From : u.from+s.To])
			}
		}
		stands = stands && u.inner || !noise && (!u.blank() || u.prefix)
		if noise && stands && (u.prefix || u.inner && u.dress != "") { // each line that stays keeps its end
			clear(of[u.end:u.to])
		}
		if noise && !u.line {
			unsure = "noise stands in a frame that is overwritten, or at the end"
		}
	}
	for from, to := 0, 0; from < len(data); from = to {
		for to = from; to < len(data) && of[to] == of[from]; to++ {
		}
		events = append(events, refEvent{of[from].Rule, of[from].Fold, string(data[from:to])})
	}
	return events, unsure
}
