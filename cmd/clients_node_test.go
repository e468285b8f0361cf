//go:build unix

package cmd_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// nodeTools is the folder with programs in JavaScript.
func nodeTools(t *testing.T) string {
	t.Helper()
	testrun.Long(t)
	out, err := exec.Command("sh", filepath.Join("..", "testdata", "node", "tools.sh")).CombinedOutput()
	if code := codeOf(err); code == 3 || code == 4 && !required() { // 3: no Node.js, which nobody promises
		t.Skipf("there is no xunit-viewer to run: %s", out)
	}
	require.NoError(t, err, "%s", out)
	dir, err := filepath.Abs(filepath.Join("..", ".venvs", "node", "node_modules", ".bin"))
	require.NoError(t, err)
	return dir
}

// TestNodeClients: xunit-viewer, a page of tests that many CI systems show, takes the JUnit of a run that failed, and what it shows
// has failed, with the host, the line and the words; with no known issue, and where the command itself says 0. Of a good run it shows no failure.
func TestNodeClients(t *testing.T) {
	testrun.WithoutRace(t)
	viewer := filepath.Join(nodeTools(t), "xunit-viewer")
	dir := t.TempDir()
	for name, c := range map[string]struct {
		script string
		failed bool
		says   []string
	}{
		"a host failed":                {"cat verdict/op-fails-one.log; exit 1", true, []string{"✗ vm-01: Restart nginx", `vm-01 "Restart nginx" (line 25): nginx: configuration file`, "✓ vm-00: Say hi"}},
		"a host failed, and it says 0": {"cat verdict/op-fails-one.log", true, []string{"✗ vm-01: Restart nginx", "(line 25)"}},
		"nothing is known":             {"echo cannot reach the registry >&2; exit 3", true, []string{"✗ the command exits with 0", "cannot reach the registry", "exit code 3"}},
		"good":                         {"cat verdict/ok.log", false, []string{"✓ the command exits with 0", "✓ vm-00: Say hi"}},
	} {
		junit, page := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".xml"), filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".html")
		run := exec.Command(program(t), "run", "--no-history", "--summary", "never", "--report", "junit="+junit, "--", "sh", "-c", c.script)
		run.Dir = filepath.Join("..", "testdata")
		_, _ = run.CombinedOutput()
		out, err := exec.Command(viewer, "--results", junit, "--console", "--output", page).CombinedOutput()
		shown := string(out)
		if !c.failed {
			require.NoError(t, err, shown)
		}
		assert.Equal(t, c.failed, strings.Contains(shown, "✗"), "%s: %s", name, shown)
		assert.NotContains(t, shown, "NaN", name)
		for _, text := range c.says {
			assert.Contains(t, shown, text, name)
		}
		html := readFile(t, page)
		assert.Contains(t, html, "Xunit Viewer", name)
	}
}
