package draft_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/mask"
)

func TestSketchFile(t *testing.T) {
	s := draft.Sketch{
		Comment: []string{"From a\x1b[31m.log"}, ID: "a-b", Title: "It's: a title", Status: rules.Draft, Severity: rules.Noise, Advice: "Nothing to do.",
		Match:  draft.SketchMatch{Kind: "block", Lines: []string{`don't \d+`, `x y`}},
		Sample: "    don't 1\nx y\n", Counterexample: "    don't 1\nx z\n", Changed: "y is z",
	}
	assert.Equal(t, `# From a␛[31m.log
id: a-b
title: 'It''s: a title'
status: draft
severity: noise
match:
  block:
    - 'don''t \d+'
    - 'x y'
advice: Nothing to do.
samples:
  - text: |2
          don't 1
      x y
counterexamples:
  # y is z
  - text: |2
          don't 1
      x z
`, string(s.File()))
}

// What is written is what is read.
func TestSketchIsRead(t *testing.T) {
	text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(" \t\n:#'\"\\|->{}[]&*!%@`~0123\u0085\u00a0\u2028\ufeffé日\U0001f600")), rapid.Rune()))
	rapid.Check(t, func(t *rapid.T) {
		line := strings.ReplaceAll(text.Draw(t, "line"), "\n", "")
		sample := text.Draw(t, "sample") + "x\n"
		s := draft.Sketch{
			ID: rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,5}`).Draw(t, "id"), Title: "x", Severity: rules.Noise, Sample: sample, Counterexample: sample, Changed: line,
			Match: draft.SketchMatch{Kind: "python-traceback", Error: "Some" + mask.Quote(line), Frames: []string{mask.Quote("x" + line)}},
		}
		r, err := rules.Parse("x.yaml", s.File())
		require.NoError(t, err, "%s", s.File())
		require.Equal(t, s.ID, r.ID)
		require.Equal(t, sample, r.Samples[0].Text)
		require.Equal(t, sample, r.Counterexamples[0].Text)
		require.Equal(t, s.Match.Error, r.Match.PythonTraceback.Error.String())
		require.Equal(t, s.Match.Frames[0], r.Match.PythonTraceback.Frames[0].String())
	})
}
