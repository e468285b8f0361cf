package report_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
)

// minimal is a report with room for one thing that is wrong.
func minimal(more string) string {
	return `{"schema": "orbfilter.report/v1", "input": {"bytes": 2, "lines": 1}, "output": {"bytes": 2, "lines": 1}` + more + `}`
}

func issue(fields string) string {
	return minimal(`, "issues": [{"id": "x", "severity": "noise", "first_line": 1, "last_line": 1` + fields + `}]`)
}

// TestReadRefuses what orbfilter cannot have written, and says why.
func TestReadRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"":                                   "it is empty",
		" \n":                                "it is empty",
		"--> Loading config...":              "it is no JSON",
		"\x1f\x8b\x08":                       "it is no JSON",
		minimal("")[:40]:                     "it ends in the middle",
		"[]":                                 `it is no report: its schema is ""`,
		"null":                               `it is no report: its schema is ""`,
		`{"version": "2.1.0", "input": "x"}`: `it is no report: its schema is ""`,
		`{"schema": "orbfilter.report/v2"}`:  `it is no report: its schema is "orbfilter.report/v2"`,
		minimal("") + minimal(""):            "there is something behind the report",
		minimal("") + "x":                    "there is something behind the report",
		minimal(`, "output": 5`):             `output is "number"`,
		minimal(`, "folded": {"bytes": 1}`):  "it does not add up",
		minimal(`, "exit_code": -1`):         "below zero",
		minimal(`, "exit_code": 1e999`):      `exit_code is "number 1e999"`,
		minimal(`, "exit_code": 1` + strings.Repeat("0", 5000)):                                                                                                                             `exit_code is "number 10`,
		`{"schema": "orbfilter.report/v1", "input": {"bytes": -1, "lines": 0}, "folded": {"bytes": -1, "lines": 0}}`:                                                                        "it does not add up",
		`{"schema": "orbfilter.report/v1", "input": {"bytes": 9007199254740992, "lines": 0}, "output": {"bytes": 9007199254740992, "lines": 0}}`:                                            "it does not add up",
		`{"schema": "orbfilter.report/v1", "input": {"bytes": -2, "lines": 0}, "output": {"bytes": 9223372036854775807, "lines": 0}, "folded": {"bytes": 9223372036854775807, "lines": 0}}`: "it does not add up",
		minimal(`, "issues": [null]`):                                                "issues[0]: its id is none",
		minimal(`, "issues": [{"id": "\u001b[31mx"}]`):                               "issues[0]: its id is none",
		issue(`}, {"id": "x", "severity": "noise", "first_line": 1, "last_line": 1`): "issues[1]: x is there twice",
		issue(`, "severity": "fatal\u001b"`):                                         `severity "fatal\x1b" is none`,
		issue(`, "count": -1`):                                                       "a count is below zero",
		issue(`, "count": "1"`):                                                      `issues.count is "string"`,
		issue(`, "count": 1, "unfolded": 2`):                                         "a count is below zero",
		issue(`, "first_line": 0`):                                                   "first line",
		issue(`, "first_line": 2`):                                                   "first line",
		issue(`, "count": 1, "hosts": {"a": 1, "b": 1}`):                             "counted more often",
		issue(`, "count": 1, "hosts": {"a": 2, "b": -1}`):                            "counted more often",
		issue(`, "cause": {"id": "", "line": 1}`):                                    "its cause",
		issue(`, "affected": [{"ranges": [{"events": [{}]}]}]`):                      "an event of a range",
		minimal(`, "unknown": [null]`):                                               "unknown[0]: its fingerprint is none",
		minimal(`, "unknown": [{"fingerprint": "U-00ff"}]`):                          "unknown[0]: U-00ff",
		minimal(`, "logs": [null]`):                                                  "logs[0]: it is null",
		minimal(`, "logs": [{"name": "a", "date": "x"}]`):                            `logs[0]: "a": its date is none`,
		minimal(`, "logs": [{"name": "a", "input": {"bytes": 1, "lines": 0}}]`):      "input is not output and folded together",
		minimal(`, "logs": [{"issues": [{"id": "y"}]}]`):                             `"y" is no issue of the report`,
		minimal(`, "logs": [{"unknown": ["U-00ff", "U-00ff"]}]`):                     "there twice",
		issue(`}], "logs": [{"issues": [{"id": "x", "first_line": 1, "last_line": 1, "timeline": {"width": 3, "counts": [1]}}]`): "a timeline",
		minimal(`, "more": ` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000)):                                          "exceeded max depth",
	} {
		r, err := report.Read(strings.NewReader(text))
		assert.Nil(t, r, text)
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), why)
		assert.Less(t, len(err.Error()), 300, "an error can be read")
	}
}

