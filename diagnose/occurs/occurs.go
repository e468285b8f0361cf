// Package occurs says whether an issue can occur in a Python environment that is named, with the packages that are
// installed there.
package occurs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// An Answer says whether an issue can occur, and why.
type Answer struct {
	Applies string // yes, no or unknown; "": there is no such issue
	Why     string // "gevent 25.5.1"; may be empty
}

// An Environment is a Python with its packages, of which a rule is asked
// whether its issue can occur there.
type Environment struct {
	name    string                  // as it is shown
	minor   string                  // of Python, "3.12"; "": not known
	version func(pkg string) string // of a package; "": it is not installed
}

// Venv returns the environments of a virtual environment, one for each folder of packages that it has; none: it is none.
func Venv(dir string) (envs []Environment) {
	for _, folder := range sitesIn(dir) {
		envs = append(envs, environmentOf(dir, folder))
	}
	return envs
}

// Site returns the environment of a folder of packages. ok: it is a folder.
func Site(folder string) (e Environment, ok bool) {
	return environmentOf(folder, folder), isFolder(folder)
}

// sitesIn returns the site-packages folders of a virtual environment; lib64
// is often a link to lib, and counts once.
func sitesIn(dir string) (sites []string) {
	var seen []string
	for _, lib := range []string{"lib", "lib64"} {
		found, _ := filepath.Glob(filepath.Join(escapeGlob(dir), lib, "py*", "site-packages")) // python3.12, pypy3.10
		found = append(found, filepath.Join(dir, "Lib", "site-packages"))                      // Windows
		for _, site := range found {
			if place, err := filepath.EvalSymlinks(site); err == nil && isFolder(place) && !slices.Contains(seen, place) {
				seen, sites = append(seen, place), append(sites, site)
			}
		}
	}
	return sites
}

// escapeGlob makes a pattern that stands for the path itself.
func escapeGlob(path string) string {
	return lazyregexp.New(`[*?[]`).ReplaceAllString(path, "[$0]")
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// pythonOf finds the version of Python in the path of a site-packages folder.
var pythonOf = lazyregexp.New(`(?:python|pypy)(\d+\.\d+)t?[/\\](?:site|dist)-packages[/\\]?$`)

func environmentOf(name, packages string) Environment {
	e := Environment{name: name, version: func(pkg string) string { return site.Installed(packages, pkg) }}
	if m := pythonOf.FindStringSubmatch(packages); m != nil {
		e.minor = m[1]
	}
	return e
}

// In says whether the issue of a rule can occur on this system, and in one of the
// environments; none: nothing is known of what is installed.
func In(r *rules.Rule, goos string, envs []Environment) Answer {
	if len(r.OS) > 0 && !slices.Contains(r.OS, goos) {
		return Answer{Applies: "no", Why: "this is " + rules.SystemName(goos)}
	}
	if len(r.Affected) == 0 && r.Python == "" {
		return Answer{Applies: "yes"}
	}
	if len(envs) == 0 {
		return Answer{Applies: "unknown", Why: "what is installed is not known"}
	}
	var all []Answer
	for i := range envs {
		h := envs[i].applies(r)
		if len(envs) > 1 {
			h.Why += " in " + envs[i].name
		}
		all = append(all, h)
	}
	for _, state := range []string{"yes", "unknown"} { // one is enough
		if i := slices.IndexFunc(all, func(h Answer) bool { return h.Applies == state }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// applies says it of one environment: all that the rule is about must be
// there, in a version that has the issue.
func (e *Environment) applies(r *rules.Rule) Answer {
	var why []string
	if r.Python != "" && e.minor != "" {
		if !r.OnPython(e.minor) {
			return Answer{Applies: "no", Why: "Python " + e.minor}
		}
		why = append(why, "Python "+e.minor)
	}
	for i := range r.Affected {
		a := &r.Affected[i]
		if a.Package.Ecosystem != "" && a.Package.Ecosystem != versions.PyPI {
			return Answer{Applies: "unknown", Why: a.Package.Name + " cannot be looked up"}
		}
		version := e.version(a.Package.Name)
		if version == "" {
			return Answer{Applies: "no", Why: "no " + a.Package.Name}
		}
		has, err := a.Has(version)
		if err == nil && !has {
			return Answer{Applies: "no", Why: a.Package.Name + " " + version}
		}
		why = append(why, a.Package.Name+" "+version)
	}
	return Answer{Applies: "yes", Why: strings.Join(why, ", ")}
}
