package reports_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// junitReports are what is validated: of all recorded runs, a suite for each, of
// several logs, of a live run, of nothing, and one that means harm.
func junitReports(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"captures": rendertest.Written(t, "junit", report.Merge(slices.Collect(maps.Values(rendertest.CaptureReports(t)))...)),
		"three":    rendertest.Written(t, "junit", rendertest.ThreeLogs(t)),
		"live":     rendertest.Written(t, "junit", rendertest.ReportOf(t, "more/network-retry.log", nil, "")),
		"empty":    rendertest.Written(t, "junit", report.Merge()),
		"hostile":  rendertest.Written(t, "junit", rendertest.Hostile(t)),
	}
}

// TestJUnitValidates with the schema of Jenkins, which Python reads: see
// testdata/junit.
func TestJUnitValidates(t *testing.T) {
	testrun.Long(t)
	testdata, err := filepath.Abs(filepath.Join("..", "..", "..", "testdata", "junit"))
	require.NoError(t, err)
	out, err := exec.Command("sh", filepath.Join(testdata, "venv.sh")).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() >= 3 && os.Getenv("CI")+os.Getenv("ORBFILTER_LIVE_REQUIRED") == "" {
		t.Skipf("there is no validator: %s", out)
	}
	require.NoError(t, err, "%s", out)

	dir := t.TempDir()
	put := func(name, data string) string {
		file := filepath.Join(dir, name+".xml")
		require.NoError(t, os.WriteFile(file, []byte(data), 0o600))
		return file
	}
	var files []string
	for name, data := range junitReports(t) {
		files = append(files, put(name, data))
	}
	validate := func(files ...string) ([]byte, error) {
		args := append([]string{"--schema", filepath.Join(testdata, "junit-10.xsd")}, files...)
		return exec.Command(filepath.Join(testdata, "..", "..", ".venvs", "junit", "bin", "xmlschema-validate"), args...).CombinedOutput()
	}
	out, err = validate(files...)
	require.NoError(t, err, "%s", out)
	_, err = validate(put("wrong", `<testsuites><testsuite name="x" tests="1"/></testsuites>`))
	assert.Error(t, err, "it finds what is wrong")
}

// What of the schema the report uses: the attributes of each element, those that
// must be there first, and what may stand in it.
var junitElements = map[string]struct{ needed, allowed, children []string }{
	"testsuites": {nil, []string{"name", "tests", "failures", "errors", "time"}, []string{"testsuite"}},
	"testsuite":  {[]string{"name", "tests", "failures", "errors", "time"}, []string{"skipped", "time", "timestamp"}, []string{"properties", "testcase"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, nil, nil},
	"testcase":   {[]string{"name"}, []string{"classname", "time"}, []string{"skipped", "error", "failure", "system-out"}},
	"failure":    {nil, []string{"type", "message"}, nil},
	"error":      {nil, []string{"type", "message"}, nil},
	"skipped":    {nil, []string{"type", "message"}, nil},
	"system-out": {nil, nil, nil},
}

// TestJUnitStructure says the same as the schema, where there is no Python.
func TestJUnitStructure(t *testing.T) {
	for name, data := range junitReports(t) {
		dec := xml.NewDecoder(strings.NewReader(data))
		var open []string
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err, name)
			switch e := token.(type) {
			case xml.StartElement:
				known, ok := junitElements[e.Name.Local]
				require.True(t, ok, e.Name.Local)
				if len(open) > 0 {
					assert.Contains(t, junitElements[open[len(open)-1]].children, e.Name.Local, name)
				}
				checkAttributes(t, e, known.needed, known.allowed)
				open = append(open, e.Name.Local)
			case xml.EndElement:
				open = open[:len(open)-1]
			}
		}
		assert.Empty(t, open, name)
	}
}

func checkAttributes(t *testing.T, e xml.StartElement, needed, allowed []string) {
	t.Helper()
	var got []string
	for _, a := range e.Attr {
		got = append(got, a.Name.Local)
		assert.Contains(t, slices.Concat(needed, allowed), a.Name.Local, e.Name.Local)
	}
	for _, name := range needed {
		assert.Contains(t, got, name, e.Name.Local)
	}
}

type parsedSuite struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   int    `xml:"errors,attr"`
	Skipped  int    `xml:"skipped,attr"`
	Cases    []struct {
		Class   string   `xml:"classname,attr"`
		Name    string   `xml:"name,attr"`
		Failure []string `xml:"failure"`
		Error   []string `xml:"error"`
		Skipped []string `xml:"skipped"`
		Output  *string  `xml:"system-out"`
	} `xml:"testcase"`
}

