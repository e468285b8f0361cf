package filter_test

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/internal/testrun"
)

// manyFilter is a filter that looks versions up: nothing is installed anywhere.
func manyFilter(plan *filter.Plan) *filter.Filter {
	return plan.Filter(filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{
		Installed: func(string, string) (string, time.Time) { return "", time.Time{} },
	})
}

// manyOf is the n-th part of an input with many different things of a kind, each part with
// so many.
func manyOf(kind string, part, each int) []byte {
	var b bytes.Buffer
	for i := range each {
		filtertest.Many[kind](&b, part*each+i)
	}
	return b.Bytes()
}

// inAPart is how many things of a kind are about 100 KB.
func inAPart(kind string) int {
	return max(3, 100_000/(len(manyOf(kind, 1, 10))/10))
}

// TestManyAreCounted: what is kept of many different things is the first thousand, and each
// is counted.
func TestManyAreCounted(t *testing.T) {
	testrun.Long(t)
	plan := filter.NewPlan(filtertest.Builtin())
	after := func(kind string, n int) *filter.Summary {
		f := manyFilter(plan)
		_, err := f.Write(manyOf(kind, 0, n))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		return f.Summary()
	}
	named := func(c *capped.Counts) (n int) {
		for _, name := range c.Names() {
			n += c.Of(name)
		}
		return n
	}
	for _, n := range []int{capped.Most, capped.Most + 1, 3000} {
		over := n - capped.Most
		i := issueIn(t, after("hosts", n), "pyinfra-operation-failed")
		assert.Equal(t, n, i.Count)
		assert.Equal(t, []int{capped.Most, capped.Most, over}, []int{i.Hosts.Len(), named(&i.Hosts), i.Hosts.More()})
		assert.Equal(t, n, i.Operations.Of("Step"))

		i = issueIn(t, after("operations", n), "pyinfra-operation-failed")
		assert.Equal(t, n, i.Count)
		assert.Equal(t, []int{capped.Most, capped.Most, over}, []int{i.Operations.Len(), named(&i.Operations), i.Operations.More()})
		assert.Equal(t, []string{"Step a", "Step b"}, i.Operations.Names()[:2], "the first stay")

		i = issueIn(t, after("environments", n), "gevent-fork-hooks-assertion")
		assert.Equal(t, n, i.Count)
		assert.Equal(t, capped.Most, len(i.Installed.List()), "Python and gevent of each environment")
		assert.True(t, i.Installed.More())
		assert.Equal(t, capped.Most/2, len(i.Commands(func(site, _ string) string { return site })))

		s := after("exceptions", n)
		assert.Equal(t, filter.MaxUnknown, len(s.Unknown))
		assert.Equal(t, n-filter.MaxUnknown, s.UnknownMore)
	}
	assert.Zero(t, after("exceptions", filter.MaxUnknown).UnknownMore)
	i := issueIn(t, after("environments", capped.Most/2), "gevent-fork-hooks-assertion")
	assert.Equal(t, capped.Most, len(i.Installed.List()))
	assert.False(t, i.Installed.More())
}

func issueIn(t *testing.T, s *filter.Summary, id string) *filter.Issue {
	t.Helper()
	at := slices.IndexFunc(s.Issues, func(i *filter.Issue) bool { return i.Rule.ID == id })
	require.GreaterOrEqual(t, at, 0, id)
	return s.Issues[at]
}

