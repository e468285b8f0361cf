package report_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// TestCausesStandInFront: of two issues one of which comes of the other, the cause is first, also where there are
// circles; a lesser one stays behind, and none is lost.
func TestCausesStandInFront(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	rapid.Check(t, func(t *rapid.T) {
		var issues []*report.Issue
		for _, id := range ids {
			i := &report.Issue{About: report.About{ID: id, Severity: anyOf(t, rules.Severities...)}, Count: small(t)}
			if cause := anyOf(t, append(ids, "", "elsewhere")...); cause != "" {
				i.Cause = &report.Cause{ID: cause, Line: 1}
			}
			issues = append(issues, i)
		}
		at, of := map[string]int{}, map[string]*report.Issue{}
		for n, i := range report.WorstFirst(issues) {
			at[i.ID], of[i.ID] = n, i
			if n > 0 {
				assert.GreaterOrEqual(t, report.Rank(of[prev(at, n)].Severity), report.Rank(i.Severity))
			}
		}
		assert.Len(t, at, len(ids))
		for _, i := range issues {
			c := i.Cause
			if c == nil || of[c.ID] == nil || of[c.ID].Cause != nil || report.Rank(of[c.ID].Severity) < report.Rank(i.Severity) {
				continue // of a circle, or of a lesser one
			}
			assert.Less(t, at[c.ID], at[i.ID])
		}
	})
}

func prev(at map[string]int, n int) string {
	for id, m := range at {
		if m == n-1 {
			return id
		}
	}
	return ""
}
