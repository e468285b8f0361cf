package lint

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/rules"
)

// What lint finds in a rule that can be loaded.

func (l *Linted) lint() {
	l.lintWords()
	l.lintSamples()
	l.lintReferences()
	l.lintVersions()
	l.lintFix()
	l.lintGuards()
	l.lintPatterns()
}

const (
	longTitle  = 120
	longAdvice = 600
)

func (l *Linted) lintWords() {
	r := l.Rule
	if name := filepath.Base(r.File); strings.TrimSuffix(strings.TrimSuffix(name, ".yml"), ".yaml") != r.ID {
		l.Add(CheckName, "id", "the file %s has the rule %s", name, r.ID)
	}
	switch n := utf8.RuneCountInString(r.Title); {
	case n > longTitle:
		l.Add(CheckTitle, "title", "the title has %d characters", n)
	case strings.HasSuffix(r.Title, "."):
		l.Add(CheckTitle, "title", "the title ends with a full stop")
	}
	switch n := utf8.RuneCountInString(r.Advice); {
	case n == 0:
		l.Add(CheckNoAdvice, "title", "people are told that %s was seen, and not what to do about it", r.ID)
	case n > longAdvice:
		l.Add(CheckAdvice, "advice", "the advice has %d characters", n)
	case !strings.ContainsAny(r.Advice[len(r.Advice)-1:], ".!?:)`'\""):
		l.Add(CheckAdvice, "advice", "the advice ends in the middle of a sentence")
	}
	if r.Status == rules.Draft {
		l.Add(CheckDraft, "status", "%s is counted, and what it claims is shown", r.ID)
	}
}

func (l *Linted) lintSamples() {
	r := l.Rule
	if len(r.Counterexamples) == 0 {
		l.Add(CheckNoCounter, "samples", "nothing shows what %s leaves alone", r.ID)
	}
	for i, c := range r.Counterexamples {
		for j, s := range r.Samples {
			if strings.TrimSpace(c.Text) == strings.TrimSpace(s.Text) {
				l.Add(CheckSame, fmt.Sprintf("counterexamples[%d].text", i), "this is samples[%d]", j)
			}
		}
	}
}

func (l *Linted) lintReferences() {
	r := l.Rule
	if len(r.References) == 0 {
		l.Add(CheckNoLink, "id", "nobody can read up on %s", r.ID)
	}
	for i, u := range r.References {
		if !strings.HasPrefix(u, "https://") {
			l.Add(CheckHTTPS, fmt.Sprintf("references[%d]", i), "%q does not begin with https://", u)
		}
	}
}

// lintGuards finds a rule that is to fold what no rule folds.
func (l *Linted) lintGuards() {
	if !l.Rule.Folds() {
		return
	}
	for i, s := range l.Rule.Samples {
		for line := range strings.Lines(s.Text) {
			line = strings.TrimRight(line, "\r\n")
			if g := rules.GuardOf(line); g != nil && folds(l.Rule, line) {
				l.Add(CheckGuarded, fmt.Sprintf("samples[%d].text", i), "%q stays in the stream: %s", strings.TrimSpace(line), g.Because)
				break
			}
		}
	}
}

// folds reports whether a line of a sample is one that the rule would fold. Of
// a block every line is.
func folds(r *rules.Rule, line string) bool {
	for _, p := range []*rules.Pattern{r.Match.Line, r.Match.Repeat} {
		if p != nil {
			return p.Search([]byte(line))
		}
	}
	return true
}
