package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

var update = flag.Bool("update", false, "write the expected outputs anew")

var builtin = sync.OnceValue(rules.Builtin)

// real are the reports of all recorded runs.
var real = sync.OnceValues(func() (out []*report.Report, err error) {
	top := os.DirFS(filepath.Join("..", "..", "testdata", "captures"))
	err = fs.WalkDir(top, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, ".md") {
			return err
		}
		data, err := fs.ReadFile(top, name)
		if err == nil {
			out = append(out, reportOf(name, data))
		}
		return err
	})
	return out, err
})

// reportOf filters a log, on a machine where nothing is installed.
func reportOf(name string, data []byte) *report.Report {
	f := filter.New(builtin(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{Record: true})
	_, _ = f.Write(data)
	_ = f.Close()
	return report.New(f.Summary(), report.Run{
		Version: "1.2.3", Name: name, Date: "2026-11-25T04:05:06Z",
		Fix: func(site, requirement string) string { return "pip install --prefix " + site + " " + requirement },
	})
}

func realReports(t *testing.T) []*report.Report {
	t.Helper()
	all, err := real()
	require.NoError(t, err)
	require.Greater(t, len(all), 100)
	return all
}

func jsonOf(t require.TestingT, r *report.Report) string {
	var b bytes.Buffer
	require.NoError(t, r.JSON(&b))
	return b.String()
}

func read(t require.TestingT, data string) *report.Report {
	r, err := report.Read(strings.NewReader(data))
	require.NoError(t, err, "%s", data)
	return r
}

// anyReport draws a report that Check takes.
func anyReport(t *rapid.T) *report.Report {
	shown, folded := anySize(t), anySize(t)
	r := &report.Report{
		Schema: report.Schema, Tool: report.Tool{Name: "orbfilter", Version: anyOf(t, "", "1.0", "1.1", report.Various)},
		Input: filter.Size{Bytes: shown.Bytes + folded.Bytes, Lines: shown.Lines + folded.Lines}, Output: shown, Folded: folded,
		Limits: report.Limits{
			HeldBytesMax: small(t), HeldMsMax: int64(small(t)), RegexTimeouts: small(t),
			RulesSkipped: rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a: slow", "b: slow", "c\x1b: slow"}), rapid.ID).Draw(t, "skipped"),
		},
		Environment: report.Environment{OS: anyOf(t, "", "linux", "darwin"), Arch: anyOf(t, "amd64", "arm64")},
		ExitCode:    anyOf(t, 0, 1, 3, 130),
		UnknownMore: anyOf(t, 0, 0, 3),
	}
	for _, id := range distinct(t, "i-1", "i-2", "i-3", "i-4") {
		r.Issues = append(r.Issues, anyIssue(t, id))
	}
	for _, name := range distinct(t, "U-00000001", "U-00000002", "U-00000003") {
		r.Unknown = append(r.Unknown, &report.Unknown{
			Fingerprint: name, Kind: anyOf(t, filter.Exception, filter.Recurring), Count: small(t), Lines: int64(small(t)), FirstLine: 1 + small(t), Sample: anyText(t), Where: anyText(t),
		})
	}
	for range rapid.IntRange(0, 3).Draw(t, "logs") {
		r.Logs = append(r.Logs, anyLog(t, r))
	}
	return read(t, jsonOf(t, r)) // which puts empty lists where there are none
}

func small(t *rapid.T) int { return rapid.IntRange(0, 9).Draw(t, "number") }

func anyOf[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "value") }

func anyText(t *rapid.T) string {
	return anyOf(t, "", "a", "b\x1b[31m", "c|`<script>@x #1", "\u202e\x00", "]]>", strings.Repeat("long ", 200))
}

func distinct(t *rapid.T, values ...string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, len(values), rapid.ID).Draw(t, "some")
}

func anySize(t *rapid.T) filter.Size {
	return filter.Size{Bytes: int64(small(t)), Lines: int64(small(t))}
}

func anyIssue(t *rapid.T, id string) *report.Issue {
	first := 1 + small(t)
	i := &report.Issue{
		About: report.About{ID: id, Title: anyText(t), Severity: anyOf(t, rules.Severities...), Advice: anyText(t), References: []string{anyText(t)}},
		Count: 30, Unfolded: small(t), Lines: int64(small(t)), FirstLine: first, LastLine: first + small(t),
		Hosts: map[string]int{anyText(t): small(t)}, Operations: map[string]int{anyText(t): small(t), "Line": small(t)},
		Places:    []report.Place{{Log: anyText(t), Line: first, Host: anyText(t), Operation: anyText(t), Text: []string{anyText(t)}}},
		HostsMore: anyOf(t, 0, 1, 9), OperationsMore: anyOf(t, 0, 2), InstalledMore: rapid.Bool().Draw(t, "more"),
		Fix: rapid.SliceOfN(rapid.SampledFrom([]string{"pip a", "pip b"}), 0, 2).Draw(t, "fix"),
	}
	for range rapid.IntRange(0, 2).Draw(t, "installed") {
		i.Installed = append(i.Installed, report.Installation{Package: anyOf(t, "gevent", "python"), Version: anyOf(t, "", "1", "2"), Site: anyOf(t, "", "/a"), Affected: rapid.Bool().Draw(t, "affected"), Later: rapid.Bool().Draw(t, "later")})
	}
	if rapid.Bool().Draw(t, "has a cause") {
		i.Cause = &report.Cause{ID: anyOf(t, "i-1", "i-9"), Log: anyOf(t, "", "a.log"), Line: 1 + small(t), Text: anyText(t)}
	}
	return i
}

