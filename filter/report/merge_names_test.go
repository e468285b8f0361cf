package report_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// ofMany is a report with the things numbered from one on, and some more that have no names.
func ofMany(from, n, more int) *report.Report {
	r := report.Merge()
	i := &report.Issue{
		About: report.About{ID: "x", Severity: rules.Error}, FirstLine: 1, LastLine: 1,
		Hosts: map[string]int{}, Operations: map[string]int{}, HostsMore: more, OperationsMore: more, InstalledMore: more > 0,
	}
	for k := from; k < from+n; k++ {
		i.Hosts[fmt.Sprintf("vm-%05d", k)], i.Operations[fmt.Sprintf("Step %05d", k)] = 2, 2
		i.Installed = append(i.Installed, report.Installation{Package: "a", Site: fmt.Sprintf("/%05d", k)})
		i.Fix = append(i.Fix, fmt.Sprintf("pip %05d", k))
		r.Unknown = append(r.Unknown, &report.Unknown{Fingerprint: fmt.Sprintf("U-%08x", k), Kind: filter.Exception, Count: 2, FirstLine: 1})
	}
	i.Count = 2*n + more
	r.UnknownMore = more
	r.Issues = append(r.Issues, i)
	return r
}

func sumOf(counts map[string]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// TestMergeBoundsNames: of many different names those stay that come first, each counted
// whole; nothing is lost of the sums; and the order, and what was added up before, make no
// difference.
func TestMergeBoundsNames(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 8 { // each takes a while: these are many names
		var all []*report.Report
		count, more := 0, 0
		for range 1 + random.IntN(4) {
			n, left := []int{0, 1, 300, 999, 1000, 1001, 2500}[random.IntN(7)], []int{0, 0, 7}[random.IntN(3)]
			all = append(all, ofMany([]int{0, 1, 500, 1000, 3000}[random.IntN(5)], n, left))
			count, more = count+2*n, more+left
		}
		sum := report.Merge(all...)
		i := sum.Issues[0]
		require.NoError(t, sum.Check())
		assert.Equal(t, count+more, i.Count)
		assert.Equal(t, count+more, sumOf(i.Hosts)+i.HostsMore)
		assert.Equal(t, count+more, sumOf(i.Operations)+i.OperationsMore)
		unknown := sum.UnknownMore
		for _, u := range sum.Unknown {
			unknown += u.Count
		}
		assert.Equal(t, count+more, unknown)
		for _, n := range []int{len(i.Hosts), len(i.Operations), len(i.Installed), len(i.Fix), len(sum.Unknown)} {
			assert.LessOrEqual(t, n, report.MaxNames)
		}
		assert.Equal(t, i.HostsMore > 0, i.InstalledMore)
		at, shuffled := random.IntN(len(all)+1), slices.Clone(all)
		random.Shuffle(len(all), func(a, b int) { shuffled[a], shuffled[b] = shuffled[b], shuffled[a] })
		assert.Equal(t, jsonOf(t, sum), jsonOf(t, report.Merge(shuffled...)))
		again := report.Merge(report.Merge(shuffled[:at]...), report.Merge(shuffled[at:]...))
		again.Unknown, again.UnknownMore = sum.Unknown, sum.UnknownMore // of texts, a sum of sums has those that are many in a part
		assert.Equal(t, jsonOf(t, sum), jsonOf(t, again))
	}
}

// TestMergeTakesTheFirstNames whatever was added first, and takes each whole.
func TestMergeTakesTheFirstNames(t *testing.T) {
	all := []*report.Report{ofMany(500, 1000, 0), ofMany(0, 1000, 0), ofMany(900, 1000, 0)}
	for range 2 {
		i := report.Merge(all...).Issues[0]
		assert.Len(t, i.Hosts, report.MaxNames)
		assert.Equal(t, 2, i.Hosts["vm-00000"])
		assert.Equal(t, 4, i.Hosts["vm-00500"])
		assert.Equal(t, 6, i.Hosts["vm-00950"])
		assert.NotContains(t, i.Hosts, "vm-01000")
		assert.Equal(t, "/00999", i.Installed[len(i.Installed)-1].Site)
		assert.Equal(t, "pip 00999", i.Fix[len(i.Fix)-1])
		assert.Len(t, all[0].Issues[0].Hosts, 1000, "the reports stay as they are")
		slices.Reverse(all)
	}
}

// TestMergeOfVeryMany: while it is added up there is room for a few times as many names as a report has; that others are taken out makes no difference.
func TestMergeOfVeryMany(t *testing.T) {
	all := []*report.Report{ofMany(6000, 3000, 0), ofMany(3000, 3000, 0), ofMany(0, 3000, 0)}
	for n, r := range all {
		for k := range 3000 {
			r.Limits.RulesSkipped = append(r.Limits.RulesSkipped, fmt.Sprintf("r-%05d: slow", 6000-3000*n+k))
		}
	}
	for range 2 {
		sum := report.Merge(all...)
		i := sum.Issues[0]
		assert.Len(t, i.Hosts, report.MaxNames)
		assert.Equal(t, 2*(9000-report.MaxNames), i.HostsMore)
		assert.Contains(t, i.Hosts, "vm-00999")
		assert.Equal(t, "/00999", i.Installed[len(i.Installed)-1].Site)
		assert.Equal(t, "pip 00999", i.Fix[len(i.Fix)-1])
		require.Len(t, sum.Limits.RulesSkipped, report.MaxNames)
		assert.Equal(t, "r-00999: slow", sum.Limits.RulesSkipped[999])
		slices.Reverse(all)
	}
}

// TestCheckOfMore: what has no name is a part of the whole.
func TestCheckOfMore(t *testing.T) {
	for _, change := range []func(*report.Report){
		func(r *report.Report) { r.Issues[0].HostsMore = 10 },
		func(r *report.Report) { r.Issues[0].HostsMore = -1 },
		func(r *report.Report) { r.Issues[0].OperationsMore = 9 },
		func(r *report.Report) { r.UnknownMore = -1 },
	} {
		r := ofMany(0, 3, 2)
		require.NoError(t, r.Check())
		change(r)
		assert.Error(t, r.Check())
	}
}
