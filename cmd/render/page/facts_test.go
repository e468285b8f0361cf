package page_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// sameFacts asserts that a page which leaves nothing out says what the report
// says: each number on it is compared.
func sameFacts(t *testing.T, d document, r *report.Report) {
	t.Helper()
	sameVerdict(t, d, r)
	sameMatrix(t, d, r)
	sameTotals(t, d, r)
	sameIssues(t, d, r)
	sameHeat(t, d, "hosts", r, func(i *report.Issue) map[string]int { return i.Hosts })
	sameHeat(t, d, "operations", r, func(i *report.Issue) map[string]int { return i.Operations })
	sameTimeline(t, d, r)
	sameDetails(t, d, r)
	sameUnknown(t, d, r)
	sameLogs(t, d, r)
}

func sameTotals(t *testing.T, d document, r *report.Report) {
	t.Helper()
	_, rows := d.rows(t, "totals-table")
	got := map[string][2]int64{}
	for _, row := range rows {
		bytes := all(row.cells["Size"], "data")
		require.Len(t, bytes, 1)
		got[row.name] = [2]int64{number(t, row.cells["Lines"]), parsed(t, attribute(bytes[0], "value"))}
	}
	assert.Equal(t, map[string][2]int64{
		"In": {r.Input.Lines, r.Input.Bytes}, "Shown": {r.Output.Lines, r.Output.Bytes}, "Folded": {r.Folded.Lines, r.Folded.Bytes},
	}, got)

	_, rows = d.rows(t, "severity-table")
	bySeverity := map[string][2]int64{}
	for _, row := range rows {
		bySeverity[row.name] = [2]int64{number(t, row.cells["Issues"]), number(t, row.cells["Seen"])}
	}
	want := map[string][2]int64{}
	for _, s := range rules.Severities {
		want[string(s)] = [2]int64{}
	}
	for _, i := range r.Issues {
		w := want[string(i.Severity)]
		want[string(i.Severity)] = [2]int64{w[0] + 1, w[1] + int64(i.Count)}
	}
	assert.Equal(t, want, bySeverity)
	assert.EqualValues(t, len(r.Issues), number(t, d.id("issue-count")))
	assert.EqualValues(t, len(r.Unknown), number(t, d.id("unknown-count")))
	assert.EqualValues(t, r.ExitCode, number(t, d.id("exit-code")))
}

func sameIssues(t *testing.T, d document, r *report.Report) {
	t.Helper()
	heads, rows := d.rows(t, "issues-table")
	require.Len(t, rows, len(r.Issues))
	most := slices.MaxFunc(r.Issues, func(a, b *report.Issue) int { return int(a.Lines - b.Lines) }).Lines
	for _, row := range rows {
		i := issueOf(t, r, row.name)
		assert.EqualValues(t, i.Count, number(t, row.cells["Seen"]), i.ID)
		assert.Equal(t, i.Lines, parsed(t, text(row.cells["Lines"])), i.ID)
		assert.EqualValues(t, len(i.Hosts), number(t, row.cells["Hosts"]), i.ID)
		assert.EqualValues(t, i.FirstLine, number(t, row.cells["First line"]), i.ID)
		assert.Equal(t, string(i.Severity), attribute(row.node, "data-severity"), i.ID)
		assert.InDelta(t, max(float64(min(i.Lines, 1)), 100*float64(i.Lines)/float64(max(1, most))), width(t, row.cells["Lines"]), 0.01, "the bar of %s", i.ID)
		if slices.Contains(heads, "Logs") {
			logs := slices.DeleteFunc(slices.Clone(r.Logs), func(l *report.Log) bool {
				return !slices.ContainsFunc(l.Issues, func(li report.LogIssue) bool { return li.ID == i.ID })
			})
			assert.EqualValues(t, len(logs), number(t, row.cells["Logs"]), i.ID)
		}
	}
}

func issueOf(t *testing.T, r *report.Report, id string) *report.Issue {
	t.Helper()
	at := slices.IndexFunc(r.Issues, func(i *report.Issue) bool { return i.ID == id })
	require.GreaterOrEqual(t, at, 0, "there is no issue %q", id)
	return r.Issues[at]
}

// sameHeat asserts that each cell has its number, and that each row adds up.
func sameHeat(t *testing.T, d document, what string, r *report.Report, places func(*report.Issue) map[string]int) {
	t.Helper()
	var want []string
	for _, i := range r.Issues {
		if len(places(i)) > 0 {
			want = append(want, i.ID)
		}
	}
	if len(want) == 0 {
		assert.Nil(t, d.id(what+"-table"))
		return
	}
	heads, rows := d.rows(t, what+"-table")
	var got []string
	for _, row := range rows {
		i := issueOf(t, r, row.name)
		got = append(got, i.ID)
		sum := int64(0)
		for _, head := range heads[1 : len(heads)-1] {
			n := number(t, row.cells[head])
			sum += n
			if !strings.HasPrefix(head, "no ") && !strings.Contains(head, " more ") {
				assert.EqualValues(t, places(i)[head], n, "%s, %s", i.ID, head)
			}
		}
		assert.EqualValues(t, i.Count, number(t, row.cells["all"]), i.ID)
		assert.EqualValues(t, i.Count, sum, "the row of %s", i.ID)
	}
	assert.ElementsMatch(t, want, got)
}

