package ci

import (
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// WithNew returns a report in which what is new is an issue of severity error: a
// CI system then shows it where people look. The report stays as it is.
func WithNew(g report.FailOn, r *report.Report) *report.Report {
	fresh := g.Fresh(r.Unknown)
	if len(fresh) == 0 {
		return r
	}
	with := *r
	with.Issues = slices.Clone(r.Issues)
	for _, u := range fresh {
		about := report.About{ID: u.Fingerprint, Severity: rules.Error, Title: "No rule knows this: " + u.Text(), Advice: "Noise of yours? Type " + facts.NewRuleOf(r, u) + " for a rule of it."}
		with.Issues = append(with.Issues, &report.Issue{About: about, Count: u.Count, Lines: u.Lines, FirstLine: u.FirstLine, LastLine: u.FirstLine})
	}
	return &with
}
