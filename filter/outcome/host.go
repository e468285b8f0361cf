package outcome

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/pyinfra"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// What pyinfra says of a host: that it connects, and how an operation has ended there.

// host takes in a line of pyinfra's about a host.
func (r *run) host(text []byte, at int, words lastWords) {
	r.crash = nil
	name, rest, nested := splitHost(text)
	if name == nil {
		return
	}
	if isAnyError(rest) || r.isBareError(rest) {
		r.errors++
	}
	if r.resulted != nil && !nested && len(r.resulted) < maxHosts && retracts(rest) {
		r.resulted[pyinfra.Name(string(name))] = true
	}
	if what, failed := bytes.CutPrefix(rest, []byte("Error: ")); failed && !nested && isOurs(what) {
		r.hostFailed(pyinfra.Name(string(name)), what, at, words)
		return
	}
	if r.phase == "results" && row.Match(text) {
		r.countRow(text)
		return
	}
	if string(rest) == bareError && !nested && !r.newer {
		r.hostFailed(pyinfra.Name(string(name)), rest, at, words)
		return
	}
	if len(r.open.of) > 0 && !nested && !r.shared && retracts(rest) {
		r.retract(pyinfra.Name(string(name)))
	}
	if r.phase == "connecting" && !debug.Match(text) {
		r.connecting(pyinfra.Name(string(name)), rest, at)
	}
}

// connecting takes in what is said of a host that connects.
func (r *run) connecting(host string, rest []byte, at int) {
	if pyinfra.IsResult(rest) {
		r.noteConnected(host)
		return
	}
	if r.waiting[host] == nil && (len(r.waiting) >= maxHosts || !r.room.Take(waitCost)) {
		r.lost = true
		return
	}
	if r.waiting == nil {
		r.waiting = map[string]*Failure{}
	}
	said := shorten(rest)
	f := &Failure{Line: at, Host: host, Operation: r.where, Reason: said, Text: []string{said}}
	r.waiting[host], r.goesOn = f, f
}

// operation is that which a host is at, or the phase. With --no-wait each host begins
// the first operation at once, and whose result stands where is not known.
func (r *run) operation() string {
	if r.mixed && r.phase == "operations" {
		return r.phase
	}
	return r.where
}

// hostFailed notes that an operation or a fact failed on a host.
func (r *run) hostFailed(host string, said []byte, at int, words lastWords) {
	f := Failure{Line: at, Host: host, Operation: r.operation(), ran: hasRun(said) || string(said) == bareError}
	if f.ran {
		r.retract(host)
		r.open.add(host)
	}
	if len(r.failures) >= MaxFailures { // it is only counted
		r.fail(f)
		return
	}
	what := shorten(said)
	var known bool
	f.Text, known = words(host, r.connected == 1, r.phase == "operations")
	known = known && !r.covered // what it said may stand above another run
	why, where := telling(f.Text)
	switch {
	case why == "" && f.ran && !known:
		f.Reason = "what was said there is not known (" + what + ")"
	case why == "" && f.ran:
		f.Reason = "no reason was given (" + what + ")"
	case why == "":
		f.Reason = what
	case f.ran:
		f.Reason = why
	default:
		f.Reason = what + ": " + why
	}
	f.Text = around(f.Text, where)
	r.troubled(&f)
	r.fail(f)
}

// noteFailed remembers that a host has failed.
func (r *run) noteFailed(host string) {
	var ok bool
	if r.failed, ok = r.remember(r.failed, host); !ok {
		r.beyond = true
	}
}

// remember puts a host into a set, which may be nil. ok: it is in it; there may be no room.
func (r *run) remember(set map[string]bool, host string) (with map[string]bool, ok bool) {
	switch {
	case set[host]:
		return set, true
	case len(set) >= maxHosts || !r.room.Take(len(host)):
		return set, false
	case set == nil:
		set = map[string]bool{}
	}
	set[host] = true
	return set, true
}

// noteConnected forgets what a host has said before it was connected.
func (r *run) noteConnected(host string) {
	r.connected++
	if r.rec != nil {
		r.rec.host(host) // what it says in its first operation is known to be of a host
	}
	r.noteHost(host)
	if f := r.waiting[host]; f != nil {
		r.troubled(f)
		delete(r.waiting, host)
		r.room.Give(waitCost)
	}
}

// noteHost remembers a host that is connected.
func (r *run) noteHost(host string) {
	var ok bool
	if r.hosts, ok = r.remember(r.hosts, host); !ok {
		r.more = true
	}
}

func (r *run) forgetWaiting() {
	for range r.waiting {
		r.room.Give(waitCost)
	}
	r.waiting = nil
}

// bareError is what pyinfra says of an operation that failed on a host, up to 2.4: it does not say how many commands it had executed; api/util.py,
// log_error_or_warning. Of one that is ignored it is "Error (ignored)". No text that is rare enough to be looked for in each log is in it: it is
// found where operations go on of a run that may be so old.
const bareError = "Error"

// newer is what only pyinfra 3 prints: there a line of a host with no more than "Error" is the host's own.
var newer = lazyregexp.New(`^--> (?:Detected changes|Skipping change|Preparing operation (?:files|func)|Disconnecting)`)

// isBareError reports whether a host's line says of an operation no more than that it failed there, as pyinfra did up to 2.4,
// also where the deploy ignores that.
func (r *run) isBareError(said []byte) bool {
	rest, ok := bytes.CutPrefix(said, []byte(bareError))
	return ok && !r.newer && (len(rest) == 0 || bytes.HasPrefix(rest, []byte(" (ignored")) && rest[len(rest)-1] == ')')
}
