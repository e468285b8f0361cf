package outcome

import (
	"cmp"
	"slices"
)

// A run may begin while another one of the same writer has not ended: a deploy runs pyinfra itself, or prints what one has
// said; two go on side by side, as those of make -j2 do; or the first was cut off. The lines do not say which it is. So the
// runs of a writer lie on each other, and a line is of the one that began last, unless only another one can say such, by
// how far each has come, and which hosts it has: see whose.go.
//
// When the one that began last has ended, the one below goes on. If that one failed, and this one goes on, the deploy
// has got over it, or has not looked; or it was one that only went on beside it. That is no failure of the one that goes on, and
// nothing that can be called good: it is not known. But if both are seen to go on side by side, each counts.

// maxBelow bounds how many runs of a writer have not ended.
const maxBelow = 8

// A within is what became of runs that began within one, and have ended before that one was seen to go on.
type within struct {
	outcome Outcome // without their records
	records []begunAt
}

// A begunAt is where a record is of a run, and the line in which that began.
type begunAt struct {
	at, line int // among the records of the follower
}

// down yields a run, and those below it. It may be nil: there is none.
func (r *run) down(yield func(*run) bool) {
	for ; r != nil; r = r.below {
		if !yield(r) {
			return
		}
	}
}

// put puts a run on those of its writer.
func (f *Follower) put(writer string, r *run) {
	if top := f.writers[writer]; top != nil {
		f.count(top, asleep)
		f.turn++
		r.since, top.covered = f.turn, true
		r.below, r.resulted, top.resulted = top, map[string]bool{}, map[string]bool{}
		f.bound(r)
	}
	f.writers[writer] = r
	f.count(r, r.attention())
}

// bound ends the run that began first, if there are too many.
func (f *Follower) bound(r *run) {
	for range maxBelow - 1 {
		if r = r.below; r == nil {
			return
		}
	}
	if r.below != nil {
		f.close(r.below)
		r.below = nil
	}
}

// drop takes a run off, which has ended.
func (f *Follower) drop(writer string, r *run) {
	top := f.writers[writer]
	f.count(r, asleep)
	f.close(r)
	for o := range top.down {
		if o.below == r {
			o.below = r.below
		}
	}
	if top == r {
		top = r.below
	}
	if top == nil {
		delete(f.writers, writer)
		return
	}
	f.writers[writer] = top
	f.count(top, top.attention())
}

// close takes in what became of a run.
func (f *Follower) close(r *run) {
	if !r.absent || r.began { // else it was found in the end
		end := r.ending()
		in := within{outcome: r.within.outcome, records: r.within.records}
		if end.Record != nil { // they are joined at the end: a log may have thousands
			in.records = append(in.records, begunAt{len(f.records), r.from})
			f.records, end.Record = append(f.records, end.Record), nil
		}
		end.Merge(in.outcome)
		if home := r.home(); home != nil && len(r.behind) == 0 {
			home.within.outcome.Merge(end)
			home.within.records = append(home.within.records, in.records...)
		} else {
			f.past.Merge(end)
		}
	}
	r.unmix()
	r.forget()
}

// home is the run that one has begun within, as far as is known; nil: there is none.
func (r *run) home() *run {
	for o := range r.below.down {
		if !contains(r.beside, o) {
			return o
		}
	}
	return nil
}

// goesOn takes in that a run goes on behind those that have ended within it.
func (f *Follower) goesOn(r *run) {
	if r.within.outcome.runs == 0 {
		return
	}
	for _, b := range r.within.records {
		f.records[b.at] = f.records[b.at].within(b.line)
	}
	f.past.Merge(gotOver(r.within.outcome))
	r.within = within{}
}

// ending is end, once the one that a run has begun within may have gone on without it.
func (r *run) ending() Outcome {
	end := r.end()
	if len(r.behind) == 0 {
		return end
	}
	if end.Record != nil {
		end.Record = end.Record.within(r.from)
	}
	return gotOver(end)
}

// gotOver is what became of runs behind which another one goes on that they have begun within, or beside.
func gotOver(o Outcome) Outcome {
	switch v := &o.Verdict; {
	case v.Failed == Yes:
		v.Failed, v.Reason = Unknown, "a run of pyinfra that began within this one, or beside it, has failed, and this one went on: "+v.Reason
	case v.Failed == Unknown && v.Reason == cutOff:
		v.Reason = "a run of pyinfra that began within this one, or beside it, does not come to its end, and this one went on"
	case v.Failed == Unknown && v.Reason != "":
		v.Reason = "of a run of pyinfra that began within this one, or beside it, it is not known: " + v.Reason
	}
	o.Hosts, o.Interrupted, o.stops = 0, 0, nil
	return o
}

// within is a record with a mark at each phase and operation that says where its run has begun, unless it has one.
func (r *Record) within(line int) *Record {
	out := *r
	out.Phases, out.Operations = slices.Clone(r.Phases), slices.Clone(r.Operations)
	for i := range out.Phases {
		out.Phases[i].Within = cmp.Or(out.Phases[i].Within, line)
	}
	for i, op := range out.Operations {
		if op.Within == 0 {
			marked := *op
			marked.Within = line
			out.Operations[i] = &marked
		}
	}
	return &out
}

// isEnded reports whether a run has said that it ends.
func (r *run) isEnded() bool { return r.disconnects > 0 || r.last != nil }
