package cmd_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

func readme(t *testing.T) string { return page(t, "README.md") }

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
	require.NoError(t, err)
	return string(data)
}

var shownRun = regexp.MustCompile("(?s)```console\n\\$ (orbfilter (< |scan )[^\n]+)\n(.*?)```")

// What the README shows is what the program prints.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	bin := build(t)
	runs := shownRun.FindAllStringSubmatch(readme(t), -1)
	require.NotEmpty(t, runs)
	for _, r := range runs {
		t.Run(r[1], func(t *testing.T) {
			c := exec.Command("sh", "-c", filepath.Join(bin, r[1])+" 2>&1")
			c.Dir = ".."
			c.Env = []string{"PATH=" + os.Getenv("PATH")}
			out, err := c.Output()
			require.NoError(t, err)
			inOrder(t, string(out), strings.Split(r[3], "\n…\n"))
		})
	}
}

// inOrder asserts that the parts stand in the text one after the other; what
// lies between them was left out.
func inOrder(t *testing.T, text string, parts []string) {
	t.Helper()
	for _, p := range parts {
		_, rest, found := strings.Cut(text, p)
		require.True(t, found, "the README shows\n%s\nand this is left of what is printed:\n%s", p, text)
		text = rest
	}
}

// build builds the program into a folder of its own.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	out, err := exec.Command("go", "build", "-o", dir, "./orbfilter").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return dir
}

func TestDocsNameEveryRule(t *testing.T) {
	testrun.WithoutRace(t)
	var named []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\| (noise|notice|warning|error) ").FindAllStringSubmatch(page(t, "docs/reference/known-issues.md"), -1) {
		named = append(named, m[1]+" "+m[2])
	}
	var known []string
	for r := range rules.Builtin().All() {
		known = append(known, r.ID+" "+string(r.Severity))
	}
	assert.ElementsMatch(t, known, named)
	assert.Contains(t, readme(t), fmt.Sprintf("\n%d known issues of", len(known)))
}
