// Package diagnose is the doctor: the table of checks, how versions are judged by the rules, and
// what is kept of runs. The packages below it find out what there is.
package diagnose

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/orbstack"
	"github.com/orbfilter/orbfilter/rules"
)

// Status is how a check ended.
type Status string

// The statuses. Only Fail, and with --strict Warn, makes the doctor exit 1:
// what could not be checked is no failure.
const (
	OK      Status = "ok"
	Info    Status = "info"
	Warn    Status = "warn"
	Fail    Status = "fail"
	Skip    Status = "skip"    // does not apply here
	Unknown Status = "unknown" // could not be found out
)

// Statuses are all statuses, in the order in which they are counted up.
var Statuses = []Status{Fail, Warn, Unknown, Info, OK, Skip}

// A Check is one thing that the doctor looks at. The table of them is in
// checks.go; each rule that names versions is one, too.
type Check struct {
	ID      string
	Section string
	Title   string
	Needs   Need
	run     func(ctx context.Context, x *exam) Result
}

// A Need is what must have been found before a check has a meaning.
type Need string

// The needs of checks.
const (
	NeedsNothing     Need = ""
	NeedsEnvironment Need = "environment" // the Python that pyinfra runs in
	NeedsOrbStack    Need = "orbstack"    // orbctl
	NeedsRunning     Need = "orbstack-running"
	NeedsReport      Need = "last-report"
)

// A Result is what a check found.
type Result struct {
	Check    Check
	Status   Status
	Found    string
	Wanted   string
	Detail   []string // sentences
	Evidence []string // paths
	Fixes    []fix.Fix
	Cause    string   // the package that it is about; empty: no package
	Gain     string   // what the fixes would have taken out of the last run
	Rules    []string // ids
	Links    []string

	file   string // that is judged in place of an environment; empty: none is
	broken bool   // the check was not made: it broke, or had no time
}

// A Doctor looks at a machine.
type Doctor struct {
	Host    *host.Host
	Rules   *rules.Set
	Request environ.Request
	Last    *Report       // of the last run; nil: there is none
	Before  *Report       // of the last run that had something to upgrade away
	Limit   time.Duration // for each check; 0: checkLimit
}

// A Diagnosis is what was found, in the order of the table.
type Diagnosis struct {
	Environment *environ.Environment // as much as is known
	Results     []Result
	// Lost: checks needed the environment, and it could not be found out which one is meant, or it
	// is not there; or a file that was named cannot be read. Reason says why.
	Lost   bool
	Reason string
}

// NothingMade reports whether no check could be made: of those that apply here each broke, or had
// no time.
func (d *Diagnosis) NothingMade() bool {
	made, broken := 0, 0
	for _, r := range d.Results {
		switch {
		case r.broken:
			broken++
		case r.Status != Skip:
			made++
		}
	}
	return broken > 0 && made == 0
}

// Count returns how many results have a status.
func (d *Diagnosis) Count(s Status) (n int) {
	for _, r := range d.Results {
		if r.Status == s {
			n++
		}
	}
	return n
}

// Result returns that of a check, or nil.
func (d *Diagnosis) Result(id string) *Result {
	for i := range d.Results {
		if d.Results[i].Check.ID == id {
			return &d.Results[i]
		}
	}
	return nil
}

// Run runs the checks with these ids, or all, side by side, and returns after
// the limit at the latest, whatever happens.
func (d *Doctor) Run(ctx context.Context, ids ...string) *Diagnosis {
	if d.Limit == 0 {
		d.Limit = checkLimit
	}
	ctx, cancel := context.WithTimeout(ctx, d.Limit)
	defer cancel()
	x := d.exam(ctx)
	checks := slices.DeleteFunc(d.Checks(), func(c Check) bool { return len(ids) > 0 && !slices.Contains(ids, c.ID) })
	results := make([]Result, len(checks))
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { results[i] = x.attempt(ctx, c) })
	}
	all.Wait()
	out := &Diagnosis{Environment: x.known(ctx), Results: results}
	if slices.ContainsFunc(checks, func(c Check) bool { return c.Needs == NeedsEnvironment || c.ID == "pyinfra" }) {
		out.Lost, out.Reason = x.lost(out)
	}
	if !out.Lost && slices.ContainsFunc(checks, func(c Check) bool { return c.Section == sectionSSH || c.ID == "orbstack-inventory" }) {
		out.Lost, out.Reason = x.unread(ctx)
	}
	return out
}

// checkLimit is how long the doctor takes at most.
const checkLimit = 5500 * time.Millisecond

