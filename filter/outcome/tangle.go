package outcome

import (
	"math"
	"slices"
)

// Where two runs of a writer are seen to go on side by side, and a line could be of either, it is not said from there on which operation a
// failure is of, and what was recorded of both is left out.

// tangled returns the line from which on lines of a run may be those of another one; 0: none is.
func (r *run) tangled() (from int) {
	for _, o := range r.mixes {
		later, earlier := r, o
		if o.number > r.number {
			later, earlier = o, r
		}
		apart := earlier.mixed && earlier.spoke > later.since // its hosts begin operations beside what one of them runs
		if !apart && !contains(later.beside, earlier) && !contains(later.behind, earlier) {
			continue // it began, and has ended, within the other
		}
		if from == 0 || later.from < from {
			from = later.from
		}
	}
	return from
}

// contains reports whether a run is among others. It may be a copy, see end.
func contains(runs []*run, r *run) bool {
	return slices.ContainsFunc(runs, func(o *run) bool { return o.number == r.number })
}

// blur leaves out of which operations the failures from a line on are; 0: of none.
func (r *run) blur(from int) {
	for i := range r.failures {
		if f := &r.failures[i]; f.ran && from > 0 && f.Line >= from {
			f.Operation = "operations"
		}
	}
}

// until leaves out the operations that have not ended before a line; 0: none.
func (r *Record) until(line int) *Record {
	if line == 0 {
		return r
	}
	kept := []*Operation{} // never nil
	for i, op := range r.Operations {
		if r.end(i) < line {
			kept = append(kept, op)
		}
	}
	r.Unclear = r.Unclear || len(kept) < len(r.Operations)
	r.Operations = kept
	return r
}

// end is the line in which an operation ends, as far as that is known: that of its last result, or where the next one begins.
func (r *Record) end(i int) (line int) {
	switch hosts := r.Operations[i].Hosts; {
	case len(hosts) > 0:
		for _, d := range hosts {
			line = max(line, d.LastLine)
		}
		return line
	case i+1 < len(r.Operations):
		return r.Operations[i+1].FirstLine
	}
	return math.MaxInt
}
