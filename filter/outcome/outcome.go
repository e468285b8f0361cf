// Package outcome says what became of a deploy, from what pyinfra prints alone: did
// it fail, where, and what was said there. Bytes that are shown come in, in order;
// an Outcome goes out. pyinfra's exit code cannot be asked: a pipe does not have it,
// and it says 0 of runs in which nothing was done.
//
// What each line means is in grammar.go, with the places in pyinfra's source; run.go
// follows one run line by line, host.go what is said of its hosts, also in the words of pyinfra 2.0 to 2.4; quick.go takes in what only says whose it is, and verdict.go decides; refute.go takes back what was
// only quoted, stop.go says how far an interruption reaches, writers.go whose run a line is of, trace.go reads tracebacks, words.go finds what a host said last, again.go in lines that are looked at again; pasted.go
// reads what was copied by hand; join.go puts two streams together. stack.go has the runs of
// a writer that have not ended, whose.go says which of them says a line, tangle.go what is left out where that is not known; table.go reads pyinfra's own
// count. recorder.go keeps what a run does, operation by operation:
// sequence.go where hosts do not wait for each other, done.go reads results; record.go is
// what comes of it, and tail.go the last lines that were shown.
package outcome

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
)

// Failed is the answer to whether a run failed.
type Failed string

// The answers. Unknown is also that of a log that has no run of pyinfra in it.
const (
	Yes     Failed = "yes"
	No      Failed = "no"
	Unknown Failed = "unknown"
)

// Answers are all answers.
var Answers = []Failed{Yes, No, Unknown}

// A Verdict says whether a run failed, and where one has to look first.
type Verdict struct {
	Failed Failed `json:"failed"`
	// Reason is what was said of it, in one line, as it stands in the log; of Unknown
	// why it is not known. Empty: the run did not fail, or there was none.
	Reason    string `json:"reason"`
	Log       string `json:"log"`       // name of the log; empty: the run was live, or there is one log
	Line      int    `json:"line"`      // in which the failure is said, from 1; 0: in none
	Host      string `json:"host"`      // empty: the failure is that of the whole run
	Operation string `json:"operation"` // operation, or phase such as "connecting"; empty: in none
}

// Place says in words where a failure is: `vm-03 "Restart nginx" (line 63)`, or without
// a host `in "Restart nginx" (line 63)`. It is empty if none of it is known.
func (v *Verdict) Place() string {
	var parts []string
	if v.Host != "" {
		parts = append(parts, v.Host)
	}
	if v.Operation != "" {
		parts = append(parts, v.operation())
	}
	if v.Line > 0 {
		parts = append(parts, fmt.Sprintf("(line %d)", v.Line))
	}
	return strings.Join(parts, " ")
}

// A Failure is one place at which a run failed.
type Failure struct {
	Line      int    // in which pyinfra says it, from 1
	Host      string // empty: the failure is that of the whole run
	Operation string // operation, or phase; empty: in none
	// Reason is the one line of Text that says most. Never empty.
	Reason string
	// Text is what was said there, the last lines of it: of a host, what it printed,
	// without its name. Empty: nothing was.
	Text []string
	// follows: it only says that others failed.
	follows bool
	// ran: it is of an operation, which has a result on each host.
	ran bool
	// run is whose it is of those in the stream, in the order in which they were taken in; from 0.
	run int
}

// MaxFailures is how many failures are kept of a run.
const MaxFailures = 20

// An Outcome is what became of a run, or of several in one log.
type Outcome struct {
	Verdict Verdict
	// Failures are the first ones of hosts and of pyinfra, in the order of their
	// lines; MaxFailures at most.
	Failures []Failure
	// Hosts is how many hosts failed, as far as they were counted; see maxHosts.
	Hosts int
	// Interrupted is the line in which pyinfra says that a person has ended it; 0: it
	// does not, or says it in another stream.
	Interrupted int
	// Lost is how many runs could not be followed to their end: more of their hosts had not
	// connected than are remembered, or more others went on than are told apart.
	Lost int
	// Record is what the runs have done; nil: that was not asked for, or there was none.
	Record *Record

	kept
	stops []stop // interruptions after which the run was the only one that went on; MaxFailures at most
	end   tail
}

// Tail are the last lines that were shown, MaxTail at most: of two streams, the last of each. Each is
// as it is to be seen, and no longer than a reason is. Empty lines are left out.
func (o *Outcome) Tail() []string { return o.end.lines }

// At returns the failure that is said in a line; nil: none is.
func (o *Outcome) At(line int) *Failure {
	for i := range o.Failures {
		if o.Failures[i].Line == line {
			return &o.Failures[i]
		}
	}
	return nil
}

// Said returns what the host had said of whose failure a line is, the last lines of it; nil: that is not
// known, or it is no such line.
func (o *Outcome) Said(line int) []string {
	if f := o.At(line); f != nil && f.Host != "" {
		return f.Text
	}
	if o.Record == nil {
		return nil
	}
	for _, op := range o.Record.Operations {
		if op.FirstLine > line { // most have begun behind it
			continue
		}
		for _, d := range op.Hosts {
			if d.LastLine == line {
				return d.Text
			}
		}
	}
	return nil
}

// Cause returns the failure that a line which only says that others failed is a
// consequence of: the first of a host above it, in the same run. nil: there is none.
func (o *Outcome) Cause(line int) *Failure {
	of := o.At(line)
	if of == nil || !of.follows {
		return nil
	}
	for i := range o.Failures {
		if f := &o.Failures[i]; f.run == of.run && f.Host != "" && f.Line < line {
			return f
		}
	}
	return nil
}

// Merge adds the outcome of another run.
func (o *Outcome) Merge(p Outcome) {
	o.Verdict = Worse(o.Verdict, p.Verdict)
	for _, f := range p.Failures[:min(len(p.Failures), MaxFailures-len(o.Failures))] {
		f.run += o.runs
		o.Failures = append(o.Failures, f)
	}
	o.Hosts += p.Hosts
	o.Lost += p.Lost
	o.Record = o.Record.join(p.Record)
	o.Interrupted = cmp.Or(o.Interrupted, p.Interrupted)
	o.stops = append(o.stops, p.stops...)
	o.stops = o.stops[:min(len(o.stops), MaxFailures)]
	o.merge(p.kept)
}

// Worse returns the verdict that counts of two: a run that failed before one of which
// it is not known, and that before one that did not. An Unknown without a reason is
// of something that was no run, and counts least.
func Worse(a, b Verdict) Verdict {
	if rank(b) > rank(a) {
		return b
	}
	return a
}

func rank(v Verdict) int {
	switch {
	case v.Failed == Yes && v.Reason == interruption: // whatever else is said comes of it
		return 4
	case v.Failed == Yes:
		return 3
	case v.Failed == Unknown && v.Reason != "":
		return 2
	case v.Failed == No:
		return 1
	}
	return 0
}

// operation is an operation or a phase as it is shown.
func (v *Verdict) operation() string {
	switch during := pyinfra.During(v.Operation); {
	case during != "":
		return during
	case v.Host == "":
		return `in "` + v.Operation + `"`
	}
	return `"` + v.Operation + `"`
}
