package render_test

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// reportOf is the report of a recorded run: live, or that of a log with a name.
func reportOf(t *testing.T, file string, installed versions, name string) *report.Report {
	t.Helper()
	_, sum := run(t, capture(t, file), filter.Options{Installed: installed.installed})
	r := report.New(sum, report.Run{Version: "1.2.3", ExitCode: 1, Name: name, Date: "2026-11-25T04:05:06Z", Fix: fix.Command})
	r.Environment = report.Environment{OS: "OS", Arch: "ARCH"}
	return r
}

// captureReports are the reports of all recorded runs, each by its name.
func captureReports(t *testing.T) map[string]*report.Report {
	t.Helper()
	out := map[string]*report.Report{}
	for _, name := range allCaptures(t) {
		s, _ := summaries.LoadOrStore(name, sync.OnceValue(func() *filter.Summary {
			_, sum := run(t, capture(t, name), filter.Options{})
			return sum
		}))
		out[name] = report.New(s.(func() *filter.Summary)(), report.Run{Version: "1.2.3", Name: "logs/" + name, Fix: fix.Command})
	}
	return out
}

// summaries are those of all recorded runs, which are filtered once.
var summaries sync.Map

// threeLogs is the report of three logs, one of which could not be read.
func threeLogs(t *testing.T) *report.Report {
	t.Helper()
	bad := reportOf(t, "more/deploy-raises.log", nil, "logs/job 3/deploy.log.gz")
	bad.Logs[0].Error = "unexpected EOF: is it truncated?"
	return report.Merge(
		bad,
		reportOf(t, "gevent-25.5.1.20-hosts.pipe.log", versions{"gevent": "25.5.1"}, "logs/job-1.log"),
		reportOf(t, "more/network-retry.log", nil, "a.zip/2_Deploy.txt"),
	)
}

// goldenReports are those whose formats are read by people before they are
// committed.
func goldenReports(t *testing.T) map[string]*report.Report {
	t.Helper()
	return map[string]*report.Report{
		"20-hosts":      reportOf(t, "gevent-25.5.1.20-hosts.pipe.log", versions{"gevent": "25.5.1"}, ""),
		"regression":    reportOf(t, "gevent-25.5.1.3-hosts.pipe.log", versions{"gevent": "26.9.0"}, ""),
		"network-retry": reportOf(t, "more/network-retry.log", nil, "deploy.log"),
		"three-logs":    threeLogs(t),
	}
}

func written(t *testing.T, kind string, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NotNil(t, render.ReportKindOf(kind), kind)
	require.NoError(t, render.ReportKindOf(kind).Write(&b, r))
	return b.String()
}

func shown(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, render.ReportText{Report: r, Home: "/home/ci"}.Write(&b))
	return b.String()
}

func TestGoldenReportKinds(t *testing.T) {
	for name, r := range goldenReports(t) {
		for kind, ending := range map[string]string{"junit": ".junit.xml", "sarif": ".sarif.json", "md": ".md", "codequality": ".codequality.json"} {
			t.Run(name+ending, func(t *testing.T) { golden(t, name+ending, []byte(written(t, kind, r))) })
		}
		t.Run(name+".show.txt", func(t *testing.T) { golden(t, name+".show.txt", []byte(shown(t, r))) })
	}
}

// TestShownIsTheSummary: a report that is shown again has every line that the
// summary of the run had, but for the order of operations and what is said of
// this machine.
func TestShownIsTheSummary(t *testing.T) {
	for _, name := range []string{"more/network-retry.log", "samples/orbstack_stopped.merged.txt", "more/pythonwarnings.py3.12.log"} {
		_, sum := run(t, capture(t, name), filter.Options{})
		assert.Equal(t, string(text(sum, false)), shown(t, report.New(sum, report.Run{Fix: fix.Command})), name)
	}
}

// nasty are texts that mean something where they are not looked at.
var nasty = []string{
	"\x1b[31mred\x1b[0m\x1b]0;title\a", "a\x00b\u0085\u2028c\ufffe", "half \xff\xc3", "\u202eturned", "two\nlines\r\n# head\n- list",
	"]]><x>&amp;&#0;", "<script>alert(1)</script><img src=x onerror=alert(1)>", "a|b|`c`|``d`` \\|", "@everyone #123 GH-12 org/repo#5 !7 %3 ~x",
	"[x](http://evil.example) ![x](//evil.example) https://evil.example www.evil.example a@evil.example <https://evil.example>",
	"::error::x %0A ##vso[task]x", "1. x", "+ x", "---", "```\nx\n```", "*a* _b_ ~~c~~ $d$ :tada:", "deadbeefdeadbeef", strings.Repeat("x", 5000), strings.Repeat("`", 50), "",
}

// hostile is a report that Check takes, and whose every text is one of nasty.
func hostile(t *testing.T) *report.Report {
	t.Helper()
	r := report.Merge()
	r.Tool.Version = nasty[0]
	r.Limits.RulesSkipped = nasty
	for n, text := range nasty {
		id := fmt.Sprintf("issue-%d", n)
		r.Issues = append(r.Issues, &report.Issue{
			About: report.About{
				ID: id, Title: text, Advice: text, Severity: rules.Severities[n%4], References: []string{text, "javascript:" + text, "https://x.example/" + text},
				Affected: []report.Affected{{Package: text, Ranges: []report.Range{{Events: []map[string]string{{"fixed": text + "1"}}}}}},
			},
			Count: math.MaxInt32, Lines: report.MaxNumber, FirstLine: 1, LastLine: report.MaxNumber,
			Hosts: map[string]int{text: 1, text + "2": 2}, Operations: map[string]int{text: 1},
			Installed: []report.Installation{{Package: text, Version: text, Site: "/x/" + text}, {Package: "python", Version: text, Site: text}},
			Fix:       []string{text, "pip " + text}, Cause: &report.Cause{ID: "cause", Line: 1, Text: text},
		})
		r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%08x", n), Kind: filter.Recurring, Count: 1, FirstLine: 1, Sample: text})
		r.Logs = append(r.Logs, &report.Log{Name: text, Error: text, Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: text, Line: 1, Host: text, Operation: text}, Issues: []report.LogIssue{{ID: id, Count: 1, FirstLine: 1, LastLine: 1}}, Unknown: []string{r.Unknown[n].Fingerprint}})
	}
	require.NoError(t, r.Check())
	return r
}

// TestReportsGiveNoOrders: no format has a character in it that a terminal or a
// reader takes for an order, or one that turns the text around.
func TestReportsGiveNoOrders(t *testing.T) {
	all := map[string]string{"text": shown(t, hostile(t))}
	for _, kind := range []string{"junit", "sarif", "md", "codequality"} {
		all[kind] = written(t, kind, hostile(t))
	}
	for kind, out := range all {
		for _, r := range strings.ReplaceAll(out, "\n", "") {
			require.False(t, r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x202e || r == 0x2028, "%s has %q", kind, r)
		}
		assert.Equal(t, strings.ToValidUTF8(out, "?"), out, kind)
	}
}

// TestEmptyReportKinds: what nothing was seen in is written in every format.
func TestEmptyReportKinds(t *testing.T) {
	for _, kind := range render.ReportKinds() {
		assert.NotEmpty(t, written(t, kind, report.Merge()), kind)
	}
	assert.Equal(t, "orbfilter: 0 lines in, 0 shown, 0 folded (0 %)\n", shown(t, report.Merge()))
	assert.Equal(t, "[]\n", written(t, "codequality", report.Merge()))
}