// TestReadTakes what is right, and more than the schema allows.
func TestReadTakes(t *testing.T) {
	for name, text := range map[string]string{
		"the least":          minimal(""),
		"a byte order mark":  "\ufeff" + minimal(""),
		"space around":       "\n\n " + minimal("") + " \n",
		"fields of later":    minimal(`, "later": {"x": [1]}`),
		"NUL in a text":      issue(`, "title": "a\u0000b"`),
		"half a character":   issue(`, "title": "a` + "\xff" + `\ud800b"`),
		"a name in two ways": issue(`, "count": 1, "Count": 1`),
	} {
		r := read(t, text)
		assert.NotNil(t, r.Unknown, name)
		assert.True(t, utf8.ValidString(jsonOf(t, r)), name)
	}
}

// TestReadIsBounded: what does not end is not read to its end.
func TestReadIsBounded(t *testing.T) {
	_, err := report.ReadAtMost(&endless{}, 3<<20)
	assert.ErrorContains(t, err, "it has more than 3 MiB")
}

// endless is a report whose beginning is right.
type endless struct{ begun bool }

func (e *endless) Read(p []byte) (int, error) {
	if !e.begun {
		e.begun = true
		return copy(p, `{"schema": "orbfilter.report/v1"`), nil
	}
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestNameLogs: live runs get a name, recorded ones keep theirs.
func TestNameLogs(t *testing.T) {
	r := report.Merge()
	for _, name := range []string{"", "a.log", ""} {
		r.Logs = append(r.Logs, &report.Log{Name: name})
	}
	r.NameLogs("job-1.json")
	assert.Equal(t, "job-1.json a.log job-1.json", fmt.Sprint(r.Logs[0].Name, " ", r.Logs[1].Name, " ", r.Logs[2].Name))
}

// FuzzRead: what is read can be written, is what the schema allows, adds up with
// others in any order, and is read again as it is.
func FuzzRead(f *testing.F) {
	f.Add(minimal(""))
	f.Add(issue(`, "count": 3, "hosts": {"a": 1}, "cause": {"id": "x", "line": 1}`))
	f.Add(minimal(`, "unknown": [{"fingerprint": "U-00ff", "kind": "exception", "count": 1, "first_line": 1}], "logs": [{"name": "a"}]`))
	var full strings.Builder
	fixed := reportOf("a.log", []byte("--> Connecting to hosts...\nTraceback (most recent call last):\n  File \"a.py\", line 1\nValueError: x\n"))
	if err := fixed.JSON(&full); err != nil {
		f.Fatal(err)
	}
	f.Add(full.String())
	s := schema(f)
	f.Fuzz(func(t *testing.T, data string) {
		r, err := report.Read(strings.NewReader(data))
		if err != nil {
			require.Nil(t, r)
			require.Less(t, len(err.Error()), 1000)
			return
		}
		text := jsonOf(t, r)
		require.Equal(t, text, jsonOf(t, read(t, text)))
		r.Tool.Name = "orbfilter" // what somebody else has written there stays there
		require.NoError(t, validate(t, s, jsonOf(t, r)))
		both := jsonOf(t, report.Merge(r, fixed))
		require.Equal(t, both, jsonOf(t, report.Merge(report.Merge(fixed), r)))
	})
}
