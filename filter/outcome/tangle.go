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
		if later.isWithin(earlier) {
			continue
		}
		if from == 0 || later.from < from {
			from = later.from
		}
	}
	return from
}

// isWithin reports whether a run began, and has ended, within an earlier one, as far as is seen.
func (r *run) isWithin(earlier *run) bool {
	apart := earlier.mixed && earlier.spoke > r.since // its hosts begin operations beside what one of them runs
	return !apart && !contains(r.beside, earlier) && !contains(r.behind, earlier)
}

// unmix has earlier runs forget one that has ended within them: a log may have thousands behind one that was cut off.
func (r *run) unmix() {
	for _, o := range r.mixes {
		if o.number < r.number && r.isWithin(o) {
			o.mixes = slices.DeleteFunc(o.mixes, func(m *run) bool { return m == r })
		}
	}
	r.rec, r.failures = nil, nil
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
