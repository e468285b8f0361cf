package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// WorstFirst returns the issues by their severity, then by how often they were seen,
// then by their ids; but one that another comes of stands in front of that, unless it is a
// lesser one. A table or a page begins with the first; text that a run ends with has it
// at its end, where a person looks.
func WorstFirst(issues []*Issue) []*Issue {
	return causesFirst(slices.SortedStableFunc(slices.Values(issues), func(a, b *Issue) int {
		return cmp.Or(cmp.Compare(Rank(b.Severity), Rank(a.Severity)), cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID))
	}))
}

// causesFirst moves what others come of in front of these.
func causesFirst(issues []*Issue) (out []*Issue) {
	byID, done := map[string]*Issue{}, map[string]bool{}
	for _, i := range issues {
		byID[i.ID] = i
	}
	var put func(i *Issue)
	put = func(i *Issue) {
		if done[i.ID] {
			return
		}
		done[i.ID] = true
		if i.Cause != nil && byID[i.Cause.ID] != nil && Rank(byID[i.Cause.ID].Severity) >= Rank(i.Severity) {
			put(byID[i.Cause.ID])
		}
		out = append(out, i)
	}
	for _, i := range issues {
		put(i)
	}
	return out
}

// WorstLast is WorstFirst from its end, for what a person reads the end of.
func WorstLast(issues []*Issue) []*Issue {
	issues = WorstFirst(issues)
	slices.Reverse(issues)
	return issues
}

// Rank is the place of a severity among all, the least first; -1: it is none.
func Rank(s rules.Severity) int { return slices.Index(rules.Severities, s) }

// UnknownFirst returns what no rule knows, what has the most lines first.
func UnknownFirst(unknown []*Unknown) []*Unknown {
	return slices.SortedFunc(slices.Values(unknown), func(a, b *Unknown) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}
