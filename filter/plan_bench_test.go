package filter_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/rules"
)

// BenchmarkPlan is what is done at each start, with all rules.
func BenchmarkPlan(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		filter.NewPlan(rules.Builtin())
	}
}
