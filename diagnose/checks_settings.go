package diagnose

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/diagnose/shell"
)

// pythonWarnings knows what PYTHONWARNINGS does to pyinfra, and that one
// setting, which is widely recommended against gevent's messages, cannot work.
func pythonWarnings(_ context.Context, x *exam) Result {
	e, err := x.environment()
	value := e.Host.Getenv("PYTHONWARNINGS")
	switch {
	case value == "":
		return Result{Status: OK, Found: "not set"}
	case err == nil && strings.ContainsAny(e.Flags, "EI"):
		return Result{Status: OK, Found: value, Detail: []string{"It has no effect: " + e.Script + " starts Python with -" + e.Flags + "."}}
	}
	r := Result{Status: Info, Found: value, Wanted: "not set",
		Detail: []string{"Because it is set, pyinfra leaves its own suppression of warnings off, so that you see more of them and not less."}}
	for action := range strings.SplitSeq(value, ",") {
		fields := strings.Split(action, ":")
		if len(fields) < 3 {
			continue
		}
		if category := strings.TrimSpace(fields[2]); category != "" && !strings.HasSuffix(category, "Warning") {
			r.Status = Warn
			r.Rules = []string{"python-warnings-assertionerror"}
			r.Fixes = []fix.Fix{{Text: "take PYTHONWARNINGS out of your shell's start file, CI settings or .env", Commands: []shell.Command{{"unset", "PYTHONWARNINGS"}}}}
			r.Detail = append([]string{fmt.Sprintf("%s cannot work: %s is an exception and no warning, so the setting silences nothing, and every start of Python says Invalid -W option ignored.", action, category),
				"What works: gevent>=25.8.1 does not print the assertion any more; until then, orbfilter folds it."}, r.Detail...)
		}
	}
	return r
}

// pythonPath is searched before everything else.
func pythonPath(_ context.Context, x *exam) Result {
	e, err := x.environment()
	value := e.Host.Getenv("PYTHONPATH")
	if value == "" {
		return Result{Status: OK, Found: "not set"}
	}
	r := Result{Status: Info, Found: value, Detail: []string{"Its folders come before pyinfra's environment."}}
	if err != nil {
		return r
	}
	if strings.ContainsAny(e.Flags, "EI") {
		r.Status, r.Detail = OK, []string{"It has no effect: " + e.Script + " starts Python with -" + e.Flags + "."}
		return r
	}
	for _, name := range []string{environ.Program, connectorName, "gevent", "greenlet", "paramiko", "cryptography"} {
		d := e.Dist(name)
		if d == nil || !slices.Contains(x.fromPythonPath(), d.Site) {
			continue
		}
		r.Status, r.Wanted = Warn, "not set"
		r.Detail = append(r.Detail, fmt.Sprintf("%s %s is taken from %s.", name, known(d.Version), d.Site))
		r.Fixes = []fix.Fix{{Text: "run pyinfra without it", Commands: []shell.Command{{"unset", "PYTHONPATH"}}}}
	}
	return r
}

func (x *exam) fromPythonPath() (dirs []string) {
	e, _ := x.environment()
	for _, dir := range filepath.SplitList(e.Host.Getenv("PYTHONPATH")) {
		if dir != "" {
			dirs = append(dirs, e.Host.Abs(dir))
		}
	}
	return dirs
}

// startCode names code that Python runs when it starts: it may put other packages in the way of
// what is installed, and nobody can read that.
func startCode(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	files := e.Hooks()
	if len(files) == 0 {
		return Result{Status: Skip, Found: "there is none"}
	}
	return Result{Status: Info, Found: few(files), Evidence: files, Detail: []string{"Python runs this when it starts. It may change what is found, and cannot be seen through: versions are those of the metadata."}}
}

func pyinfraProgress(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	switch value := e.Host.Getenv("PYINFRA_PROGRESS"); value {
	case "":
		return Result{Status: OK, Found: "not set"}
	case "off":
		return Result{Status: OK, Found: value, Detail: []string{"pyinfra shows no spinner."}}
	default:
		return Result{Status: Info, Found: value, Wanted: "off, or not set", Detail: []string{"Only off has an effect."}}
	}
}

