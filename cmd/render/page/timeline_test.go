package page_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// timelines is a report of a log for each of some timelines.
func timelines(lines int64, all ...filter.Timeline) *report.Report {
	r := report.Merge()
	i := &report.Issue{About: report.About{ID: "one", Title: "One", Severity: rules.Noise}}
	r.Issues = []*report.Issue{i}
	for _, t := range all {
		size := filter.Size{Lines: lines}
		l := &report.Log{Input: size, Output: size, Issues: []report.LogIssue{{ID: "one", Timeline: t}}}
		for _, c := range t.Counts {
			l.Issues[0].Count += c
		}
		i.Count += l.Issues[0].Count
		r.Logs = append(r.Logs, l)
		r.Input.Lines, r.Output.Lines = r.Input.Lines+lines, r.Output.Lines+lines
	}
	return r
}

// bars are the words of the bars of the one issue.
func bars(t *testing.T, r *report.Report) (out []string) {
	t.Helper()
	_, rows := parse(t, write(t, r)).rows(t, "timeline-table")
	require.Len(t, rows, 1)
	for _, title := range all(rows[0].node, "title") {
		out = append(out, title.FirstChild.Data)
	}
	return out
}

func TestTimelineOfOneLog(t *testing.T) {
	assert.Equal(t, []string{"line 2: 3"}, bars(t, timelines(2, filter.Timeline{Width: 1, Counts: []int{0, 3}})))
	assert.Equal(t, []string{"lines 1 to 4: 1", "lines 9 to 10: 2"}, bars(t, timelines(10, filter.Timeline{Width: 4, Counts: []int{1, 0, 2}})))
}

func TestTimelineOfSeveralLogs(t *testing.T) {
	// What occurs in the first and in the last line is at the ends, however long a log is.
	ends := make([]int, 40)
	ends[0], ends[39] = 1, 2
	assert.Equal(t, []string{"0 to 3 %: 2", "97 to 100 %: 4"},
		bars(t, timelines(40, filter.Timeline{Width: 1, Counts: ends}, filter.Timeline{Width: 1, Counts: ends})))
	assert.Equal(t, []string{"22 to 25 %: 1", "72 to 75 %: 1"}, bars(t, timelines(2, filter.Timeline{Width: 1, Counts: []int{1}}, filter.Timeline{Width: 1, Counts: []int{0, 1}})))

	// What occurs everywhere makes no comb.
	even := make([]int, 40)
	for n := range even {
		even[n] = 100
	}
	all := bars(t, timelines(40*1024, filter.Timeline{Width: 1024, Counts: even}, filter.Timeline{Width: 1024, Counts: even}))
	assert.Len(t, all, 32)
	for _, b := range all {
		assert.Equal(t, "250", b[strings.LastIndex(b, " ")+1:], b)
	}
}
