package tally_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

// timeline is that of a rule with occurrences in lines.
func timeline(lines ...int) *tally.Tally {
	t := tally.New(tally.Options{})
	r := ofTimeline
	t.Has(r, "", nil)
	for _, line := range lines {
		t.Count(r, tally.Occurrence{Line: line, Last: line})
	}
	return t
}

var ofTimeline = &rules.Rule{ID: "r"}

// Stretches are as long as the last line asks for, and no longer: there are up to 64 of them.
func TestStretches(t *testing.T) {
	for last, width := range map[int]int{1: 1, 64: 1, 65: 2, 128: 2, 129: 4, 1024: 16, 70_000: 2048} {
		at := timeline(last, 1).Issue(ofTimeline).Timeline
		assert.Equal(t, width, at.Width, last)
		assert.Equal(t, (last-1)/width+1, len(at.Counts), last)
		assert.True(t, at.Valid())
	}
	assert.Equal(t, tally.Timeline{Width: 2, Counts: append([]int{2, 1}, append(make([]int, 30), 1)...)}, timeline(1, 2, 3, 65).Issue(ofTimeline).Timeline)
}

// What two streams have has the stretches of the one that has the longer ones, and what is in neither is in none.
func TestTimelinesAreMerged(t *testing.T) {
	for name, c := range map[string]struct {
		one, two []int
		want     tally.Timeline
	}{
		"of one width":          {[]int{1, 3}, []int{3}, tally.Timeline{Width: 1, Counts: []int{1, 0, 2}}},
		"of two":                {[]int{1, 2, 3}, []int{1, 65}, tally.Timeline{Width: 2, Counts: slices.Concat([]int{3, 1}, make([]int, 30), []int{1})}},
		"of four times as much": {[]int{1, 4, 5}, []int{129}, tally.Timeline{Width: 4, Counts: slices.Concat([]int{2, 1}, make([]int, 30), []int{1})}},
		"one has none":          {nil, []int{2, 2}, tally.Timeline{Width: 1, Counts: []int{0, 2}}},
		"neither has any":       {nil, nil, tally.Timeline{Counts: []int{}}},
	} {
		for _, both := range [][2][]int{{c.one, c.two}, {c.two, c.one}} {
			var s tally.Summary
			s.Merge(summary(timeline(both[0]...)))
			s.Merge(summary(timeline(both[1]...)))
			assert.Equal(t, c.want, s.Issues[0].Timeline, name)
		}
	}
}

// A timeline of a file may be anything: what a filter can have made is a power of two, and 64 stretches at the most.
func TestValidTimelines(t *testing.T) {
	for _, right := range []tally.Timeline{{}, {Width: 1}, {Width: 1, Counts: []int{0, 1}}, {Width: 2}, {Width: 4096, Counts: make([]int, 64)}} {
		assert.True(t, right.Valid(), "%v", right)
	}
	for _, wrong := range []tally.Timeline{{Width: 3}, {Width: 6}, {Width: math.MinInt}, {Width: 1, Counts: []int{3, -1}}, {Width: 4096, Counts: make([]int, 65)}} {
		assert.False(t, wrong.Valid(), "%v", wrong)
	}
}
