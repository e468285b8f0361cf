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
	// severity is that in the log: an error that did not make its run fail is a warning.
	severity rules.Severity
}

func (s *sighting) test() junitCase {
	i := s.local()
	c := junitCase{Name: xmlText(printable.Line(i.ID + ": " + i.Title))}
	seen := fmt.Sprintf("Seen %s, in %s, first in line %d.", words.Times(s.here.Count), words.Plural(s.here.Lines, "line"), s.here.FirstLine)
	places := s.places(junitPlaces)
	said := []string{string(i.Severity), seen}
	if s.severity != i.Severity {
		said = []string{string(i.Severity), "It did not make the run fail.", seen}
	}
	text := xmlText(strings.Join(slices.Concat(said, places, facts.Explanation(i, false)), "\n") + "\n")
	if s.severity == rules.Error {
		message := words.Sentence(i.Title) + " " + seen
		if len(places) > 0 {
			message = places[0] // the title is in the name
		}
		c.Failure = &junitResult{Message: xmlText(printable.Line(message)), Type: xmlText(printable.Line(i.ID)), Text: text}
	} else {
		c.Output = &junitOutput{text}
	}
	return c
}

// junitPlaces is how many places a test names.
const junitPlaces = 10

// places says where an issue is in the log, a line for each host and operation, and what was said
// there: `vm-01, "Restart nginx" (line 63): nginx: configuration file test failed`. Of an issue whose places are not
// kept there are none.
func (s *sighting) places(limit int) (out []string) {
	all := facts.PlacesIn(s.issue, s.log)
	for _, p := range all[:min(len(all), limit)] {
		out = append(out, facts.PlaceText(p))
	}
	return out
}

// sightings returns what was seen in a log, in the order of the report: the worst first, causes in front of
// what comes of them.
func sightings(r *report.Report, l *report.Log, about map[string]*report.Issue) (out []sighting) {
	for n := range l.Issues {
		if i := about[l.Issues[n].ID]; i != nil {
			out = append(out, sighting{l, i, l.Issues[n], facts.SeverityIn(r, i, l)})
		}
	}
	here := make([]*report.Issue, 0, len(out))
	for _, s := range out {
		one := *s.issue
		one.Count, one.Severity = s.here.Count, s.severity
		here = append(here, &one)
	}
	here = report.WorstFirst(here)
	at := func(s sighting) int {
		return slices.IndexFunc(here, func(i *report.Issue) bool { return i.ID == s.issue.ID })
	}
	slices.SortStableFunc(out, func(a, b sighting) int { return cmp.Compare(at(a), at(b)) })
	return out
}

// local is what is known of the issue in this log alone. Hosts, operations and
// the cause are known of all logs together, and are left out if the issue is in
// another one as well, or the cause is.
func (s *sighting) local() *report.Issue {
	i := *s.issue
	i.Installed = s.here.Installed
	if s.here.Count != s.issue.Count {
		i.Hosts, i.Operations = nil, nil
	}
	if c := i.Cause; c != nil && c.Log != s.log.Name {
		i.Cause = nil
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

// seenIn is what was seen of a text in one log: where that is not known, it is once, in a line that is not known either.
func seenIn(r *report.Report, l *report.Log, u *report.Unknown) report.LogUnknown {
	if seen, ok := r.In(l, u); ok {
		return seen
	}
	return report.LogUnknown{Fingerprint: u.Fingerprint, Count: 1}
}
