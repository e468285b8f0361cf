package ruletest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

const own = "id: own\ntitle: t\nseverity: noise\nmatch: {line: 'noisy line'}\nsamples: [{text: noisy line}]\n"

// A rule that is right has no failures; of one that is wrong each is there, with what was put in.
func TestReportOfARule(t *testing.T) {
	good, bad := parse(t, own), parse(t, strings.Replace(own, "text: noisy line", "text: another", 1))
	out := ruletest.NewTester(rules.NewSet(good)).Test(good)
	assert.Same(t, good, out.Rule)
	assert.Zero(t, out.Failed)
	assert.Empty(t, out.Failures)
	assert.Greater(t, out.Inputs, 20)

	out = ruletest.NewTester(rules.NewSet(bad)).Test(bad)
	assert.Positive(t, out.Failed)
	require.Len(t, out.Failures, out.Failed)
	for _, f := range out.Failures {
		assert.NotEmpty(t, f.Problem)
		assert.NotEmpty(t, f.Input)
	}
}

// Behind what cannot be decided nothing more is tried.
func TestReportEndsWhereNothingIsDecided(t *testing.T) {
	slow := parse(t, "id: own\ntitle: t\nseverity: noise\nmatch: {line: '^(?:(a+)+\\1)+$'}\nsamples: [{text: "+strings.Repeat("a", 40)+"!}]\n")
	out := ruletest.NewTester(rules.NewSet(slow)).Test(slow)
	require.NotEmpty(t, out.Failures)
	last := out.Failures[len(out.Failures)-1]
	assert.True(t, last.Undecided)
	assert.Less(t, out.Inputs, 20)
}

// In a good log a rule must find nothing: what it finds is told with its first line.
func TestFind(t *testing.T) {
	set := rules.NewSet(parse(t, own))
	hits, lines, err := ruletest.Find(set, "good.log", []byte("a\nb\n"))
	require.NoError(t, err)
	assert.Empty(t, hits)
	assert.EqualValues(t, 2, lines)

	hits, lines, err = ruletest.Find(set, "good.log", []byte("a\na noisy line\r\nb\nnoisy line"))
	require.NoError(t, err)
	assert.EqualValues(t, 4, lines)
	assert.Equal(t, []ruletest.Hit{{File: "good.log", Line: 2, Rule: "own", Count: 2, Text: "a noisy line"}}, hits)
}
