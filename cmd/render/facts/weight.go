package facts

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// SeverityIn is how much an issue matters in a log. An error of a built-in rule did not make a run fail that did not, as
// pyinfra's output says: the deploy has ignored it, or got over it, and it is a warning there. So --fail-on error has it, and one that
// is a reason for that stays an error.
func SeverityIn(r *report.Report, i *report.Issue, l *report.Log) rules.Severity {
	harmless := DidNotFail(l) && rules.BuiltinFile(i.ID) != nil && !isReason(r.Gate, i.ID)
	if i.Severity == rules.Error && harmless {
		return rules.Warning
	}
	return i.Severity
}

// Severities are how much the issues of a report matter, by their ids: as much as in the log where they matter most.
func Severities(r *report.Report) map[string]rules.Severity {
	issues, out := IssuesByID(r), make(map[string]rules.Severity, len(r.Issues))
	for _, l := range r.Logs {
		for n := range l.Issues {
			if i := issues[l.Issues[n].ID]; i != nil {
				out[i.ID] = Worse(out[i.ID], SeverityIn(r, i, l))
			}
		}
	}
	for id, i := range issues { // no log is said to have it
		if out[id] == "" {
			out[id] = i.Severity
		}
	}
	return out
}

// WorstIn is the severity of the worst issue of a log; empty: it has none.
func WorstIn(r *report.Report, l *report.Log, issues map[string]*report.Issue) (worst rules.Severity) {
	for n := range l.Issues {
		if i := issues[l.Issues[n].ID]; i != nil {
			worst = Worse(worst, SeverityIn(r, i, l))
		}
	}
	return worst
}

// IssuesByID are the issues of a report by their ids.
func IssuesByID(r *report.Report) map[string]*report.Issue {
	out := make(map[string]*report.Issue, len(r.Issues))
	for _, i := range r.Issues {
		out[i.ID] = i
	}
	return out
}

// Weighed is a report whose issues are as severe as they are in its logs, which is what a person is to be told. JSON keeps what the rules say. r stays
// as it is.
func Weighed(r *report.Report) *report.Report {
	severities := Severities(r)
	if !slices.ContainsFunc(r.Issues, func(i *report.Issue) bool { return severities[i.ID] != i.Severity }) {
		return r
	}
	out := *r
	out.Issues = make([]*report.Issue, 0, len(r.Issues))
	for _, i := range r.Issues {
		one := *i
		one.Severity = severities[i.ID]
		out.Issues = append(out.Issues, &one)
	}
	return &out
}

// Worse returns the severity that is above the other; empty is below all.
func Worse(a, b rules.Severity) rules.Severity {
	if a == "" || b.Valid() && b.AtLeast(a) {
		return b
	}
	return a
}

// DidNotFail reports whether it is known of a run that it did not fail: what it printed says so, and its command, if there was
// one, ended with 0.
func DidNotFail(l *report.Log) bool { return l.Verdict.Failed == outcome.No && !Failed(l) }

// isReason reports whether a gate, which may be nil, has failed because of an issue.
func isReason(g *report.Gate, id string) bool {
	return g != nil && slices.ContainsFunc(g.Reasons, func(r report.Reason) bool { return r.Value == string(rules.Error) && slices.Contains(r.Names, id) })
}
