package cmd_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDocsNameEveryPackage: who opens the tree finds each folder with Go in it in
// docs/explanation/architecture.md, and no other; and the files that it names are there.
func TestDocsNameEveryPackage(t *testing.T) {
	testrun.WithoutRace(t)
	doc, err := os.ReadFile(filepath.Join("..", "docs", "explanation", "architecture.md"))
	require.NoError(t, err)
	var named, there []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z/]+)  +\S`).FindAllStringSubmatch(string(doc), -1) {
		named = append(named, m[1])
	}
	seen := map[string]bool{}
	require.NoError(t, fs.WalkDir(os.DirFS(".."), ".", func(file string, d fs.DirEntry, err error) error {
		dir := path.Dir(file)
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && strings.HasPrefix(d.Name(), "."), d.IsDir() && file == "testdata":
			return fs.SkipDir
		case strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") && !seen[dir] && !strings.Contains(file, "testdata"):
			seen[dir] = true
			there = append(there, dir)
		}
		return nil
	}))
	assert.ElementsMatch(t, append(there, "testdata"), named)
	for _, m := range regexp.MustCompile("`([a-z/_]+\\.go)`").FindAllStringSubmatch(string(doc), -1) {
		assert.FileExists(t, filepath.Join("..", filepath.FromSlash(m[1])))
	}
}
