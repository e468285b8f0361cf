package outcome

import (
	"maps"
	"slices"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// Whose run a line is of: each writer, which is known by the prefix of its lines, has one run at a time, and others that
// began before it and have not ended; see stack.go.

// begins reports whether a text begins a run in a branch: it is a header, and none is
// going on whose host could stand in front.
func (f *Follower) begins(dress string, text []byte) bool {
	if pyinfra.Phase(text) == "" {
		return false
	}
	for r := range f.writers[dress].down {
		if r.began && r.disconnects == 0 {
			return false
		}
	}
	return true
}

// runOf returns the run of a writer: a new one if the line begins one. It is nil where
// there is none, and the line decides nothing.
func (f *Follower) runOf(writer string, text []byte, line int) *run {
	top := f.writers[writer]
	if top != nil {
		if r := f.among(writer, top, text, line); r != nil {
			return r
		}
		top = f.writers[writer]
	}
	if top == nil && f.plan.gate.Find(text) < 0 {
		return nil
	}
	if top == nil && len(f.writers) >= maxWriters {
		f.forget()
	}
	f.begun++
	f.cutStops(line)
	r := &run{from: line, number: f.begun, room: f.room, signs: f.plan.others, clock: f.clock}
	if f.open {
		r.resulted, f.open = map[string]bool{}, false
	}
	if f.quota != nil {
		r.rec = newRecorder(f.quota)
	}
	f.put(writer, r)
	return r
}

// over takes in what became of all runs of a writer.
func (f *Follower) over(writer string) {
	f.count(f.writers[writer], asleep)
	for r := f.writers[writer]; r != nil; r = r.below {
		f.close(r)
	}
	delete(f.writers, writer)
}

// forget ends all runs that have not begun, or are over; else all.
func (f *Follower) forget() {
	for _, writer := range f.inOrder() {
		if r := f.writers[writer]; r.below == nil && (!r.began || r.disconnects > 0) {
			f.over(writer)
		}
	}
	if len(f.writers) >= maxWriters {
		for _, writer := range f.inOrder() {
			f.past.Lost++ // it goes on
			f.over(writer)
		}
	}
}

// inOrder are the writers that have a run, in the order in which these were met first.
func (f *Follower) inOrder() []string {
	return slices.SortedFunc(maps.Keys(f.writers), func(a, b string) int { return f.writers[a].number - f.writers[b].number })
}

// Outcome says what became of the runs so far, as if nothing came any more.
func (f *Follower) Outcome() Outcome {
	out := Outcome{Verdict: f.past.Verdict, Interrupted: f.past.Interrupted, Hosts: f.past.Hosts, Lost: f.past.Lost, Record: joined(f.records), kept: f.past.kept}
	out.Failures = append(out.Failures, f.past.Failures...)
	for _, writer := range f.inOrder() {
		for _, r := range slices.Backward(slices.Collect(f.writers[writer].down)) {
			out.Merge(r.ending())
			out.Merge(r.within.outcome)
		}
	}
	if out.Verdict.Failed == "" {
		out.Verdict.Failed = Unknown
	}
	out.end = f.tail()
	return out
}
