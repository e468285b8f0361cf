package render

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/printable"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// A sighting is an issue in one log, which is what formats with a file and a line
// for each of their entries are about.
type sighting struct {
	log   *report.Log
	issue *report.Issue // in all logs
	here  report.LogIssue
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
	return cmp.Or(cmp.Compare(rank(b.issue.Severity), rank(a.issue.Severity)), cmp.Compare(b.here.Count, a.here.Count))
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

// explanation says of an issue what it is and what to do, in lines of plain text.
func explanation(i *report.Issue) (lines []string) {
	add := func(text string) {
		if text = printable.Line(text); text != "" {
			lines = append(lines, text)
		}
	}
	add(sentence(i.Title))
	add(i.Advice)
	for _, f := range versionFacts(i) {
		add(f)
	}
	if c := i.Cause; c != nil {
		add(fmt.Sprintf("Cause: line %d: %s", c.Line, cutText(c.Text)))
	}
	for _, where := range wheresIn(i, printable.Line) {
		add(where)
	}
	named, others := fewCommands(i.Fix, i.InstalledMore)
	for _, c := range named {
		add("→ " + c)
	}
	add(others)
	for _, u := range i.References {
		add(u)
	}
	return lines
}

// countList lists what was counted, the most frequent first; show writes a name. more: so
// often came others than these.
func countList(counts map[string]int, more int, show func(string) string) string {
	names := mostFirst(counts)
	var out []string
	for _, name := range names[:min(len(names), maxWhere)] {
		out = append(out, fmt.Sprintf("%s %d", show(cutText(name)), counts[name]))
	}
	return strings.Join(append(out, andMoreNames(len(names)-len(out), more)...), ", ")
}

// mostFirst returns what was counted, the most frequent first.
func mostFirst(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
}

// maxShown is how many bytes of a text that a run has printed are shown.
const maxShown = 300

// cutText cuts a text that is too long to be read.
func cutText(text string) string {
	if len(text) <= maxShown {
		return text
	}
	return strings.ToValidUTF8(text[:maxShown], "") + "…"
}

// times says how often something was seen.
func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// versionFacts says which version fixes an issue and which is installed, in
// sentences.
func versionFacts(i *report.Issue) (out []string) {
	for n := range i.Affected {
		a := &i.Affected[n]
		fixed := fixedIn(a)
		if fixed != "" {
			out = append(out, fmt.Sprintf("Fixed in %s %s.", a.Package, fixed))
		}
		out = append(out, factsOf(i, fixed, func(inst report.Installation) bool { return inst.Package == a.Package })...)
	}
	return append(out, factsOf(i, "", func(inst report.Installation) bool { return inst.Package == filter.Python && !inst.Affected })...)
}

// factsOf says it of some installations: of the first of them, those in front that should
// not have the issue.
func factsOf(i *report.Issue, fixed string, of func(report.Installation) bool) (out []string) {
	var all []report.Installation
	for _, inst := range i.Installed {
		if of(inst) && versionFact(i, fixed, inst) != "" {
			all = append(all, inst)
		}
	}
	named, others := foldersOf(all, func(inst report.Installation) bool { return !inst.Affected && !inst.Later })
	for _, inst := range named {
		out = append(out, versionFact(i, fixed, inst))
	}
	if others > 0 {
		out = append(out, andFolders(others, i.InstalledMore))
	}
	return out
}

// versionFact says what is known of the version in an environment; empty, where
// there is nothing to decide.
func versionFact(i *report.Issue, fixed string, inst report.Installation) string {
	env := site.Prefix(inst.Site)
	switch {
	case (inst.Site == "" || inst.Version == "") && fixed == "":
		return ""
	case inst.Site == "":
		return fmt.Sprintf("Which %s is installed is not known.", inst.Package)
	case inst.Unanswered:
		return noAnswer(inst.Package, env)
	case inst.Version == "":
		return fmt.Sprintf("The version of %s in %s is not known.", inst.Package, env)
	case inst.Later:
		return thenUnknown(inst.Package, inst.Version, env)
	case inst.Package == filter.Python && !inst.Affected:
		return fmt.Sprintf("Not folded (%s): Python %s in %s should not print this.", times(i.Unfolded), inst.Version, env)
	case !inst.Affected && i.Unfolded > 0:
		return fmt.Sprintf("Not folded (%s): %s %s in %s should not print this: a regression, or a second copy.", times(i.Unfolded), inst.Package, inst.Version, env)
	}
	return fmt.Sprintf("Installed: %s %s in %s.", inst.Package, inst.Version, env)
}

// fixedIn returns the last version that ends a range; empty: there is none.
func fixedIn(a *report.Affected) string {
	var fixed []string
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			if v := e["fixed"]; v != "" {
				fixed = append(fixed, v)
			}
		}
	}
	return strings.Join(fixed, " and ")
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
