package diagnose

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/diagnose/environ"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/diagnose/host"
	"github.com/orbfilter/orbfilter/diagnose/locks"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules/versions"
)

const connectorName = "pyinfra-orbstack"

// packageCheck makes the check of a package; missing is how bad it is when
// something that is installed needs it, and it is not there.
func packageCheck(name string, missing Status) func(context.Context, *exam) Result {
	return func(_ context.Context, x *exam) Result {
		e, _ := x.environment()
		if r, failed := unreadable(e); failed {
			return r
		}
		d := e.Dist(name)
		wants := x.wants(name)
		if d == nil {
			return notInstalled(e, name, missing, wants, x.pins())
		}
		r := Result{Status: OK, Found: known(d.Version), Evidence: []string{d.Path}, Cause: versions.NormalName(name)}
		if d.Version == "" {
			r.Status, r.Detail = Unknown, []string{"Its metadata name no version that could be one."}
			return r
		}
		if d.Editable {
			r.Detail = append(r.Detail, "It is an editable install: the code may be newer than its version.")
		}
		for _, w := range wants {
			if !allows(w.spec, d.Version) {
				r.Status, r.Wanted = Fail, name+w.spec
				r.Detail = append(r.Detail, fmt.Sprintf("%s wants %s%s.", w.who, name, w.spec))
				if vulnerable := x.bringsBack(name, w.spec); vulnerable != "" {
					r.Detail = append(r.Detail, "No command is shown: "+vulnerable)
					continue
				}
				r.Fixes = fix.Plan(e, name, w.spec, x.pins())
			}
		}
		x.issues(&r, name)
		return r
	}
}

// unreadable is the result when no folder with packages could be read.
func unreadable(e *environ.Environment) (Result, bool) {
	for _, i := range e.Indexes {
		if i.Err == nil {
			return Result{}, false
		}
	}
	if len(e.Indexes) == 0 {
		return Result{Status: Unknown, Found: "there is no folder with packages in " + e.Prefix, Evidence: []string{e.Prefix}}, true
	}
	return Result{Status: Unknown, Found: e.Indexes[0].Site + " cannot be read: " + host.Cause(e.Indexes[0].Err), Evidence: []string{e.Indexes[0].Site}}, true
}

func notInstalled(e *environ.Environment, name string, status Status, wants []want, pins []locks.Pin) Result {
	r := Result{Found: "not installed"}
	switch {
	case name == environ.Program:
		r.Status, r.Wanted = status, name
		r.Detail = []string{"This Python has no pyinfra; is it the right one? See --pyinfra, --python and --venv."}
		return r
	case len(wants) == 0:
		r.Status = Skip
		return r
	}
	r.Status, r.Wanted, r.Cause = status, name+wants[0].spec, versions.NormalName(name)
	r.Detail = []string{fmt.Sprintf("%s wants it.", wants[0].who)}
	r.Fixes = fix.Plan(e, name, wants[0].spec, pins)
	return r
}

// issues says that a version has known issues, of which the checks further
// down say more.
func (x *exam) issues(r *Result, name string) {
	for _, c := range x.rules() {
		concerned := slices.ContainsFunc(c.Affected, func(a versions.Affected) bool { return versions.NormalName(a.Package.Name) == name })
		if !concerned {
			continue
		}
		if x.judge(c).verdict == inside && x.weight(c) != Info && x.forbidden(c) == "" {
			r.Status = worse(r.Status, Info)
			r.Rules = append(r.Rules, c.ID)
		}
	}
}

// A want is a dependency that an installed package names.
type want struct{ who, spec string }

// requires takes a Requires-Dist field apart (PEP 508): name, extras,
// versions, marker.
var requires = lazyregexp.New(`^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*\(?([^;)]*)\)?\s*(?:;\s*(.*))?$`)

// wants returns what pyinfra, the connector and their packages say of one.
func wants(e *environ.Environment, name string) (out []want) {
	for _, who := range []string{environ.Program, connectorName, "gevent", "paramiko"} {
		d := e.Dist(who)
		if d == nil {
			continue
		}
		for _, field := range d.Fields["requires-dist"] {
			m := requires.FindStringSubmatch(field)
			if m != nil && versions.NormalName(m[1]) == versions.NormalName(name) && marker(e, m[3]) {
				out = append(out, want{who + " " + d.Version, strings.TrimSpace(m[2])})
			}
		}
	}
	return out
}

// markerTerm is a comparison in a marker.
var markerTerm = lazyregexp.New(`^\(?\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*["']([^"']*)["']\s*\)?$`)

// marker reports whether a dependency counts here. What is not sure does not:
// an extra, a marker with "or", a variable that is not known.
func marker(e *environ.Environment, text string) bool {
	if text == "" {
		return true
	}
	for term := range strings.SplitSeq(text, " and ") {
		m := markerTerm.FindStringSubmatch(strings.TrimSpace(term))
		if m == nil || !holds(e, m[1], m[2], m[3]) {
			return false
		}
	}
	return true
}

func holds(e *environ.Environment, variable, op, value string) bool {
	switch variable {
	case "python_version", "python_full_version":
		return allows(op+value, e.Full)
	case "platform_python_implementation":
		return (value == "CPython") == (op == "==") && !strings.Contains(e.Python, "pypy")
	case "sys_platform":
		return (value == map[string]string{"windows": "win32"}[e.Host.GOOS] || value == e.Host.GOOS) == (op == "==")
	}
	return false
}

