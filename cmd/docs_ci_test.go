package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestDocsOfFormats: the table of docs/reference/ci.md has every format, and the variable
// that auto knows it by; the lines of JSON in it are such.
func TestDocsOfFormats(t *testing.T) {
	testrun.WithoutRace(t)
	data, err := os.ReadFile(filepath.Join("..", "docs", "reference", "ci.md"))
	require.NoError(t, err)
	var names []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (`\\w+`|[a-z ]+) \\|.*\\|.*\\|.*\\|.*\\|$").FindAllStringSubmatch(string(data), -1) {
		names = append(names, row[1])
		if variable, ok := strings.CutPrefix(row[2], "`"); ok {
			in := ci.FormatIn(func(n string) string { return map[string]string{strings.TrimSuffix(variable, "`"): "yes"}[n] })
			assert.Equal(t, row[1], in.Name)
		}
	}
	assert.ElementsMatch(t, ci.FormatNames(), names)
	_, block, _ := strings.Cut(string(data), "```json\n")
	block, _, _ = strings.Cut(block, "```")
	for line := range strings.Lines(block) {
		assert.NoError(t, json.Unmarshal([]byte(line), &struct{}{}), line)
	}
}
