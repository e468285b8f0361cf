package outcome

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// What looks like pyinfra's own may be what a host, a command or the deploy file
// prints: only what comes behind it tells.

// goesOnAfterAll takes back what was not the end, since the run goes on: pyinfra says
// nothing behind its last word. If the run never comes to its end again, it was its last
// word, and what seemed to go on was in it.
func (r *run) goesOnAfterAll() {
	if r.phase == "loading" {
		return
	}
	if r.last != nil && r.disconnects > 0 {
		r.doubted = r.last
	}
	r.last, r.disconnects = nil, 0
}

// wasNotStopped takes back that the run was interrupted, since it has come to where pyinfra does not come then: it exits. A deploy file has said so, or
// a run of pyinfra that it has begun. Headers of operations tell nothing: with --no-wait hosts may still begin some.
func (r *run) wasNotStopped() {
	after := r.after
	r.stopped, r.after = 0, nil
	for _, f := range after {
		r.fail(f)
	}
}

// retract takes back that the operation that goes on has failed on a host: pyinfra says
// of it only now how it ended, and what looked like that was what the host printed. A
// nested operation has results of its own.
func (r *run) retract(host string) {
	if !r.open.of[host] {
		return
	}
	mine := func(f Failure) bool { return f.Host == host }
	was := func(f Failure) bool { return f.ran && mine(f) && f.Operation == r.operation() }
	delete(r.open.of, host)
	r.failures, r.after = slices.DeleteFunc(r.failures, was), slices.DeleteFunc(r.after, was)
	if !slices.ContainsFunc(r.failures, mine) {
		if r.failed[host] {
			r.room.Give(len(host))
		}
		delete(r.failed, host)
	}
}

// prepares is the header of what pyinfra 3.2 and newer prepare, if they say next what it
// would change, or that they do not look; "exec" does not say it.
var prepares = lazyregexp.New(`^--> Preparing operation (?:files|func)\b`)

// endsEarly reports whether pyinfra has disconnected, without a word, before it was
// done: something has made it exit.
func (r *run) endsEarly() bool {
	if r.disconnects == 0 || r.results {
		return false
	}
	return r.operating || r.prepares && r.where == "preparing"
}

// isParting reports whether a line stands directly behind pyinfra's disconnecting, and is
// of nobody else: sys.exit("…") in a deploy file says such.
func (r *run) isParting(text []byte, at int) bool {
	return r.parting == "" && r.disconnects > 0 && at-r.disconnects <= 2 && len(text) > 0 && text[0] != ' ' && text[0] != '['
}

// isOver reports whether a line begins another run: after a run has said something,
// "Loading config", and after its end whatever comes first of another one.
func (r *run) isOver(text []byte) bool {
	return (r.began || r.last != nil) && pyinfra.BeginsRun(text, r.disconnects > 0 || r.last != nil)
}
