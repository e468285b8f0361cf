package page_test

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// attacks are texts that a log may have in it: markup, orders to a terminal,
// what turns the direction of writing, what is not UTF-8.
var attacks = []string{
	`<script>window.pwned=1</script>`,
	`</script><script>window.pwned=1</script>`,
	`</title></style></pre></textarea>--><img src=x onerror=window.pwned=1>`,
	`"><svg onload=window.pwned=1>`,
	`' autofocus onfocus='window.pwned=1' x='`,
	`{{.CSP}} {{template "x"}} ${window.pwned=1} ` + "`",
	"javascript:window.pwned=1",
	"\x1b[31mred\x1b[0m \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \x1b]0;title\x07",
	"a\x00b\x07c\x7fd\u0085e",
	"user\u202egpj.exe\u2066 \u200b\ufeff \u2028",
	"not UTF-8: \xff\xfe\x80 \xc0\xaf",
	"two\nlines\r\nand a\ttab",
	strings.Repeat("long ", 100_000),
	"&lt;script&gt; &amp; &#x3c;",
}

// hostile is a report that has a text of attacks wherever a text of a log, a
// rule or a file name can be.
func hostile(attack string) *report.Report {
	size := filter.Size{Bytes: 10, Lines: 10}
	installed := []report.Installation{{Package: attack, Version: attack, Site: attack}}
	issue := &report.Issue{
		About: report.About{
			ID: "a" + attack, Title: attack, Severity: rules.Error, Advice: attack,
			Affected:   []report.Affected{{Package: attack, Ranges: []report.Range{{Events: []map[string]string{{"introduced": attack}, {"fixed": attack}}}}}},
			References: []string{attack, "javascript:" + attack, "https://example.org/" + attack},
		},
		Count: 4, Lines: 5, FirstLine: 1, LastLine: 9, Hosts: map[string]int{attack: 2, "web": 1}, Operations: map[string]int{attack: 3},
		Installed: installed, Fix: []string{attack}, Cause: &report.Cause{ID: attack, Line: 1, Text: attack},
	}
	r := report.Merge()
	r.Tool.Version, r.Environment = attack, report.Environment{OS: attack, Arch: attack}
	r.Input, r.Folded = size, size
	r.Issues = []*report.Issue{issue}
	r.Unknown = []*report.Unknown{{Fingerprint: "U-" + attack, Kind: attack, Count: 1, Lines: 1, FirstLine: 1, Sample: attack}}
	r.Limits.RulesSkipped = []string{attack}
	seconds := 1.5
	for n, date := range []string{"", attack, "2026-11-02T08:40:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"} {
		r.Logs = append(r.Logs, &report.Log{
			Name: fmt.Sprint(attack, n), Date: date, Tail: []string{attack, "end"},
			Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: "because" + attack, Host: "on" + attack, Operation: "in" + attack},
			Command: &report.Command{Argv: []string{"run", attack}, ExitCode: 3, Signal: "SIG" + attack, Seconds: 2},
			Run: &outcome.Record{
				Phases:     []outcome.Phase{{Name: attack, FirstLine: 1, Seconds: &seconds}},
				Operations: []*outcome.Operation{{Name: "op" + attack, FirstLine: 2, Seconds: &seconds, Hosts: map[string]*outcome.Done{attack: {Result: outcome.Error, Retries: 1, Seconds: &seconds, FirstLine: 3, LastLine: 3, Text: []string{attack}}}}},
			}, Input: size, Folded: size, Error: attack, Unknown: []string{attack},
			Issues: []report.LogIssue{{ID: issue.ID, Count: 1, Lines: 1, Installed: installed, Timeline: filter.Timeline{Width: 1 << n, Counts: []int{0, 1}}}},
		})
	}
	return r
}

// TestHostileText: what is in a log is text on the page, and nothing else.
func TestHostileText(t *testing.T) {
	harmless := shape(parse(t, write(t, hostile("text"))).Node)
	for n, attack := range attacks {
		t.Run(fmt.Sprint(n), func(t *testing.T) { sameShape(t, harmless, write(t, hostile(attack))) })
	}
	harmless = shape(parse(t, write(t, oneRun(hostile("text")))).Node)
	for n, attack := range attacks {
		t.Run(fmt.Sprint("one run ", n), func(t *testing.T) { sameShape(t, harmless, write(t, oneRun(hostile(attack)))) })
	}
}

