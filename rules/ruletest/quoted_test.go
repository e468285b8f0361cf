package ruletest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

const reported = `id: mine
title: A line of mine
status: experimental
severity: noise
match:
  MATCH
references: ['https://example.org/1']
samples:
  - text: |
      SAMPLE
`

// What varies may vary; anything else that is folded and stands in no sample is found.
func TestUnquoted(t *testing.T) {
	for name, c := range map[string]struct{ match, sample, want string }{
		"whole line":        {`line: '^my noisy line \d+$'`, "my noisy line 7", ""},
		"no end":            {`line: '^my noisy line \d+'`, "my noisy line 7 of 9", "my noisy line 7 quuxof 9"},
		"no beginning":      {`line: 'my noisy line \d+$'`, "my noisy line 7", "quuxmy noisy line 7"},
		"anything between":  {`line: '^my .* line \d+$'`, "my noisy line 7", "my quuxnoisy line 7"},
		"path":              {`line: '^cannot read \S+: gone$'`, "cannot read /srv/deploy/data/hosts.py: gone", ""},
		"block":             {`block: ['my first noisy line', 'my second .* line']`, "my first noisy line\n      my second noisy line", "my second quuxnoisy line"},
		"whole block":       {`block: ['my first noisy line', 'my second noisy line']`, "my first noisy line\n      my second noisy line", ""},
		"warning":           {`python-warning: {category: 'UserWarning', message: '^noisy$', source: 'import noise'}`, "/srv/x.py:1: UserWarning: noisy\n        import noise", ""},
		"any source":        {`python-warning: {category: 'UserWarning', message: '^noisy$'}`, "/srv/x.py:1: UserWarning: noisy\n        import noise", "  iquuxmport noise"},
		"any frame between": {`python-traceback: {error: 'ValueError: noisy'}`, "Traceback (most recent call last):\n        File \"/srv/x.py\", line 3, in work\n      ValueError: noisy", `  File "/srv/x.py", line 3, in quuxwork`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := rules.Parse("mine.yaml", []byte(strings.NewReplacer("MATCH", c.match, "SAMPLE", c.sample).Replace(reported)))
			require.NoError(t, err)
			field, line := ruletest.NewTester(rules.NewSet(r)).Unquoted(r)
			assert.Equal(t, c.want, line)
			assert.Equal(t, c.want != "", field == "samples[0].text")
		})
	}
}

// A built-in rule that is known from reports alone folds what a report quotes, and no more.
func TestReportedRulesFoldWhatIsQuoted(t *testing.T) {
	set, n := rules.Builtin(), 0
	for r := range set.All() {
		if r.Status != rules.Experimental || !r.Folds() {
			continue
		}
		n++
		_, line := ruletest.NewTester(set).Unquoted(r)
		assert.Empty(t, line, r.ID)
		assert.NotEmpty(t, r.References, r.ID)
	}
	assert.Positive(t, n)
}
