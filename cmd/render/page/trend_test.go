package page_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// dated is a report of a log for each date.
func dated(dates ...string) *report.Report {
	r := report.Merge()
	size := filter.Size{Bytes: 10, Lines: 1}
	for n, date := range dates {
		r.Logs = append(r.Logs, &report.Log{Name: fmt.Sprintf("logs/%03d.log", n), Date: date, Input: size, Output: size})
	}
	return r
}

// points are the rows of the trend: "TITLE: LOGS".
func points(t *testing.T, r *report.Report) (unit string, out []string) {
	t.Helper()
	heads, rows := parse(t, write(t, r)).rows(t, "trend-table")
	for _, row := range rows {
		out = append(out, row.name+": "+text(row.cells["logs"]))
		assert.Equal(t, text(row.cells["logs"]), text(row.cells["lines in"]), "one line in each log")
	}
	return heads[0], out
}

// TestTrendUnits: logs are added up by the unit of time that suits them, in UTC.
func TestTrendUnits(t *testing.T) {
	for name, c := range map[string]struct {
		dates []string
		unit  string
		want  []string
	}{
		"days, with one between": {
			[]string{"2026-11-02T23:59:59Z", "2026-11-02T13:00:00Z", "2026-11-04T00:00:00Z", "2026-11-05T01:30:00+02:00"},
			"day", []string{"2 November 2026: 2", "3 November 2026: 0", "4 November 2026: 2"},
		},
		"weeks": {
			[]string{"2026-03-01T23:00:00Z", "2026-03-02T00:00:00Z", "2026-05-10T12:00:00Z"},
			"week", []string{"week of 23 February 2026: 1", "week of 2 March 2026: 1", "week of 9 March 2026: 0", "week of 16 March 2026: 0", "week of 23 March 2026: 0",
				"week of 30 March 2026: 0", "week of 6 April 2026: 0", "week of 13 April 2026: 0", "week of 20 April 2026: 0", "week of 27 April 2026: 0", "week of 4 May 2026: 1"},
		},
		"a day": {
			[]string{"2026-11-02T10:00:00Z", "2026-11-02T09:00:00Z"},
			"log", []string{"logs/001.log, 2 November 2026 09:00 UTC: 1", "logs/000.log, 2 November 2026 10:00 UTC: 1"},
		},
		"no dates":   {[]string{"", ""}, "log", []string{"logs/000.log: 1", "logs/001.log: 1"}},
		"some dates": {[]string{"2026-11-02T10:00:00Z", "", "2026-11-03T10:00:00Z", "yesterday"}, "day", []string{"2 November 2026: 1", "3 November 2026: 1", "logs without a date: 2"}},
		"far apart":  {[]string{"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"}, "log", []string{"logs/000.log, 1 January 0001 00:00 UTC: 1", "logs/001.log, 31 December 9999 23:59 UTC: 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			unit, got := points(t, dated(c.dates...))
			assert.Equal(t, c.unit, unit)
			assert.Equal(t, c.want, got)
		})
	}
}

// TestTrendIsShort: there are never more points than can be told apart, and no
// log is in none.
func TestTrendIsShort(t *testing.T) {
	for _, c := range []struct {
		logs int
		step time.Duration
		unit string
	}{
		{59, 24 * time.Hour, "day"}, {60, 24 * time.Hour, "week"}, {400, 24 * time.Hour, "week"}, {500, 24 * time.Hour, "month"}, {50, 31 * 24 * time.Hour, "month"},
		{70, 31 * 24 * time.Hour, "year"}, {61, 370 * 24 * time.Hour, "log"}, {121, time.Minute, "log"},
	} {
		var dates []string
		for n := range c.logs {
			dates = append(dates, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n)*c.step).Format(time.RFC3339))
		}
		unit, got := points(t, dated(dates...))
		assert.Equal(t, c.unit, unit, "%d logs", c.logs)
		assert.LessOrEqual(t, len(got), 60, "%d logs", c.logs)
		sum := int64(0)
		for _, p := range got {
			sum += parsed(t, p[strings.LastIndex(p, ": ")+2:])
		}
		assert.EqualValues(t, c.logs, sum)
	}
}

// TestManyHosts: what shares a column is added up.
func TestManyHosts(t *testing.T) {
	r := large(3, 20, 30)
	d := parse(t, write(t, r))
	sameIssues(t, d, r)
	sameHeat(t, d, "hosts", r, func(i *report.Issue) map[string]int { return i.Hosts })
	sameHeat(t, d, "operations", r, func(i *report.Issue) map[string]int { return i.Operations })
	sameTrend(t, d, r)
	heads, rows := d.rows(t, "hosts-table")
	require.Contains(t, heads, "6 more hosts")
	for _, row := range rows {
		assert.Equal(t, "beyond", attribute(row.cells["6 more hosts"], "class"))
	}
}
