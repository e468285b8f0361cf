//go:build unix

package cmd_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDocsAuditRestores does what docs/how-to/audit.md says, each block in a folder of its
// own, and looks whether the original is what came back.
func TestDocsAuditRestores(t *testing.T) {
	testrun.WithoutRace(t)
	noise := textIn(t, capture(t, "gevent-25.5.1.20-hosts.pipe.log"))
	retry := textIn(t, capture(t, "more/network-retry.log"))
	cut := strings.SplitAfterN(noise, "AssertionError: \n", 39)
	kinds := []struct {
		has, before string
		want        map[string]string
	}{
		{"-o back.log", "", map[string]string{"back.log": noise, "original.log": noise}},
		{"cut.orb", "orbfilter -q --audit run.orb <noise >clean.log; head -n 3 run.orb >cut.orb", map[string]string{"known.log": strings.Join(cut[:38], "")}},
		{"2> err.log", "", map[string]string{"original-out.log": noise, "original-err.log": retry}},
		{"2>&1", "", map[string]string{"original.log": noise + retry}},
		{
			"x.log.2.orb", "mkdir logs; cp noise logs/x.log; orbfilter scan -q --in-place --audit kept logs; cat retry >>logs/x.log; orbfilter scan -q --in-place --audit kept logs",
			map[string]string{"logs/x.log": noise + retry},
		},
	}
	done := blocks(t, "docs/how-to/audit.md", "sh", "json")
	require.Len(t, done, len(kinds))
	for n, kind := range kinds {
		require.Contains(t, done[n], kind.has)
		dir := t.TempDir()
		for name, text := range map[string]string{"deploy.log": noise, "noise": noise, "retry": retry, "bin/pyinfra": "#!/bin/sh\ncat noise; cat retry >&2\n"} {
			writeIn(t, dir, text, name)
		}
		require.NoError(t, os.Chmod(filepath.Join(dir, "bin", "pyinfra"), 0o755))
		c := exec.Command("sh", "-ec", kind.before+"\n"+done[n])
		c.Dir = dir
		c.Env = []string{"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "HOME=" + dir, "GORACE=" + hasty}
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s: %s", done[n], out)
		for name, want := range kind.want {
			assert.Equal(t, want, readFile(t, dir, name), "%s: %s", done[n], name)
		}
	}
}

func writeIn(t *testing.T, dir, text string, name ...string) {
	t.Helper()
	path := filepath.Join(append([]string{dir}, name...)...)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}