// sshFolder is where pyinfra notes the keys of hosts. Without it, each new host fails with a
// message that does not say so. Hosts that are not reached by SSH do not need it.
func sshFolder(_ context.Context, x *exam) Result {
	if x.host.Home == "" {
		return Result{Status: Skip, Found: "HOME is not set"}
	}
	dir := filepath.Join(x.host.Home, ".ssh")
	hosts := x.hosts()
	switch n := len(hosts.Only("ssh")); {
	case x.host.IsDir(dir):
		return Result{Status: OK, Found: dir}
	case n == 0 && !hosts.named():
		return Result{Status: Skip, Found: "missing, and which hosts are reached by SSH is not known; see --inventory FILE"}
	case n == 0:
		return Result{Status: Skip, Found: "missing, and no host that is named is reached by SSH"}
	}
	return Result{Status: Warn, Found: "missing", Wanted: dir, Evidence: []string{dir},
		Detail: []string{"pyinfra 3.10.0 then says Could not connect ([Errno 2] No such file or directory: …/known_hosts) for hosts that are new to it."},
		Fixes:  []fix.Fix{{Text: "make the folder", Commands: []shell.Command{{"mkdir", "-m", "700", dir}}}}}
}

// pinsCheck names the pins that hold a version with a known issue.
func pinsCheck(_ context.Context, x *exam) Result {
	e, err := x.environment()
	if err != nil {
		return x.lockFiles()
	}
	pins := x.pins()
	r := Result{Status: OK, Found: "none"}
	if len(pins) == 0 {
		return Result{Status: Skip, Found: "no requirements, pyproject.toml or lock file here"}
	}
	for _, rule := range x.rules() {
		upgrade := x.remedy(rule)
		if upgrade == nil || x.forbidden(rule) != "" {
			continue
		}
		for _, p := range pins {
			if pinHolds(&p, rule, upgrade, e) {
				r.Status, r.Rules = Warn, append(r.Rules, rule.ID)
				r.Cause = p.Package // the first's is joined by the others' steps
				r.add(p, upgrade.Requirement())
			}
		}
	}
	return r
}

// lockFiles judges the lock files of the working folder, where there is no environment: they say
// what would be installed into one.
func (x *exam) lockFiles() Result {
	var files []LockFile
	for _, name := range locks.Files(x.host, x.host.Dir) {
		files = append(files, LockFile{Name: name})
	}
	if len(files) == 0 {
		return Result{Status: Skip, Found: "no lock file here"}
	}
	r := Result{Status: OK, Found: "none"}
	for _, one := range x.doctor.Locked(files).Results {
		if one.Status != Fail && one.Status != Warn {
			continue
		}
		r.Status, r.Rules = worse(r.Status, one.Status), append(r.Rules, one.Check.ID)
		r.Found, r.Wanted, r.Cause = one.Found, one.Wanted, one.Cause
		r.Detail = append(r.Detail, fmt.Sprintf("%s: %s (%s)", strings.Join(one.Evidence, ", "), one.Found, one.Check.ID))
		r.Evidence, r.Fixes = append(r.Evidence, one.Evidence...), append(r.Fixes, one.Fixes...)
	}
	return r
}

// add notes a pin, once.
func (r *Result) add(p locks.Pin, wanted string) {
	place := fmt.Sprintf("%s:%d", p.File, p.Line)
	if slices.Contains(r.Evidence, place) {
		return
	}
	r.Found, r.Wanted = p.Text, wanted
	r.Evidence = append(r.Evidence, place)
	r.Detail = append(r.Detail, fmt.Sprintf("%s holds %s.", place, p.Text))
	r.Fixes = append(r.Fixes, fix.Fix{Text: fmt.Sprintf("holds %s: let it allow %s", p.Text, wanted), File: p.File, Line: p.Line})
}
