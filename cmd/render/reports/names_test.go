package reports_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/report"
)

// shards are the reports of logs that are all called the same, as each of several jobs has its deploy.log.
func shards(t *testing.T) []*report.Report {
	t.Helper()
	all := []*report.Report{
		rendertest.ReportOf(t, "more/network-retry.log", nil, "deploy.log"),
		rendertest.ReportOf(t, "more/pyinfra-errors.log", nil, "deploy.log"),
		rendertest.ReportOf(t, "gevent-24.10.1.3-hosts.failed.pipe.log", nil, "deploy.log"),
	}
	for _, r := range all {
		r.ExitCode = 0 // what is said of a command is no log's
	}
	return all
}

// fingerprints are those of the results in SARIF and of the entries in Code Quality.
func fingerprints(t *testing.T, r *report.Report) (results, entries []string) {
	t.Helper()
	var sarif struct {
		Runs []struct {
			Results []struct {
				PartialFingerprints map[string]string `json:"partialFingerprints"`
			} `json:"results"`
		} `json:"runs"`
	}
	var quality []struct {
		Fingerprint string `json:"fingerprint"`
	}
	require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "sarif", r)), &sarif))
	require.NoError(t, json.Unmarshal([]byte(rendertest.Written(t, "codequality", r)), &quality))
	for _, one := range sarif.Runs[0].Results {
		results = append(results, one.PartialFingerprints["primaryLocationLineHash"])
	}
	for _, one := range quality {
		entries = append(entries, one.Fingerprint)
	}
	return results, entries
}

func unique(list []string) map[string]bool {
	out := map[string]bool{}
	for _, one := range list {
		out[one] = true
	}
	return out
}

// TestLogsOfOneNameStayApart: what jobs have in logs that are called the same is in their sum once each, by its own log.
func TestLogsOfOneNameStayApart(t *testing.T) {
	results, entries := 0, 0
	for _, r := range shards(t) {
		of, in := fingerprints(t, r)
		results, entries = results+len(of), entries+len(in)
	}
	all := shards(t)
	report.TellApart(all, []string{"job-1.json", "b/job.json", "c/job.json"})
	sum := report.Merge(all...)
	require.NoError(t, sum.Check())
	of, in := fingerprints(t, sum)
	assert.Len(t, of, results)
	assert.Len(t, in, entries)
	assert.Len(t, unique(of), results, "no fingerprint twice")
	assert.Len(t, unique(in), entries, "no fingerprint twice")
	junit := rendertest.Written(t, "junit", sum)
	for _, kind := range []string{"junit", "md", "codequality"} {
		for _, name := range []string{"deploy.log (job-1.json)", "deploy.log (b/job.json)", "deploy.log (c/job.json)"} {
			assert.Contains(t, rendertest.Written(t, kind, sum), name, kind)
		}
	}
	assert.Equal(t, 1, strings.Count(junit, `apt-nonexistent-xyz: not found" type="pyinfra-operation-failed"`), "in the suite of its log, and in no other")
}
