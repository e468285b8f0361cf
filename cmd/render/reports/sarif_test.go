package reports_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// sarifOf writes a report and reads it with the standard's own schema.
func sarifOf(t *testing.T, r *report.Report) *sarif.Run {
	t.Helper()
	out, err := sarif.FromBytes([]byte(rendertest.Written(t, "sarif", r)), sarif.WithStrictValidation())
	require.NoError(t, err)
	require.NoError(t, out.Validate())
	require.Len(t, out.Runs, 1)
	return out.Runs[0]
}

// TestSARIFOfEveryCapture validates, and has a result for each issue, at its
// first line, with what GitHub needs; an error that did not make its run fail is a warning.
func TestSARIFOfEveryCapture(t *testing.T) {
	level := map[rules.Severity]string{rules.Noise: "note", rules.Notice: "note", rules.Warning: "warning", rules.Error: "error"}
	for name, r := range rendertest.CaptureReports(t) {
		run := sarifOf(t, r)
		require.Len(t, run.Results, resultsIn(r, r.Logs[0]), name)
		byID, counts := map[string]*sarif.Result{}, map[string]int{} // what places of one issue count adds up
		for _, s := range run.Results {
			counts[*s.RuleID] += *s.OccurrenceCount
			if byID[*s.RuleID] == nil {
				byID[*s.RuleID] = s
			}
			assert.Equal(t, *s.RuleID, *run.Tool.Driver.Rules[s.RuleIndex].ID, "the index leads to the same")
			where := s.Locations[0].PhysicalLocation.ArtifactLocation
			assert.Equal(t, "logs/"+name, *where.URI)
			assert.Equal(t, *where.URI, *run.Artifacts[where.Index].Location.URI)
			assert.NotEmpty(t, s.PartialFingerprints["primaryLocationLineHash"])
		}
		for _, i := range r.Issues {
			s := byID[i.ID]
			require.NotNil(t, s, i.ID)
			want := level[i.Severity]
			if i.Severity == rules.Error && r.Verdict.Failed == outcome.No {
				want = "warning"
			}
			assert.Equal(t, want, s.Level, i.ID)
			assert.Equal(t, i.FirstLine, *s.Locations[0].PhysicalLocation.Region.StartLine)
			assert.Equal(t, i.Count, counts[i.ID], i.ID)
			assert.Len(t, s.Properties.Properties["hosts"], len(i.Hosts))
		}
	}
}

// TestSARIFOfManyLogs: each log is an artifact of its own, the worst come first,
// what is the same in two logs are two results, and what could not be read is said.
func TestSARIFOfManyLogs(t *testing.T) {
	run := sarifOf(t, rendertest.ThreeLogs(t))
	var uris, levels []string
	for _, a := range run.Artifacts {
		uris = append(uris, *a.Location.URI)
	}
	prints := map[string]bool{}
	for _, s := range run.Results {
		levels = append(levels, s.Level)
		prints[s.PartialFingerprints["primaryLocationLineHash"]] = true
	}
	assert.ElementsMatch(t, []string{"a.zip/2_Deploy.txt", "logs/job-1.log", "logs/job%203/deploy.log.gz"}, uris)
	assert.Equal(t, []string{"error", "error", "error", "error", "error", "warning", "note", "note"}, levels)
	assert.Len(t, prints, len(run.Results))
	require.Len(t, run.Invocations, 1)
	assert.False(t, *run.Invocations[0].ExecutionSuccessful)
	require.Len(t, run.Invocations[0].ToolExecutionNotifications, 1)
	assert.Equal(t, "Not read to its end: unexpected EOF: is it truncated?", *run.Invocations[0].ToolExecutionNotifications[0].Message.Text)
}

// TestSARIFPlaces: GitHub wants relative URIs, and a place for a live run too.
func TestSARIFPlaces(t *testing.T) {
	for name, want := range map[string]string{
		"": "pyinfra.log", "-": "pyinfra.log", "./a.log": "a.log", "logs//b c.log": "logs/b%20c.log", "/var/log/a.log": "file:///var/log/a.log",
		`C:\logs\a.log`: "file:///C:/logs/a.log", `logs\a.log`: "logs/a.log", "a:b.log": "./a:b.log", "100%.log": "100%25.log", "../a#b?.log": "../a%23b%3F.log",
	} {
		run := sarifOf(t, rendertest.ReportOf(t, "more/network-retry.log", nil, name))
		assert.Equal(t, want, *run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI, name)
	}
}

// TestSARIFOfHugeReports: of more than GitHub takes, the worst are kept, that is
// said, and the file is small enough.
// https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/troubleshoot-sarif-uploads/results-exceed-limit
func TestSARIFOfHugeReports(t *testing.T) {
	testrun.Long(t)
	r := report.Merge()
	long := strings.Repeat("a long text with words ", 400)
	for n := range 400 {
		i := &report.Issue{
			About: report.About{ID: fmt.Sprintf("issue-%d", n), Title: fmt.Sprint(n, long), Advice: long, Severity: rules.Severities[n%4], References: []string{"https://example.org/" + fmt.Sprint(n)}},
			Count: 1, FirstLine: n + 1, LastLine: n + 1, Fix: []string{long}, Hosts: map[string]int{},
		}
		for h := range 300 {
			i.Hosts[fmt.Sprintf("host-%d-%d", n, h)] = h
		}
		r.Issues = append(r.Issues, i)
	}
	for n := range 70 {
		l := &report.Log{Name: fmt.Sprintf("logs/%d.log", n)}
		for k := range 400 {
			l.Issues = append(l.Issues, report.LogIssue{ID: r.Issues[k].ID, Count: 1, FirstLine: k + 1, LastLine: k + 1})
		}
		r.Logs = append(r.Logs, l)
	}
	out := rendertest.Written(t, "sarif", r)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte(out))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	assert.Less(t, packed.Len(), 10<<20)

	parsed, err := sarif.FromBytes([]byte(out))
	require.NoError(t, err)
	run := parsed.Runs[0]
	assert.Len(t, run.Results, 5000)
	for _, s := range run.Results {
		require.Equal(t, "error", s.Level, "there are 7,000 of them")
	}
	require.Len(t, run.Invocations[0].ToolExecutionNotifications, 1)
	assert.Contains(t, *run.Invocations[0].ToolExecutionNotifications[0].Message.Text, "23000 results left out")
}

// TestSARIFOfHostileReports validates, and no text is a link in it.
func TestSARIFOfHostileReports(t *testing.T) {
	run := sarifOf(t, rendertest.Hostile(t))
	for _, s := range run.Results {
		assert.NotContains(t, *s.Message.Text, "](")
	}
	for _, d := range run.Tool.Driver.Rules {
		if d.HelpURI != nil {
			assert.Regexp(t, `^https://x\.example/\S*$`, *d.HelpURI)
		}
	}
}

// TestSARIFOfEmptyReports: lists, not null.
func TestSARIFOfEmptyReports(t *testing.T) {
	run := sarifOf(t, report.Merge())
	assert.NotNil(t, run.Results)
	assert.Empty(t, run.Results)
	_, sum := runOf(t, "")
	assert.Empty(t, sarifOf(t, report.New(sum, report.Run{})).Results)
}

func runOf(t *testing.T, log string) ([]byte, *filter.Summary) {
	t.Helper()
	return rendertest.Run(t, []byte(log), filter.Options{})
}
