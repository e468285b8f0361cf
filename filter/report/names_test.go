package report_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/report"
)

// called is a report of logs with these names, each of which has the issue.
func called(names ...string) *report.Report {
	r := report.Merge()
	i := &report.Issue{About: report.About{ID: "x"}, Cause: &report.Cause{Log: names[0], Line: 1}}
	for _, name := range names {
		l := &report.Log{Name: name}
		l.Verdict.Line, l.Verdict.Log = 1, name
		r.Logs, i.Places = append(r.Logs, l), append(i.Places, report.Place{Log: name, Line: 1})
	}
	r.Issues, r.Verdict = []*report.Issue{i}, r.Logs[0].Verdict
	return r
}

// namesIn are the names of the logs, which are the same wherever a log is named.
func namesIn(t *testing.T, r *report.Report) (names []string) {
	t.Helper()
	for n, l := range r.Logs {
		names = append(names, l.Name)
		assert.Equal(t, l.Name, l.Verdict.Log)
		assert.Equal(t, l.Name, r.Issues[0].Places[n].Log)
	}
	assert.Equal(t, names[0], r.Verdict.Log)
	assert.Equal(t, names[0], r.Issues[0].Cause.Log)
	return names
}

// TestTellApart: logs that are called the same in several reports get the names of these as well, others stay as they are; and
// it makes no difference whether some have them already.
func TestTellApart(t *testing.T) {
	for _, c := range []struct{ a, b, wantA, wantB []string }{
		{[]string{"d.log"}, []string{"d.log"}, []string{"d.log (a.json)"}, []string{"d.log (b.json)"}},
		{[]string{"d.log", "e.log"}, []string{"f.log", "d.log"}, []string{"d.log (a.json)", "e.log"}, []string{"f.log", "d.log (b.json)"}},
		{[]string{"d.log"}, []string{"x/d.log"}, []string{"d.log"}, []string{"x/d.log"}},
		{[]string{"-"}, []string{"-"}, []string{"a.json"}, []string{"b.json"}},
		{[]string{"d.log (1.json)", "d.log (2.json)"}, []string{"d.log"}, []string{"d.log (1.json)", "d.log (2.json)"}, []string{"d.log (b.json)"}},
		{[]string{"d.log (1.json)"}, []string{"d.log (1.json)"}, []string{"d.log (1.json) (a.json)"}, []string{"d.log (1.json) (b.json)"}},
		{[]string{"d.log (1.json)"}, []string{"d.log (2.json)"}, []string{"d.log (1.json)"}, []string{"d.log (2.json)"}},
	} {
		all := []*report.Report{called(c.a...), called(c.b...)}
		report.TellApart(all, []string{"a.json", "b.json"})
		assert.Equal(t, c.wantA, namesIn(t, all[0]))
		assert.Equal(t, c.wantB, namesIn(t, all[1]))
		all = []*report.Report{called(c.b...), called(c.a...)}
		report.TellApart(all, []string{"b.json", "a.json"})
		assert.Equal(t, slices.Concat(c.wantB, c.wantA), slices.Concat(namesIn(t, all[0]), namesIn(t, all[1])), "in any order")
	}
}
