package outcome_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A place names what is known of it, a phase otherwise than an operation.
func TestPlace(t *testing.T) {
	for want, v := range map[string]outcome.Verdict{
		"":                                 {},
		"(line 1)":                         {Line: 1},
		"db":                               {Host: "db"},
		"db while connecting (line 4)":     {Host: "db", Operation: "connecting", Line: 4},
		`db "Restart nginx"`:               {Host: "db", Operation: "Restart nginx"},
		`in "Restart nginx" (line 63)`:     {Operation: "Restart nginx", Line: 63},
		"db in the operations (line 2)":    {Host: "db", Operation: "operations", Line: 2},
		"in the results (line 9)":          {Operation: "results", Line: 9},
		"while disconnecting (line 12)":    {Operation: "disconnecting", Line: 12},
		"web while detecting changes":      {Host: "web", Operation: "detecting changes"},
		`in "connecting to the" (line 63)`: {Operation: "connecting to the", Line: 63},
	} {
		assert.Equal(t, want, v.Place())
	}
}

// Of two verdicts that count alike the first stays, and an interruption counts most.
func TestWorseOfTwoAlike(t *testing.T) {
	stopped := follow(three+hi+"    [db] Success\nExiting upon user request!\n", 0).Verdict
	failed, other := outcome.Verdict{Failed: outcome.Yes, Reason: "a"}, outcome.Verdict{Failed: outcome.Yes, Reason: "b"}
	assert.Equal(t, failed, outcome.Worse(failed, other))
	assert.Equal(t, other, outcome.Worse(other, failed))
	assert.Equal(t, stopped, outcome.Worse(failed, stopped))
	assert.Equal(t, stopped, outcome.Worse(stopped, failed))
	cut, open := outcome.Verdict{Failed: outcome.Unknown, Reason: "cut"}, outcome.Verdict{Failed: outcome.Unknown, Reason: "open"}
	assert.Equal(t, cut, outcome.Worse(cut, open))
	assert.Equal(t, cut, outcome.Worse(outcome.Verdict{Failed: outcome.No}, cut))
	assert.Equal(t, outcome.No, outcome.Worse(outcome.Verdict{Failed: outcome.No}, outcome.Verdict{Failed: outcome.Unknown}).Failed)
}

// What a host had said is found by the line of its result, also of an error that the deploy ignores, if the run is recorded.
func TestSaid(t *testing.T) {
	log := three + hi + "    [web]  fine\n    [web]  Error (ignored): executed 0 commands\n    [db]   why\n    [db]   Error: executed 0 commands\n\n--> Disconnecting from hosts...\n--> pyinfra error: Over 10% of hosts failed (33%)\n"
	f := outcome.NewPlan().Follow()
	f.Record()
	f.Write([]byte(log), 1, view.Nothing)
	recorded, plain := f.Outcome(), follow(log, 0)
	for line, want := range map[int][]string{13: nil, 14: nil, 15: {"fine"}, 16: nil, 17: {"why"}, 20: nil} {
		assert.Equal(t, want, recorded.Said(line), line)
	}
	for line, want := range map[int][]string{15: nil, 17: {"why"}, 20: nil} {
		assert.Equal(t, want, plain.Said(line), line)
	}
}

// A last word that only says that hosts failed comes of the first failure of a host above it.
func TestCause(t *testing.T) {
	const end = "\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n"
	alone := follow(three+hi+"    [db]   Success\n"+end, 0)
	require.NotNil(t, alone.At(17))
	assert.Nil(t, alone.Cause(17), "no host has failed")

	other := follow(three+hi+"    [db]   Success\n"+end+three+hi+"    [db]   why\n    [db]   Error: executed 0 commands\n", 0)
	require.NotNil(t, other.At(17))
	assert.Nil(t, other.Cause(17), "the host failed later, in another run")

	same := follow(three+hi+"    [db]   Success\n"+end, 0)
	same.Merge(follow(three+hi+"    [db]   why\n    [db]   x\n    [db]   y\n    [db]   Error: executed 0 commands\n", 0))
	require.Equal(t, 17, same.Failures[1].Line)
	assert.Nil(t, same.Cause(17), "that of another stream is in a line of the same number")

	own := follow(three+"\n--> Disconnecting from hosts...\n--> pyinfra error: it broke\n", 0)
	require.NotNil(t, own.At(15))
	assert.Nil(t, own.Cause(15), "it says itself what it is")
	assert.Nil(t, own.Cause(14), "nothing is said there")
}

// Outcomes of several runs add up: the first failures stay, in order, and no more than there is room for.
func TestMerge(t *testing.T) {
	one := func(host string, n int) outcome.Outcome {
		var log strings.Builder
		log.WriteString(three + hi)
		for i := range n {
			fmt.Fprintf(&log, "    [%s%d] Error: executed 0 commands\n", host, i)
		}
		return follow(log.String(), 0)
	}
	sum := one("a", 15)
	sum.Merge(one("b", 15))
	require.Len(t, sum.Failures, outcome.MaxFailures)
	assert.Equal(t, "a0", sum.Failures[0].Host)
	assert.Equal(t, "b4", sum.Failures[19].Host)
	assert.Equal(t, 30, sum.Hosts)
}

// The run's own failure is kept, in place of the last one of a host if need be.
func TestFailureOfTheRunIsAmongThem(t *testing.T) {
	for _, n := range []int{3, outcome.MaxFailures - 1, outcome.MaxFailures, 40} {
		var log strings.Builder
		log.WriteString(three + hi)
		for i := range n {
			fmt.Fprintf(&log, "    [h%d] Error: executed 0 commands\n", i)
		}
		assert.Len(t, follow(log.String(), 0).Failures, min(n, outcome.MaxFailures), n)
		log.WriteString("\n--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n")
		o := follow(log.String(), 0)
		require.Len(t, o.Failures, min(n+1, outcome.MaxFailures), n)
		assert.Equal(t, "No hosts remaining!", o.Failures[len(o.Failures)-1].Reason)
		assert.Equal(t, fmt.Sprintf("h%d", len(o.Failures)-2), o.Failures[len(o.Failures)-2].Host)
		assert.Equal(t, n, o.Hosts)
	}
}

// How many hosts have a result of an operation, and whether one failed that was not ignored.
func TestCount(t *testing.T) {
	op := outcome.Operation{Hosts: map[string]*outcome.Done{"a": {Result: outcome.Success}, "b": {Result: outcome.Error, Ignored: true}, "c": {Result: outcome.Success}}}
	assert.Equal(t, 2, op.Count(outcome.Success))
	assert.Equal(t, 1, op.Count(outcome.Error))
	assert.Zero(t, op.Count(outcome.Skipped))
	assert.False(t, op.Failed())
	op.Hosts["c"] = &outcome.Done{Result: outcome.Error}
	assert.True(t, op.Failed())
}
