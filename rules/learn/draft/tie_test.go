package draft_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
	"github.com/orbfilter/orbfilter/rules/learn/drafttest"
)

// What several lines of a block name must agree, in the patterns that are made.
var tied = map[string]struct {
	text  string
	match []string
}{
	"process": {
		"agent[1] connection was lost\nagent[1] is trying another server\nagent[1] connection is back\n",
		[]string{`agent\[(?<agent>\d+)\] connection was lost`, `agent\[(?<agent>\d+)\] is trying another server`, `agent\[(?<agent>\d+)\] connection is back`},
	},
	"of a host": {
		"    [web] waiting for the lock of pid 4711\n    [web] the lock was held by process 4711\n",
		[]string{`\[(?<host>[^\]\s]+)\] +waiting for the lock of pid (?<pid>\d+)`, `\[(?<host>[^\]\s]+)\] +the lock was held by process (?<pid>\d+)`},
	},
	"hex and path": {
		"request a1b2c3 of /srv/x/state.db was slow\nanother try of a1b2c3 succeeded\nclosing the file /srv/x/state.db now\n",
		[]string{`request (?<request>[0-9a-fA-F]+) of (?<v1>\S*/state\.db) was slow`, `another try of (?<request>[0-9a-fA-F]+) succeeded`, `closing the file (?<v1>\S*/state\.db) now`},
	},
	"times and numbers that are the same by chance": {
		"since 03:59:21 waiting for 3 packages\nsince 03:59:21 fetching them takes 3s, 3 mirrors\n",
		[]string{`since \d+:\d\d:\d\d(?:[.,]\d+)? waiting for \d+ packages`, `since \d+:\d\d:\d\d(?:[.,]\d+)? fetching them takes \d[\d.hmnsuµ]*, \d+ mirrors`},
	},
	"the same on one host only": {
		"    [web] waiting for 100 packages\n    [web] fetched from mirror 100 now\n    [db] waiting for 200 packages\n    [db] fetched from mirror 300 now\n",
		[]string{`\[(?<host>[^\]\s]+)\] +waiting for \d+ packages`, `\[(?<host>[^\]\s]+)\] +fetched from mirror \d+ now`},
	},
	"the same in one occurrence only": {
		"waiting for 100 packages\nfetched from mirror 100 now\nwaiting for 200 packages\nfetched from mirror 300 now\n",
		[]string{`waiting for \d+ packages`, `fetched from mirror \d+ now`},
	},
}

func TestDraftTiesLines(t *testing.T) {
	for name, c := range tied {
		t.Run(name, func(t *testing.T) {
			d, err := draft.New([]byte(c.text), draft.Options{})
			require.NoError(t, err)
			var got []string
			for _, l := range d.Rule.Match.Block {
				got = append(got, l.Line.String())
			}
			assert.Equal(t, c.match, got)
			drafttest.LintClean(t, d)
		})
	}
}

// The beginning of one and the end of another are not one.
func TestDraftLeavesHalvesOfTwo(t *testing.T) {
	d, err := draft.New([]byte(tied["process"].text), draft.Options{Active: true})
	require.NoError(t, err)
	halves := "agent[1] connection was lost\nagent[2] is trying another server\nagent[2] connection is back\n"
	shown, s := runAny(t, rules.NewSet(d.Rule), halves, 0)
	assert.Equal(t, halves, shown)
	assert.Empty(t, filtertest.Counts(s))
}

// What a draft would do in a log, and what it would leave there.
func TestTrial(t *testing.T) {
	d, err := draft.New([]byte("cannot open /var/lib/acme/ba73a1/state.db yet\n"), draft.Options{})
	require.NoError(t, err)
	for _, size := range []int{1, 7, 1000} {
		trial := learn.NewTrial(d, nil)
		log := []byte("cannot open /var/lib/acme/0ff1ce/state.db yet\nsomething else\n\ncannot open /var/lib/acme/main/state.db yet")
		for part := range slices.Chunk(log, size) {
			_, err := trial.Write(part)
			require.NoError(t, err)
		}
		require.NoError(t, trial.Close())
		assert.Equal(t, []any{1, int64(1), int64(1), 4}, []any{trial.Count, trial.Lines, trial.Near, trial.FirstNear})
		assert.Equal(t, "cannot open /var/lib/acme/main/state.db yet", trial.Example)
	}
}
