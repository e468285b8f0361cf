package outcome

import (
	"cmp"
	"slices"
	"time"
)

// A Result is how an operation ended on a host.
type Result string

// The results. One that the deploy ignores is still an error; see Done.Ignored.
const (
	Success  Result = "success"
	NoChange Result = "no-change"
	Error    Result = "error"
	Skipped  Result = "skipped" // the operation is not for this host
)

// Results are all results, the worst first.
var Results = []Result{Error, Success, NoChange, Skipped}

// A Record is what pyinfra has done, as it says it: the phases of its runs, and the
// operations on each host. Both are in the order of their lines. Neither is nil.
type Record struct {
	Phases     []Phase      `json:"phases"`
	Operations []*Operation `json:"operations"`
	// More is how many results were not kept, since there are too many; see maxCells.
	More int `json:"more,omitempty"`
	// Unclear: there are operations that hosts ran side by side, each at its own pace, and
	// whose result is whose could not be told. They are left out.
	Unclear bool `json:"unclear,omitempty"`
}

// A Phase is a part of a run, such as "connecting".
type Phase struct {
	Name      string   `json:"name"` // see pyinfra.Phase
	FirstLine int      `json:"first_line"`
	Seconds   *float64 `json:"seconds,omitempty"` // until the next one began; nil: not known
	Within    int      `json:"within,omitempty"`  // see Operation.Within
}

// An Operation is one operation of a deploy on the hosts that came to its end.
type Operation struct {
	Name      string           `json:"name"`
	FirstLine int              `json:"first_line"`        // in which pyinfra begins it, from 1
	Seconds   *float64         `json:"seconds,omitempty"` // until its last result; nil: not known
	Hosts     map[string]*Done `json:"hosts"`             // never nil
	// Nested: it was run from within another one, by a function of the deploy.
	Nested bool `json:"nested,omitempty"`
	// Within is the line in which the run begins whose operation it is, if another run of pyinfra began before that one
	// and went on behind it: a deploy runs pyinfra itself, or prints what one has said. 0: it is no such run.
	Within int `json:"within,omitempty"`
}

// Done is what became of an operation on one host.
type Done struct {
	Result Result `json:"result"`
	// Ignored: it failed, and the deploy goes on as if it had not (_ignore_errors, or what ran it from within an operation).
	Ignored bool `json:"ignored,omitempty"`
	Retries int  `json:"retries,omitempty"` // how often it was tried again
	// Seconds are since the operation began, what it waited for other hosts included; since
	// the host's result before that, where hosts do not wait for each other. nil: not known.
	Seconds *float64 `json:"seconds,omitempty"`
	// FirstLine is the first in which the host says something in the operation, LastLine
	// that of its result; from 1. A host that was not seen to connect is known by its first
	// result.
	FirstLine int `json:"first_line"`
	LastLine  int `json:"last_line"`
	// Text is what the host said last of an error, without its name; empty: nothing, or more
	// errors than maxTexts came before.
	Text []string `json:"text,omitempty"`
}

// Why is the line of Text that tells why it failed, as the reason of a verdict is; empty: there is none.
func (d *Done) Why() string {
	line, _ := telling(d.Text)
	return line
}

// goOn takes in that the run did not fail: so whatever runs from within an operation and failed was ignored, as the function of the deploy
// that ran it, or the operation, has decided. pyinfra says that of the operation alone.
func (r *Record) goOn() {
	for _, op := range r.Operations {
		for _, d := range op.Hosts {
			d.Ignored = d.Ignored || op.Nested && d.Result == Error
		}
	}
}

// Count returns how many hosts have a result.
func (o *Operation) Count(r Result) (n int) {
	for _, d := range o.Hosts {
		if d.Result == r {
			n++
		}
	}
	return n
}

// Failed reports whether an operation has failed on a host, and that was not ignored.
func (o *Operation) Failed() bool {
	for _, d := range o.Hosts {
		if d.Result == Error && !d.Ignored {
			return true
		}
	}
	return false
}

// join adds what is recorded of another run. Either may be nil: nothing is.
func (r *Record) join(s *Record) *Record {
	if r == nil || s == nil {
		return cmp.Or(r, s)
	}
	return joined([]*Record{r, s})
}

// joined is what is recorded of several runs, none of which is nil; nil: there are none.
func joined(all []*Record) *Record {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	out := &Record{Phases: []Phase{}, Operations: []*Operation{}} // never nil
	for _, r := range all {
		out.Phases, out.Operations = append(out.Phases, r.Phases...), append(out.Operations, r.Operations...)
		out.More, out.Unclear = out.More+r.More, out.Unclear || r.Unclear
	}
	slices.SortStableFunc(out.Phases, func(a, b Phase) int { return a.FirstLine - b.FirstLine })
	slices.SortStableFunc(out.Operations, func(a, b *Operation) int { return a.FirstLine - b.FirstLine })
	return out
}

// between is how long it took from one time to another; nil: one of them is not known, or
// they are in the wrong order, as clocks of several machines are.
func between(from, to time.Time) *float64 {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return nil
	}
	s := to.Sub(from).Round(time.Millisecond).Seconds()
	return &s
}
