package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// TestWrongRunsAreRefused: a record of a run that orbfilter cannot have written is none.
func TestWrongRunsAreRefused(t *testing.T) {
	for run, want := range map[string]string{
		`{"more": -1}`: "logs[0]: \"a\": run: the number of more results is below zero or too high",
		`{"phases": [{"name": "loading", "first_line": -1}]}`:                 "run.phases[0]: a line or a time is none",
		`{"phases": [{"name": "loading", "first_line": 1, "seconds": -0.5}]}`: "run.phases[0]: a line or a time is none",
		`{"operations": [null]}`: "run.operations[0]: a line or a time is none",
		`{"operations": [{"name": "x", "first_line": 1, "seconds": 1e300}]}`:                       "run.operations[0]: a line or a time is none",
		`{"operations": [{"hosts": {"a": null}}]}`:                                                 "run.operations[0]: \"a\" has a result, a line or a time that is none",
		`{"operations": [{"hosts": {"a": {"result": "good", "first_line": 1, "last_line": 1}}}]}`:  "\"a\" has a result, a line or a time that is none",
		`{"operations": [{"hosts": {"a": {"result": "error", "first_line": 2, "last_line": 1}}}]}`: "\"a\" has a result, a line or a time that is none",
	} {
		for _, at := range []string{`, "run": ` + run + `, "logs": [{"name": "a"}]`, `, "logs": [{"name": "a", "run": ` + run + `}]`} {
			_, err := report.Read(strings.NewReader(minimal(at)))
			assert.ErrorContains(t, err, want, at)
		}
	}
	r := read(t, minimal(`, "run": {"operations": [{"name": "x"}]}, "logs": [{"name": "a"}]`))
	require.NotNil(t, r.Logs[0].Run)
	assert.Equal(t, "x", r.Logs[0].Run.Operations[0].Name)
}

// TestSumsHaveResultsOfTheFirstLogs: as many as there is room for, in whatever order reports are added up; and of
// the others it is known how many there were.
func TestSumsHaveResultsOfTheFirstLogs(t *testing.T) {
	of := func(name string, more int) *report.Report {
		r := read(t, minimal(`, "logs": [{"name": "`+name+`", "run": {"phases": [{"name": "loading", "first_line": 1}], "operations": [{"name": "x", "hosts": {"h": {"result": "success", "first_line": 1, "last_line": 1}}}]}}]`))
		r.Logs[0].Run.More = more
		return r
	}
	a, b, c := of("a", 0), of("b", report.MaxResults), of("c", 5)
	want := report.Merge(a, b, c)
	for _, got := range []*report.Report{report.Merge(report.Merge(a, b), c), report.Merge(a, report.Merge(b, c)), report.Merge(report.Merge(c, a), b)} {
		assert.Equal(t, want, got)
	}
	var runs []outcome.Record
	for _, l := range want.Logs {
		runs = append(runs, *l.Run)
	}
	assert.Len(t, runs[0].Operations, 1)
	assert.Equal(t, []int{0, report.MaxResults + 1, 6}, []int{runs[0].More, runs[1].More, runs[2].More})
	assert.Empty(t, runs[1].Operations)
	assert.Empty(t, runs[2].Operations)
	assert.Len(t, runs[2].Phases, 1)
	assert.Len(t, b.Logs[0].Run.Operations, 1, "the reports stay as they are")
}