// oneRun leaves a report its first log.
func oneRun(r *report.Report) *report.Report {
	r.Logs = r.Logs[:1]
	return r
}

// TestEmptyText: what is not there leaves no trace but its place.
func TestEmptyText(t *testing.T) {
	for _, text := range []string{"", " "} {
		d := parse(t, write(t, hostile(text)))
		assert.NotNil(t, d.id("details"))
	}
}

// TestAnyText is TestHostileText with texts at random.
func TestAnyText(t *testing.T) {
	harmless := shape(parse(t, write(t, hostile("text"))).Node)
	rapid.Check(t, func(rt *rapid.T) {
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(attacks[:12]), rapid.String(), rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 5), func(b []byte) string { return string(b) })), 1, 4).Draw(rt, "parts")
		sameShape(t, harmless, write(t, hostile(strings.Join(parts, "")+"t")))
	})
}

// sameShape asserts that a page has the elements and attributes of a harmless
// one, and no character that can hide something.
func sameShape(t *testing.T, harmless []string, page string) {
	t.Helper()
	d := parse(t, page)
	require.Equal(t, harmless, shape(d.Node))
	for n := range d.Descendants() {
		if href := attribute(n, "href"); n.Type == html.ElementNode && n.Data == "a" {
			require.True(t, strings.HasPrefix(href, "#") || strings.HasPrefix(href, "https://example.org/") || strings.HasPrefix(href, "https://docs.pyinfra.com/"), "a link to %q", href)
		}
	}
	at := strings.IndexFunc(page, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u200b\u2028\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff", r)
	})
	require.Negative(t, at, "a character that must not be there")
}

// shape is the elements of a page with their attributes, without their text.
// Links of references are left out: whether it is one depends on the text. So is
// what is there only if there is a text.
func shape(n *html.Node) (out []string) {
	optional := map[string]bool{"advice": true, "soft": true, "left": true, "title sev error": true, "error": true}
	if n.Type == html.ElementNode {
		names := []string{n.Data}
		for _, a := range n.Attr {
			names = append(names, a.Key)
		}
		tag := strings.Join(names, " ")
		if tag != "a href rel" && !optional[attribute(n, "class")] {
			out = append(out, tag)
		}
	}
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode && optional[attribute(c, "class")] {
			continue
		}
		out = append(out, shape(c)...)
	}
	return out
}

// TestHugeNumbers: a report comes from elsewhere, and so do its numbers.
func TestHugeNumbers(t *testing.T) {
	r := hostile("text")
	size := filter.Size{Bytes: math.MaxInt64, Lines: math.MaxInt64}
	r.Input, r.Folded = size, size
	for _, l := range r.Logs {
		l.Folded = size // lines in are few: no timeline fits
		l.Issues[0].Count, l.Issues[0].Lines = math.MaxInt, math.MaxInt64
		l.Issues[0].Timeline = filter.Timeline{Width: 1 << 62, Counts: []int{math.MaxInt, 1, 1}}
	}
	i := r.Issues[0]
	i.Count, i.Unfolded, i.Lines, i.FirstLine, i.LastLine = math.MaxInt, math.MaxInt, math.MaxInt64, math.MaxInt, math.MaxInt
	i.Hosts["web"], i.Operations["text"] = math.MaxInt, math.MaxInt
	for _, logs := range [][]*report.Log{r.Logs, r.Logs[:1]} {
		r.Logs = logs
		d := parse(t, write(t, r))
		for _, rect := range all(d.Node, "rect") {
			for _, name := range []string{"x", "y", "width", "height"} {
				n, err := strconv.ParseFloat(cmp.Or(strings.TrimSuffix(attribute(rect, name), "%"), "0"), 64)
				require.NoError(t, err)
				assert.GreaterOrEqual(t, n, 0.0, name)
				assert.LessOrEqual(t, n, 1000.0, name)
			}
		}
	}
}

