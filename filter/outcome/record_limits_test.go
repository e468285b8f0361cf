package outcome_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// many is a line for each of n numbers.
func many(n int, line string) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, line, i)
	}
	return all.String()
}

// What is recorded has an end: results of which there is no room are counted, and so are those of operations of which there is none.
func TestRecordIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		log                       string
		operations, results, more int
	}{
		"hosts":                    {hi + many(1000, "    [h%d] Success\n"), 1, 1000, 0},
		"more hosts":               {hi + many(1001, "    [h%d] Success\n"), 1, 1000, 1},
		"operations":               {many(2000, "--> Starting operation: op %d\n    [a] Success\n"), 2000, 2000, 0},
		"more operations":          {many(2001, "--> Starting operation: op %d\n    [a] Success\n    [b] Success\n"), 2000, 4000, 2},
		"results":                  {strings.Repeat(hi+many(1000, "    [h%d] Success\n"), 20), 20, 20_000, 0},
		"more results":             {strings.Repeat(hi+many(1000, "    [h%d] Success\n"), 20) + hi + many(7, "    [h%d] Success\n"), 21, 20_000, 7},
		"twice the result of one":  {hi + "    [a] Success\n    [a] No changes\n", 1, 1, 0},
		"before the first of them": {"    [a] Success\n", 0, 0, 1},
	} {
		r := recorded("--> Beginning operation run...\n"+c.log, 0)
		require.Len(t, r.Operations, c.operations, name)
		n := 0
		for _, op := range r.Operations {
			n += len(op.Hosts)
		}
		assert.Equal(t, c.results, n, name)
		assert.Equal(t, c.more, r.More, name)
		assert.False(t, r.Unclear, name)
	}
}

// Where no host waits, there is an end as well: from there on it cannot be told whose result is whose.
func TestSequencesAreBounded(t *testing.T) {
	for n, unclear := range map[int]bool{1999: false, 2000: true} {
		assert.Equal(t, unclear, recorded(hi+hi+many(n, "    [a] Success\n--> Starting operation: op %d\n"), 0).Unclear, n)
	}
}

// The texts of the first errors are recorded, and of each the last lines.
func TestTextsAreBounded(t *testing.T) {
	r := recorded(three+hi+many(201, "    [h%[1]d] 1\n    [h%[1]d] 2\n    [h%[1]d] 3\n    [h%[1]d] 4\n    [h%[1]d] 5\n    [h%[1]d] 6\n    [h%[1]d] Error (ignored): executed 0 commands\n"), 0)
	for i := range 200 {
		require.Equal(t, []string{"2", "3", "4", "5", "6"}, r.Operations[0].Hosts[fmt.Sprintf("h%d", i)].Text, i)
	}
	assert.Empty(t, r.Operations[0].Hosts["h200"].Text)
}

// The phases are recorded one behind the other, each once while it goes on, and no more than there is room for. That it disconnects
// is one if nothing follows.
func TestPhasesAreRecorded(t *testing.T) {
	names := func(log string) (all []string) {
		for _, p := range recorded(log, 0).Phases {
			all = append(all, fmt.Sprint(p.FirstLine, " ", p.Name))
		}
		return all
	}
	assert.Equal(t, []string{"1 loading", "3 connecting", "8 preparing", "11 detecting changes", "12 operations", "15 results", "20 disconnecting"}, names(three+hi+"    [web] Success\n"+good))
	assert.Equal(t, []string{"1 loading", "3 connecting", "5 preparing"}, names(begin+"--> Disconnecting from hosts...\n--> Preparing Operations...\n"))
	assert.Len(t, names(strings.Repeat("--> Connecting to hosts...\n--> Results:\n", 500)), 1000)
	assert.Len(t, names(strings.Repeat("--> Connecting to hosts...\n--> Results:\n", 501)), 1000)
}

// at is a record of lines that are written at these seconds, each behind a "|".
func at(t *testing.T, lines ...string) *outcome.Record {
	t.Helper()
	f := outcome.NewPlan().Follow()
	f.Record()
	for i, l := range lines {
		when, text, ok := strings.Cut(l, "|")
		require.True(t, ok)
		after, err := time.ParseDuration(when + "s")
		require.NoError(t, err)
		f.At(time.Unix(1_700_000_000, 0).Add(after))
		f.Write([]byte(text+"\n"), i+1, view.Nothing)
	}
	return f.Outcome().Record
}

