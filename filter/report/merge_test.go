package report_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// TestMergeHasNoOrder: however reports are put together, the sum is the same, and
// they stay as they are.
func TestMergeHasNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyReport(t), anyReport(t), anyReport(t)
		before := jsonOf(t, a) + jsonOf(t, b) + jsonOf(t, c)
		want := jsonOf(t, report.Merge(a, b, c))
		assert.Equal(t, want, jsonOf(t, report.Merge(c, b, a)), "commutative")
		assert.Equal(t, want, jsonOf(t, report.Merge(report.Merge(a, b), c)), "associative")
		assert.Equal(t, want, jsonOf(t, report.Merge(a, report.Merge(b, c))), "associative")
		assert.Equal(t, want, jsonOf(t, report.Merge(report.Merge(), a, b, c)), "nothing adds nothing")
		assert.Equal(t, jsonOf(t, report.Merge(a)), jsonOf(t, report.Merge(report.Merge(a))), "a sum of one is in order")
		assert.Equal(t, before, jsonOf(t, a)+jsonOf(t, b)+jsonOf(t, c), "untouched")
	})
}

// TestMergeAddsUp, counted in another way.
func TestMergeAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := []*report.Report{anyReport(t), anyReport(t), anyReport(t)}
		sum := report.Merge(all...)
		require.NoError(t, sum.Check())
		assert.Equal(t, numbers(all...), numbers(sum))
	})
}

// numbers are all that is added up, by name.
func numbers(all ...*report.Report) map[string]int64 {
	n := map[string]int64{}
	for _, r := range all {
		n["in bytes"] += r.Input.Bytes
		n["in lines"] += r.Input.Lines
		n["out bytes"] += r.Output.Bytes
		n["folded lines"] += r.Folded.Lines
		n["timeouts"] += int64(r.Limits.RegexTimeouts)
		n["logs"] += int64(len(r.Logs))
		for _, i := range r.Issues {
			n[i.ID] += int64(i.Count)
			n[i.ID+" lines"] += i.Lines
			n[i.ID+" unfolded"] += int64(i.Unfolded)
			for h, c := range i.Hosts {
				n[i.ID+" on "+h] += int64(c)
			}
			for o, c := range i.Operations {
				n[i.ID+" while "+o] += int64(c)
			}
		}
		for _, u := range r.Unknown {
			n[u.Fingerprint] += int64(u.Count)
		}
	}
	return n
}

// TestMergeOfAllCaptures: real ones, in pairs of halves.
func TestMergeOfAllCaptures(t *testing.T) {
	all := realReports(t)
	sum := report.Merge(all...)
	require.NoError(t, sum.Check())
	assert.Equal(t, numbers(all...), numbers(sum))
	for _, at := range []int{1, len(all) / 3, len(all) - 1} {
		assert.Equal(t, jsonOf(t, sum), jsonOf(t, report.Merge(report.Merge(all[at:]...), report.Merge(all[:at]...))))
	}
	assert.Equal(t, jsonOf(t, sum), jsonOf(t, read(t, jsonOf(t, sum))))
}

// TestMergeKeepsTheWorst: of two versions of a rule the more severe one counts.
func TestMergeKeepsTheWorst(t *testing.T) {
	of := func(title string, s rules.Severity) *report.Report {
		return &report.Report{Issues: []*report.Issue{{About: report.About{ID: "x", Title: title, Severity: s}, Hosts: map[string]int{}, Operations: map[string]int{}}}}
	}
	for _, all := range [][]*report.Report{{of("a", rules.Noise), of("b", rules.Error)}, {of("b", rules.Error), of("a", rules.Noise)}} {
		assert.Equal(t, rules.Error, report.Merge(all...).Issues[0].Severity)
		assert.Equal(t, "b", report.Merge(all...).Issues[0].Title)
	}
}

// TestMergeBoundsUnknown: as many as a report has, whatever was added first, and
// each counted whole.
func TestMergeBoundsUnknown(t *testing.T) {
	var all []*report.Report
	for n := range 4 {
		r := report.Merge()
		for k := range 600 {
			r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%08x", (n%2)*600+k), Kind: filter.Exception, Count: 1, FirstLine: 1})
		}
		all = append(all, r)
	}
	sum := report.Merge(all...)
	require.Len(t, sum.Unknown, report.MaxUnknown)
	for _, u := range sum.Unknown {
		assert.Equal(t, 2, u.Count, u.Fingerprint)
	}
	slices.Reverse(all)
	assert.Equal(t, jsonOf(t, sum), jsonOf(t, report.Merge(report.Merge(all[:2]...), report.Merge(all[2:]...))))
}

// What a sum has no place for are those with the fewest lines, whatever their fingerprints are.
func TestMergeKeepsTheLargestUnknown(t *testing.T) {
	var all []*report.Report
	for n := range 10 {
		r := report.Merge()
		for k := range 900 {
			r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%04x%04x", n, k), Kind: filter.Recurring, Count: 3, Lines: 3, FirstLine: 1})
		}
		r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: "U-ffffffff", Kind: filter.Recurring, Count: 19166, Lines: 19166, FirstLine: 1})
		all = append(all, r)
	}
	sum := report.Merge(all...)
	require.Len(t, sum.Unknown, report.MaxUnknown)
	largest := report.UnknownFirst(sum.Unknown)[0]
	assert.Equal(t, "U-ffffffff", largest.Fingerprint)
	assert.EqualValues(t, 10*19166, largest.Lines)
	assert.Equal(t, 3*(10*900+1-report.MaxUnknown), sum.UnknownMore)
	slices.Reverse(all)
	assert.Equal(t, jsonOf(t, sum), jsonOf(t, report.Merge(all...)))
}

// TestMergeOverflows: a sum that is too high is found, and is not a low one.
func TestMergeOverflows(t *testing.T) {
	r := report.Merge()
	r.Input.Bytes, r.Output.Bytes = report.MaxNumber, report.MaxNumber
	require.NoError(t, r.Check())
	sum := r
	for range 12 { // 4096 times
		sum = report.Merge(sum, sum)
		assert.Positive(t, sum.Input.Bytes)
		assert.Error(t, sum.Check())
	}
	assert.EqualValues(t, math.MaxInt64, sum.Input.Bytes)
}

// TestEmptyReport: the sum of nothing has lists that are empty, and none is null.
func TestEmptyReport(t *testing.T) {
	empty := report.Merge()
	require.NoError(t, empty.Check())
	assert.NotContains(t, jsonOf(t, empty), "null")
	assert.Equal(t, jsonOf(t, empty), jsonOf(t, read(t, jsonOf(t, empty))))
}
