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

// DidNotFail reports whether it is known of a run that it did not fail: what it printed says so, and its command, if there was
// one, ended with 0.
func DidNotFail(l *report.Log) bool { return l.Verdict.Failed == outcome.No && !Failed(l) }

// isReason reports whether a gate, which may be nil, has failed because of an issue.
func isReason(g *report.Gate, id string) bool {
	return g != nil && slices.ContainsFunc(g.Reasons, func(r report.Reason) bool { return r.Value == string(rules.Error) && slices.Contains(r.Names, id) })
}