// An exam is one run of the doctor: what several checks ask for is found once.
type exam struct {
	doctor      *Doctor
	host        *host.Host
	environment func() (*environ.Environment, error)
	orb         func() *orbstack.Answers
	pins        func() []locks.Pin
	hosts       func() *hosts
	judgements  sync.Map // of func() judgement, by *rules.Rule
	wanted      sync.Map // of func() []want, by the name of a package
	remedies    sync.Map // of *rules.Fix, by *rules.Rule
	rules       func() []*rules.Rule
}

// judge judges a rule once, whichever checks ask for it side by side.
func (x *exam) judge(r *rules.Rule) judgement {
	once, _ := x.judgements.LoadOrStore(r, sync.OnceValue(func() judgement {
		e, _ := x.environment()
		return judge(r, e)
	}))
	return once.(func() judgement)()
}

// remedy is the upgrade that ends an issue, or nil. To find it takes long, and each check asks.
func (x *exam) remedy(r *rules.Rule) *rules.Fix {
	if known, ok := x.remedies.Load(r); ok {
		return known.(*rules.Fix)
	}
	upgrade := remedy(r)
	x.remedies.Store(r, upgrade)
	return upgrade
}

// wants is what others want of a package, found once.
func (x *exam) wants(name string) []want {
	once, _ := x.wanted.LoadOrStore(name, sync.OnceValue(func() []want {
		e, _ := x.environment()
		return wants(e, name)
	}))
	return once.(func() []want)()
}

func (d *Doctor) exam(ctx context.Context) *exam {
	x := &exam{doctor: d, host: d.Host}
	x.rules = sync.OnceValue(d.ruleSet)
	x.environment = sync.OnceValues(func() (*environ.Environment, error) { return environ.Resolve(ctx, d.Host, d.Request) })
	x.orb = sync.OnceValue(func() *orbstack.Answers { return orbstack.Ask(ctx, d.Host) })
	x.hosts = sync.OnceValue(func() *hosts { return readHosts(d.Host, d.Request) })
	x.pins = sync.OnceValue(func() []locks.Pin { return locks.In(d.Host, d.Host.Dir) })
	return x
}

// lost reports whether the environment cannot be found out, or is not there, and why. Where it is not
// there, and something else is known to be wrong, such as what a lock file would install, that is an
// answer.
func (x *exam) lost(found *Diagnosis) (lost bool, reason string) {
	if found.Environment == nil {
		return true, "the environment was not found in " + x.doctor.Limit.String()
	}
	_, err := x.environment() // it was asked for before
	if unknown, is := errors.AsType[*chain.UnknownError](err); is {
		return true, unknown.Error()
	}
	gone, isGone := errors.AsType[*chain.GoneError](err)
	_, missing := errors.AsType[*chain.MissingError](err)
	if (missing || isGone && gone.Script == "") && found.Count(Fail) == 0 {
		return true, err.Error()
	}
	return false, ""
}

// unread reports whether the inventory that was named cannot be read.
func (x *exam) unread(ctx context.Context) (unread bool, reason string) {
	if x.doctor.Request.Inventory == "" || ctx.Err() != nil { // then the checks say that they had no time
		return false, ""
	}
	hosts := x.hosts()
	if hosts.err == nil {
		return false, ""
	}
	return true, "the inventory " + hosts.from + " cannot be read: " + host.Cause(hosts.err)
}

// passInventory is what to do about an inventory that cannot be read.
const passInventory = "type: orbfilter doctor --inventory FILE, with the file of Python that pyinfra is given"

// attempt runs a check; one that panics or hangs is unknown.
func (x *exam) attempt(ctx context.Context, c Check) Result {
	done := make(chan Result, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- Result{broken: true, Status: Unknown, Found: fmt.Sprintf("this check broke: %v", p), Detail: []string{"This is a mistake in orbfilter; please report it."}}
			}
		}()
		done <- x.unlessNeeding(ctx, c)
	}()
	var r Result
	select {
	case r = <-done:
	case <-ctx.Done():
		r = Result{broken: true, Status: Unknown, Found: "no answer in " + x.doctor.Limit.String()}
	}
	r.Check = c
	return r
}

// unlessNeeding runs a check if there is what it needs.
func (x *exam) unlessNeeding(ctx context.Context, c Check) Result {
	if c.Needs == NeedsEnvironment {
		if _, err := x.environment(); err != nil {
			return Result{Status: Skip, Found: "the Python of pyinfra is not known"}
		}
	}
	return c.run(ctx, x)
}

// known returns the environment, if it was found in time.
func (x *exam) known(ctx context.Context) *environ.Environment {
	done := make(chan *environ.Environment, 1)
	go func() {
		defer func() {
			if recover() != nil {
				done <- nil
			}
		}()
		e, _ := x.environment()
		done <- e
	}()
	select {
	case e := <-done:
		return e
	case <-ctx.Done():
		return nil
	}
}
