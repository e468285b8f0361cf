package outcome

import "math"

// Where two runs of a writer go on side by side, and a line could be of either, it is not said which operation a failure is of, and what was
// recorded of both is left out.

// A tangle is a stretch of lines that two runs have said.
type tangle struct{ from, to int }

// tangles are those of a run with others.
func (r *run) tangles() (all []tangle) {
	for _, o := range r.mixes {
		later, earlier := r, o
		if o.number > r.number {
			later, earlier = o, r
		}
		apart := earlier.mixed && earlier.spoke > later.since                               // its hosts begin operations beside what one of them runs
		if !apart && !contains(later.beside, earlier) && !contains(later.behind, earlier) { // it began, and has ended, within the other
			continue
		}
		t := tangle{later.from, math.MaxInt}
		if o.isEnded() {
			t.to = max(o.disconnects, o.until)
		}
		all = append(all, t)
	}
	return all
}

// contains reports whether a run is among others. It may be a copy, see end.
func contains(runs []*run, r *run) bool {
	for _, o := range runs {
		if o.number == r.number {
			return true
		}
	}
	return false
}

// blur leaves out of which operation failures are that are said in tangles, or where it began in one.
func (r *run) blur(tangles []tangle) {
	for _, t := range tangles {
		for i := range r.failures {
			if f := &r.failures[i]; f.ran && f.Line >= t.from && f.from <= t.to {
				f.Operation = "operations"
			}
		}
	}
}

// without leaves out the operations that go on in tangles.
func (r *Record) without(tangles []tangle) *Record {
	if len(tangles) == 0 {
		return r
	}
	var kept []*Operation
	for i, op := range r.Operations {
		end := op.FirstLine
		for _, d := range op.Hosts {
			end = max(end, d.LastLine)
		}
		if len(op.Hosts) == 0 { // it goes on up to the next one
			end = math.MaxInt
			if i+1 < len(r.Operations) {
				end = r.Operations[i+1].FirstLine
			}
		}
		if overlaps(tangles, op.FirstLine, end) {
			r.Unclear = true
		} else {
			kept = append(kept, op)
		}
	}
	r.Operations = append([]*Operation{}, kept...)
	return r
}

func overlaps(tangles []tangle, from, to int) bool {
	for _, t := range tangles {
		if from <= t.to && to >= t.from {
			return true
		}
	}
	return false
}