func anyLog(t *rapid.T, r *report.Report) *report.Log {
	shown, folded := anySize(t), anySize(t)
	l := &report.Log{
		Name: anyOf(t, "", "a.log", "b.log"), Date: anyOf(t, "", "2026-11-25T04:05:06Z", "2026-11-25T05:05:06+02:00"), Error: anyText(t),
		Input: filter.Size{Bytes: shown.Bytes + folded.Bytes, Lines: shown.Lines + folded.Lines}, Output: shown, Folded: folded,
	}
	if rapid.Bool().Draw(t, "record") {
		l.Run = anyRun(t)
		l.Command = &report.Command{Argv: []string{anyText(t), anyText(t)}, ExitCode: small(t), Signal: anyOf(t, "", "SIGTERM"), Seconds: 0.25 * float64(small(t))}
		l.Tail = []string{anyText(t), "\"operations\": ["}
	}
	for _, i := range r.Issues {
		if rapid.Bool().Draw(t, "here") {
			l.Issues = append(l.Issues, report.LogIssue{ID: i.ID, Count: small(t), FirstLine: 1, LastLine: 1, Timeline: filter.Timeline{Width: 2, Counts: []int{1, 2}}})
		}
	}
	for _, u := range r.Unknown {
		if rapid.Bool().Draw(t, "here") {
			l.Unknown = append(l.Unknown, u.Fingerprint)
			if rapid.Bool().Draw(t, "seen") {
				l.UnknownSeen = append(l.UnknownSeen, report.LogUnknown{Fingerprint: u.Fingerprint, Count: small(t), Lines: int64(small(t)), FirstLine: 1 + small(t)})
			}
		}
	}
	l.RecurringMore = anyOf(t, 0, 0, 4)
	return l
}

func anyRun(t *rapid.T) *outcome.Record {
	run := &outcome.Record{Phases: []outcome.Phase{}, Operations: []*outcome.Operation{}, More: anyOf(t, 0, 0, 7, report.MaxResults), Unclear: rapid.Bool().Draw(t, "unclear")}
	for i := range small(t) {
		run.Phases = append(run.Phases, outcome.Phase{Name: anyText(t), FirstLine: 1 + i, Seconds: anyOf(t, nil, new(0.0), new(1.25))})
		op := &outcome.Operation{Name: anyText(t), FirstLine: 1 + i, Seconds: anyOf(t, nil, new(3.5)), Nested: rapid.Bool().Draw(t, "nested"), Within: small(t), Hosts: map[string]*outcome.Done{}}
		for _, host := range distinct(t, "a", "b\x1b[31m", "operations\": [") {
			op.Hosts[host] = &outcome.Done{Result: anyOf(t, outcome.Results...), Retries: small(t), FirstLine: 1 + i, LastLine: 1 + i + small(t), Seconds: anyOf(t, nil, new(2.0)), Text: anyOf(t, nil, []string{anyText(t), "x"})}
		}
		run.Operations = append(run.Operations, op)
	}
	return run
}

// TestNewIsRight: what New writes is what Check takes and Read reads.
func TestNewIsRight(t *testing.T) {
	for _, r := range realReports(t) {
		require.NoError(t, r.Check(), r.Logs[0].Name)
		text := jsonOf(t, r)
		assert.Equal(t, text, jsonOf(t, read(t, text)), r.Logs[0].Name)
		assert.NotContains(t, strings.ReplaceAll(text, `"cause": null`, ""), ": null", r.Logs[0].Name)
	}
}

// TestReadsWhatItWrites, of anything.
func TestReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := jsonOf(t, anyReport(t))
		assert.Equal(t, text, jsonOf(t, read(t, text)))
	})
}

// TestReportOfStateFolder: what an orbfilter that knew no logs has written is
// read as the report of one run.
func TestReportOfStateFolder(t *testing.T) {
	var old map[string]any
	require.NoError(t, json.Unmarshal([]byte(jsonOf(t, realReports(t)[0])), &old))
	delete(old, "logs")
	data, err := json.Marshal(old)
	require.NoError(t, err)
	r := read(t, string(data))
	require.Len(t, r.Logs, 1)
	assert.Equal(t, r.Input, r.Logs[0].Input)
	assert.Len(t, r.Logs[0].Issues, len(r.Issues))
	assert.NotNil(t, r.Logs[0].Unknown)
}
