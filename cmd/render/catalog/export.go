package catalog

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// A matcher is a problem matcher of GitHub Actions; see docs/problem-matchers.md
// in actions/toolkit. A message of 0 is the whole match.
type matcher struct {
	Owner    string           `json:"owner"`
	Severity string           `json:"severity"`
	Pattern  []matcherPattern `json:"pattern"`
}

type matcherPattern struct {
	Regexp  string `json:"regexp"`
	Message int    `json:"message"`
}

// notNET is what regexp2 knows and .NET, in its ECMAScript mode, does not: that is
// what the runner of GitHub Actions compiles a matcher with.
var notNET = lazyregexp.New(`\\[pPQE]|\(\?P<|\[\[:|\\x\{|\(\?[a-zA-Z]*[snx]`)

// ProblemMatcher writes a problem matcher for each rule that matches single
// lines and does not fold them. It returns what is to be said of rules that it
// has left out though they are of that kind.
func ProblemMatcher(w io.Writer, set *rules.Set) (left []string, err error) {
	out := struct {
		ProblemMatcher []matcher `json:"problemMatcher"`
	}{[]matcher{}}
	for r := range set.All() {
		p := r.Match.Line
		if p == nil {
			p = r.Match.Repeat
		}
		switch {
		case p == nil || r.Folds() || r.Status == rules.Draft:
		case notNET.MatchString(p.String()):
			left = append(left, r.ID+": its pattern has what the runner of GitHub Actions does not know")
		default:
			out.ProblemMatcher = append(out.ProblemMatcher, matcher{"orbfilter-" + r.ID, level(r.Severity), []matcherPattern{{p.String(), 0}}})
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return left, enc.Encode(out)
}

// level is what GitHub calls a severity.
func level(s rules.Severity) string {
	if s == rules.Noise {
		return string(rules.Notice)
	}
	return string(s)
}

// Literals writes for each rule the longest text that every occurrence holds,
// each on a line, for grep -F -f. It returns what is to be said of rules that
// have none.
func Literals(w io.Writer, set *rules.Set) (left []string, err error) {
	seen := map[string]bool{}
	for r := range set.All() {
		best := ""
		for _, p := range r.Match.Parts() {
			if lit, _ := p.Pattern.Literal(); len(lit) > len(best) && !strings.ContainsAny(lit, "\r\n") {
				best = lit
			}
		}
		switch {
		case best == "":
			left = append(left, r.ID+": there is no text that all of its lines hold")
		case !seen[best]:
			seen[best] = true
			if _, err := fmt.Fprintln(w, best); err != nil {
				return left, err
			}
		}
	}
	return left, nil
}