func sameTimeline(t *testing.T, d document, r *report.Report) {
	t.Helper()
	_, rows := d.rows(t, "timeline-table")
	for _, row := range rows {
		want, drawn := 0, int64(0)
		for _, l := range r.Logs {
			for _, i := range l.Issues {
				if i.ID == row.name {
					for _, n := range i.Timeline.Counts {
						want += n
					}
				}
			}
		}
		for _, bar := range all(row.node, "title") {
			said := bar.FirstChild.Data
			drawn += parsed(t, said[strings.LastIndex(said, ": ")+2:])
		}
		assert.EqualValues(t, want, number(t, row.cells["Seen"]), row.name)
		assert.EqualValues(t, want, drawn, "the bars of %s", row.name)
	}
}

func sameDetails(t *testing.T, d document, r *report.Report) {
	t.Helper()
	for _, i := range r.Issues {
		article := d.id("issue-" + i.ID)
		require.NotNil(t, article, i.ID)
		said := text(article)
		assert.Contains(t, said, strings.TrimSuffix(i.Title, "."))
		assert.Contains(t, said, strings.Join(strings.Fields(i.Advice), " "))
		var commands, links []string
		for _, c := range all(article, "pre") {
			commands = append(commands, text(c))
		}
		for _, a := range all(article, "a") {
			if attribute(a, "rel") != "" {
				links = append(links, attribute(a, "href"))
			}
		}
		assert.ElementsMatch(t, i.Fix, commands, i.ID)
		assert.Equal(t, i.References, append([]string{}, links...), i.ID)
		for _, a := range i.Affected {
			assert.Regexp(t, `Affected: (all versions of )?`+a.Package, said)
		}
		for _, n := range i.Installed {
			assert.Contains(t, said, strings.TrimSpace("Installed: "+n.Package+" "+n.Version))
		}
		if i.Cause != nil {
			assert.Contains(t, said, "Comes of "+i.Cause.ID)
		}
	}
}

func sameUnknown(t *testing.T, d document, r *report.Report) {
	t.Helper()
	got := map[string]string{}
	if list := d.id("unknown-list"); list != nil {
		for _, li := range all(list, "li") {
			got[text(all(li, "code")[0])] = text(all(li, "b")[0]) + " " + text(all(li, "pre")[0])
		}
	}
	want := map[string]string{}
	for _, u := range r.Unknown {
		want[u.Fingerprint] = grouped(u.Count) + " × " + strings.Join(strings.Fields(u.Text()), " ")
	}
	assert.Equal(t, want, got)
	if len(r.Unknown) > 0 {
		sameFrom(t, d, r)
	}
}

// sameFrom: where a text is in one log, it is said what to type for a rule of it.
func sameFrom(t *testing.T, d document, r *report.Report) {
	t.Helper()
	for _, li := range all(d.id("unknown-list"), "li") {
		codes := all(li, "code")
		u := r.Unknown[slices.IndexFunc(r.Unknown, func(u *report.Unknown) bool { return u.Fingerprint == text(codes[0]) })]
		var want []string
		if log, line := r.Place(u); log != "" && !strings.Contains(log, " ") {
			want = []string{fmt.Sprintf("--from %s:%d", log, line)}
		}
		var got []string
		for _, c := range codes[1:] {
			got = append(got, text(c))
		}
		assert.Equal(t, want, got)
	}
}

func sameLogs(t *testing.T, d document, r *report.Report) {
	t.Helper()
	_, rows := d.rows(t, "logs-table")
	require.Len(t, rows, len(r.Logs))
	for _, row := range rows {
		at := slices.IndexFunc(r.Logs, func(l *report.Log) bool { return l.Name != "" && strings.HasPrefix(row.name, l.Name) })
		if len(r.Logs) == 1 {
			at = 0
		}
		require.GreaterOrEqual(t, at, 0, row.name)
		l := r.Logs[at]
		assert.Contains(t, row.name, l.Error)
		assert.Equal(t, l.Input.Lines, number(t, row.cells["Lines in"]))
		assert.Equal(t, l.Output.Lines, number(t, row.cells["Shown"]))
		assert.Equal(t, l.Folded.Lines, number(t, row.cells["Folded"]))
		count := 0
		for _, i := range l.Issues {
			count += i.Count
		}
		assert.EqualValues(t, count, number(t, row.cells["Seen"]))
		assert.EqualValues(t, len(l.Unknown), number(t, row.cells["Unknown"]))
	}
}

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
}

// sameCharts asserts that there is a bar for each day that has something to show.
func sameCharts(t *testing.T, d document, byDay map[string]map[string]int64) {
	t.Helper()
	for _, f := range all(d.id("trend"), "figure") {
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
