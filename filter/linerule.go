package filter

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"strings"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/rules"
)

// A lineRule is a rule that matches single lines.
type lineRule struct {
	rule    *rules.Rule
	knows   int // see knowsMore
	pattern *rules.Pattern
	literal []byte // empty: the pattern has none
	repeat  bool   // the first of equal lines is not folded
}

func newLineRule(r *rules.Rule) lineRule {
	l := lineRule{rule: r, knows: r.Knows(), pattern: r.Match.Line}
	if l.pattern == nil {
		l.pattern, l.repeat = r.Match.Repeat, true
	}
	if lits := literals(r); len(lits) > 0 {
		l.literal = lits[0]
	}
	return l
}

// knowsMore puts the rule first that a text is of if both match it: that of the later
// layer, since it is the user's; then the one that knows more of the text, so that a
// rule for all texts of a kind yields to those for some of them; then the one that was
// added first. How much each knows is handed in: it takes a while to count.
func knowsMore(a, b *rules.Rule, aKnows, bKnows int) int {
	return cmp.Or(cmp.Compare(b.Layer, a.Layer), cmp.Compare(bKnows, aKnows))
}

// matchLine returns the rule that takes a single line, after counting it, and
// whether the line is folded. The rule is nil if there is none.
func (f *Filter) matchLine(text []byte) (r *rules.Rule, fold bool) {
	if found := f.single(text); found.rule != nil {
		return f.takeLine(found, text)
	}
	return nil, false
}

// A singleLine is what a text is that stands on a line of its own.
type singleLine struct {
	rule *lineRule // that it is of; nil: none
	host string    // that it is about; empty: none is named
	// undecided are those that were asked in vain.
	undecided []*rules.Rule
}

// maxSingles bounds how many texts are remembered: hosts say the same again and again.
const maxSingles = 512

// single returns what a text is, which depends on nothing else.
func (f *Filter) single(text []byte) singleLine {
	found, ok := f.singles[string(text)]
	if !ok {
		found = f.identify(text)
		f.keepSingle(text, found)
	}
	for _, r := range found.undecided {
		f.doubted(r)
	}
	return found
}

func (f *Filter) keepSingle(text []byte, found singleLine) {
	if len(f.singles) >= maxSingles {
		clear(f.singles)
	}
	if len(text) <= longestText {
		f.singles[string(text)] = found
	}
}

func (f *Filter) identify(text []byte) (found singleLine) {
	if found.rule, found.undecided = f.ruleOf(text); found.rule == nil {
		return found
	}
	found.host = pyinfra.Host(text)
	if named := found.rule.pattern.Groups(text, false)["host"]; named != "" {
		found.host = pyinfra.Name(named)
	}
	return found
}

// ruleOf returns the rule that a single line is of, or nil, and those that cannot say.
func (f *Filter) ruleOf(text []byte) (l *lineRule, undecided []*rules.Rule) {
	f.candidates = f.plan.candidates(text, f.candidates[:0])
	for _, i := range f.candidates {
		l := &f.lineRules[i]
		switch l.pattern.AskSearch(text) {
		case rules.Yes:
			return l, undecided
		case rules.Undecided:
			undecided = append(undecided, l.rule)
		}
	}
	return nil, undecided
}

// occurrence returns what the line in view is as one of a rule.
func (l singleLine) occurrence(f *Filter, text []byte) occurrence {
	return occurrence{line: f.line, last: f.line, lines: 1, stamp: f.stamp, context: f.where(), host: l.host, site: f.noteSite(text), text: shorten(text)}
}

func (f *Filter) takeLine(found singleLine, text []byte) (r *rules.Rule, fold bool) {
	at, l := found.occurrence(f, text), found.rule
	f.named = true
	affected, why := f.count(l.rule, at), ""
	r = l.rule
	switch {
	case !r.Folds(), !affected:
	case f.guards.have(text):
		why = f.guards.because(text)
		i := f.issue(r)
		i.Guarded++
		i.Because = cmp.Or(i.Because, strings.TrimPrefix(why, noFold))
	case l.repeat && f.firstOf(l, text, at.host):
		why = "it is the first of its kind"
	default:
		fold = true
	}
	f.decided(l.rule, nil, text, fold, affected, at.site, why)
	return r, fold
}

// maxRepeats bounds how many different lines are remembered.
const maxRepeats = 10_000

// firstOf reports whether no line was there before that is the same but for its
// host, numbers and addresses.
func (f *Filter) firstOf(l *lineRule, text []byte, host string) bool {
	line := text[pyinfra.HostLen(text):]
	if host != "" {
		line = bytes.ReplaceAll(line, []byte(host), []byte("*"))
	}
	key := sha256.Sum256([]byte(f.dress + l.rule.ID + " " + string(variable.ReplaceAll(line, []byte("*"))))) // lines may be long
	seen := f.repeats[key]
	if len(f.repeats) < maxRepeats {
		f.repeats[key] = true
	}
	return !seen
}

// guards are texts that no rule folds.
type guards struct {
	gate *gate.Gate // nil: one of them has no literal
	all  []*rules.Guard
}

func newGuards(all []*rules.Guard) guards {
	var lits [][]byte
	for _, g := range all {
		lit, _ := g.Line.Literal()
		lits = append(lits, []byte(lit))
	}
	return guards{gate.New(lits), all}
}

// have reports whether a text must be seen.
func (g *guards) have(text []byte) bool {
	if g.gate != nil && g.gate.Find(text) < 0 {
		return false
	}
	for _, guard := range g.all {
		if guard.Line.Search(text) {
			return true
		}
	}
	return false
}

// noFold is what because begins with.
const noFold = "no rule folds it: "

// because says why a text must be seen.
func (g *guards) because(text []byte) string {
	for _, guard := range g.all {
		if guard.Line.Search(text) {
			return noFold + guard.Because
		}
	}
	return ""
}

// shorten is what is kept of the first line of an issue.
func shorten(text []byte) string {
	const most = 250
	text = bytes.TrimSpace(text)
	return string(text[:min(len(text), most)])
}
