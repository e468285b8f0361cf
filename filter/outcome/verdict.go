package outcome

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// cutOff is why it is not known of a run that does not come to its end.
const cutOff = "the output ends before the end of pyinfra's run"

// end says what became of the run, which may still go on.
func (r *run) end() Outcome {
	now := *r
	r = &now
	r.room = nil // the run goes on with what it has taken
	r.failures, r.failed = slices.Clone(r.failures), maps.Clone(r.failed)
	r.settle()
	refuted := r.refuteFailures()
	tangled := r.tangled()
	r.blur(tangled)
	if r.last == nil && r.disconnects == 0 && !r.results && r.crash != nil {
		r.last = r.crash
	}
	if r.last == nil && r.disconnects == 0 {
		r.last = r.doubted
	}
	r.last = r.named(r.last)
	out := Outcome{Failures: r.all(), Hosts: len(r.failed), Interrupted: r.stopped}
	out.kept = kept{whole: r.whole, tail: r.began && !r.whole, undone: r.whole && !r.results, runs: 1}
	if r.stopped > 0 && r.alone {
		out.stops = []stop{{r.stopped, r.upTo}}
	}
	if r.lost {
		out.Lost = 1
	}
	if r.rec != nil {
		out.Record = r.rec.record().until(tangled).unsaid(refuted)
	}
	out.Verdict = r.verdict()
	if out.Verdict.Failed == No && out.Record != nil {
		out.Record.goOn()
	}
	return out
}

// all are the failures, with that of the whole run among them.
func (r *run) all() []Failure {
	all := slices.Clone(r.failures)
	if r.last != nil && r.stopped == 0 {
		all = append(all[:min(len(all), MaxFailures-1)], *r.last)
	}
	return all
}

// verdict decides. Of several failures the last word counts, unless it only says that
// hosts failed: then it is the first of these.
func (r *run) verdict() Verdict {
	switch {
	case r.stopped > 0:
		return Verdict{Failed: Yes, Reason: interruption, Line: r.stopped, Operation: r.where}
	case r.last != nil && (!r.last.follows || len(r.failures) == 0):
		return r.last.verdict(r.besides(r.last))
	case len(r.failures) > 0:
		return r.failures[0].verdict(r.others())
	case r.sided && r.trouble != nil:
		return Verdict{Failed: Unknown, Reason: "runs of pyinfra went on side by side, and whose this is is not known: " + r.trouble.Reason, Line: r.trouble.Line, Host: r.trouble.Host}
	case r.sided && r.disconnects > 0 && (!r.results || r.nothing > 0 || !r.started), r.resulted != nil && r.disconnects > 0 && !r.results && !r.endsEarly() && (r.skips || r.where == "preparing"):
		return Verdict{Failed: Unknown, Reason: "runs of pyinfra went on side by side, and whose some lines are is not known"}
	case r.nothing > 0, r.operating && r.results && !r.started:
		return Verdict{Failed: Yes, Reason: "nothing was done: " + cmp.Or(r.warning, "no operation ran on any host"), Line: cmp.Or(r.warned, r.nothing)}
	case r.endsEarly():
		return Verdict{Failed: Yes, Reason: cmp.Or(r.parting, "pyinfra disconnected before it was done, and did not say why"), Line: r.disconnects, Operation: r.where}
	case r.lost:
		return Verdict{Failed: Unknown, Reason: fmt.Sprintf("more hosts (over %d) said something before they were connected than are told apart", maxHosts)}
	case r.tabled > r.errors:
		return Verdict{Failed: Unknown, Reason: fmt.Sprintf("pyinfra's table counts errors (%d) that the output does not show", r.tabled)}
	case r.whole && r.started && r.connected == 0:
		return Verdict{Failed: Unknown, Reason: "no host is seen to connect: the lines of hosts are not there, or not as pyinfra prints them"}
	case r.results, r.disconnects > 0 && (r.where == "preparing" || r.where == "detecting changes" || r.answered):
		return Verdict{Failed: No}
	case r.disconnects > 0:
		return Verdict{Failed: Unknown, Reason: "pyinfra disconnected, and the output does not show that it had done anything"}
	case r.began:
		return Verdict{Failed: Unknown, Reason: cutOff}
	}
	return Verdict{Failed: Unknown}
}

// besides says how many hosts failed besides that of pyinfra's last word, if it has one.
func (r *run) besides(last *Failure) string {
	if last.Host == "" {
		return ""
	}
	return r.others()
}

// others says how many hosts failed besides the first.
func (r *run) others() string {
	switch n := len(r.failed) - 1; {
	case r.beyond:
		return fmt.Sprintf("; more than %d more hosts failed", n)
	case n == 1:
		return "; 1 more host failed"
	case n > 1:
		return fmt.Sprintf("; %d more hosts failed", n)
	}
	return ""
}

func (f *Failure) verdict(more string) Verdict {
	return Verdict{Failed: Yes, Reason: f.Reason + more, Line: f.Line, Host: f.Host, Operation: f.Operation}
}

// interrupted notes that a person has ended the run. One that has printed its results
// was done.
func (r *run) interrupted(at int) {
	r.settle()
	r.troubled(&Failure{Line: at, Reason: interruption})
	if !r.results {
		r.stopped = at
	}
}