// TestManyInTwoStreams: two streams of one run, each with names of its own and with some of
// the other's, come to a thousand names, and to all that was counted.
func TestManyInTwoStreams(t *testing.T) {
	testrun.Long(t)
	plan := filter.NewPlan(filtertest.Builtin())
	var sum filter.Summary
	for stream := range 2 {
		f := manyFilter(plan)
		for _, kind := range []string{"operations", "environments", "exceptions"} {
			_, err := f.Write(append(manyOf(kind, stream, 700), manyOf(kind, 2, 100)...))
			require.NoError(t, err)
		}
		require.NoError(t, f.Close())
		before := issueIn(t, f.Summary(), "pyinfra-operation-failed").Operations.Len()
		sum.Merge(f.Summary())
		assert.Equal(t, before, issueIn(t, f.Summary(), "pyinfra-operation-failed").Operations.Len(), "the stream's own is as it was")
	}
	i := issueIn(t, &sum, "pyinfra-operation-failed")
	assert.Equal(t, capped.Most, i.Operations.Len())
	total := i.Operations.More()
	for _, name := range i.Operations.Names() {
		total += i.Operations.Of(name)
	}
	assert.Equal(t, 1600, total)
	i = issueIn(t, &sum, "gevent-fork-hooks-assertion")
	assert.Equal(t, capped.Most, len(i.Installed.List()))
	assert.True(t, i.Installed.More())
	total = sum.UnknownMore
	for _, u := range sum.Unknown {
		total += u.Count
	}
	assert.Equal(t, 1600, total)
}

// TestManyTakeNoMoreTime: what comes late is looked at as fast as what came first, and the
// end does not take longer for what came before it.
func TestManyTakeNoMoreTime(t *testing.T) {
	testrun.Long(t)
	const parts, tries, most = 24, 6, 4
	plan := filter.NewPlan(filtertest.Builtin())
	for _, kind := range filtertest.ManyKinds() {
		t.Run(kind, func(t *testing.T) {
			each := inAPart(kind)
			var early, late time.Duration
			for range tries { // another process may come in between
				early, late = timesOf(plan, kind, parts, each)
				if late < most*early {
					return
				}
			}
			assert.Failf(t, "late parts take longer", "%v at first, %v in the end", early, late)
		})
	}
}

// timesOf returns how long the quickest of the early parts of an input took, and of the late
// ones; the first part is none of them, and the end is one of the late.
func timesOf(plan *filter.Plan, kind string, parts, each int) (early, late time.Duration) {
	f := manyFilter(plan)
	var took []time.Duration
	for n := range parts {
		part := manyOf(kind, n, each)
		began := time.Now()
		_, _ = f.Write(part)
		took = append(took, time.Since(began))
	}
	late = slices.Min(took[parts-6:])
	began := time.Now()
	_ = f.Close()
	var sum filter.Summary
	sum.Merge(f.Summary())
	sum.Merge(f.Summary())
	for _, i := range sum.Issues {
		i.Commands(func(site, _ string) string { return site })
	}
	return slices.Min(took[1:7]), max(late, time.Since(began)/4)
}

// TestManyTakeNoMoreMemory: what a filter keeps does not grow with what came in.
func TestManyTakeNoMoreMemory(t *testing.T) {
	testrun.Long(t)
	const most = 4 << 20
	plan := filter.NewPlan(filtertest.Builtin())
	for _, kind := range filtertest.ManyKinds() {
		t.Run(kind, func(t *testing.T) {
			each := inAPart(kind)
			f := manyFilter(plan)
			before := heap()
			for n := range 60 {
				_, err := f.Write(manyOf(kind, n, each))
				require.NoError(t, err)
			}
			assert.Less(t, heap()-before, int64(most))
			runtime.KeepAlive(f)
		})
	}
}

// heap is what is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestLongPathIsNotKnown: a path that no system has is no folder to be looked into.
func TestLongPathIsNotKnown(t *testing.T) {
	for _, n := range []int{100, 4000, 40_000} {
		var asked []string
		f := filter.NewPlan(filtertest.Builtin()).Filter(filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{
			Installed: func(site, _ string) (string, time.Time) { asked = append(asked, site); return "", time.Time{} },
		})
		block := strings.Replace(string(manyOf("environments", 0, 1)), "/srv/a/", "/srv/"+strings.Repeat("a/", n/2), 1)
		_, err := f.Write([]byte(block))
		require.NoError(t, err)
		require.NoError(t, f.Close())
		assert.Equal(t, n < 5000, len(asked) > 0, n)
		assert.Equal(t, 1, issueIn(t, f.Summary(), "gevent-fork-hooks-assertion").Count, n)
	}
}
