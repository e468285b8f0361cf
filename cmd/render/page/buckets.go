package page

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/filter/report"
)

// maxPoints is how many bars a trend has at most.
const maxPoints = 60

// A bucket is the logs that are one point of a trend.
type bucket struct {
	Label string // short
	Title string // whole
	logs  []*report.Log
}

// A calendar is a unit of time that a trend may have.
type calendar struct {
	name  string
	floor func(time.Time) time.Time
	next  func(time.Time) time.Time
	label string // as package time has it
	title string
}

var calendars = []calendar{
	{"day", day, func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }, "2 Jan", "2 January 2006"},
	{"week", monday, func(t time.Time) time.Time { return t.AddDate(0, 0, 7) }, "2 Jan", "week of 2 January 2006"},
	{"month", month, func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }, "Jan 2006", "January 2006"},
	{"year", year, func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }, "2006", "2006"},
}

func day(t time.Time) time.Time    { return t.Truncate(24 * time.Hour) }
func monday(t time.Time) time.Time { return day(t).AddDate(0, 0, -(int(t.Weekday())+6)%7) }
func month(t time.Time) time.Time  { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }
func year(t time.Time) time.Time   { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) }

// dateOf returns when a log began, in UTC; false: it is not known.
func dateOf(l *report.Log) (time.Time, bool) {
	t, err := time.Parse(time.RFC3339, l.Date)
	return t.UTC(), err == nil
}

// days says from when to when the logs are; empty: of none it is known.
func days(logs []*report.Log) string {
	var first, last time.Time
	for _, l := range logs {
		if t, ok := dateOf(l); ok {
			if first.IsZero() || t.Before(first) {
				first = t
			}
			if last.IsZero() || t.After(last) {
				last = t
			}
		}
	}
	const layout = "2 January 2006"
	from, to := first.Format(layout), last.Format(layout)
	switch {
	case first.IsZero():
		return ""
	case from == to:
		return from
	}
	return from + " to " + to
}

// buckets sorts logs into the points of a trend: by the smallest unit of time
// that they are not too many in, with a point for each day without a log, or,
// where all are of one day or their dates are not known, one by one.
func buckets(logs []*report.Log) (unit string, out []bucket) {
	dated, undated := split(logs)
	for _, c := range calendars {
		if len(dated) == 0 || c.name == "day" && c.floor(first(dated)).Equal(c.floor(last(dated))) {
			break
		}
		if out = c.buckets(dated); len(out) < maxPoints {
			if len(undated) > 0 {
				out = append(out, bucket{"no date", "logs without a date", undated})
			}
			return c.name, out
		}
	}
	return "log", oneByOne(slices.Concat(dated, undated))
}

func first(dated []*report.Log) time.Time { t, _ := dateOf(dated[0]); return t }
func last(dated []*report.Log) time.Time  { t, _ := dateOf(dated[len(dated)-1]); return t }

// split returns the logs in the order of their dates, and those that have none
// in the order of their names.
func split(logs []*report.Log) (dated, undated []*report.Log) {
	for _, l := range logs {
		if _, ok := dateOf(l); ok {
			dated = append(dated, l)
		} else {
			undated = append(undated, l)
		}
	}
	slices.SortStableFunc(dated, func(a, b *report.Log) int {
		x, _ := dateOf(a)
		y, _ := dateOf(b)
		return cmp.Or(x.Compare(y), cmp.Compare(a.Name, b.Name))
	})
	slices.SortStableFunc(undated, func(a, b *report.Log) int { return cmp.Compare(a.Name, b.Name) })
	return dated, undated
}

// buckets returns them all, also those without a log; or maxPoints, when there
// are as many or more.
func (c *calendar) buckets(dated []*report.Log) (out []bucket) {
	at := c.floor(first(dated))
	for len(dated) > 0 && len(out) < maxPoints {
		next := c.next(at)
		n := slices.IndexFunc(dated, func(l *report.Log) bool { t, _ := dateOf(l); return !t.Before(next) })
		if n < 0 {
			n = len(dated)
		}
		out = append(out, bucket{at.Format(c.label), at.Format(c.title), dated[:n]})
		dated, at = dated[n:], next
	}
	return out
}

// oneByOne has a point for each log, or for as many as it takes.
func oneByOne(logs []*report.Log) (out []bucket) {
	size := max(1, (len(logs)+maxPoints-1)/maxPoints)
	for some := range slices.Chunk(logs, size) {
		b := bucket{short(some[0]), logTitle(some[0]), some}
		if end := some[len(some)-1]; size > 1 {
			b.Label, b.Title = short(some[0])+" …", logTitle(some[0])+" to "+logTitle(end)
		}
		out = append(out, b)
	}
	return out
}

// short is what a log is called below a bar; its title has all of it.
func short(l *report.Log) string {
	const most = 24
	label := []rune(fit.Name(path.Base(strings.ReplaceAll(cmp.Or(l.Name, "a run"), `\`, "/"))))
	if len(label) > most {
		label = append(label[:most], '…')
	}
	return string(label)
}

// logTitle is a log's name, with its date where it has one.
func logTitle(l *report.Log) string {
	title := cmp.Or(fit.Name(l.Name), "a run")
	if t, ok := dateOf(l); ok {
		title += ", " + t.Format("2 January 2006 15:04") + " UTC"
	}
	return title
}
