package page

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// maxLogsOfIssue is how many logs are named at an issue.
const maxLogsOfIssue = 8

// seen says when an issue was seen, of several logs whose dates are known.
type seen struct {
	First, Last string // days; empty: no date is known
	Since       string // what is known of the logs behind the last: "not in the 3 logs since 4 November 2026"
	New         bool   // it was seen in the newest log alone
	first, last time.Time
}

// FirstDay and LastDay are the days as they are sorted.
func (s *seen) FirstDay() string { return s.first.Format(time.DateOnly) }

// LastDay is the day on which it was seen last, as it is sorted.
func (s *seen) LastDay() string { return s.last.Format(time.DateOnly) }

// An issueLog is a log that an issue was seen in.
type issueLog struct {
	Name, Date string
	Count      int
	Line       part // of the first occurrence
}

// seenIn fills in when and in which logs the issues were seen.
func (p *page) seenIn() map[string]*seen {
	out := map[string]*seen{}
	dated, _ := split(p.Report.Logs)
	for _, l := range dated {
		t, _ := dateOf(l)
		for n := range l.Issues {
			s := out[l.Issues[n].ID]
			if s == nil {
				s = &seen{First: t.Format(dayLayout), New: true, first: t}
				out[l.Issues[n].ID] = s
			}
			s.New = s.New && s.last.IsZero() && l == dated[len(dated)-1]
			s.Last, s.last = t.Format(dayLayout), t
		}
	}
	for _, s := range out {
		s.New = s.New && len(dated) > 1
		s.since(dated)
	}
	return out
}

// lastTime is when it was seen last; of nil it is not known.
func (s *seen) lastTime() time.Time {
	if s == nil {
		return time.Time{}
	}
	return s.last
}

const dayLayout = "2 January 2006"

// since counts the logs behind the last one that had it.
func (s *seen) since(dated []*report.Log) {
	n, first := 0, time.Time{}
	for _, l := range dated {
		if t, _ := dateOf(l); t.After(s.last) {
			if n++; n == 1 {
				first = t
			}
		}
	}
	if n > 0 {
		s.Since = fmt.Sprintf("not in the %s since %s", fit.Counted(int64(n), "log"), first.Format(dayLayout))
		if n == 1 {
			s.Since = "not in the newest log, of " + first.Format(dayLayout)
		}
	}
}

// logsOf are the logs of an issue, those that failed first, then the newest, and how many more there are.
func (p *page) logsOf(id string) (out []issueLog, more int) {
	var in []*report.Log
	for _, l := range p.Report.Logs {
		if slices.ContainsFunc(l.Issues, func(i report.LogIssue) bool { return i.ID == id }) {
			in = append(in, l)
		}
	}
	slices.SortStableFunc(in, func(a, b *report.Log) int {
		return cmp.Or(compareBool(b.Verdict.Failed == outcome.Yes, a.Verdict.Failed == outcome.Yes), newest(a, b))
	})
	for _, l := range in[:min(len(in), maxLogsOfIssue)] {
		i := l.Issues[slices.IndexFunc(l.Issues, func(i report.LogIssue) bool { return i.ID == id })]
		out = append(out, issueLog{logName(l), dayOf(l), i.Count, p.linePart(l, i.FirstLine)})
	}
	return out, len(in) - len(out)
}

// The worst that a log can have: its run failed, or nobody knows whether it did, or an issue of a severity was seen, or nothing was.
var worsts = []struct{ Class, Word string }{
	{"failed", "failed"}, {"unknown", "not known"}, {"error", "error"}, {"warning", "warning"}, {"notice", "notice"}, {"noise", "noise only"}, {"clean", "nothing"},
}

// worstOf returns what tells the index among worsts of the worst in a log.
func worstOf(r *report.Report) func(*report.Log) int {
	issues := facts.IssuesByID(r)
	return func(l *report.Log) int {
		switch {
		case facts.Failed(l):
			return 0
		case facts.NotKnown(l), facts.Unread(l):
			return 1
		}
		if rank := report.Rank(facts.WorstIn(r, l, issues)); rank >= 0 {
			return 1 + len(rules.Severities) - rank
		}
		return len(worsts) - 1
	}
}

// A runsChart is how many runs there were, by the worst in them.
type runsChart struct {
	chart
	Unit   string
	Series []runsSeries
	Rows   []runsRow
}

type runsSeries struct {
	Class, Word string
	Bars        []bar
}

type runsRow struct {
	Title  string
	Counts []int
}

// newRunsChart draws the runs of each point of a trend, the worst at the bottom.
func newRunsChart(t *trend, worst func(*report.Log) int) *runsChart {
	c := &runsChart{chart: t.newChart(), Unit: t.Unit}
	for n := range t.Points {
		row := runsRow{Title: t.Points[n].Title, Counts: make([]int, len(worsts))}
		for _, l := range t.Points[n].logs {
			row.Counts[worst(l)]++
		}
		c.Rows, c.Most = append(c.Rows, row), max(c.Most, int64(t.Points[n].Logs))
	}
	for k, w := range worsts {
		s := runsSeries{Class: "w-" + w.Class, Word: w.Word}
		for n, row := range c.Rows {
			below := 0
			for _, count := range row.Counts[:k] {
				below += count
			}
			if row.Counts[k] > 0 {
				s.Bars = append(s.Bars, t.bar(n, int64(below), int64(row.Counts[k]), c.Most, row.Title+": "+strconv.Itoa(row.Counts[k])+" × "+w.Word))
			}
		}
		if len(s.Bars) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	return c
}

// Words are the heads of the table.
func (c *runsChart) Words() (out []string) {
	for _, w := range worsts {
		out = append(out, w.Word)
	}
	return out
}
