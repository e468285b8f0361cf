package ruletest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

// problems are what a tester finds in a rule, by property; the first of each.
func problems(t *testing.T, rule string, others ...string) map[string]string {
	t.Helper()
	set := rules.Builtin()
	r := parse(t, rule)
	set.Put(r)
	for _, o := range others {
		set.Put(parse(t, o))
	}
	out := map[string]string{}
	tester := ruletest.NewTester(set)
	for c := range tester.Cases(r) {
		if res := tester.Try(c); res.Problem != "" && out[c.Property] == "" {
			out[c.Property] = res.Problem
		}
	}
	return out
}

func parse(t *testing.T, text string) *rules.Rule {
	t.Helper()
	r, err := rules.Parse("own.yaml", []byte(text))
	require.NoError(t, err)
	return r
}

// What is wrong with a rule is found, and by the property that is about it.
func TestTesterFindsWhatIsWrong(t *testing.T) {
	const head = "id: own\ntitle: t\nseverity: noise\n"
	for name, c := range map[string]struct {
		rule, property, problem string
	}{
		"not claimed":         {head + "match: {line: 'noisy line'}\nsamples: [{text: other}]\n", "as it is", "it is not claimed"},
		"more than the issue": {head + "match: {line: 'noisy line'}\nsamples: [{text: \"noisy line\\ncontext\\n\"}]\n", "as it is", `this is shown, and should be folded: "context\n"`},
		"guarded":             {head + "match: {line: 'noisy line'}\nsamples: [{text: 'noisy line: Permission denied'}]\n", "as it is", `this is shown, and should be folded: "noisy line: Permission denied"`},
		"another rule's": {head + "match: {line: 'Exception ignored'}\nsamples: [{text: \"Exception ignored\\n\"}, {text: \"Network error, retrying in 2.0s (attempt 1/4)\\n\"}]\n", "as it is",
			"it is not claimed, orbstack-false-network-retry claims something of it too"},
		"counterexample": {head + "match: {line: 'noisy line'}\nsamples: [{text: noisy line}]\ncounterexamples: [{text: a noisy line}]\n", "counterexample", "it is claimed"},
		"the whole run":  {head + "match: {line: '[a-z]'}\nsamples: [{text: noisy}]\n", "canary", "own claims it 2 ×, not 1 ×"},
		"prefixes":       {head + "match: {line: '^(?:noisy|\\[web\\] Connected) line|^    .web. Connected'}\nsamples: [{text: noisy line}]\n", "lines of pyinfra", "own claims it 2 ×, not 1 ×"},
		"a block that any line ends": {head + "match: {block: ['begin of it', '.*a.*']}\nsamples: [{text: \"begin of it\\nanother line\\n\"}]\n", "canary",
			`"    [vm9] canary\n" is folded, and "another line\n" is shown instead`},
		"too slow": {head + "match: {line: '^(?:(a+)+\\1)+$'}\nsamples: [{text: aaaa}]\ncounterexamples: [{text: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!}]\n", "counterexample",
			"a pattern would have taken too many steps, so that what it looked at was shown"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.problem, problems(t, c.rule)[c.property])
		})
	}
}

// Rules that are right, of each kind.
func TestTesterLeavesRulesAlone(t *testing.T) {
	const head = "id: own\ntitle: t\nseverity: noise\n"
	for name, rule := range map[string]string{
		"line":             head + "match: {line: '^noisy line \\d+$'}\nsamples: [{text: \"noisy line 1\\nnoisy line 2\\n\"}]\ncounterexamples: [{text: noisy line x}]\n",
		"repeat":           head + "match: {repeat: 'is deprecated'}\nsamples: [{text: \"a is deprecated\\nb is deprecated\\na is deprecated\\n\"}]\n",
		"block":            head + "match: {block: ['begin of (?<x>\\w+)', {line: 'middle', optional: true}, 'end of (?<x>\\w+)']}\nsamples: [{text: \"begin of it\\nmiddle\\nend of it\\n\"}, {text: \"begin of it\\nend of it\\n\"}]\n",
		"optional end":     head + "match: {block: ['begin of it', {line: 'end of it', optional: true}]}\nsamples: [{text: \"begin of it\\nend of it\\n\"}]\n",
		"not folded":       "id: own\ntitle: t\nseverity: error\nmatch: {block: ['begin of it', 'end of it']}\nsamples: [{text: \"begin of it\\nend of it\\n\"}]\n",
		"draft":            head + "status: draft\nmatch: {line: 'noisy line'}\nsamples: [{text: noisy line}]\n",
		"warning":          head + "match: {python-warning: {category: UserWarning, message: old thing}}\nsamples: [{text: \"/a/b.py:3: UserWarning: old thing\\n  f()\\n\"}]\n",
		"traceback":        head + "match: {python-traceback: {frames: ['own\\.py'], error: 'OwnError: gone'}}\nsamples: [{text: \"Traceback (most recent call last):\\n  File \\\"/a/main.py\\\", line 1, in <module>\\n    f()\\n  File \\\"/a/own.py\\\", line 3, in f\\n    g()\\nOwnError: gone\\n\"}]\n",
		"a counterexample": head + "match: {line: 'noisy line'}\nsamples: [{text: noisy line}]\ncounterexamples: [{text: \"Network error, retrying in 2.0s (attempt 1/4)\\n\"}]\n",
	} {
		t.Run(name, func(t *testing.T) { assert.Empty(t, problems(t, rule)) })
	}
}
