package ci_test

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
)

// annotating are the CI systems that are told what a report says in their own way, and what errors and warnings begin with.
var annotating = map[string][2]string{
	"github":   {"::error ", "::warning "},
	"azure":    {"##vso[task.logissue type=error]", "##vso[task.logissue type=warning]"},
	"teamcity": {"status='ERROR'", "status='WARNING'"},
}

// everyOutput is a report in every form, by its name.
func everyOutput(t *testing.T, r *report.Report) map[string]string {
	t.Helper()
	out := map[string]string{"text": rendertest.Shown(t, r)}
	for _, kind := range []string{"junit", "sarif", "md", "html", "codequality"} {
		out[kind] = html.UnescapeString(rendertest.Written(t, kind, r))
	}
	maps.Copy(out, annotations(r, ci.IssueOptions{}))
	return out
}

// annotations are what CI systems are told, by their names.
func annotations(r *report.Report, o ci.IssueOptions) map[string]string {
	out := map[string]string{}
	for name := range annotating {
		var b bytes.Buffer
		ci.FormatOf(name).Issues(&b, r, o)
		out[name] = strings.ReplaceAll(strings.ReplaceAll(b.String(), "|'", "'"), "%3A", ":")
	}
	return out
}

// cutRun is the report of a run of pyinfra whose end is missing, so many lines of it, as a log with a name.
func cutRun(t *testing.T, lines int, name string) *report.Report {
	t.Helper()
	whole := bytes.SplitAfter(rendertest.Capture(t, "gevent-25.5.1.3-hosts.pipe.log"), []byte("\n"))
	_, sum := rendertest.Run(t, bytes.Join(whole[:lines], nil), filter.Options{Record: true})
	return report.New(sum, report.Run{Version: "1.2.3", Name: name, Fix: fix.Command})
}

// TestNotKnownIsSaid: wherever the end of a run is missing, every output says that it is not known whether it failed,
// of one log and of several; and none says that it failed.
func TestNotKnownIsSaid(t *testing.T) {
	const why = "the output ends before the end of pyinfra's run"
	for _, lines := range []int{40, 70, 100} {
		one := cutRun(t, lines, "logs/a.log")
		require.True(t, facts.NotKnown(one.Logs[0]), "%d", lines)
		require.True(t, facts.NotWell(one))
		for n, r := range []*report.Report{one, report.Merge(one, cutRun(t, lines+1, "logs/b.log"))} {
			for name, text := range everyOutput(t, r) {
				if n > 0 && name == "html" { // which has a table of the logs
					assert.Contains(t, text, "Of 2 logs it is not known")
					assert.Contains(t, text, `<td class="worst t-unknown">not known`)
				}
				assert.Contains(t, text, why, name)
				assert.NotContains(t, text, "run-failed", name)
				if mark, ok := annotating[name]; ok {
					assert.Contains(t, text, mark[1], name)
					assert.NotContains(t, text, mark[0], name)
				}
			}
			assert.Contains(t, rendertest.Written(t, "sarif", r), `"executionSuccessful": false`)
			assert.Contains(t, annotations(r, ci.IssueOptions{ErrorsOnly: true})["github"], why, "who wants errors alone")
		}
	}
}

// inError are the marks of an issue of severity error in each output.
var inError = map[string]string{
	"text": `(?m)   error, line \d`, "junit": `<failure|<error`, "sarif": `"level": ?"error"`, "codequality": `"severity": ?"critical"`,
	"md": `\*\*error\*\*`, "html": `class="b-error"|t-error">|id="errors"`,
	"github": `(?m)^::error `, "azure": `type=error\]`, "teamcity": `status='ERROR'`,
}

