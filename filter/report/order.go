package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// WorstFirst returns the issues by their severity, then by how often they were seen,
// then by their ids. A table or a page begins with the first; text that a run ends with
// has it at its end, where a person looks.
func WorstFirst(issues []*Issue) []*Issue {
	return slices.SortedStableFunc(slices.Values(issues), func(a, b *Issue) int {
		return cmp.Or(cmp.Compare(Rank(b.Severity), Rank(a.Severity)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	})
}

// WorstLast is WorstFirst from its end, for what a person reads the end of.
func WorstLast(issues []*Issue) []*Issue {
	issues = WorstFirst(issues)
	slices.Reverse(issues)
	return issues
}

// Rank is the place of a severity among all, the least first; -1: it is none.
func Rank(s rules.Severity) int { return slices.Index(rules.Severities, s) }

// UnknownFirst returns what no rule knows, the most frequent first.
func UnknownFirst(unknown []*Unknown) []*Unknown {
	return slices.SortedFunc(slices.Values(unknown), func(a, b *Unknown) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}