func seconds(s *float64) string {
	if s == nil {
		return "?"
	}
	return fmt.Sprint(*s)
}

// A phase takes until the next one begins, an operation until its last result, and a host from the beginning of the operation on. Of
// the last phase it is not known.
func TestSecondsOfARun(t *testing.T) {
	r := at(t, "0|--> Loading config...", "0.5|--> Connecting to hosts...", "2|    [a] Connected", "3.25|--> Beginning operation run...",
		"4|--> Starting operation: One", "5|    [a] Success", "6.5|    [b] Error (ignored): executed 0 commands", "7|--> Starting operation: Two", "7|    [b] Success", "8|    [a] No changes", "9|--> Results:", "9.0015|--> Disconnecting from hosts...")
	var phases []string
	for _, p := range r.Phases {
		phases = append(phases, p.Name+" "+seconds(p.Seconds))
	}
	assert.Equal(t, []string{"loading 0.5", "connecting 2.75", "operations 5.75", "results 0.002", "disconnecting ?"}, phases)
	require.Len(t, r.Operations, 2)
	assert.Equal(t, "2.5", seconds(r.Operations[0].Seconds))
	assert.Equal(t, "1", seconds(r.Operations[0].Hosts["a"].Seconds))
	assert.Equal(t, "2.5", seconds(r.Operations[0].Hosts["b"].Seconds))
	assert.Equal(t, "1", seconds(r.Operations[1].Seconds))
	assert.Equal(t, "0", seconds(r.Operations[1].Hosts["b"].Seconds))
	assert.Equal(t, "1", seconds(r.Operations[1].Hosts["a"].Seconds))
}

// Where each host goes through the operations by itself, an operation takes from the host's result before that on.
func TestSecondsOfHostsThatDoNotWait(t *testing.T) {
	r := at(t, "0|--> Loading config...", "1|--> Beginning operation run...", "2|--> Starting operation: One", "2|--> Starting operation: One",
		"3|    [a] Success", "3|--> Starting operation: Two", "5|    [a] Success", "7|    [b] Success", "7|--> Starting operation: Two", "8|    [b] Success")
	require.Len(t, r.Operations, 2)
	assert.Equal(t, []string{"1", "5"}, []string{seconds(r.Operations[0].Hosts["a"].Seconds), seconds(r.Operations[0].Hosts["b"].Seconds)})
	assert.Equal(t, []string{"2", "1"}, []string{seconds(r.Operations[1].Hosts["a"].Seconds), seconds(r.Operations[1].Hosts["b"].Seconds)})
}

// The time that stands in front of lines counts where it is not known when they came in. Where a clock went back it is not known.
func TestSecondsOfStamps(t *testing.T) {
	for result, want := range map[string]string{"2026-11-24T03:00:04.5000000Z ": "2.5", "2026-11-24T03:00:01.0000000Z ": "?", "2026-11-24T03:00:02.0000000Z ": "0"} {
		r := recorded("2026-11-24T03:00:00.0000000Z --> Loading config...\n2026-11-24T03:00:02.0000000Z --> Starting operation: One\n"+result+"    [a] Success\n", 0)
		require.Len(t, r.Operations, 1)
		require.Contains(t, r.Operations[0].Hosts, "a", result)
		assert.Equal(t, want, seconds(r.Operations[0].Hosts["a"].Seconds), result)
	}
}

// What a host says first in an operation is where it begins there, also in the first one. A host that was not seen to connect is known by its
// first result.
func TestFirstLine(t *testing.T) {
	r := recorded("--> Connecting to hosts...\n    [a] Connected\n    [b] Connected\n"+hi+"[a] x\n[b] y\n[a] z\n[c] w\n    [b] Success\n    [a] Success\n    [c] Success\n"+
		"--> Starting operation: Other\n    [c] v\n    [a] Success\n    [c] Success\n", 0)
	require.Len(t, r.Operations, 2)
	lines := func(op *outcome.Operation) map[string][2]int {
		all := map[string][2]int{}
		for host, d := range op.Hosts {
			all[host] = [2]int{d.FirstLine, d.LastLine}
		}
		return all
	}
	assert.Equal(t, map[string][2]int{"a": {5, 10}, "b": {6, 9}, "c": {11, 11}}, lines(r.Operations[0]))
	assert.Equal(t, map[string][2]int{"a": {14, 14}, "c": {13, 15}}, lines(r.Operations[1]))
}
