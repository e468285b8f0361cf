package summary_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/render/ci"
	"github.com/orbfilter/orbfilter/cmd/render/rendertest"
	"github.com/orbfilter/orbfilter/filter"
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