// TestAGoodRunHasNoErrors: errors that a run got over are no errors in any output, alone and among other logs; and they
// are where it is not known that it got over them, in each.
func TestAGoodRunHasNoErrors(t *testing.T) {
	r := rendertest.ReportOf(t, "more/pyinfra-errors.log", nil, "deploy.log")
	r.ExitCode = 0
	well := rendertest.ReportOf(t, "gevent-25.5.1.3-hosts.pipe.log", nil, "logs/well.log")
	well.ExitCode = 0
	for _, good := range []*report.Report{r, report.Merge(well, r)} {
		for name, text := range everyOutput(t, good) {
			assert.NotRegexp(t, inError[name], text, name)
		}
	}
	for _, l := range r.Logs {
		l.Verdict.Failed = "unknown"
	}
	for name, text := range everyOutput(t, r) {
		assert.Regexp(t, inError[name], text, name)
	}
}

// TestUnreadIsSaid: a log that could not be read is an error in every output, alone and among others.
func TestUnreadIsSaid(t *testing.T) {
	well := rendertest.ReportOf(t, "gevent-25.5.1.3-hosts.pipe.log", nil, "logs/well.log")
	well.ExitCode = 0
	for _, why := range []string{"it is binary: byte 7 is NUL", "it is a tar archive", "unexpected EOF"} {
		bad := report.New(&filter.Summary{}, report.Run{Version: "1.2.3", Name: "logs/bad.log", ExitCode: 3})
		bad.Logs[0].Error = why
		for _, r := range []*report.Report{bad, report.Merge(bad, well)} {
			require.True(t, facts.NotWell(r))
			for name, text := range everyOutput(t, r) {
				assert.Contains(t, text, why, name)
				assert.Contains(t, text, "bad.log", name)
				if mark, ok := annotating[name]; ok {
					assert.Contains(t, text, mark[0], name)
				}
			}
			first, _, _ := strings.Cut(rendertest.Written(t, "md", r), "\n")
			assert.Contains(t, first, "1 log not read to the end")
		}
	}
}

// TestGateIsSaid: a gate that failed is in every output, though no run failed; and one that passed is no failure in
// any. Of a report that has no gate any more, the exit code is said.
func TestGateIsSaid(t *testing.T) {
	for _, value := range []string{"noise", "warning", report.NewUnknown} {
		r := rendertest.ReportOf(t, "gevent-25.5.1.3-hosts.pipe.log", nil, "logs/a.log")
		require.False(t, facts.AnyFailed(r))
		r.ExitCode, r.Gate = 1, &report.Gate{FailOn: value, Reasons: []report.Reason{{Value: value, Names: []string{"made-up"}}}}
		for name, text := range everyOutput(t, r) {
			assert.Contains(t, text, "--fail-on "+value, name)
			assert.Contains(t, text, "made-up", name)
			if mark, ok := annotating[name]; ok {
				assert.Contains(t, text, mark[0], name)
			}
		}
		assert.NotContains(t, rendertest.Written(t, "junit", r), `failures="0" errors="0" time`)
		assert.NotContains(t, rendertest.Written(t, "html", r), `<div class="verdict well"`)

		r.Gate = nil
		for name, text := range everyOutput(t, r) {
			assert.Contains(t, strings.ToLower(text), "the exit code is 1", name)
		}
		r.ExitCode, r.Gate = 0, &report.Gate{FailOn: value}
		require.False(t, facts.NotWell(r))
		for name, text := range everyOutput(t, r) {
			assert.NotContains(t, strings.ToLower(text), "the gate failed", name)
			assert.NotContains(t, strings.ToLower(text), "the exit code is", name)
		}
	}
}

// TestFatesLeaveRoom: of many logs of which nothing good is known, a few are said, and with the issues there are no more
// than a CI system takes.
func TestFatesLeaveRoom(t *testing.T) {
	r := manyIssues(30)
	for n := range 40 {
		l := cutRun(t, 40, fmt.Sprintf("logs/%d.log", n)).Logs[0]
		if n%2 == 0 {
			l.Error = "cut off"
		}
		r.Logs = append(r.Logs, l)
	}
	count := map[string]int{}
	for _, o := range annotated(t, r, ci.IssueOptions{}).orders {
		count[o.name]++
	}
	assert.Equal(t, map[string]int{"error": 10, "warning": 10, "notice": 10}, count)
}
