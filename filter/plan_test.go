package filter_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// A plan is made before the first line is shown, of rules of which few will be needed:
// their patterns are not compiled for it. To compile one allocates a hundred times.
func TestPlanCompilesNothing(t *testing.T) {
	const each = 15
	assert.Less(t, testing.AllocsPerRun(3, func() { filter.NewPlan(rules.Builtin()) }), float64(each*rules.Builtin().Len()))
}

// BenchmarkPlan is what is done at each start, with all rules.
func BenchmarkPlan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		filter.NewPlan(rules.Builtin())
	}
}
