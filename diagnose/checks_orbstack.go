package diagnose

import (
	"context"
	"fmt"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/orbstack"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// orbFound says where orbctl is.
func orbFound(_ context.Context, x *exam) Result {
	o := x.orb()
	r := Result{Found: o.Path, Evidence: []string{o.Path}}
	switch {
	case o.Guest:
		return Result{Status: Info, Found: "inside an OrbStack machine", Detail: []string{capital(o.Skip) + "."}}
	case o.Skip != "":
		return Result{Status: Skip, Found: o.Skip}
	case o.Path == "":
		r.Evidence = nil
		r.Status, r.Found, r.Wanted = x.unlessUsed(Info), "not found", "orbctl on PATH"
		r.Detail = []string{"It was looked for on PATH, in OrbStack.app, ~/.orbstack/bin and Homebrew's folders."}
		r.Fixes = []fix.Fix{{Text: "install OrbStack", Commands: []shell.Command{{"brew", "install", "--cask", "orbstack"}}}}
	case !o.OnPath:
		r.Status, r.Wanted = Warn, "orbctl on PATH"
		r.Detail = []string{"It is not on PATH, where the connector looks for it: runs fail with FileNotFoundError: 'orbctl'."}
		r.Fixes = []fix.Fix{{Text: "put its folder on PATH, in ~/.zprofile: export PATH=\"$HOME/.orbstack/bin:$PATH\""}}
	default:
		r.Status = OK
	}
	return r
}

// unlessUsed is a failure where the connector is installed, and less where it
// is not.
func (x *exam) unlessUsed(s Status) Status {
	if e, err := x.environment(); err == nil && e.Dist(connectorName) != nil {
		return Fail
	}
	return s
}

// notAsked is the result where there is no orbctl to ask.
func notAsked(o *orbstack.Answers) (Result, bool) {
	switch {
	case o.Skip != "":
		return Result{Status: Skip, Found: o.Skip}, true
	case o.Path == "":
		return Result{Status: Skip, Found: "there is no orbctl"}, true
	}
	return Result{}, false
}

// orbIssues are issues of OrbStack that show in runs, with the version that
// ended them, as its maintainers said (github.com/orbstack/orbstack/issues).
var orbIssues = []struct{ fixed, issue, says string }{
	{"2.0.0", "", "it is older than what the connector is tested with (2.0.4)"},
	{"2.1.0", "2349", "machines of Fedora 43 on x86 get no IP address"},
	{"2.2.0", "2079", "all terminals of a machine hang when memory is short"},
	{"2.2.0", "2213", "machines of openSUSE get no IP address"},
	{"2.2.0", "2469", "files cannot be copied to isolated machines"},
	{"2.2.1", "2501", "the first command fails with timed out waiting for VM to start when OrbStack was not running"},
	{"2.2.3", "407", "files cannot be copied to folders that belong to root"},
}

// orbNewest is the newest version that is known here.
const orbNewest = "2.2.3"

func orbVersionCheck(_ context.Context, x *exam) Result {
	o := x.orb()
	if r, ok := notAsked(o); ok {
		return r
	}
	if o.VersionErr != nil {
		return Result{Status: Unknown, Found: o.VersionErr.Error(), Evidence: []string{o.Path}}
	}
	v, err := pep440.Parse(o.Version)
	if err != nil {
		return Result{Status: Unknown, Found: o.Version, Detail: []string{"This is no version that is known here."}}
	}
	r := Result{Status: OK, Found: o.Version, Evidence: []string{o.Path}}
	for _, i := range orbIssues {
		if at := pep440.MustParse(i.fixed); v.LessThan(at) {
			r.Status, r.Wanted = Info, ">="+orbNewest
			r.Detail = append(r.Detail, fmt.Sprintf("Before %s: %s.", i.fixed, i.says))
			if i.issue != "" {
				r.Links = append(r.Links, "https://github.com/orbstack/orbstack/issues/"+i.issue)
			}
		}
	}
	if v.GreaterThan(pep440.MustParse(orbNewest)) {
		r.Detail = append(r.Detail, "It is newer than the newest that is known here ("+orbNewest+").")
	}
	return r
}

func orbStatus(_ context.Context, x *exam) Result {
	o := x.orb()
	if r, ok := notAsked(o); ok {
		return r
	}
	r := Result{Found: o.State, Wanted: "Running", Evidence: []string{o.Path}}
	start := []fix.Fix{{Text: "start it", Commands: []shell.Command{{"orbctl", "start"}}}}
	switch {
	case o.StateErr != nil:
		r.Status, r.Found = Unknown, o.StateErr.Error()
		r.Detail = []string{"If it hangs, quit OrbStack (orbctl stop; or restart the Mac), and start it again."}
	case o.State == "Running":
		r.Status = OK
	case o.State == "Starting":
		r.Status, r.Detail = Warn, []string{"Wait until orbctl status says Running: commands fail until then."}
	default:
		r.Status, r.Fixes = Warn, start
		r.Detail = []string{"pyinfra would start it, and if that takes too long, go on with no hosts and exit with 0."}
	}
	return r
}

// notRunning is the result where machines cannot be asked for.
func notRunning(o *orbstack.Answers) (Result, bool) {
	if r, ok := notAsked(o); ok {
		return r, true
	}
	if o.State != "Running" {
		return Result{Status: Skip, Found: "OrbStack is not running, and to ask would start it"}, true
	}
	if o.ListErr != nil {
		return Result{Status: Unknown, Found: o.ListErr.Error(), Evidence: []string{o.Path}}, true
	}
	return Result{}, false
}

func orbMachines(_ context.Context, x *exam) Result {
	o := x.orb()
	if r, no := notRunning(o); no {
		return r
	}
	if len(o.Machines) == 0 {
		return Result{Status: Info, Found: "none", Detail: []string{"Make one: orbctl create ubuntu NAME."}}
	}
	counts := map[string]int{}
	for _, m := range o.Machines {
		counts[m.State]++
	}
	var parts []string
	for state, n := range counts {
		parts = append(parts, fmt.Sprintf("%d %s", n, state))
	}
	slices.Sort(parts)
	r := Result{Status: OK, Found: fmt.Sprintf("%d (%s)", len(o.Machines), strings.Join(parts, ", "))}
	for _, m := range o.Machines {
		r.Evidence = append(r.Evidence, m.Name+" "+m.State)
	}
	return r
}

// orbInventory compares the inventory with the machines. pyinfra says nothing
// of a name that is none, and exits with 0.
func orbInventory(_ context.Context, x *exam) Result {
	hosts := x.hosts()
	names, from := hosts.machines(), hosts.from
	if hosts.err != nil {
		return Result{Status: Unknown, Found: from + " cannot be read: " + host.Cause(hosts.err), Fixes: []fix.Fix{{Text: passInventory}}}
	}
	o := x.orb()
	if r, no := notAsked(o); no {
		return r
	}
	if len(names) == 0 {
		return Result{Status: Skip, Found: "no @orbstack/NAME to look for; see --inventory FILE"}
	}
	if r, no := notRunning(o); no {
		return r
	}
	r := Result{Status: OK, Found: fmt.Sprintf("%d of %d exist", len(names), len(names)), Evidence: []string{from}}
	var missing, asleep []string
	for _, name := range names {
		i := slices.IndexFunc(o.Machines, func(m orbstack.Machine) bool { return m.Name == name })
		switch {
		case i < 0:
			missing = append(missing, name)
		case o.Machines[i].State != "running":
			asleep = append(asleep, name+" "+o.Machines[i].State)
		}
	}
	if len(asleep) > 0 {
		r.Status = Info
		r.Detail = append(r.Detail, "Not running, and started by the run: "+strings.Join(asleep, ", ")+".")
	}
	if len(missing) > 0 {
		r.Status, r.Wanted, r.Found = Fail, "all of them", "no machine "+strings.Join(missing, ", ")
		r.Detail = append(r.Detail, "pyinfra leaves such a host out, says nothing, and exits with 0. Mistyped? Or: orbctl create ubuntu "+missing[0]+".")
	}
	return r
}
