package batch

import (
	"fmt"
	"slices"
	"sync"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/report"
)

// A tally is what the scanners have found. What it says at the end does not depend
// on the order in which it was told.
type tally struct {
	mu       sync.Mutex
	reports  reportSum
	failures []*logs.Failure
	repeats  int // logs of whole jobs that are not counted
	copies   int
	archives int // of these
}

// add takes in what came of a log.
func (t *tally) add(l *logs.Log, r *result) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if l.Repeats && r.read == nil {
		t.repeats++
	} else {
		t.reports.add(r.report)
	}
	if r.read != nil {
		t.failures = append(t.failures, &logs.Failure{Name: l.Name, Err: r.read})
	}
	if r.write != nil {
		t.failures = append(t.failures, unwritten(l.Name, r.write))
	}
}

// fail takes in something of which nothing could be read.
func (t *tally) fail(f *logs.Failure, tool string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, f)
	t.reports.add(unread(f, tool))
}

// failWriting takes in a file that has no copy.
func (t *tally) failWriting(name string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.failures = append(t.failures, unwritten(name, err))
}

func (t *tally) written(archive bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.copies++
	if archive {
		t.archives++
	}
}

func unwritten(name string, err error) *logs.Failure {
	return &logs.Failure{Name: name, Err: fmt.Errorf("no clean copy is written: %w", err)}
}

// unread is the report of something of which nothing could be read.
func unread(f *logs.Failure, tool string) *report.Report {
	return report.New(&filter.Summary{}, report.Run{Version: tool, Name: f.Name, Error: f.Err.Error()})
}

// A reportSum adds up reports. Those that stand for as many logs are added to each
// other, so that a hundred thousand take as long, each, as a hundred.
type reportSum []*report.Report // the one with index n stands for 2ⁿ logs, or is nil

func (s *reportSum) add(r *report.Report) {
	for n := 0; ; n++ {
		switch {
		case n == len(*s):
			*s = append(*s, r)
			return
		case (*s)[n] == nil:
			(*s)[n] = r
			return
		}
		r = report.Merge((*s)[n], r)
		(*s)[n] = nil
	}
}

// total returns the sum.
func (s *reportSum) total() *report.Report {
	all := slices.DeleteFunc(slices.Clone(*s), func(r *report.Report) bool { return r == nil })
	return report.Merge(all...)
}
