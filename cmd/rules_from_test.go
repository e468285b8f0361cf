package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const aTraceback = `--> Starting operation: x
Traceback (most recent call last):
  File "/srv/deploy/hooks.py", line 3, in notify
    urlopen(url)
ValueError: bad hook
`

// What a scan says is to be typed for a rule makes a rule of the whole traceback,
// whatever its log is kept in.
func TestScanNamesTheLineOfARule(t *testing.T) {
	for _, kind := range []string{"plain", "gzip", "zstd", "zip"} {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "the logs"), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "the logs", "a:1.log"), pack(t, kind, aTraceback, "nothing here\n"), 0o644))
		said := scanIn(t, dir, 0, "the logs")
		m := regexp.MustCompile(`a rule for it: orbfilter rules new --from '(.*)'\n`).FindStringSubmatch(said)
		require.NotNil(t, m, "%s: %s", kind, said)
		c := exec.Command("orbfilter", "rules", "new", "--from", m[1])
		c.Dir = dir
		var rule, notes strings.Builder
		c.Stdout, c.Stderr = &rule, &notes
		require.NoError(t, c.Run(), "%s: %s", m[1], notes.String())
		assert.Contains(t, rule.String(), "python-traceback:")
		assert.Contains(t, rule.String(), aTraceback[strings.Index(aTraceback, "ValueError"):])
		assert.Contains(t, notes.String(), "the rule claims 4 lines, 1 ×", kind)
	}
}

// A name that is neither a log nor in an archive is said to be none.
func TestRuleOfNoLog(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.zip"), pack(t, "zip", aTraceback), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.log"), []byte(aTraceback), 0o644))
	for from, want := range map[string]string{
		"a.zip/job/9_Step.txt:5": "a.zip has no log called job/9_Step.txt; it has a.zip/job/0_Step.txt",
		"a.zip:5":                "a.zip is a zip archive; name a log in it: a.zip/job/0_Step.txt",
		"a.log/b:5":              "cannot read the log a.log/b",
		"b.zip/x:5":              "cannot read the log b.zip/x",
	} {
		c := exec.Command("orbfilter", "rules", "new", "--from", from)
		c.Dir = dir
		out, err := c.CombinedOutput()
		require.Error(t, err)
		assert.Equal(t, 2, c.ProcessState.ExitCode(), from)
		assert.Contains(t, string(out), want)
	}
}
