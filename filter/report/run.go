package report

import (
	"errors"
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// MaxResults is how many results of operations on hosts a sum has: those of the first logs, as far
// as there is room for all of a log. How many the others had stays known, so that the order in which
// reports are added up makes no difference.
const MaxResults = 400_000

// keepRuns leaves no more than MaxResults.
func (r *Report) keepRuns() {
	n := 0
	for i, l := range r.Logs {
		if l.Run == nil {
			continue
		}
		of := results(l.Run)
		if n = plusInt(n, of); n <= MaxResults {
			continue
		}
		without := *l
		without.Run = &outcome.Record{Phases: l.Run.Phases, Operations: []*outcome.Operation{}, More: of, Unclear: l.Run.Unclear}
		r.Logs[i] = &without
	}
}

// results is how many results there are, or were.
func results(run *outcome.Record) int {
	n := run.More
	for _, op := range run.Operations {
		n = plusInt(n, len(op.Hosts))
	}
	return n
}

// fillRun puts empty lists and maps where there are none.
func fillRun(run *outcome.Record) {
	if run == nil {
		return
	}
	empty(&run.Phases)
	empty(&run.Operations)
	for _, op := range run.Operations {
		if op != nil && op.Hosts == nil {
			op.Hosts = map[string]*outcome.Done{}
		}
	}
}

func checkRun(run *outcome.Record) error {
	if run == nil {
		return nil
	}
	if !counts(int64(run.More)) {
		return errors.New("run: the number of more results is below zero or too high")
	}
	for n, p := range run.Phases {
		if !counts(int64(p.FirstLine), int64(p.Within)) || !isTime(p.Seconds) {
			return fmt.Errorf("run.phases[%d]: a line or a time is none", n)
		}
	}
	for n, op := range run.Operations {
		if op == nil || !counts(int64(op.FirstLine), int64(op.Within)) || !isTime(op.Seconds) {
			return fmt.Errorf("run.operations[%d]: a line or a time is none", n)
		}
		for host, d := range op.Hosts {
			if d == nil || !slices.Contains(outcome.Results, d.Result) || !counts(int64(d.Retries)) || !ordered(d.FirstLine, d.LastLine) || !isTime(d.Seconds) {
				return fmt.Errorf("run.operations[%d]: %s has a result, a line or a time that is none", n, quote(host))
			}
		}
	}
	return nil
}

// isTime reports whether it is a time that something takes, or nil: not known.
func isTime(seconds *float64) bool {
	return seconds == nil || *seconds >= 0 && *seconds <= MaxNumber
}
