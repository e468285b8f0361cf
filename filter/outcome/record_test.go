package outcome_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// recorded is what is recorded of a log that comes in writes of size bytes; 0: in one.
func recorded(log string, size int) *outcome.Record {
	f := outcome.NewPlan().Follow()
	f.Record()
	return feed(f, log, size).Record
}

// TestRecordIsWhatPyinfraSays: the operations that are recorded from what real runs printed are those of their
// own --json, and so is what became of each on each host. The JSON counts among the errors what a host did not
// come to, and has nothing of operations that were not for a host; a run that did not come to its results has none.
func TestRecordIsWhatPyinfraSays(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "verdict", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	compared := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			var answers []filtertest.Answer
			require.NoError(t, json.Unmarshal(data, &answers))
			log, err := os.ReadFile(strings.TrimSuffix(file, ".json") + ".log")
			require.NoError(t, err)
			runs := withResults(string(log))
			if len(answers) > 0 && len(answers[0].Operations) > 0 {
				require.Len(t, runs, len(answers))
			}
			for i, run := range runs {
				got := recorded(run, 0)
				require.NotNil(t, got)
				assert.Equal(t, answers[i].Lines(got), filtertest.Lines(got))
				assert.False(t, got.Unclear)
				assert.Zero(t, got.More)
				compared += len(got.Operations)
			}
			for _, size := range []int{1, 7, 100} {
				assert.Equal(t, recorded(string(log), 0), recorded(string(log), size), "in writes of %d bytes", size)
			}
		})
	}
	assert.Greater(t, compared, 100)
}

// withResults are the runs of a log that come to their results.
func withResults(log string) (runs []string) {
	for i, run := range strings.Split(log, "--> Loading config") {
		if i > 0 && strings.Contains(run, "--> Results:") && strings.Contains(run, "--> Starting ") {
			runs = append(runs, "--> Loading config"+run)
		}
	}
	return runs
}

// A record of which nothing is known has lists that are empty, also where it was added up of two.
func TestRecordsOfNothing(t *testing.T) {
	plan := outcome.NewPlan()
	all := outcome.Outcome{}
	for range 2 {
		f := plan.Follow()
		f.Record()
		f.Write([]byte("--> Connecting to hosts...\n"), 1, view.Nothing)
		out := f.Outcome()
		all.Merge(out)
	}
	require.NotNil(t, all.Record)
	assert.NotNil(t, all.Record.Operations)
	assert.NotNil(t, all.Record.Phases)
}

// The records of several runs are one: all of their phases and operations in the order of their lines, and what there was no room for added up.
func TestRecordsOfSeveralRuns(t *testing.T) {
	run := "--> Loading config...\n--> Beginning operation run...\n    [a] Success\n--> Starting operation: x\n    [a] Success\n--> Results:\n--> Disconnecting from hosts...\n"
	r := recorded(run+run, 0)
	require.NotNil(t, r)
	assert.Equal(t, 2, r.More)
	var lines []int
	for _, p := range r.Phases {
		lines = append(lines, p.FirstLine)
	}
	for _, op := range r.Operations {
		lines = append(lines, op.FirstLine)
	}
	assert.Equal(t, []int{1, 2, 6, 7, 8, 9, 13, 14, 4, 11}, lines)
	var side strings.Builder // side by side, the second one ends first
	first, rest, _ := strings.Cut(run, "\n")
	side.WriteString("a-1  | " + first + "\n")
	for _, log := range []string{"b-1  | " + run, "a-1  | " + rest} {
		side.WriteString(strings.ReplaceAll(strings.TrimSuffix(log, "\n"), "\n", "\n"+log[:len("b-1  | ")]) + "\n")
	}
	r = recorded(side.String(), 0)
	require.Len(t, r.Operations, 2)
	assert.Less(t, r.Operations[0].FirstLine, r.Operations[1].FirstLine)
	for i := range r.Phases[1:] {
		assert.Less(t, r.Phases[i].FirstLine, r.Phases[i+1].FirstLine)
	}
}

// TestNoErrorIsLeftOfAGoodRun: of no capture whose run did not fail is an error recorded that nothing has ignored; and the same run
// without its end, of which that is not known, keeps what was said of its inner operations.
func TestNoErrorIsLeftOfAGoodRun(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "captures", "*", "*.log"))
	require.NoError(t, err)
	failed := func(r *outcome.Record) (n int) {
		for _, op := range r.Operations {
			if op.Failed() && op.Within == 0 {
				n++
			}
		}
		return n
	}
	inner := 0
	for _, file := range files {
		log, err := os.ReadFile(file)
		require.NoError(t, err)
		f := outcome.NewPlan().Follow()
		f.Record()
		end := feed(f, string(log), 0)
		if end.Verdict.Failed != outcome.No || end.Record == nil {
			continue
		}
		assert.Zero(t, failed(end.Record), file)
		whole, _, _ := strings.Cut(string(log), "--> Results:")
		if cut := recorded(whole, 0); cut != nil {
			inner += failed(cut)
		}
	}
	assert.NotZero(t, inner, "no capture has an inner operation that failed")
}
