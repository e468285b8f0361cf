package diagnose

import (
	"context"
	"errors"

	"github.com/orbfilter/orbfilter/diagnose/chain"
	"github.com/orbfilter/orbfilter/diagnose/host"
)

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
