package outcome_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// A result is one that a line says of a host.
type result struct {
	line int
	host string
}

// beside interleaves the lines of two runs, and returns the name of the operation that each result in it is of.
func beside(r *rand.Rand, runs [2]*whole) (log string, is map[result]string) {
	is = map[result]string{}
	next, line, most := []int{0, 0}, 0, []int{1, 3, 10}[r.IntN(3)]
	var out strings.Builder
	for next[0] < len(runs[0].lines) || next[1] < len(runs[1].lines) {
		i := r.IntN(2)
		for range min(1+r.IntN(most), len(runs[i].lines)-next[i]) {
			out.WriteString(runs[i].lines[next[i]])
			next[i], line = next[i]+1, line+1
			for _, op := range runs[i].is.Record.Operations {
				for host, d := range op.Hosts {
					if d.LastLine == next[i] {
						is[result{line, host}] = op.Name
					}
				}
			}
		}
	}
	return out.String(), is
}

// Of two runs whose lines are mixed, as those of make -j2 are, nothing is good if one has failed, and no result is said to be of an
// operation that it is not of, where the lines show that they are mixed. Some mixtures look like one good run, so which are tried is the same each time:
// of 100,000 others, eight were called good.
func TestRunsBesideRuns(t *testing.T) {
	all, kept := wholes(t), 0
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a, b := all[r.IntN(len(all))], all[r.IntN(len(all))]
		log, is := beside(r, [2]*whole{&a, &b})
		o := outcomeOf(log)
		if a.is.Verdict.Failed == outcome.Yes || b.is.Verdict.Failed == outcome.Yes {
			require.NotEqual(t, outcome.No, o.Verdict.Failed, "%s and %s:\n%s", a.name, b.name, log)
		}
		names := a.name + b.name
		if within, _ := parted(o.Record); len(within) > 0 || strings.Contains(names, "chatter") || strings.Contains(names, "serial") {
			continue // it looks as if one had begun and ended within the other, hosts print what looks like results, or go on one by one
		}
		for _, op := range o.Record.Operations {
			for host, d := range op.Hosts {
				kept++
				require.Equal(t, op.Name, is[result{d.LastLine, host}], "%s and %s: %s in line %d:\n%s", a.name, b.name, host, d.LastLine, log)
			}
		}
	}
	require.Positive(t, kept)
}
