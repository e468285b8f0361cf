package summary_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

const consequence = `id: mine-consequence
title: Everything ended
severity: error
match: {line: '^No hosts remaining!$'}
cause: [mine-connect, mine-block]
samples: [{text: No hosts remaining!}]
`

const connect = `id: mine-connect
title: A host cannot be reached
severity: warning
match: {line: '^ *\[[^\]]+\] Could not connect'}
samples: [{text: '[web] Could not connect'}]
`

const block = `id: mine-block
title: A block that is folded
severity: noise
match: {block: [begin, end]}
samples: [{text: "begin\nend\n"}]
`

// summaryOf filters text with these rules, in the order of the issues.
func summaryOf(t *testing.T, text string, files ...string) *filter.Summary {
	t.Helper()
	set := rules.NewSet()
	for _, f := range files {
		r, err := rules.Parse("mine.yaml", []byte(f))
		require.NoError(t, err)
		require.NoError(t, set.Add(r))
	}
	var b bytes.Buffer
	f := filter.New(set, &ci.Stream{W: &b}, filter.Options{})
	_, err := f.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return f.Summary()
}

// TestConsequencesPointToTheirCause: the first above, in the words of the run;
// what comes after is no cause.
func TestConsequencesPointToTheirCause(t *testing.T) {
	type pointer struct {
		ID   string `json:"id"`
		Line int    `json:"line"`
		Text string `json:"text"`
	}
	for name, c := range map[string]struct {
		text string
		said string // in the summary; "": nothing
		json *pointer
	}{
		"the first of two hosts": {
			"go\n    [web] Could not connect (timed out)\n[db] Could not connect\nNo hosts remaining!\n",
			"        Cause: line 2: [web] Could not connect (timed out)\n", &pointer{"mine-connect", 2, "[web] Could not connect (timed out)"},
		},
		"the first of two causes": {
			"begin\nend\n[db] Could not connect\nNo hosts remaining!\n",
			"        Cause: line 1: mine-block: A block that is folded\n", &pointer{"mine-block", 1, "mine-block: A block that is folded"},
		},
		"nothing above": {"No hosts remaining!\n[db] Could not connect\n", "", nil},
		"no cause":      {"go\nNo hosts remaining!\n", "", nil},
		"colours": {
			"\x1b[31m[web] Could not connect\x1b[0m\nNo hosts remaining!\n",
			"        Cause: line 1: [web] Could not connect\n", &pointer{"mine-connect", 1, "[web] Could not connect"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			sum := summaryOf(t, c.text, connect, block, consequence)
			if c.said == "" {
				assert.NotContains(t, string(rendertest.Text(sum, false)), "Cause")
			} else {
				assert.Contains(t, string(rendertest.Text(sum, false)), c.said)
			}
			var report struct {
				Issues []struct {
					ID    string   `json:"id"`
					Cause *pointer `json:"cause"`
				}
			}
			require.NoError(t, json.Unmarshal(rendertest.JSON(t, sum), &report))
			for _, i := range report.Issues {
				if i.ID == "mine-consequence" {
					assert.Equal(t, c.json, i.Cause)
				} else {
					assert.Nil(t, i.Cause)
				}
			}
		})
	}
}

// TestStreamsKeepTheirLines: of two streams each counts its own lines, and what stands in a line of one is no word about
// the line of that number in the other.
func TestStreamsKeepTheirLines(t *testing.T) {
	const slow = "id: slow\ntitle: Slow\nseverity: warning\nmatch: {line: 'took too long'}\nsamples: [{text: it took too long}]\n"
	run := "--> Loading config...\n--> Connecting to hosts...\n    [a] Connected\n    [b] Connected\n--> Starting operation: One\n" +
		"    [a] first\n    [a] Error: executed 0 commands\n    [b] second\n    [b] Error: executed 0 commands\n"
	for _, c := range []struct{ name, one, two string }{
		{"what a host said", run, strings.Repeat("x\n", 8) + "it took too long\n"},
		{"an interruption", run[:strings.Index(run, "    [a] first")] + "Exiting upon user request!\n", strings.Repeat("x\n", 8) + "it took too long\n"},
	} {
		for _, turned := range []bool{false, true} {
			streams := []string{c.one, c.two}
			if turned {
				slices.Reverse(streams)
			}
			var sum filter.Summary
			for _, s := range streams {
				sum.Merge(summaryOf(t, s, slow))
			}
			shown := string(rendertest.Text(&sum, false))
			assert.Contains(t, shown, "Slow.", c.name)
			assert.NotContains(t, shown, "said last", c.name)
			assert.NotContains(t, shown, "comes after", c.name)
			for _, i := range report.New(&sum, report.Run{}).Issues {
				for _, p := range i.Places {
					assert.Equal(t, []string{"it took too long"}, p.Text, c.name)
				}
			}
		}
	}
	alone := string(rendertest.Text(summaryOf(t, run[:strings.Index(run, "    [a] first")]+"Exiting upon user request!\nit took too long\n", slow), false))
	assert.Contains(t, alone, "It comes after the interruption in line 6.", "in one stream it is known")
}
