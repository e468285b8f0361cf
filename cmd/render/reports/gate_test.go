package reports_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/report"
)

// gated is a report of three logs, with a gate that has failed.
func gated(t *testing.T) *report.Report {
	t.Helper()
	r := rendertest.ThreeLogs(t)
	r.ExitCode = 1
	r.Gate = &report.Gate{FailOn: "error,new-unknown", Baseline: "ci/orbfilter.baseline", New: []string{"U-8fc78ee5"}, Known: 3, Reasons: []report.Reason{
		{Value: "error", Names: []string{"a", "b", "c", "d", "e"}}, {Value: "new-unknown", Names: []string{"U-8fc78ee5"}},
	}}
	return r
}

// TestBecause: what was met of --fail-on, and by what.
func TestBecause(t *testing.T) {
	assert.Equal(t, "--fail-on error: 5 issues (a, b, c and 2 more); --fail-on new-unknown: 1 text that no rule knows (U-8fc78ee5)", facts.Because(gated(t).Gate))
	assert.Equal(t, "--fail-on error: nothing came in", facts.Because(&report.Gate{Reasons: []report.Reason{{Value: "error", Because: "nothing came in"}}}))
}

// TestCodeQualityOfAGate: the entry of the gate is in the baseline, a file that GitLab
// can show. One that has passed is no finding, and what is new weighs more than
// what the baseline has.
func TestCodeQualityOfAGate(t *testing.T) {
	entries := func(r *report.Report) map[string]map[string]any {
		var all []map[string]any
		require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "codequality", r)), &all))
		byCheck := map[string]map[string]any{}
		for _, e := range all {
			byCheck[e["check_name"].(string)] = e
			checkLocation(t, e["location"].(map[string]any))
		}
		return byCheck
	}
	failed := entries(gated(t))
	assert.Equal(t, "blocker", failed["fail-on"]["severity"])
	assert.Equal(t, "ci/orbfilter.baseline", failed["fail-on"]["location"].(map[string]any)["path"])
	assert.Equal(t, "critical", failed["unknown-exception"]["severity"])

	r := gated(t)
	r.ExitCode, r.Gate.Reasons, r.Gate.New = 0, nil, nil
	passed := entries(r)
	assert.NotContains(t, passed, "fail-on")
	assert.Equal(t, "info", passed["unknown-exception"]["severity"])
	assert.Equal(t, failed["unknown-exception"]["fingerprint"], passed["unknown-exception"]["fingerprint"])

	r.Gate = nil
	assert.NotContains(t, entries(r), "fail-on")
	assert.Equal(t, "major", entries(r)["unknown-exception"]["severity"])
}

// TestGatesGiveNoOrders: a file can have any name, and a report any ids.
func TestGatesGiveNoOrders(t *testing.T) {
	for _, text := range rendertest.Nasty {
		r := gated(t)
		r.Gate.Baseline = text + "x"
		r.Gate.Reasons[0].Names[1] = text
		for _, text := range readMarkdown(t, rendertest.Written(t, "md", r)).bare {
			assert.NotRegexp(t, meaningful, text)
		}
		all := rendertest.Written(t, "md", r) + rendertest.Written(t, "codequality", r) + facts.Because(r.Gate)
		assert.NotRegexp(t, `[\x00-\x09\x0b-\x1f\x7f-\x{9f}\x{202e}]`, strings.ToValidUTF8(all, "?"))
		assert.Less(t, len(all), 30000)
	}
}

// TestGateIsOfTheCommand: what a program reads of the run does not depend on what was
// asked of it.
func TestGateIsOfTheCommand(t *testing.T) {
	r := gated(t)
	with := rendertest.Written(t, "json", r)
	r.Gate = nil
	assert.Equal(t, rendertest.Written(t, "json", r), with)
}