// TestLargeReport: a thousand logs of a hundred issues on two hundred hosts are
// a page that a phone can open, which says what it leaves out.
func TestLargeReport(t *testing.T) {
	r := large(1000, 100, 200)
	page := write(t, r)
	t.Logf("%d logs, %d issues, 200 hosts: %d KiB", len(r.Logs), len(r.Issues), len(page)>>10)
	assert.Less(t, len(page), 2<<20)
	d := parse(t, page)
	sameTotals(t, d, r)
	sameIssues(t, d, r)
	for id, want := range map[string][]string{
		"hosts":    {"176 more hosts", "Left out here: 60 more issues, seen"},
		"timeline": {"Left out here: 60 more issues, seen"},
		"trend":    {"Left out here: 88 more issues, seen"},
		"logs":     {"Left out here: 500 more logs with"},
		"unknown":  {"Left out here: 400 more, seen"},
		"details":  {"188 more"},
	} {
		for _, w := range want {
			assert.Contains(t, text(d.id(id)), w, id)
		}
	}
	_, rows := d.rows(t, "trend-table")
	assert.LessOrEqual(t, len(rows), 60)
}

// TestManyIssues: beyond 200, issues are left out of the page, and counted.
func TestManyIssues(t *testing.T) {
	r := large(2, 1000, 3)
	page := write(t, r)
	assert.Less(t, len(page), 2<<20)
	d := parse(t, page)
	assert.Contains(t, text(d.id("issues")), "Left out here: 800 more issues, seen")
	assert.Equal(t, "1,000", text(d.id("issue-count")), "the totals are of all")
}

// large is a report of so many logs, issues and hosts.
func large(logs, issues, hosts int) *report.Report {
	r := report.Merge()
	for n := range issues {
		i := &report.Issue{
			About: report.About{
				ID: fmt.Sprintf("some-package-issue-%03d", n), Title: "something that goes wrong with a package, and why", Severity: rules.Severities[n%4],
				Advice: strings.Repeat("An upgrade helps, and nothing else does. ", 4), References: []string{"https://example.org/issues/1", "https://example.org/issues/2"},
				Affected: []report.Affected{{Package: "gevent", Ranges: []report.Range{{Events: []map[string]string{{"introduced": "0"}, {"fixed": "2.0"}}}}}},
			},
			FirstLine: n, LastLine: n + 9000, Hosts: map[string]int{}, Operations: map[string]int{}, Fix: []string{"python -m pip install -U 'gevent>=2.0'"},
			Installed: []report.Installation{},
		}
		for h := range hosts {
			i.Hosts[fmt.Sprintf("machine-%03d.eu-central.example.org", h)] = logs * (1 + h%7)
			i.Operations[fmt.Sprintf("Install the packages of step %d", h)] = logs * (1 + h%5)
		}
		for _, c := range i.Hosts {
			i.Count += c
		}
		i.Lines = int64(i.Count) * 8
		r.Issues = append(r.Issues, i)
	}
	for n := range logs {
		r.Logs = append(r.Logs, largeLog(r, n, logs))
	}
	for n := range 500 {
		r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%08x", n), Kind: filter.Recurring, Count: n + 1, Lines: int64(n), FirstLine: 1, Sample: strings.Repeat("something unknown\n", 8)})
	}
	return r
}

func largeLog(r *report.Report, n, logs int) *report.Log {
	l := &report.Log{
		Name: fmt.Sprintf("deploys/%04d/1_Deploy to production.txt", n), Input: filter.Size{Bytes: 1 << 21, Lines: 40_000},
		Date:   time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 20 * time.Hour).Format(time.RFC3339),
		Output: filter.Size{Bytes: 1 << 20, Lines: 10_000}, Folded: filter.Size{Bytes: 1 << 20, Lines: 30_000},
	}
	r.Input.Lines, r.Output.Lines, r.Folded.Lines = r.Input.Lines+40_000, r.Output.Lines+10_000, r.Folded.Lines+30_000
	for _, i := range r.Issues {
		t := filter.Timeline{Width: 1024, Counts: make([]int, 40)}
		for k := range t.Counts {
			t.Counts[k] = i.Count / logs / 40
		}
		l.Issues = append(l.Issues, report.LogIssue{ID: i.ID, Count: i.Count / logs, Lines: i.Lines / int64(logs), Timeline: t, Installed: []report.Installation{
			{Package: "gevent", Version: fmt.Sprintf("1.%d", n/100), Site: "/venv/lib/python3.12/site-packages"},
		}})
	}
	return l
}
