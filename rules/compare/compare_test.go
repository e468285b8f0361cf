package compare_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/compare"
	"github.com/orbfilter/orbfilter/rules/files"
)

// rule is a rule that folds lines.
func rule(id, line string) string {
	return "id: " + id + "\ntitle: t\nseverity: noise\nmatch: {line: '" + line + "'}\nsamples: [{text: x}]\n"
}

// write writes a file into a folder of its own, and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	return file
}

func difference(t *testing.T, older, newer, log string) *compare.Difference {
	t.Helper()
	v, err := compare.Read(older, newer)
	require.NoError(t, err)
	all, err := logs.OpenCorpus([]string{write(t, "a.log", log)})
	require.NoError(t, err)
	d, err := v.On(all)
	require.NoError(t, err)
	return d
}

// What a version folds that the other does not vanishes or comes back; what both fold moves.
func TestDifference(t *testing.T) {
	const log = "alpha\nbeta\nkeep\ngamma\n"
	older, newer := write(t, "o.yaml", rule("old", "^(?:alpha|beta)$")), write(t, "n.yaml", rule("new", "^(?:beta|gamma)$"))
	d := difference(t, older, newer, log)
	assert.True(t, d.Any())
	assert.Equal(t, 1, d.Logs)
	assert.Equal(t, 4, d.Lines)
	assert.Equal(t, 1, d.Moved)
	require.Len(t, d.Vanish["new"], 1)
	assert.Equal(t, "gamma", d.Vanish["new"][0].Text)
	assert.Equal(t, 4, d.Vanish["new"][0].Line)
	require.Len(t, d.Back["old"], 1)
	assert.Equal(t, "alpha", d.Back["old"][0].Text)
	assert.Len(t, d.Vanish, 1)
	assert.Len(t, d.Back, 1)

	assert.False(t, difference(t, older, older, log).Any())
}

// A line that no rule may fold is never one that vanishes: the engine has no way to fold it.
func TestGuarded(t *testing.T) {
	none := write(t, "o.yaml", rule("old", "^nothing$"))
	d := difference(t, none, write(t, "n.yaml", rule("new", "denied")), "x: Permission denied\ny: denied\n")
	assert.Len(t, d.Vanish["new"], 1)
	assert.False(t, d.Guarded())
	d.Vanish["new"][0].Guard = "a person must see it"
	assert.True(t, d.Guarded())
}

// Beside the built-in rules the other side is used together with them.
func TestBuiltin(t *testing.T) {
	const log = "Network error, retrying in 2.0s (attempt 1/4)\nnoise of mine\n"
	mine := write(t, "mine.yaml", rule("mine", "^noise of mine$"))
	d := difference(t, compare.Builtin, mine, log)
	assert.Len(t, d.Vanish["mine"], 1)
	assert.Empty(t, d.Back, "what the built-in ones fold is folded still")
	d = difference(t, mine, compare.Builtin, log)
	assert.Len(t, d.Back["mine"], 1)
	assert.Empty(t, d.Vanish)
}

// What is wrong with a name is told apart from what is wrong with a rule.
func TestReadErrors(t *testing.T) {
	_, err := compare.Read(compare.Builtin, filepath.Join(t.TempDir(), "nothing"))
	var typed *files.Typed
	require.ErrorAs(t, err, &typed)
	_, err = compare.Read(write(t, "x.yaml", "id: x\n"), compare.Builtin)
	var wrong *rules.FileError
	require.ErrorAs(t, err, &wrong)
	assert.NotErrorAs(t, err, &typed)
}
