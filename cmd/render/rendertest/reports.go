package rendertest

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// LinesOf counts as wc -l does, and a last line without an end.
func LinesOf(text []byte) int64 {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return int64(n)
}

// AllCaptures are the names of all recorded runs.
func AllCaptures(t *testing.T) (names []string) {
	t.Helper()
	top := filepath.Join("..", "..", "..", "testdata", "captures")
	require.NoError(t, fs.WalkDir(os.DirFS(top), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	}))
	require.Greater(t, len(names), 100)
	return names
}

// ReportOf is the report of a recorded run: live, or that of a log with a name.
func ReportOf(t *testing.T, file string, installed Versions, name string) *report.Report {
	t.Helper()
	_, sum := Run(t, Capture(t, file), filter.Options{Record: true, Installed: installed.Installed})
	r := report.New(sum, report.Run{Version: "1.2.3", ExitCode: 1, Name: name, Date: "2026-11-25T04:05:06Z", Fix: fix.Command})
	r.Environment = report.Environment{OS: "OS", Arch: "ARCH"}
	return r
}

// CaptureReports are the reports of all recorded runs, each by its name.
func CaptureReports(t *testing.T) map[string]*report.Report {
	t.Helper()
	out := map[string]*report.Report{}
	for _, name := range AllCaptures(t) {
		s, _ := summaries.LoadOrStore(name, sync.OnceValue(func() *filter.Summary {
			_, sum := Run(t, Capture(t, name), filter.Options{Record: true})
			return sum
		}))
		out[name] = report.New(s.(func() *filter.Summary)(), report.Run{Version: "1.2.3", Name: "logs/" + name, Fix: fix.Command})
	}
	return out
}

// summaries are those of all recorded runs, which are filtered once.
var summaries sync.Map

// ThreeLogs is the report of three logs, one of which could not be read.
func ThreeLogs(t *testing.T) *report.Report {
	t.Helper()
	bad := ReportOf(t, "more/deploy-raises.log", nil, "logs/job 3/deploy.log.gz")
	bad.Logs[0].Error = "unexpected EOF: is it truncated?"
	return report.Merge(
		bad,
		ReportOf(t, "gevent-25.5.1.20-hosts.pipe.log", Versions{"gevent": "25.5.1"}, "logs/job-1.log"),
		ReportOf(t, "more/network-retry.log", nil, "a.zip/2_Deploy.txt"),
	)
}

// Written is a report in the format of a kind.
func Written(t *testing.T, kind string, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NotNil(t, reports.ReportKindOf(kind), kind)
	require.NoError(t, reports.ReportKindOf(kind).Write(&b, r))
	return b.String()
}

// Shown is a report as report show shows it to the user ci.
func Shown(t *testing.T, r *report.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, summary.ReportText{Report: r, Home: "/home/ci"}.Write(&b))
	return b.String()
}

// Nasty are texts that mean something where they are not looked at.
var Nasty = []string{
	"\x1b[31mred\x1b[0m\x1b]0;title\a", "a\x00b\u0085\u2028c\ufffe", "half \xff\xc3", "\u202eturned", "two\nlines\r\n# head\n- list",
	"]]><x>&amp;&#0;", "<script>alert(1)</script><img src=x onerror=alert(1)>", "a|b|`c`|``d`` \\|", "@everyone #123 GH-12 org/repo#5 !7 %3 ~x",
	"[x](http://evil.example) ![x](//evil.example) https://evil.example www.evil.example a@evil.example <https://evil.example>",
	"::error::x %0A ##vso[task]x", "1. x", "+ x", "---", "```\nx\n```", "*a* _b_ ~~c~~ $d$ :tada:", "deadbeefdeadbeef", strings.Repeat("x", 5000), strings.Repeat("`", 50), "",
}

// Hostile is a report that Check takes, and whose every text is one of nasty.
func Hostile(t *testing.T) *report.Report {
	t.Helper()
	r := report.Merge()
	r.Tool.Version = Nasty[0]
	r.Limits.RulesSkipped = Nasty
	for n, text := range Nasty {
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
			Places: []report.Place{{Log: text, Line: 1, Host: text, Operation: text, Text: []string{text, text}}},
		})
		r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%08x", n), Kind: filter.Recurring, Count: 1, FirstLine: 1, Sample: text})
		done := func(result outcome.Result, ignored bool) *outcome.Done {
			return &outcome.Done{Result: result, Ignored: ignored, FirstLine: 1, LastLine: 1, Text: []string{text, text}}
		}
		run := &outcome.Record{Phases: []outcome.Phase{{Name: text, FirstLine: 1}}, Operations: []*outcome.Operation{{
			Name: text, FirstLine: 1,
			Hosts: map[string]*outcome.Done{text: done(outcome.Error, false), text + "2": done(outcome.Error, true), text + "3": done(outcome.Skipped, false), text + "4": done(outcome.Success, false)},
		}}}
		r.Logs = append(r.Logs, &report.Log{Command: &report.Command{Argv: []string{text, text}, Signal: text, ExitCode: n}, Tail: []string{text, text}, Run: run, Name: text, Error: text, Verdict: outcome.Verdict{Failed: outcome.Yes, Reason: text, Line: 1, Host: text, Operation: text}, Issues: []report.LogIssue{{ID: id, Count: 1, FirstLine: 1, LastLine: 1}}, Unknown: []string{r.Unknown[n].Fingerprint}})
	}
	require.NoError(t, r.Check())
	return r
}