// setuptools checks a package without which pyinfra 2 does not start: it asks
// pkg_resources, which is a part of it, for its own version.
func setuptools(ctx context.Context, x *exam) Result {
	r := packageCheck("setuptools", Info)(ctx, x)
	e, _ := x.environment()
	if p := e.Dist(environ.Program); p != nil && e.Dist("setuptools") == nil && allows("<3", p.Version) {
		r.Status, r.Wanted = Fail, "setuptools<82"
		r.Detail = []string{environ.Program + " " + p.Version + " does not start without it: No module named 'pkg_resources'."}
		r.Fixes = fix.Plan(e, "setuptools", "<82", x.pins())
	}
	return r
}

// connector checks pyinfra-orbstack, and the entry point by which pyinfra
// finds it.
func connector(ctx context.Context, x *exam) Result {
	e, _ := x.environment()
	d := e.Dist(connectorName)
	if d == nil {
		r := Result{Status: Skip, Found: "not installed"}
		if names := x.hosts().machines(); len(names) > 0 || slices.ContainsFunc(x.doctor.Request.Command, func(a string) bool { return strings.HasPrefix(a, "@orbstack") }) {
			r.Status, r.Wanted = Fail, connectorName
			r.Detail = []string{"pyinfra would say: Invalid connector: orbstack."}
			r.Fixes = fix.Plan(e, connectorName, ">=0.11.0", x.pins())
		}
		return r
	}
	r := packageCheck(connectorName, Info)(ctx, x)
	entry := entryPoint(e, d)
	if entry == "" {
		r.Status = worse(r.Status, Fail)
		r.Detail = append(r.Detail, "Its metadata name no entry point orbstack in pyinfra.connectors: pyinfra says Invalid connector: orbstack.")
		r.Fixes = append(r.Fixes, fix.Into(e, d))
		return r
	}
	r.Evidence = append(r.Evidence, filepath.Join(d.Path, "entry_points.txt"))
	return r
}

// entryPoint returns what pyinfra loads for @orbstack, or "".
func entryPoint(e *environ.Environment, d *environ.Dist) string {
	for _, i := range e.Indexes {
		if i.Site != d.Site {
			continue
		}
		section := ""
		for line := range strings.Lines(string(i.Read(filepath.Base(d.Path), "entry_points.txt"))) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = line
			}
			if name, value, ok := strings.Cut(line, "="); ok && section == "[pyinfra.connectors]" && strings.TrimSpace(name) == "orbstack" {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}

// copies names packages with two sets of metadata in one folder, and those of
// pyinfra that are in two folders.
func copies(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	r := Result{Status: OK, Found: "none has two"}
	for _, i := range e.Indexes {
		for _, two := range i.Copies() {
			if e.System(two[0]) != "" && e.System(two[len(two)-1]) != "" {
				continue // Debian ships some packages so, and Python reads one of them
			}
			slices.SortFunc(two, newerFirst)
			names := []string{filepath.Base(two[0].Path), filepath.Base(two[1].Path)}
			slices.Sort(names)
			r.Status, r.Found, r.Wanted = Warn, "a broken upgrade", "one copy"
			r.Evidence = append(r.Evidence, two[1].Path)
			r.Detail = append(r.Detail, fmt.Sprintf("%s are both in %s: Python reads the first that it finds.", strings.Join(names, " and "), i.Site))
			if !i.Packed() && fix.Shows(two[0].Name) {
				r.Fixes = append(r.Fixes, fix.Again(e, two[0], two[1]))
			}
		}
	}
	for _, name := range []string{environ.Program, connectorName, "gevent", "greenlet", "paramiko"} {
		if all := copiesOf(e, name); len(all) > 1 && r.Status == OK {
			r.Status, r.Found = Info, name+" is in two folders"
		} else if len(all) < 2 {
			continue
		}
		all := copiesOf(e, name)
		r.Detail = append(r.Detail, fmt.Sprintf("%s %s in %s wins over %s in %s.", name, known(all[0].Version), all[0].Site, known(all[1].Version), all[1].Site))
	}
	return r
}

// newerFirst orders copies of a package by their versions.
func newerFirst(a, b *environ.Dist) int {
	x, errX := pep440.Parse(a.Version)
	y, errY := pep440.Parse(b.Version)
	if errX != nil || errY != nil {
		return strings.Compare(b.Version, a.Version)
	}
	return y.Compare(x)
}

// copiesOf returns a package of every folder that has it.
func copiesOf(e *environ.Environment, name string) (out []*environ.Dist) {
	for _, i := range e.Indexes {
		if d := i.Find(name); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// maxNamed is how many of many a message names.
const maxNamed = 5

// remains names what an interrupted pip leaves behind.
func remains(_ context.Context, x *exam) Result {
	e, _ := x.environment()
	r := Result{Status: OK, Found: "none"}
	for _, i := range e.Indexes {
		left := append(slices.Clone(i.Rest), i.Hollow()...)
		for _, name := range left[:min(len(left), maxNamed)] {
			r.Evidence = append(r.Evidence, filepath.Join(i.Site, name))
		}
		if len(left) > 0 {
			r.Status, r.Found, r.Wanted = Warn, fmt.Sprintf("%d in %s", len(left), i.Site), "none"
			r.Detail = append(r.Detail, "An install or removal was interrupted: "+strings.Join(left[:min(len(left), maxNamed)], ", ")+". Remove these folders, and install their packages again.")
		}
	}
	return r
}
