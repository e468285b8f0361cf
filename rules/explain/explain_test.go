package explain_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/explain"
)

func set(t *testing.T, texts ...string) *rules.Set {
	t.Helper()
	out := rules.NewSet()
	for _, text := range texts {
		r, err := rules.Parse("own.yaml", []byte(text))
		require.NoError(t, err)
		out.Put(r)
	}
	return out
}

const (
	block   = "id: block\ntitle: t\nseverity: noise\nmatch: {block: ['begin of it', 'middle of it', 'end of it']}\nsamples: [{text: \"begin of it\\nmiddle of it\\nend of it\\n\"}]\n"
	line    = "id: line\ntitle: t\nseverity: noise\nmatch: {line: 'of it$'}\nsamples: [{text: all of it}]\n"
	failing = "id: error\ntitle: t\nseverity: error\nmatch: {line: 'failed'}\nsamples: [{text: failed}]\n"
)

// whats are the decisions of a line.
func whats(l explain.Line) (out []filter.Decision) {
	for _, d := range l.Decisions {
		out = append(out, d.What)
	}
	return out
}

// Each line has what was decided of it, what became of the block later, and what else waits there.
func TestLinesOfABlock(t *testing.T) {
	log, err := explain.Of(set(t, block, failing), []byte("begin of it\nfailed\nmiddle of it\nmine\nend of it\nmine\n"), filter.Options{Recorded: true})
	require.NoError(t, err)
	require.Equal(t, 6, log.Len())
	all := log.Between(1, 6)
	require.Len(t, all, 6)
	for i, want := range []string{"folded", "shown", "folded", "shown", "folded", "shown"} {
		assert.Equal(t, i+1, all[i].Line)
		assert.Equal(t, want, all[i].Outcome, all[i].Text)
	}
	assert.Equal(t, []filter.Decision{filter.Took, filter.Folded}, whats(all[0]), "what becomes of it is known behind it")
	assert.Equal(t, 5, all[0].Decisions[1].Line)
	assert.Equal(t, []filter.Decision{filter.Shown}, whats(all[1]))
	assert.Equal(t, "error", all[1].Rule)
	assert.Empty(t, whats(all[5]))

	assert.Empty(t, all[0].Open)
	for _, n := range []int{1, 3} {
		require.Len(t, all[n].Open, 1, "a block waits in line %d", n+1)
		assert.Equal(t, []string{"block"}, all[n].Open[0].Rules)
	}
	assert.Equal(t, 1, all[1].Open[0].Line)
	assert.Equal(t, 3, all[3].Open[0].Line, "its last piece")
	assert.Empty(t, all[4].Open, "the block has a part in it")
	assert.Empty(t, all[5].Open, "none waits any more")

	concerned := log.Concerned()
	require.Len(t, concerned, 4)
	assert.Equal(t, []int{1, 2, 3, 5}, []int{concerned[0].Line, concerned[1].Line, concerned[2].Line, concerned[3].Line})
}

// A line names the texts of rules that it holds, each with all of its rules.
func TestLiterals(t *testing.T) {
	twin := "id: twin\ntitle: t\nseverity: noise\nmatch: {line: 'x? of it$'}\nsamples: [{text: x of it}]\n"
	log, err := explain.Of(set(t, line, twin, failing), []byte("\x1b[31mall\x1b[0m of it\nfailed of it\nnothing\n"), filter.Options{})
	require.NoError(t, err)
	all := log.Between(1, 3)
	texts := func(l explain.Line) map[string][]string {
		out := map[string][]string{}
		for _, lit := range l.Literals {
			out[lit.Literal] = lit.Rules
		}
		return out
	}
	assert.Contains(t, texts(all[0])["of it"], "line")
	assert.Equal(t, []string{"error"}, texts(all[1])["failed"])
	assert.Empty(t, texts(all[2]))
}
