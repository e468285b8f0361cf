package filter_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// mostWork is how much may be asked of steps and patterns for each byte of an input. The worst that is known is heads in one
// line that is longer than what clues are taken of: behind each of the first of them each rule for blocks looks for its literal in all of the rest.
const mostWork = 500

// mostWorkOf are bounds that are near to what is measured, so that what was gained is not lost: 3 to 400 times as much was asked before steps were
// told apart by what texts hold, and short lines that are nobody's were known again.
var mostWorkOf = map[string]float64{
	"heads in one line": 2, "heads, overwritten": 1.2, "heads, and empty lines": 3, "all samples, one by one": 4, "all samples, each in one line": 5,
	"short lines behind a head": 1, "frames behind a head": 0.8, "carets behind a head": 1.5,
}

const unraisable = "Exception ignored in: "

// slowPieces are what inputs are made of that cost much for their size.
var slowPieces = func() (all []string) {
	all = []string{
		unraisable, unraisable + "\n", unraisable + "<bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f>>\n",
		"E<", "x", " ", "    ", "\n", "\r", "\x1b[31m", "^^^", ": ", "    [web] ", "web-1  | ", "Traceback (most recent call last):\n", "Error", "--> Starting operation: x\n",
		"<Greenlet at 0x7fb935808d60: ", "<bound method Host.connect of Host(vm-01)>> f", "    [web] Error: executed 0 commands\n",
	}
	for r := range rules.Builtin().All() {
		for _, s := range r.Samples {
			for line := range strings.Lines(s.Text) {
				all = append(all, line, strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return all
}()

type nowhere struct{}

func (nowhere) Event(filter.Event) error { return nil }

// workOf is how much is asked for an input.
func workOf(plan *filter.Plan, input string) int {
	f := plan.Filter(nowhere{}, filter.Options{Recorded: true})
	_, _ = f.Write([]byte(input))
	_ = f.Close()
	return f.Work()
}

// repeated is a text that is as long as size, or a little longer; empty, if the unit is.
func repeated(unit string, size int) string { return strings.Repeat(unit, size/max(1, len(unit))+1) }

// What an input costs is bounded by its length, whatever is in it: nothing is asked more often because there is more of it.
func TestWorkIsBounded(t *testing.T) {
	plan := filter.NewPlan(rules.Builtin())
	for name, unit := range map[string]string{
		"open heads, and a long line":   strings.Repeat(unraisable+"\n", 1000) + "x" + strings.Repeat("E<", 32_000) + "\n",
		"heads in one line":             strings.Repeat(unraisable, 200) + "\n",
		"heads, overwritten":            strings.Repeat(unraisable+"\r", 40) + "\n",
		"heads, and empty lines":        strings.Repeat(unraisable, 10) + strings.Repeat("\n", 200),
		"an error 1,400 times":          "<Greenlet at 0x7fb935808d60: " + strings.Repeat("<bound method Host.connect of Host(vm-01)>> f", 1400) + "\n",
		"all samples, one by one":       strings.Join(slowPieces, ""),
		"all samples, each in one line": strings.Join(slowPieces, " "),
		"short lines behind a head":     unraisable + "\n" + strings.Repeat("x\ny\n \n    z\n", 500),
		"frames behind a head":          unraisable + "\n" + strings.Repeat("x\r\r    \r", 500) + "\n",
		"carets behind a head":          unraisable + "\n" + strings.Repeat("^\n", 1000),
	} {
		input := repeated(unit, 200_000)
		work := float64(workOf(plan, input)) / float64(len(input))
		t.Logf("%s: %.2f", name, work)
		assert.Less(t, work, float64(mostWork), name)
		if most, known := mostWorkOf[name]; known {
			assert.Less(t, work, most, name)
		}
	}
}

// The same of inputs that are put together at random, to look for one that is worse.
func TestWorkIsBoundedWhateverComes(t *testing.T) {
	plan := filter.NewPlan(rules.Builtin())
	rapid.Check(t, func(t *rapid.T) {
		unit := ""
		for range rapid.IntRange(1, 6).Draw(t, "pieces") {
			unit += strings.Repeat(rapid.SampledFrom(slowPieces).Draw(t, "piece"), rapid.SampledFrom([]int{1, 1, 2, 10, 100}).Draw(t, "times"))
		}
		if rapid.Bool().Draw(t, "ended") {
			unit += "\n"
		}
		if unit == "" { // empty lines of samples, and nothing else
			return
		}
		var work []float64
		some := max(20_000, 4*len(unit)) // what costs much may lie where two units meet
		for _, size := range []int{some, 4 * some} {
			input := repeated(unit, size)
			work = append(work, float64(workOf(plan, input))/float64(len(input)))
		}
		require.Less(t, slices.Max(work), float64(mostWork), "%.200q", unit)
		require.Less(t, work[1], 2*work[0]+20, "four times as long: %.200q", unit)
	})
}