// TestJUnitSaysWhatTheReportSays: a suite for each log, a test for each issue in
// it, which fails if and only if it is an error; the counts are those of the tests,
// and no two tests have the same name.
func TestJUnitSaysWhatTheReportSays(t *testing.T) {
	for _, r := range []*report.Report{rendertest.ThreeLogs(t), rendertest.Hostile(t), rendertest.ReportOf(t, "more/network-retry.log", nil, "")} {
		var got struct {
			Tests    int           `xml:"tests,attr"`
			Failures int           `xml:"failures,attr"`
			Errors   int           `xml:"errors,attr"`
			Suites   []parsedSuite `xml:"testsuite"`
		}
		require.NoError(t, xml.Unmarshal([]byte(rendertest.Written(t, "junit", r)), &got))
		require.Len(t, got.Suites, len(r.Logs))
		severity := map[string]rules.Severity{}
		for _, i := range r.Issues {
			severity[i.ID] = i.Severity
		}
		tests, failures, errs := 0, 0, 0
		names := map[string]bool{}
		for n, s := range got.Suites {
			l := r.Logs[n]
			of := runTests(l)
			assert.Len(t, s.Cases, 1+len(l.Issues)+len(l.Unknown)+of.all)
			assert.Equal(t, []int{len(s.Cases), count(l, severity) + of.failed, min(len(l.Error), 1), len(l.Unknown) + of.skipped}, []int{s.Tests, s.Failures, s.Errors, s.Skipped}, s.Name)
			for _, c := range s.Cases {
				if id, _, _ := strings.Cut(c.Name, ":"); severity[id] != "" {
					assert.Equal(t, severity[id] == rules.Error, len(c.Failure) > 0, c.Name)
					assert.Equal(t, severity[id] != rules.Error, c.Output != nil, c.Name)
				}
				assert.False(t, names[c.Class+"\x00"+c.Name], "%s %s is there twice", c.Class, c.Name)
				names[c.Class+"\x00"+c.Name] = true
			}
			tests, failures, errs = tests+s.Tests, failures+s.Failures, errs+s.Errors
		}
		assert.Equal(t, []int{tests, failures, errs}, []int{got.Tests, got.Failures, got.Errors})
	}
}

// runTests counts the tests of a run.
func runTests(l *report.Log) (of struct{ all, failed, skipped int }) {
	switch l.Verdict.Failed {
	case outcome.Yes:
		of.all, of.failed = 1, 1
	case outcome.No:
		of.all = 1
	default:
		if l.Verdict.Reason != "" {
			of.all, of.skipped = 1, 1
		}
	}
	if l.Run == nil {
		return of
	}
	for _, op := range l.Run.Operations {
		of.all += len(op.Hosts)
		of.skipped += op.Count(outcome.Skipped)
		for _, d := range op.Hosts {
			if d.Result == outcome.Error && !d.Ignored {
				of.failed++
			}
		}
	}
	return of
}

func count(l *report.Log, severity map[string]rules.Severity) (n int) {
	for _, i := range l.Issues {
		if severity[i.ID] == rules.Error {
			n++
		}
	}
	return n
}

// TestJUnitOfARunThatFailed: with a known error and without one, there is a test that fails, and says where and why.
func TestJUnitOfARunThatFailed(t *testing.T) {
	silent := rendertest.ReportOf(t, "more/network-retry.log", nil, "")
	silent.Issues, silent.Unknown = nil, nil
	l := silent.Logs[0]
	l.Issues, l.Unknown, l.Run, l.Tail = nil, nil, nil, []string{"deploying", "cannot reach \x1b[31mthe registry ]]>"}
	l.Command = &report.Command{Argv: []string{"sh", "-c", "exit 3"}, ExitCode: 3, Seconds: 1.5}
	l.Verdict = outcome.Verdict{Failed: outcome.Yes, Reason: "the command ended with exit code 3"}
	out := rendertest.Written(t, "junit", silent)
	assert.Contains(t, out, `name="the command exits with 0" time="1.500"`)
	assert.Contains(t, out, `<failure message="the run failed: the command ended with exit code 3" type="run-failed">`)
	assert.Contains(t, out, "sh -c 'exit 3' ended with exit code 3 after 1.50 s\ndeploying\ncannot reach ")
	l.Command.ExitCode = 0
	assert.Contains(t, rendertest.Written(t, "junit", silent), `name="the command exits with 0, and did what it was to do"`)
	l.Verdict = outcome.Verdict{Failed: outcome.Unknown, Reason: "the output ends before the end of pyinfra&#39;s run"}
	l.Command = nil
	assert.Contains(t, rendertest.Written(t, "junit", silent), `<skipped message="whether the run failed is not known: `)
}

// TestJUnitOfSameNames: GitLab takes the first of two tests that have the same
// name, so that logs of the same name must not.
func TestJUnitOfSameNames(t *testing.T) {
	var all []*report.Report
	for range 3 {
		all = append(all, rendertest.ReportOf(t, "more/network-retry.log", nil, "deploy.log"))
	}
	out := rendertest.Written(t, "junit", report.Merge(all...))
	for n := range 3 {
		name := "deploy.log"
		if n > 0 {
			name += " (" + strconv.Itoa(n+1) + ")"
		}
		assert.Contains(t, out, `<testsuite name="`+name+`"`)
		assert.Contains(t, out, `classname="`+name+`"`)
	}
}
