package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// WorstFirst returns the issues by their severity, then by how often they were seen, then by their ids; but what comes of
// others that are as bad stands behind all of these, what came soonest after its cause first. So tables, pages and what is
// said at the end of a run have them.
func WorstFirst(issues []*Issue) []*Issue {
	byID := map[string]*Issue{}
	for _, i := range issues {
		byID[i.ID] = i
	}
	causeOf := func(i *Issue) *Issue {
		if i.Cause == nil || byID[i.Cause.ID] == nil || Rank(byID[i.Cause.ID].Severity) < Rank(i.Severity) {
			return nil
		}
		return byID[i.Cause.ID]
	}
	return causesFirst(slices.SortedStableFunc(slices.Values(issues), func(a, b *Issue) int {
		return cmp.Or(
			cmp.Compare(Rank(b.Severity), Rank(a.Severity)),
			cmp.Compare(behind(a, causeOf(a)), behind(b, causeOf(b))),
			cmp.Compare(b.Count, a.Count), cmp.Compare(a.ID, b.ID),
		)
	}), causeOf)
}

// behind is how many lines an issue came after its cause; 0: it has none.
func behind(i, cause *Issue) int {
	if cause == nil {
		return 0
	}
	line := i.FirstLine
	for n := range i.Places {
		if p := &i.Places[n]; p.Log == i.Cause.Log && p.Line > i.Cause.Line {
			line = p.Line
			break
		}
	}
	return max(line-i.Cause.Line, 1)
}

// causesFirst moves what others come of in front of these.
func causesFirst(issues []*Issue, causeOf func(*Issue) *Issue) (out []*Issue) {
	done := map[*Issue]bool{}
	var put func(i *Issue)
	put = func(i *Issue) {
		if done[i] {
			return
		}
		done[i] = true
		if cause := causeOf(i); cause != nil {
			put(cause)
		}
		out = append(out, i)
	}
	for _, i := range issues {
		put(i)
	}
	return out
}

// Rank is the place of a severity among all, the least first; -1: it is none.
func Rank(s rules.Severity) int { return slices.Index(rules.Severities, s) }

// UnknownFirst returns what no rule knows, what has the most lines first.
func UnknownFirst(unknown []*Unknown) []*Unknown {
	return slices.SortedFunc(slices.Values(unknown), func(a, b *Unknown) int {
		return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
}
