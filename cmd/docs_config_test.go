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

	"github.com/orbfilter/orbfilter/internal/testrun"
)

var configShown = regexp.MustCompile("(?s)```yaml\n(# orbfilter.yaml.*?)```.*?```console\n\\$ orbfilter config\n(.*?)```")

// TestDocsConfig: the file of docs/reference/config.md is right, and what orbfilter says of it is what is shown.
func TestDocsConfig(t *testing.T) {
	testrun.WithoutRace(t)
	m := configShown.FindStringSubmatch(page(t, "docs/reference/config.md"))
	require.NotNil(t, m)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "orbfilter.yaml"), []byte(m[1]), 0o644))
	c := exec.Command("orbfilter", "config")
	c.Dir, c.Env = dir, append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir+"/none")
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s", out)
	squeeze := func(line string) string { return strings.Join(strings.Fields(line), " ") } // how wide columns are depends on what else there is
	for line := range strings.SplitSeq(strings.TrimSpace(m[2]), "\n") {
		if line != "…" {
			assert.Contains(t, squeeze(string(out)), squeeze(line))
		}
	}
}
