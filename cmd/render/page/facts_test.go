package page_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
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
	r = facts.Weighed(r)
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
	_, rows := d.rows(t, "issues-table")
	require.Len(t, rows, len(r.Issues))
	for _, row := range rows {
		i := issueOf(t, r, row.name)
		assert.EqualValues(t, i.Count, number(t, row.cells["Seen"]), i.ID)
		assert.Equal(t, i.Lines, parsed(t, text(row.cells["Lines"])), i.ID)
		assert.EqualValues(t, len(i.Hosts), number(t, row.cells["Hosts"]), i.ID)
		assert.Equal(t, string(i.Severity), attribute(row.node, "data-severity"), i.ID)
		if len(r.Logs) < 2 {
			assert.EqualValues(t, i.FirstLine, number(t, row.cells["First line"]), i.ID)
			continue
		}
		logs := logsWith(r, i.ID)
		assert.Equal(t, fmt.Sprintf("%s of %s", grouped(len(logs)), grouped(len(r.Logs))), text(row.cells["Logs"]), i.ID)
		assert.InDelta(t, 100*float64(len(logs))/float64(len(r.Logs)), width(t, row.cells["Logs"]), 0.01, "the bar of %s", i.ID)
		sameSeen(t, row, r, logs)
	}
}

func logsWith(r *report.Report, id string) []*report.Log {
	return slices.DeleteFunc(slices.Clone(r.Logs), func(l *report.Log) bool {
		return !slices.ContainsFunc(l.Issues, func(i report.LogIssue) bool { return i.ID == id })
	})
}

// sameSeen: when it was seen first and last, and in how many logs not since.
func sameSeen(t *testing.T, row row, r *report.Report, in []*report.Log) {
	t.Helper()
	var dates []string
	for _, l := range in {
		if l.Date != "" {
			dates = append(dates, l.Date)
		}
	}
	if len(dates) == 0 {
		return
	}
	first, last, later := slices.Min(dates), slices.Max(dates), 0 // all are in UTC
	for _, l := range r.Logs {
		if l.Date > last {
			later++
		}
	}
	assert.Equal(t, first[:10], attribute(row.cells["First seen"], "data-value"), row.name)
	assert.Equal(t, last[:10], attribute(row.cells["Last seen"], "data-value"), row.name)
	said := text(row.cells["Last seen"])
	switch later {
	case 0:
		assert.NotContains(t, said, "not in")
	case 1:
		assert.Contains(t, said, "not in the newest log")
	default:
		assert.Contains(t, said, fmt.Sprintf("not in the %d logs since", later))
	}
}

func issueOf(t *testing.T, r *report.Report, id string) *report.Issue {
	t.Helper()
	r = facts.Weighed(r)
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
		assert.Contains(t, text(row.node), l.Error)
		assert.Equal(t, l.Input.Lines, number(t, row.cells["Lines in"]))
		assert.Equal(t, l.Output.Lines, number(t, row.cells["Shown"]))
		assert.Equal(t, l.Folded.Lines, number(t, row.cells["Folded"]))
		count := 0
		for _, i := range l.Issues {
			count += i.Count
		}
		assert.EqualValues(t, count, number(t, row.cells["Seen"]))
		assert.EqualValues(t, len(l.Unknown), number(t, row.cells["Unknown"]))
		assert.Equal(t, worstOf(t, r, l), text(row.cells["Worst"]))
	}
}
