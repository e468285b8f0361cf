package reports_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// A parsed report is what a program reads of one.
type parsed struct {
	Schema                string
	Input, Output, Folded filter.Size
	Issues                []struct {
		ID                string
		Count, Unfolded   int
		FirstLine         int64 `json:"first_line"`
		LastLine          int64 `json:"last_line"`
		Hosts, Operations map[string]int
	}
	Unknown []struct {
		Fingerprint, Sample string
		Count               int
	}
}

func parse(t *testing.T, sum *filter.Summary) (r parsed) {
	t.Helper()
	require.NoError(t, json.Unmarshal(rendertest.JSON(t, sum), &r))
	return r
}

// TestReportOfEveryCapture: what came in is what was shown and what was folded, on
// every recorded run, against numbers that are counted here.
func TestReportOfEveryCapture(t *testing.T) {
	for _, name := range rendertest.AllCaptures(t) {
		data := rendertest.Capture(t, name)
		shown, sum := rendertest.Run(t, data, filter.Options{})
		r := parse(t, sum)
		assert.Equal(t, report.Schema, r.Schema, name)
		assert.Equal(t, int64(len(data)), r.Input.Bytes, name)
		assert.Equal(t, int64(len(shown)), r.Output.Bytes, name)
		assert.Equal(t, r.Input.Bytes, r.Output.Bytes+r.Folded.Bytes, name)
		assert.Equal(t, rendertest.LinesOf(data), r.Input.Lines, name)
		assert.Equal(t, r.Input.Lines, r.Output.Lines+r.Folded.Lines, name)
		checkIssues(t, name, r)
	}
}

// checkIssues: an issue was seen, within the input, and where it was seen is
// not more often than how often.
func checkIssues(t *testing.T, name string, r parsed) {
	t.Helper()
	for _, i := range r.Issues {
		assert.Positive(t, i.Count, name)
		assert.LessOrEqual(t, i.Unfolded, i.Count, name)
		assert.Positive(t, i.FirstLine, name)
		assert.LessOrEqual(t, i.FirstLine, i.LastLine, name)
		assert.LessOrEqual(t, i.LastLine, r.Input.Lines, name)
		assert.LessOrEqual(t, total(i.Hosts), i.Count, name)
		assert.LessOrEqual(t, total(i.Operations), i.Count, name)
	}
	for _, u := range r.Unknown {
		assert.Positive(t, u.Count, name)
		assert.NotEmpty(t, u.Sample, name)
	}
}

func total(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// TestReportsAddUp: the report of two runs has the sizes and the counts of
// both, however often it is asked for.
func TestReportsAddUp(t *testing.T) {
	names := []string{"gevent-25.5.1.3-hosts.pipe.log", "more/network-retry.log", "gevent-25.5.1.20-hosts.pipe.log", "more/network-retry.log",
		"more/deploy-raises.log", "more/deploy-raises.log"}
	var sums []*filter.Summary
	var input, output, folded filter.Size
	counts := map[string]int{}
	for _, name := range names {
		_, sum := rendertest.Run(t, rendertest.Capture(t, name), filter.Options{})
		sums = append(sums, sum)
		r := parse(t, sum)
		input, output, folded = plus(input, r.Input), plus(output, r.Output), plus(folded, r.Folded)
		for id, n := range countsOf(r) {
			counts[id] += n
		}
	}
	for _, which := range []string{"first", "second"} {
		var both filter.Summary
		for _, s := range sums {
			both.Merge(s)
		}
		r := parse(t, &both)
		assert.Equal(t, []filter.Size{input, output, folded}, []filter.Size{r.Input, r.Output, r.Folded}, which)
		assert.Equal(t, counts, countsOf(r), which)
		checkIssues(t, which, r)
	}
}

func countsOf(r parsed) map[string]int {
	counts := map[string]int{}
	for _, i := range r.Issues {
		counts[i.ID] = i.Count
	}
	for _, u := range r.Unknown {
		counts[u.Fingerprint] = u.Count
	}
	return counts
}

func plus(a, b filter.Size) filter.Size {
	return filter.Size{Bytes: a.Bytes + b.Bytes, Lines: a.Lines + b.Lines}
}

// TestEmptyReport: lists are empty, not null, so that a program can go
// through them without asking.
func TestEmptyReport(t *testing.T) {
	out := string(rendertest.JSON(t, &filter.Summary{}))
	assert.NotContains(t, out, "null")
	for _, field := range []string{`"issues": []`, `"unknown": []`, `"rules_skipped": []`} {
		assert.Contains(t, out, field)
	}
}
