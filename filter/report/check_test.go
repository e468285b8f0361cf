package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/report"
)

const (
	// highest is the highest number that a report may have, and higher the next one.
	highest, higher = "9007199254740991", "9007199254740992"
)

// TestNumbersOfReports: each number may be as high as any reader of JSON takes, and zero, a line from one on; and nothing else.
func TestNumbersOfReports(t *testing.T) {
	log := func(fields string) string { return minimal(`, "logs": [{"name": "a", ` + fields + `}]`) }
	unknown := func(fields string) string {
		return minimal(`, "unknown": [{"fingerprint": "U-00ff", "kind": "exception", "first_line": 1` + fields + `}]`)
	}
	for name, c := range map[string]struct {
		report string // with a number in the place of N
		least  int
	}{
		"held bytes":          {minimal(`, "limits": {"held_bytes_max": N}`), 0},
		"held ms":             {minimal(`, "limits": {"held_ms_max": N}`), 0},
		"timeouts":            {minimal(`, "limits": {"regex_timeouts": N}`), 0},
		"undecided":           {minimal(`, "limits": {"undecided": [{"rule": "x", "severity": "error", "count": N}]}`), 0},
		"exit code":           {minimal(`, "exit_code": N`), 0},
		"more unknown":        {minimal(`, "unknown_more": N`), 0},
		"verdict":             {minimal(`, "verdict": {"failed": "yes", "line": N}`), 0},
		"count":               {issue(`, "count": N`), 0},
		"lines":               {issue(`, "lines": N`), 0},
		"last line":           {issue(`, "last_line": N`), 1},
		"place":               {issue(`, "places": [{"line": N}]`), 1},
		"cause":               {issue(`, "cause": {"id": "y", "line": N}`), 1},
		"unknown's count":     {unknown(`, "count": N`), 0},
		"unknown's lines":     {unknown(`, "lines": N`), 0},
		"unknown's line":      {unknown(`, "first_line": N`), 1},
		"log's verdict":       {log(`"verdict": {"failed": "no", "line": N}`), 0},
		"command":             {log(`"command": {"exit_code": N}`), 0},
		"seconds":             {log(`"command": {"seconds": N}`), 0},
		"recurring":           {log(`"recurring_more": N`), 0},
		"results":             {log(`"run": {"more": N}`), 0},
		"phase":               {log(`"run": {"phases": [{"name": "x", "first_line": N}]}`), 0},
		"phase's seconds":     {log(`"run": {"phases": [{"name": "x", "first_line": 1, "seconds": N}]}`), 0},
		"operation":           {log(`"run": {"operations": [{"name": "x", "first_line": N}]}`), 0},
		"operation's seconds": {log(`"run": {"operations": [{"name": "x", "first_line": 1, "seconds": N}]}`), 0},
		"retries":             {log(`"run": {"operations": [{"name": "x", "hosts": {"a": {"result": "success", "first_line": 1, "last_line": 1, "retries": N}}}]}`), 0},
		"host's seconds":      {log(`"run": {"operations": [{"name": "x", "hosts": {"a": {"result": "success", "first_line": 1, "last_line": 1, "seconds": N}}}]}`), 0},
		"host's last line":    {log(`"run": {"operations": [{"name": "x", "hosts": {"a": {"result": "success", "first_line": 1, "last_line": N}}}]}`), 1},
		"seen":                {unknown(`}], "logs": [{"unknown": ["U-00ff"], "unknown_seen": [{"fingerprint": "U-00ff", "first_line": 1, "count": N}]`), 0},
		"seen lines":          {unknown(`}], "logs": [{"unknown": ["U-00ff"], "unknown_seen": [{"fingerprint": "U-00ff", "first_line": 1, "lines": N}]`), 0},
		"issue in a log":      {issue(`}], "logs": [{"issues": [{"id": "x", "first_line": 1, "last_line": 1, "count": N}]`), 0},
		"its lines":           {issue(`}], "logs": [{"issues": [{"id": "x", "first_line": 1, "last_line": 1, "lines": N}]`), 0},
		"its last line":       {issue(`}], "logs": [{"issues": [{"id": "x", "first_line": 1, "last_line": N}]`), 1},
	} {
		for number, right := range map[string]bool{highest: true, higher: false, fmt.Sprint(c.least): true, fmt.Sprint(c.least - 1): false} {
			_, err := report.Read(strings.NewReader(strings.ReplaceAll(c.report, "N", number)))
			assert.Equal(t, right, err == nil, "%s: %s: %v", name, number, err)
		}
	}
}

