package match

import (
	"bytes"
	"crypto/sha256"
	"strings"

	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// Rules for single lines are asked about a text that no block has a part in, or that is left of a line behind its pieces.

// singles are what is remembered of such texts.
type singles struct {
	repeats    int   // how many different lines rules for repeats have seen, of all writers
	candidates []int // that were looked for last
}

// A single is what a text is that stands on a line of its own.
type single struct {
	rule *plan.LineRule // that it is of; nil: none
	host string         // that it is about; empty: none is named
	// undecided are those that were asked in vain.
	undecided []*rules.Rule
}

const (
	// maxSingles bounds how many texts are remembered: hosts say the same again and again.
	maxSingles = 512
	// maxRepeats bounds how many different lines are remembered.
	maxRepeats = 10_000
)

// matchLine returns the rule that takes a text, after counting it, and
// whether the text is folded. The rule is nil if there is none.
func (w *writer) matchLine(text []byte) (r *rules.Rule, fold bool) {
	if found := w.single(text); found.rule != nil {
		return w.takeLine(found, text)
	}
	return nil, false
}

// single returns what a text is, which depends on nothing else.
func (m *Matcher) single(text []byte) single {
	found, ok := m.singleOf[string(text)]
	if !ok {
		found = m.identify(text)
		m.keepSingle(text, found)
	}
	for _, r := range found.undecided {
		m.doubt(r)
	}
	return found
}

// doubt counts that a rule cannot say what the current line is.
func (m *Matcher) doubt(r *rules.Rule) {
	m.doubts++
	m.tally.Doubt(r, m.line)
}

func (t *Texts) keepSingle(text []byte, found single) {
	if len(t.singleOf) >= maxSingles {
		clear(t.singleOf)
	}
	if len(text) <= memory.LongestText {
		t.singleOf[string(text)] = found
	}
}

func (m *Matcher) identify(text []byte) (found single) {
	for _, i := range m.singles.mayBe(m.plan, text) {
		l := &m.plan.Lines[i]
		m.work += len(text)
		switch answer, host := m.search(l, text); answer {
		case rules.Yes:
			found.rule, found.host = l, pyinfra.Name(host)
			if found.host == "" {
				found.host = pyinfra.Host(text)
			}
			return found
		case rules.Undecided:
			found.undecided = append(found.undecided, l.Rule)
		}
	}
	return found
}

// search asks a rule about a text, and about what it is without the blanks at its end: a terminal that lines are copied from fills
// them up.
func (m *Matcher) search(l *plan.LineRule, text []byte) (rules.Answer, string) {
	answer, host := l.Pattern.AskSearchGroup(text, "host")
	if bare := bytes.TrimRight(text, " "); answer == rules.No && len(bare) < len(text) {
		m.work += len(bare)
		return l.Pattern.AskSearchGroup(bare, "host")
	}
	return answer, host
}

// mayBe returns the rules that a text may be of, by their places in the plan, until it is asked again.
func (s *singles) mayBe(p *plan.Plan, text []byte) []int {
	s.candidates = p.Candidates(text, s.candidates[:0])
	return s.candidates
}

// occurrence returns what a text in the current line is as one of its rule.
func (w *writer) occurrence(l single, text []byte) tally.Occurrence {
	site := w.siteFor(l.rule.Rule, w.noteSite(text), w.stamp)
	return tally.Occurrence{Line: w.line, Last: w.line, Lines: 1, Stamp: w.stamp, Where: w.where(), Host: l.host, Site: site, Text: shorten(text)}
}

func (w *writer) takeLine(found single, text []byte) (r *rules.Rule, fold bool) {
	at, l := w.occurrence(found, text), found.rule
	w.named = true
	affected, why := w.tally.Count(l.Rule, at), ""
	r = l.Rule
	switch {
	case !r.Folds(), !affected:
	case w.plan.Guards.Have(text):
		why = w.plan.Guards.Because(text)
		w.tally.Guard(r, strings.TrimPrefix(why, plan.NoFold))
	case l.Repeat && w.firstOf(l, text, at.Host):
		why = "it is the first of its kind"
	default:
		fold = true
	}
	w.decided(r, nil, text, fold, affected, at.Site, why)
	w.keepLine(found, text, at)
	return r, fold
}

// firstOf reports whether no text was there before, of the same run, that is the same but for
// its host, numbers and addresses.
func (w *writer) firstOf(l *plan.LineRule, text []byte, host string) bool {
	line := text[pyinfra.HostLen(text):]
	if host != "" {
		line = bytes.ReplaceAll(line, []byte(host), []byte("*"))
	}
	key := sha256.Sum256([]byte(l.Rule.ID + " " + string(tally.Template(line)))) // lines may be long
	if w.repeats[key] {
		return false
	}
	if w.singles.repeats < maxRepeats {
		if w.repeats == nil {
			w.repeats = map[[sha256.Size]byte]bool{}
		}
		w.singles.repeats++
		w.repeats[key] = true
	}
	return true
}

// shorten is what is kept of the first line of an issue.
func shorten(text []byte) string {
	const most = 250
	text = bytes.TrimSpace(text)
	return string(text[:min(len(text), most)])
}

func isBlank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }
