package page_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// sameTrend asserts that the trend by day is what the logs of each day say.
func sameTrend(t *testing.T, d document, r *report.Report) {
	t.Helper()
	heads, rows := d.rows(t, "trend-table")
	byDay := map[string]map[string]int64{}
	for _, l := range r.Logs {
		day := byDay[l.Date[:10]]
		if day == nil {
			day = map[string]int64{}
			byDay[l.Date[:10]] = day
		}
		day["logs"]++
		day["lines in"] += l.Input.Lines
		day["shown"] += l.Output.Lines
		day["folded"] += l.Folded.Lines
		for _, i := range l.Issues {
			day["all"] += int64(i.Count)
			day[i.ID] += int64(i.Count)
		}
	}
	seen := int64(0)
	for _, row := range rows {
		date := isoDay(t, row.name)
		want := byDay[date]
		seen += want["logs"]
		sum := int64(0)
		for n, head := range heads[1 : len(heads)-1] {
			got := number(t, row.cells[head])
			if n >= 4 {
				sum += got
			}
			if !strings.HasSuffix(head, "other issues") {
				assert.Equal(t, want[head], got, "%s on %s", head, date)
			}
		}
		assert.Equal(t, want["all"], sum, "all issues on %s", date)
	}
	assert.EqualValues(t, len(r.Logs), seen, "logs of all days")
	sameCharts(t, d, byDay)
	sameRuns(t, d, r)
}

// sameRuns asserts that each run is counted once, on its day, by the worst in it.
func sameRuns(t *testing.T, d document, r *report.Report) {
	t.Helper()
	want := map[string]map[string]int64{}
	for _, l := range r.Logs {
		day := want[l.Date[:10]]
		if day == nil {
			day = map[string]int64{}
			want[l.Date[:10]] = day
		}
		day[worstOf(t, r, l)]++
	}
	heads, rows := d.rows(t, "runs-table")
	drawn, sum := int64(0), int64(0)
	for _, row := range rows {
		for _, head := range heads[1:] {
			assert.Equal(t, want[isoDay(t, row.name)][head], number(t, row.cells[head]), "%s on %s", head, row.name)
			sum += number(t, row.cells[head])
		}
	}
	for _, bar := range all(all(d.id("trend"), "figure")[0], "title") {
		said := bar.FirstChild.Data
		at := strings.LastIndex(said, ": ") + 2
		drawn += parsed(t, strings.Fields(said[at:])[0])
	}
	assert.EqualValues(t, len(r.Logs), sum)
	assert.EqualValues(t, len(r.Logs), drawn, "the bars")
}

func worstOf(t *testing.T, r *report.Report, l *report.Log) string {
	t.Helper()
	rank := -1
	for _, i := range l.Issues {
		one := report.Rank(facts.SeverityIn(r, r.Issues[slices.IndexFunc(r.Issues, func(of *report.Issue) bool { return of.ID == i.ID })], l))
		rank = max(rank, one)
	}
	switch {
	case l.Verdict.Failed == "yes":
		return "failed"
	case l.Verdict.Failed == "unknown" && l.Verdict.Reason != "", l.Error != "":
		return "not known"
	}
	return []string{"nothing", "noise only", "notice", "warning", "error"}[rank+1]
}

// sameCharts asserts that there is a bar for each day that has something to show.
func sameCharts(t *testing.T, d document, byDay map[string]map[string]int64) {
	t.Helper()
	for _, f := range all(d.id("trend"), "figure") {
		if attribute(f, "data-issue") == "" {
			continue
		}
		id := text(all(f, "a")[0])
		want := map[string]int64{}
		for day, counts := range byDay {
			if counts[id] > 0 {
				want[day] = counts[id]
			}
		}
		got := map[string]int64{}
		for _, bar := range all(all(f, "svg")[1], "title") {
			day, n, _ := strings.Cut(bar.FirstChild.Data, ": ")
			got[isoDay(t, day)] = parsed(t, n)
		}
		assert.Equal(t, want, got, id)
		assert.Equal(t, slices.Max(slices.Collect(maps.Values(want))), number(t, withClass(f, "most")), id)
	}
}

func withClass(n *html.Node, class string) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && attribute(d, "class") == class {
			return d
		}
	}
	return nil
}

// worstFirst asserts that issues stand in the order of their severity.
func worstFirst(t *testing.T, d document, r *report.Report) {
	t.Helper()
	_, rows := d.rows(t, "issues-table")
	last := len(rules.Severities)
	for _, row := range rows {
		rank := report.Rank(issueOf(t, r, row.name).Severity)
		assert.LessOrEqual(t, rank, last, row.name)
		last = rank
	}
}
