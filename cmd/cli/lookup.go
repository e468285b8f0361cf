package cli

import (
	"time"

	"github.com/orbfilter/orbfilter/diagnose/beside"
	"github.com/orbfilter/orbfilter/filter"
)

// A LookUp is what filter.Options.Installed is.
type LookUp = func(site, pkg string) (version string, since time.Time)

// LookUpOn asks a machine.
func LookUpOn(machine *beside.Beside) LookUp {
	return func(site, pkg string) (string, time.Time) {
		version, since, answered := machine.InstalledSince(site, pkg)
		if !answered {
			return "", filter.NoAnswer
		}
		return version, since
	}
}
