package outcome

import (
	"bytes"
	"slices"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A table is what pyinfra's table of results says: it has each operation of the run, and how often that has failed. It is pyinfra's
// own count, and the last that it says: what only looked like a failure is not in it.
type table struct {
	errors map[string]int // by operation
	more   bool           // there are others
	read   int            // the line of its last row; 0: that did not come yet
}

// tableRow is one of its rows.
var tableRow = lazyregexp.New(`^ {4}(\S.*?) {2,}(?:\d+|-) +(?:\d+|-) +(\d+|-) +(?:\d+|-) *$`)

// take takes in a row.
func (t *table) take(text []byte) {
	if !mayBeRow(text) {
		return
	}
	m := tableRow.FindSubmatch(text)
	switch {
	case m == nil, t.read > 0:
		return
	case len(t.errors) >= maxOperations:
		t.more = true
		return
	case t.errors == nil:
		t.errors = map[string]int{}
	}
	n := 0
	for _, c := range m[2] {
		if c != '-' && n < 1<<20 {
			n = 10*n + int(c-'0')
		}
	}
	t.errors[pyinfra.Called(string(m[1]))] += n
}

// mayBeRow finds lines that are none at once: behind a run that was cut off in its results there may be any number of them.
func mayBeRow(text []byte) bool {
	end := bytes.TrimRight(text, " ")
	if len(end) < len("    x  1") || string(end[:4]) != "    " {
		return false
	}
	last := end[len(end)-1]
	return last == '-' || last >= '0' && last <= '9'
}

// has reports whether each of some operations is in it. ok: there are some.
func (t *table) has(r *run) (all, ok bool) {
	if t.more || len(r.begun) >= maxOperations {
		return false, false
	}
	all = true
	for name := range r.begun {
		_, in := t.errors[name]
		all, ok = all && in, true
	}
	return all, ok
}

// giveTable gives the table that a run has come to, as it seemed, to one below it, if it has the operations of that one and not those of
// this one: then this one was cut off, and what came behind was said by the other, or the two go on side by side.
func (r *run) giveTable(of *run) {
	if all, ok := of.table.has(of); all || !ok {
		return
	}
	for o := range r.down {
		if all, ok := of.table.has(o); o == of || !all || !ok || o.isEnded() {
			continue
		}
		o.table, o.tabled, o.nothing, o.spoke = of.table, of.tabled, of.nothing, of.spoke
		o.results, o.phase, o.where, o.step = true, "results", "results", pyinfra.Results
		of.table, of.tabled, of.nothing, of.results = table{}, 0, 0, false
		of.phase, of.where, of.step = "operations", "operations", pyinfra.Starts
		of.behind = append(of.behind, o)
		return
	}
}

// refutes reports whether the table says that an operation has not failed of which it seemed so.
func (t *table) refutes(f *Failure, r *run) bool {
	if !f.ran || t.read == 0 || r.disconnects == 0 || t.more {
		return false
	}
	if r.tabled == 0 {
		return true
	}
	n, ok := t.errors[f.Operation]
	return ok && n == 0
}

// refuteFailures takes back the failures that the table does not have, if it is that of the run: it has what this has begun. It returns
// the lines that said them.
func (r *run) refuteFailures() (lines []int) {
	if all, ok := r.table.has(r); !all || !ok || len(r.failures) >= MaxFailures { // of more it is not known what they were
		return nil
	}
	for i := range r.failures {
		if f := &r.failures[i]; r.table.refutes(f, r) {
			delete(r.failed, f.Host)
			lines = append(lines, f.Line)
		}
	}
	r.failures = slices.DeleteFunc(r.failures, func(f Failure) bool { return r.table.refutes(&f, r) })
	for i := range r.failures {
		if host := r.failures[i].Host; host != "" { // it has failed otherwise as well
			r.failed[host] = true
		}
	}
	return lines
}

// unsaid leaves out the results that lines have said which are no results.
func (r *Record) unsaid(lines []int) *Record {
	for _, op := range r.Operations {
		for host, d := range op.Hosts {
			if slices.Contains(lines, d.LastLine) && d.Result == Error {
				delete(op.Hosts, host)
			}
		}
	}
	return r
}
