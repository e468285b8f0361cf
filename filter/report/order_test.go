package report_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// TestWorstFirstOfAny: whatever comes of what, and in whatever order they are known, issues stand in one order: none is worse
// than one before it, and none stands in front of its cause unless that is a lesser one.
func TestWorstFirstOfAny(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var issues []*report.Issue
		for n := range 2 + r.IntN(6) {
			i := &report.Issue{About: report.About{ID: string(rune('a' + n)), Severity: rules.Severities[r.IntN(len(rules.Severities))]}, Count: 1 + r.IntN(3), FirstLine: 2 + n}
			if n > 0 && r.IntN(2) == 0 {
				i.Cause = &report.Cause{ID: string(rune('a' + r.IntN(n))), Line: 1 + n}
			}
			issues = append(issues, i)
		}
		want := report.WorstFirst(issues)
		inOrder(t, want)
		slices.Reverse(issues)
		assert.Equal(t, want, report.WorstFirst(issues))
	}
}

// TestCauseBeforeConsequence: so it is in the summaries of runs that people reported.
func TestCauseBeforeConsequence(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join("..", "..", "testdata", "cases", "*.log"))
	require.NoError(t, err)
	plan, consequences := filter.NewPlan(rules.Builtin()), 0
	for _, log := range logs {
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		f := plan.Filter(filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{Record: true})
		_, err = f.Write(text)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		sorted := report.WorstFirst(report.New(f.Summary(), report.Run{Fix: func(string, string) string { return "" }}).Issues)
		inOrder(t, sorted)
		for n, i := range sorted {
			if i.ID == "pyinfra-no-hosts-remaining" && n > 0 {
				consequences++
				for _, later := range sorted[n+1:] {
					assert.False(t, later.Severity == rules.Error && later.FirstLine < i.FirstLine, "%s: %s stands behind what says that all hosts had failed", filepath.Base(log), later.ID)
				}
			}
		}
	}
	assert.Greater(t, consequences, 20, strings.Join(logs, " "))
}

// inOrder holds issues to what is said of their order.
func inOrder(t *testing.T, sorted []*report.Issue) {
	t.Helper()
	at := map[string]int{}
	for n, i := range sorted {
		at[i.ID] = n
	}
	for n, i := range sorted {
		if n > 0 {
			assert.GreaterOrEqual(t, report.Rank(sorted[n-1].Severity), report.Rank(i.Severity))
		}
		if i.Cause == nil {
			continue
		}
		if cause, known := at[i.Cause.ID]; known && report.Rank(sorted[cause].Severity) >= report.Rank(i.Severity) {
			assert.Less(t, cause, n, "%s comes of %s", i.ID, i.Cause.ID)
		}
	}
}
