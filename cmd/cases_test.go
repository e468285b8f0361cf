package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// cases are the logs of testdata/cases, by their names.
func cases(t *testing.T) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "cases", "*.log"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		all[strings.TrimSuffix(filepath.Base(f), ".log")] = text
	}
	return all
}

// TestCases: what is said of runs that people reported, and of others of their kind.
func TestCases(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	for name, text := range cases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := exec.Command("orbfilter", "--no-history", "--color", "never", "--format", "text", "--summary", "always")
			c.Stdin, c.Dir = bytes.NewReader(text), t.TempDir()
			var said bytes.Buffer
			c.Stderr = &said
			require.NoError(t, c.Run(), said.String())
			golden(t, filepath.Join("..", "cases", name+".summary.txt"), said.Bytes())
		})
	}
}

// TestCasesDressed: the issues are the same in whatever way a log was recorded.
func TestCasesDressed(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	plan := filter.NewPlan(rules.Builtin())
	for name, text := range cases(t) {
		want := seen(t, plan, text)
		for how, dress := range map[string]func(string) string{
			"CRLF":       func(s string) string { return strings.ReplaceAll(strings.TrimRight(s, "\r"), "\n", "\r\n") },
			"colours":    coloured,
			"CI":         stamped("2006-01-02T15:04:05.0000000Z "),
			"a log file": stamped("[2006-01-02T15:04:05.000Z] "),
		} {
			if name == "copied-indented" && (how == "CI" || how == "a log file") {
				continue // what indents a whole text, a list or an answer, stands in front of no time: there it is not looked for
			}
			assert.Equal(t, want, seen(t, plan, []byte(dress(string(text)))), "%s, %s", name, how)
		}
	}
}

// TestCasesFilledUp: the verdict is the same, and so are the rules for single lines, where a terminal has filled lines up with blanks.
func TestCasesFilledUp(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	plan := filter.NewPlan(rules.Builtin())
	for name, text := range cases(t) {
		said := func(text string) (all []string) {
			f := plan.Filter(nothing{}, filter.Options{})
			_, err := f.Write([]byte(text))
			require.NoError(t, err)
			require.NoError(t, f.Close())
			for _, i := range f.Summary().Issues {
				if i.Rule.Match.Line != nil {
					all = append(all, fmt.Sprintf("%s %d×", i.Rule.ID, i.Count))
				}
			}
			return append(all, fmt.Sprint(f.Summary().Outcome.Verdict))
		}
		assert.Equal(t, said(string(text)), said(filledUp(string(text))), name)
	}
}

// filledUp is a log as it comes from a terminal that lines are copied from.
func filledUp(log string) string {
	lines := strings.Split(log, "\n")
	for i, l := range lines[:len(lines)-1] {
		body, end := strings.TrimSuffix(l, "\r"), strings.Repeat("\r", strings.Count(l, "\r"))
		if strings.Contains(body, "\r") { // it is overwritten
			continue
		}
		lines[i] = body + strings.Repeat(" ", max(1, 120-len(body))) + end
	}
	return strings.Join(lines, "\n")
}

// seen is what the filter finds in a log: the issues, how often, and where.
func seen(t *testing.T, plan *filter.Plan, text []byte) (all []string) {
	f := plan.Filter(nothing{}, filter.Options{})
	_, err := f.Write(text)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	for _, i := range f.Summary().Issues {
		all = append(all, fmt.Sprintf("%s %d× lines %d to %d, hosts %v", i.Rule.ID, i.Count, i.FirstLine, i.LastLine, i.Hosts.Map()))
	}
	all = append(all, fmt.Sprint(f.Summary().Outcome.Verdict))
	for _, u := range f.Summary().Unknown {
		all = append(all, fmt.Sprintf("unknown %d× line %d", u.Count, u.FirstLine))
	}
	return all
}

var lastWord = regexp.MustCompile(`(?m)^--> ([^:\n]+):`)

// coloured writes a log as click does on a terminal: what pyinfra logs is red or yellow as a whole, and the kind of its
// last word bold in it.
func coloured(log string) string {
	log = lastWord.ReplaceAllString(log, "--> \x1b[31m\x1b[1m$1\x1b[0m:")
	lines := strings.SplitAfter(log, "\n")
	for i, l := range lines {
		body := strings.TrimRight(l, "\r\n")
		if strings.HasPrefix(body, "    ") || strings.HasPrefix(body, "--> ") {
			lines[i] = fmt.Sprintf("\x1b[%dm%s\x1b[0m%s", 31+2*(i%2), body, l[len(body):])
		}
	}
	return strings.Join(lines, "")
}

// stamped puts a time in front of each line, another one each time.
func stamped(layout string) func(string) string {
	return func(log string) string {
		at := time.Date(2026, 11, 24, 3, 0, 1, 123456700, time.UTC)
		var b strings.Builder
		for line := range strings.Lines(log) {
			at = at.Add(1_234_567_800 * time.Nanosecond)
			b.WriteString(at.Format(layout) + line)
		}
		return b.String()
	}
}
