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

// stepsOfTutorial are the blocks that are done: what is printed is shown behind a command, and what changes the
// rule shows nothing.
var stepsOfTutorial = regexp.MustCompile("(?ms)^```(?:console\n\\$ ([^\n]*)\n(.*?)|sh\n(sed [^\n]*)\n)^```$")

// TestDocsTutorialShowsWhatIsPrinted does what docs/tutorial/first-deploy.md says in an empty folder and as somebody who has
// never used the program, one step after the other. "cat logs/…" makes the log.
func TestDocsTutorialShowsWhatIsPrinted(t *testing.T) {
	testrun.WithoutRace(t)
	name, dir := "docs/tutorial/first-deploy.md", t.TempDir()
	doc := page(t, name)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "logs"), 0o755))
	done := stepsOfTutorial.ReplaceAllStringFunc(doc, func(block string) string {
		m := stepsOfTutorial.FindStringSubmatch(block)
		if log, ok := strings.CutPrefix(m[1], "cat logs/"); ok {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "logs", log), []byte(m[2]), 0o644))
			return block
		}
		c := exec.Command("sh", "-c", m[1]+m[3])
		c.Dir = dir
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(dir, "home"), "GORACE=" + hasty}
		out, err := c.CombinedOutput()
		assert.NoError(t, err, "%s: %s", m[1]+m[3], out)
		if m[3] != "" {
			assert.Empty(t, string(out))
			return block
		}
		return "```console\n$ " + m[1] + "\n" + strings.ReplaceAll(string(out), dir, "/home/you/deploys") + "```"
	})
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("..", filepath.FromSlash(name)), []byte(done), 0o644))
		return
	}
	assert.Equal(t, doc, done, "go test -update writes it anew")
}
