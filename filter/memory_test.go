package filter_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
)

// A filter that goes on with what others have remembered of texts decides what it would without it.
func TestMemoryOfOthersMakesNoDifference(t *testing.T) {
	plan := filter.NewPlan(filtertest.Builtin())
	memory := plan.NewMemory()
	run := func(log []byte, o filter.Options) (events []filter.Event, sum *filter.Summary) {
		f := plan.Filter(filter.SinkFunc(func(e filter.Event) error {
			e.Raw = append([]byte(nil), e.Raw...)
			events = append(events, e)
			return nil
		}), o)
		_, err := f.Write(log)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		return events, f.Summary()
	}
	for range 2 { // the second time, all of it is there
		for _, file := range filtertest.EveryCapture(t) {
			log := filtertest.Read(t, file)
			wantEvents, want := run(log, filter.Options{Recorded: true, Claims: true, Record: true})
			events, sum := run(log, filter.Options{Recorded: true, Claims: true, Record: true, Memory: memory})
			require.Equal(t, wantEvents, events, file)
			require.Equal(t, want, sum, file)
		}
	}
}
