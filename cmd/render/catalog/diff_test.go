package catalog_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/rules/compare"
)

// A line that no rule may fold is named as that, though the engine has no way to
// fold it.
func TestDiffNamesGuardedLines(t *testing.T) {
	d := catalog.Diff{Difference: &compare.Difference{Logs: 1, Lines: 2, Vanish: map[string][]compare.Change{}}, Old: "a", New: "b"}
	assert.False(t, d.Any())
	d.Vanish["mine"] = append(d.Vanish["mine"], compare.Change{File: "x.log", Line: 1, Text: "noisy"})
	assert.True(t, d.Any())
	assert.False(t, d.Guarded())
	d.Vanish["mine"] = append(d.Vanish["mine"], compare.Change{File: "x.log", Line: 2, Text: "Permission denied", Guard: "somebody was refused"})
	assert.True(t, d.Guarded())
	var b bytes.Buffer
	d.Text(&b)
	assert.Equal(t, "2 lines would vanish, folded by mine\n  - x.log:1: noisy\n  - x.log:2: Permission denied — no rule may fold this: somebody was refused\n2 lines in 1 log: 2 would vanish, 0 would come back\n", b.String())
}

// What a log holds is not read as Markdown, nor by a terminal.
func TestDiffOfHostileLines(t *testing.T) {
	d := catalog.Diff{Difference: &compare.Difference{}, Old: "a`b", New: "b"}
	d.Back = map[string][]compare.Change{"mine": {{File: "x.log", Line: 1, Text: "`` <b>\x1b[31m ``"}}}
	var b bytes.Buffer
	d.Markdown(&b)
	assert.Contains(t, b.String(), "- `x.log:1`: ``` `` <b> `` ```\n")
	assert.Contains(t, b.String(), "from ``a`b`` to `b`")
	assert.NotContains(t, b.String(), "\x1b")
}
