package report

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// A list is a text of lines.
type textList []Line

func (l textList) Lines(yield func(Line) bool) error {
	for _, line := range l {
		if !yield(line) {
			break
		}
	}
	return nil
}

func (l textList) Close() {}

// TestAround: for each line that is asked for, so many that were shown in front and behind are there, and nothing that
// is near none; what was folded in between is.
func TestAround(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var text textList
		shown := []int{} // places in the text
		for n := range rapid.IntRange(0, 200).Draw(rt, "lines") {
			line := Line{Number: n + 1, Text: fmt.Sprint("line ", n+1)}
			if rapid.IntRange(0, 3).Draw(rt, "folded") == 0 {
				line.Rule = "noise"
			} else {
				shown = append(shown, n)
			}
			text = append(text, line)
		}
		most := rapid.IntRange(0, 12).Draw(rt, "most")
		var wanted []int
		for _, n := range shown {
			if rapid.IntRange(0, 20).Draw(rt, "wanted") == 0 {
				wanted = append(wanted, n+1)
			}
		}
		got, err := Around(text, wanted, most)
		require.NoError(t, err)
		var lines []int
		for _, e := range got {
			for k, l := range e {
				if l.Rule == "" {
					lines = append(lines, l.Number)
				}
				require.True(t, k == 0 || l.Number == e[k-1].Number+1, "an excerpt has no hole")
			}
		}
		var want []int
		for k, n := range shown {
			if slices.ContainsFunc(wanted, func(w int) bool { at := slices.Index(shown, w-1); return at-k <= most && k-at <= most }) {
				want = append(want, n+1)
			}
		}
		require.Equal(t, want, lines)
	})
}

// TestAroundGap: what was not kept is in no excerpt.
func TestAroundGap(t *testing.T) {
	text := textList{{Number: 1, Text: "a"}, {Number: 2, Left: 5}, {Number: 7, Text: "b"}, {Number: 8, Text: "c"}}
	got, err := Around(text, []int{1, 8}, 10)
	require.NoError(t, err)
	assert.Equal(t, []Excerpt{{{Number: 1, Text: "a"}}, {{Number: 7, Text: "b"}, {Number: 8, Text: "c"}}}, got)
}

// TestWrongLines: the line that says why is always among them, and they are few.
func TestWrongLines(t *testing.T) {
	l := &Log{Name: "a", Verdict: outcome.Verdict{Line: 900}}
	i := &Issue{About: About{Severity: rules.Error}}
	for n := range 100 {
		i.Places = append(i.Places, Place{Log: "a", Line: n + 1}, Place{Log: "b", Line: 5000})
	}
	noise := &Issue{About: About{Severity: rules.Noise}, Places: []Place{{Log: "a", Line: 77}}}
	got := l.WrongLines([]*Issue{i, noise})
	assert.Len(t, got, maxAround)
	assert.Equal(t, 900, got[len(got)-1])
	assert.Equal(t, 1, got[0])
	assert.True(t, slices.IsSorted(got))
}

// TestKeepExcerpts: which excerpts a sum has room for does not depend on the order.
func TestKeepExcerpts(t *testing.T) {
	many := make(Excerpt, maxExcerpts+1)
	rapid.Check(t, func(rt *rapid.T) {
		var all []*Report
		for n := range rapid.IntRange(1, 8).Draw(rt, "logs") {
			size := rapid.SampledFrom([]int{0, 10, maxExcerpts / 2, maxExcerpts/2 + 1, maxExcerpts + 1}).Draw(rt, "lines")
			failed := rapid.SampledFrom([]outcome.Failed{outcome.Yes, outcome.No}).Draw(rt, "failed")
			l := &Log{Name: fmt.Sprint(n), Date: fmt.Sprintf("2026-11-%02dT00:00:00Z", rapid.IntRange(1, 3).Draw(rt, "day")), Verdict: outcome.Verdict{Failed: failed}}
			if size > 0 {
				l.Excerpts = []Excerpt{many[:size]}
			}
			r := Merge()
			r.Logs = []*Log{l}
			all = append(all, r)
		}
		want := kept(Merge(all...))
		cut := rapid.IntRange(0, len(all)).Draw(rt, "cut")
		require.Equal(t, want, kept(Merge(Merge(all[:cut]...), Merge(all[cut:]...))))
		slices.Reverse(all)
		require.Equal(t, want, kept(Merge(all...)))
	})
}

func kept(r *Report) (out []string) {
	for _, l := range r.Logs {
		if len(l.Excerpts) > 0 {
			out = append(out, l.Name)
		}
	}
	return out
}

// TestWrongLinesOfARun: lines in which an operation failed are among them, unless that was ignored; each is there once.
func TestWrongLinesOfARun(t *testing.T) {
	done := func(r outcome.Result, ignored bool, line int) *outcome.Done {
		return &outcome.Done{Result: r, Ignored: ignored, LastLine: line}
	}
	l := &Log{Run: &outcome.Record{Operations: []*outcome.Operation{
		{Hosts: map[string]*outcome.Done{"a": done(outcome.Error, false, 9), "b": done(outcome.Error, true, 8), "c": done(outcome.Success, false, 7), "d": done(outcome.Error, false, 0)}},
		{Hosts: map[string]*outcome.Done{"a": done(outcome.Error, false, 1)}},
	}}}
	assert.Equal(t, []int{1, 9}, l.WrongLines(nil))
	i := &Issue{About: About{Severity: rules.Error}, Places: []Place{{Line: 9}, {Line: 1}, {Line: 0}, {Line: 4}}}
	l.Verdict.Line = 9
	assert.Equal(t, []int{1, 4, 9}, l.WrongLines([]*Issue{i}))
	l.Verdict.Line = 0
	assert.Equal(t, []int{1, 4, 9}, l.WrongLines([]*Issue{i}))
	assert.Empty(t, (&Log{}).WrongLines(nil))
}

// TestAroundOfFolded: of what was folded in front of a line that is wanted there is no end of lines.
func TestAroundOfFolded(t *testing.T) {
	for _, n := range []int{399, 400, 401} {
		text := textList{{Number: 1, Text: "shown"}}
		for k := range n - 1 {
			text = append(text, Line{Number: 2 + k, Rule: "noise"})
		}
		text = append(text, Line{Number: n + 1, Text: "wanted"})
		got, err := Around(text, []int{n + 1}, 3)
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Len(t, got[0], min(n, maxFoldedBefore)+1)
	}
	got, err := Around(textList{{Number: 1}}, nil, 3)
	assert.NoError(t, err)
	assert.Empty(t, got)
}

// A closer is a text that knows how often it was let go.
type closer struct {
	textList
	closed *int
}

func (c closer) Close() { *c.closed++ }

// TestCloseTexts: each text of each log is let go.
func TestCloseTexts(t *testing.T) {
	closed := 0
	r := &Report{Logs: []*Log{{Streams: []Stream{{Text: closer{nil, &closed}}, {Text: closer{nil, &closed}}}}, {}, {Streams: []Stream{{Text: closer{nil, &closed}}}}}}
	r.CloseTexts()
	assert.Equal(t, 3, closed)
}
