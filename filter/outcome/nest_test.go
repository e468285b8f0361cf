package outcome_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// A whole is a recorded run that is alone in its log, from its beginning to its end, and what became of it.
type whole struct {
	name  string
	lines []string
	is    outcome.Outcome
}

// wholes are those of the recorded runs.
func wholes(t *testing.T) (all []whole) {
	for _, want := range filtertest.Truths(t) {
		log := string(want.Log(t))
		// An inner run that is told to stop says so to the outer one as well; hosts of --no-wait begin operations beside it. What only looks
		// like what pyinfra says may be of either, and an end while preparing may be that of a run that was ended.
		odd := strings.Contains(log, "Exiting upon user request!") || strings.Contains(want.Run, "--no-wait") || strings.HasPrefix(want.Name, "shows-") || want.Name == "op-odd-names-ok" || want.Failed == outcome.No && !strings.Contains(log, "--> Results:") && (want.Name == "exec-dry" || strings.Contains(log, "--> Skipping change"))
		if odd || strings.Count(log, "--> Loading config") != 1 || !strings.HasPrefix(log, "--> Loading config") || strings.Count(log, "--> Disconnecting") != 1 || strings.Contains(log, "\r") || !strings.HasSuffix(log, "\n") {
			continue
		}
		if o := outcomeOf(log); o.Verdict.Failed != outcome.Unknown && o.Interrupted == 0 {
			all = append(all, whole{want.Name, strings.SplitAfter(strings.TrimSuffix(log, "\n"), "\n"), o})
			all[len(all)-1].lines[strings.Count(log, "\n")-1] += "\n"
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

func outcomeOf(log string) outcome.Outcome {
	f := outcome.NewPlan().Follow()
	f.Record()
	return feed(f, log, 0)
}

// place draws behind how many lines of a run another one may begin: it has begun, and not disconnected.
func (w *whole) place(t *rapid.T) int {
	end := slices.IndexFunc(w.lines, func(l string) bool {
		return strings.HasPrefix(l, "--> Disconnecting") || strings.Contains(l, "Unexpected user input")
	})
	return rapid.IntRange(1, end).Draw(t, "behind")
}

// with is the run with another one that begins behind some of its lines.
func (w *whole) with(inner string, behind int) string {
	return strings.Join(w.lines[:behind], "") + inner + strings.Join(w.lines[behind:], "")
}

// A run within another one is no failure of that one; one that has failed is seen, whichever it is; and each operation is
// recorded as it is without the other one.
func TestRunsWithinRuns(t *testing.T) {
	all := wholes(t)
	rapid.Check(t, func(t *rapid.T) {
		outer, inner := rapid.SampledFrom(all).Draw(t, "outer"), rapid.SampledFrom(all).Draw(t, "inner")
		behind := outer.place(t)
		o := outcomeOf(outer.with(strings.Join(inner.lines, ""), behind))
		about := outer.name + ", with " + inner.name
		switch {
		case outer.is.Verdict.Failed == outcome.Yes:
			require.Equal(t, outcome.Yes, o.Verdict.Failed, "%s: %+v", about, o.Verdict)
		case inner.is.Verdict.Failed == outcome.Yes:
			require.Equal(t, outcome.Unknown, o.Verdict.Failed, "%s: %+v", about, o.Verdict)
			require.Greater(t, o.Verdict.Line, behind, about)
			require.LessOrEqual(t, o.Verdict.Line, behind+len(inner.lines), about)
		default:
			require.Equal(t, outcome.No, o.Verdict.Failed, "%s: %+v", about, o.Verdict)
		}
		within, own := parted(o.Record)
		require.Equal(t, untold(moved(outer.is.Record, behind, len(inner.lines))), untold(own), about)
		require.Equal(t, moved(inner.is.Record, 0, behind), within, about)
	})
}

// parted are the operations that are marked as those of runs within others, and the others.
func parted(r *outcome.Record) (within, own []outcome.Operation) {
	for _, op := range r.Operations {
		if o := *op; o.Within > 0 {
			o.Within = 0
			within = append(within, o)
		} else {
			own = append(own, o)
		}
	}
	return within, own
}

// moved are the operations of a record as if there were more lines behind some.
func moved(r *outcome.Record, behind, more int) (all []outcome.Operation) {
	line := func(n int) int {
		if n > behind {
			return n + more
		}
		return n
	}
	for _, op := range r.Operations {
		o := *op
		o.FirstLine, o.Hosts = line(o.FirstLine), map[string]*outcome.Done{}
		for host, d := range op.Hosts {
			c := *d
			c.FirstLine, c.LastLine = line(c.FirstLine), line(c.LastLine)
			o.Hosts[host] = &c
		}
		all = append(all, o)
	}
	return all
}

// untold leaves out what hosts said last: that may stand above the other run.
func untold(ops []outcome.Operation) []outcome.Operation {
	for _, op := range ops {
		for _, d := range op.Hosts {
			d.Text = nil
		}
	}
	return ops
}

// What a run within another one says is what a host has printed, if pyinfra writes the name of the host in front: nothing of it is the outer one's.
func TestRunsThatHostsPrint(t *testing.T) {
	all := wholes(t)
	rapid.Check(t, func(t *rapid.T) {
		outer, inner := rapid.SampledFrom(all).Draw(t, "outer"), rapid.SampledFrom(all).Draw(t, "inner")
		if len(outer.is.Record.Operations) == 0 {
			return
		}
		op := rapid.SampledFrom(outer.is.Record.Operations).Draw(t, "operation")
		if len(op.Hosts) == 0 {
			return
		}
		host := rapid.SampledFrom(slices.Sorted(maps.Keys(op.Hosts))).Draw(t, "host")
		indent := rapid.SampledFrom([]string{"", "    "}).Draw(t, "indent") // with -vvv, and of a command that has failed
		var printed strings.Builder
		for _, l := range inner.lines {
			if !strings.HasPrefix(l, "-->") {
				printed.WriteString(indent)
			}
			printed.WriteString("[" + host + "] " + l)
		}
		o := outcomeOf(outer.with(printed.String(), op.Hosts[host].LastLine-1))
		require.Equal(t, outer.is.Verdict.Failed, o.Verdict.Failed, "%s, with %s: %+v", outer.name, inner.name, o.Verdict)
		require.Equal(t, results(outer.is.Record), results(o.Record), "%s, with %s", outer.name, inner.name)
	})
}

// results are those of the operations of a record, in order.
func results(r *outcome.Record) (all []map[string]outcome.Result) {
	for _, op := range r.Operations {
		of := map[string]outcome.Result{}
		for host, d := range op.Hosts {
			of[op.Name+": "+host] = d.Result
		}
		all = append(all, of)
	}
	return all
}