// TestPartsOfReports: what is a part of something is not more than that, and what is a name of something is one.
func TestPartsOfReports(t *testing.T) {
	log := func(fields string) string { return minimal(`, "logs": [{"name": "a", ` + fields + `}]`) }
	for text, right := range map[string]bool{
		issue(`, "count": 2, "unfolded": 2`):                                                                                          true,
		issue(`, "count": 2, "unfolded": 3`):                                                                                          false,
		issue(`, "count": 2, "hosts": {"a": 2}`):                                                                                      true,
		issue(`, "count": 2, "hosts": {"a": 0}`):                                                                                      true,
		issue(`, "count": 2, "hosts": {"a": 1}, "hosts_more": 1`):                                                                     true,
		issue(`, "count": 2, "hosts": {"a": 1}, "hosts_more": 2`):                                                                     false,
		issue(`, "count": 2, "hosts_more": 2`):                                                                                        true,
		issue(`, "count": 2, "hosts_more": 3`):                                                                                        false,
		issue(`, "count": 2, "operations": {"a": 2, "b": 0}`):                                                                         true,
		issue(`, "count": 2, "operations": {"a": 2, "b": 1}`):                                                                         false,
		issue(`, "first_line": 5, "last_line": 5`):                                                                                    true,
		issue(`, "first_line": 5, "last_line": 4`):                                                                                    false,
		issue(`, "cause": {"id": "A", "line": 1}`):                                                                                    false,
		issue(`, "affected": [{"ranges": [{"events": [{"fixed": "1"}]}]}]`):                                                           true,
		issue(`, "affected": [{"ranges": [{"events": [{"fixed": ""}]}]}]`):                                                            false,
		issue(`, "affected": [{"ranges": [{"events": [{"fixed": "1", "introduced": "1"}]}]}]`):                                        false,
		issue(`, "affected": [{"ranges": [{"events": [{"later": "1"}]}]}]`):                                                           false,
		minimal(`, "limits": {"undecided": [{"severity": "error"}]}`):                                                                 true,
		minimal(`, "limits": {"undecided": [{"rule": "A", "severity": "error"}]}`):                                                    false,
		minimal(`, "limits": {"undecided": [{"rule": "a", "severity": "bad"}]}`):                                                      false,
		minimal(`, "verdict": {"failed": "perhaps"}`):                                                                                 false,
		minimal(`, "verdict": {}`):                                                                                                    true,
		log(`"verdict": {"failed": "perhaps"}`):                                                                                       false,
		log(`"date": "2026-11-25T04:05:06Z"`):                                                                                         true,
		log(`"unknown": ["U-00ff"]`):                                                                                                  true,
		log(`"unknown": ["U-00FF"]`):                                                                                                  false,
		log(`"unknown": ["U-00ff"], "unknown_seen": [{"fingerprint": "U-00fe", "first_line": 1}]`):                                    false,
		log(`"unknown": ["U-00ff"], "unknown_seen": [{"fingerprint": "U-00ff", "first_line": 0}]`):                                    false,
		minimal(`, "unknown": [{"fingerprint": "U-00ff", "kind": "text", "first_line": 1}]`):                                          false,
		minimal(`, "unknown": [{"fingerprint": "U-00ff", "first_line": 1}, {"fingerprint": "U-00ff", "first_line": 1}]`):              false,
		issue(`}], "logs": [{"issues": [{"id": "x", "first_line": 1, "last_line": 1}, {"id": "x", "first_line": 1, "last_line": 1}]`): false,
		log(`"run": {"operations": [{"name": "x", "hosts": {"a": {"result": "success", "first_line": 3, "last_line": 2}}}]}`):         false,
		`{"schema": "orbfilter.report/v1", "input": {"bytes": 2, "lines": 1}, "output": {"bytes": 1, "lines": 1}, "folded": {"bytes": 1, "lines": 1}}`: false,
		`{"schema": "orbfilter.report/v1", "input": {"bytes": 3, "lines": 2}, "output": {"bytes": 1, "lines": 1}, "folded": {"bytes": 2, "lines": 1}}`: true,
		`{"schema": "orbfilter.report/v1", "input": {"bytes": 3, "lines": 2}, "output": {"bytes": 1, "lines": 1}, "folded": {"bytes": 1, "lines": 1}}`: false,
	} {
		_, err := report.Read(strings.NewReader(text))
		assert.Equal(t, right, err == nil, "%s: %v", text, err)
	}
}

// TestReadsUpToTheLimit: a report that is as long as may be is read, and of a longer one it is said that it is.
func TestReadsUpToTheLimit(t *testing.T) {
	const limit = 2 << 20
	text := strings.TrimSuffix(minimal(""), "}")
	long := func(n int) string { return text + strings.Repeat(" ", n-len(text)-1) + "}" }
	_, err := report.ReadAtMost(strings.NewReader(long(limit)), limit)
	require.NoError(t, err)
	_, err = report.ReadAtMost(strings.NewReader(long(limit+2)), limit)
	require.ErrorContains(t, err, "it has more than 2 MiB")
	_, err = report.ReadAtMost(strings.NewReader(long(limit-1)+"x"), limit)
	require.ErrorContains(t, err, "there is something behind the report")
	_, err = report.ReadAtMost(strings.NewReader(long(limit)+"xx"), limit)
	require.ErrorContains(t, err, "it has more than 2 MiB")
}
