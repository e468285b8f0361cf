package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A sighting is an issue in one log, which is what formats with a file and a line
// for each of their entries are about.
type sighting struct {
	log   *report.Log
	issue *report.Issue // in all logs
	here  report.LogIssue
}

func (s *sighting) test() junitCase {
	i := s.local()
	c := junitCase{Name: xmlText(printable.Line(i.ID + ": " + i.Title))}
	seen := fmt.Sprintf("Seen %s, in %s, first in line %d.", words.Times(s.here.Count), words.Plural(s.here.Lines, "line"), s.here.FirstLine)
	text := xmlText(string(i.Severity) + "\n" + seen + "\n" + strings.Join(facts.Explanation(i), "\n") + "\n")
	if i.Severity == rules.Error {
		c.Failure = &junitResult{Message: xmlText(printable.Line(words.Sentence(i.Title) + " " + seen)), Type: xmlText(printable.Line(i.ID)), Text: text}
	} else {
		c.Output = &junitOutput{text}
	}
	return c
}

// sightings returns what was seen in a log, the worst first.
func sightings(l *report.Log, about map[string]*report.Issue) (out []sighting) {
	for n := range l.Issues {
		if i := about[l.Issues[n].ID]; i != nil {
			out = append(out, sighting{l, i, l.Issues[n]})
		}
	}
	slices.SortStableFunc(out, worse)
	return out
}

func worse(a, b sighting) int {
	return cmp.Or(cmp.Compare(report.Rank(b.issue.Severity), report.Rank(a.issue.Severity)), cmp.Compare(b.here.Count, a.here.Count))
}

// local is what is known of the issue in this log alone. Hosts, operations and
// the cause are known of all logs together, and are left out if the issue is in
// another one as well.
func (s *sighting) local() *report.Issue {
	i := *s.issue
	i.Installed = s.here.Installed
	if s.here.Count != s.issue.Count {
		i.Hosts, i.Operations, i.Cause = nil, nil, nil
	}
	return &i
}

// issuesByID returns the issues of a report by their ids.
func issuesByID(r *report.Report) map[string]*report.Issue {
	out := make(map[string]*report.Issue, len(r.Issues))
	for _, i := range r.Issues {
		out[i.ID] = i
	}
	return out
}

// reportLogs returns the logs of a report. One that names none is of one run.
func reportLogs(r *report.Report) []*report.Log {
	if len(r.Logs) > 0 {
		return r.Logs
	}
	return []*report.Log{{Input: r.Input, Output: r.Output, Folded: r.Folded}}
}

// unknownByName returns what no rule knows by its fingerprint.
func unknownByName(r *report.Report) map[string]*report.Unknown {
	out := make(map[string]*report.Unknown, len(r.Unknown))
	for _, u := range r.Unknown {
		out[u.Fingerprint] = u
	}
	return out
}
