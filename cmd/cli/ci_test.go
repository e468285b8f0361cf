package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli/clitest"
	"github.com/orbfilter/orbfilter/cmd/render/reports"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// much is a report whose Markdown is larger than GitHub takes.
func much(t *testing.T) *report.Report {
	t.Helper()
	r := &report.Report{Schema: report.Schema}
	for n := range 500 {
		about := report.About{ID: fmt.Sprintf("made-up-%d", n), Title: "made up", Severity: rules.Error, Advice: strings.Repeat("x", 6500)}
		r.Issues = append(r.Issues, &report.Issue{About: about, Count: 1, FirstLine: n})
	}
	var whole bytes.Buffer
	require.NoError(t, reports.Markdown(&whole, r))
	require.Greater(t, whole.Len(), 3<<20)
	return r
}

// TestJobSummaryIsCut: what is there counts, stays, and what is left out is said.
func TestJobSummaryIsCut(t *testing.T) {
	for _, before := range []int{0, 1, 300 << 10, 900 << 10} {
		file := filepath.Join(t.TempDir(), "summary.md")
		old := strings.Repeat("x", before)
		require.NoError(t, os.WriteFile(file, []byte(old), 0o600))
		require.NoError(t, addJobSummary(file, much(t)))
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Less(t, len(got), 1<<20)
		assert.Greater(t, len(got), 950<<10, "as much as there is room for")
		assert.True(t, strings.HasPrefix(string(got), old))
		assert.Contains(t, string(got[before:before+100]), "### orbfilter: ")
		assert.Regexp(t, `Left out, to stay below \d+ bytes: \d+ explanations. The JSON report has all of it.\n$`, string(got[len(got)-200:]))
	}
}

func TestJobSummaryThatIsFull(t *testing.T) {
	file := filepath.Join(t.TempDir(), "summary.md")
	old := strings.Repeat("x", 1<<20)
	require.NoError(t, os.WriteFile(file, []byte(old), 0o600))
	assert.ErrorContains(t, addJobSummary(file, much(t)), "has 1048576 bytes already")
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.True(t, old == string(got), "it was changed")
}

// TestAutoReads: what is kept in a file is left alone, unless it was asked for.
func TestAutoReads(t *testing.T) {
	file := clitest.Create(t, t.TempDir(), "log")
	r, w, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { r.Close(); w.Close() })
	in := func(variable string) IO {
		return IO{Out: w, Err: w, Getenv: func(n string) string { return map[string]string{variable: "true"}[n] }}
	}
	auto, asked := &Formatting{Format: "auto"}, &Formatting{Format: "github"}
	assert.True(t, auto.Output(in("GITHUB_ACTIONS")).Read(w))
	assert.False(t, auto.Output(in("GITHUB_ACTIONS")).Read(file))
	assert.False(t, auto.Output(in("CI")).Read(w))
	assert.True(t, asked.Output(in("CI")).Read(w))
	assert.True(t, asked.Output(in("CI")).Read(file))
	assert.False(t, (&Formatting{Format: "text"}).Output(in("GITHUB_ACTIONS")).Read(w))
}
