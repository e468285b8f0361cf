package filter_test

import (
	"testing"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// What is said of each recorded run is the truth about it.
func TestVerdicts(t *testing.T) {
	for _, want := range filtertest.Truths(t) {
		t.Run(want.Name, func(t *testing.T) {
			_, s := filtertest.Run(t, filtertest.Builtin(), want.Log(t), 0, filter.Options{})
			want.Check(t, s.Outcome.Verdict)
		})
	}
}
