package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestManyIssues: 500 issues in one run, with a text that would like to be more
// than text, are said within what GitHub takes of a step.
func TestManyIssues(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	dir := t.TempDir()
	var log bytes.Buffer
	severities := []string{"notice", "warning", "error"}
	for n := range 500 {
		rule := fmt.Sprintf("id: made-up-%d\ntitle: 'made up %%0A::error::x ##[error]y'\nseverity: %s\nmatch:\n  line: '^made up %d::.*'\nadvice: %q\nreferences: ['https://example.com/%d']\nsamples:\n  - text: |\n      made up %d::\n",
			n, severities[n%3], n, bytes.Repeat([]byte("advice "), 800), n, n)
		require.NoError(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("made-up-%d.yaml", n)), []byte(rule), 0o600))
		fmt.Fprintf(&log, "made up %d::error::x\n", n)
	}
	page := filepath.Join(dir, "page.md")
	run := exec.Command("orbfilter", "--no-builtin", "--no-history", "--rules", dir)
	run.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+page)
	run.Stdin = bytes.NewReader(log.Bytes())
	var out, said bytes.Buffer
	run.Stdout, run.Stderr = &out, &said
	require.NoError(t, run.Run(), "%.1000s", said.String())
	assert.Equal(t, log.String(), out.String(), "a command begins a line, and none of these does")
	for _, kind := range []string{"error", "warning", "notice"} {
		assert.Equal(t, 10, bytes.Count(said.Bytes(), []byte("\n::"+kind+" title=")), kind)
	}
	assert.Equal(t, 30, bytes.Count(said.Bytes(), []byte("\n::")), "nothing else is a command")
	for line := range bytes.Lines(said.Bytes()) {
		assert.Less(t, len(line), 8<<10)
		if !bytes.HasPrefix(line, []byte("::")) {
			assert.NotContains(t, string(line), "##[", "the summary quotes titles")
		}
	}
	info, err := os.Stat(page)
	require.NoError(t, err)
	assert.Less(t, info.Size(), int64(1<<20))
}
