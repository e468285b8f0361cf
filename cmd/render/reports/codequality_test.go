package reports_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// TestCodeQualityIsWhatGitLabWants: exactly the fields that are required, of the
// types and with the values that are documented, and no fingerprint twice.
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
func TestCodeQualityIsWhatGitLabWants(t *testing.T) {
	all := []*report.Report{rendertest.ThreeLogs(t), rendertest.Hostile(t), report.Merge()}
	for _, r := range rendertest.CaptureReports(t) {
		all = append(all, r)
	}
	for _, r := range all {
		var entries []map[string]any
		require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "codequality", r)), &entries))
		require.NotNil(t, entries)
		seen := map[string]bool{}
		for _, e := range entries {
			assert.ElementsMatch(t, []string{"description", "check_name", "fingerprint", "severity", "location"}, slices.Collect(maps.Keys(e)))
			assert.NotEmpty(t, e["description"])
			assert.NotEmpty(t, e["check_name"])
			assert.Contains(t, []any{"info", "minor", "major", "critical", "blocker"}, e["severity"])
			print := e["fingerprint"].(string)
			assert.NotEmpty(t, print)
			assert.False(t, seen[print], "%v", e)
			seen[print] = true
			checkLocation(t, e["location"].(map[string]any))
		}
		n := 0
		for _, l := range r.Logs {
			n += resultsIn(r, l)
		}
		assert.Len(t, entries, n)
	}
}

// resultsIn is how many entries a log has: for a run that failed, for a log that could not be read, for each host and operation with an error, for
// each other issue, and for each text that no rule knows.
func resultsIn(r *report.Report, l *report.Log) int {
	n := len(l.Unknown)
	if facts.Failed(l) {
		n++
	}
	if facts.Unread(l) {
		n++
	}
	for _, here := range l.Issues {
		for _, i := range r.Issues {
			switch {
			case i.ID != here.ID:
			case i.Severity == rules.Error:
				n += max(1, len(facts.PlacesIn(i, l)))
			default:
				n++
			}
		}
	}
	return n
}

func checkLocation(t *testing.T, location map[string]any) {
	t.Helper()
	path := location["path"].(string)
	assert.NotEmpty(t, path)
	assert.False(t, strings.HasPrefix(path, "/") || strings.HasPrefix(path, "./"), path)
	begin := location["lines"].(map[string]any)["begin"].(float64)
	assert.GreaterOrEqual(t, begin, 1.0)
}

// TestCodeQualityFingerprints: where in the log an issue stands makes no other
// entry of it, another log does.
func TestCodeQualityFingerprints(t *testing.T) {
	print := func(name string, line int) string {
		r := rendertest.ReportOf(t, "more/network-retry.log", nil, name)
		r.Logs[0].Issues[0].FirstLine = line
		var entries []struct{ Fingerprint string }
		require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "codequality", r)), &entries))
		return entries[len(entries)-1].Fingerprint
	}
	assert.Equal(t, print("a.log", 1), print("a.log", 99))
	assert.NotEqual(t, print("a.log", 1), print("b.log", 1))
}
