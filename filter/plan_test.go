package filter_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/rules"
)

// TestPlanIsShared: filters that run side by side may share a plan, and patterns that are compiled
// when they are first used. (The race detector looks at that.)
func TestPlanIsShared(t *testing.T) {
	plan := filter.NewPlan(rules.Builtin())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for _, file := range []string{"gevent-25.5.1.3-hosts.pipe.log", "gevent-24.10.1.3-hosts.failed.pipe.log", "more/network-retry.log"} {
				f := plan.Filter(filtertest.Nowhere, filter.Options{})
				_, _ = f.Write(filtertest.Read(t, "../testdata/captures/"+file))
				_ = f.Close()
				assert.NotEmpty(t, f.Summary().Input.Lines, file)
			}
		})
	}
	all.Wait()
}
