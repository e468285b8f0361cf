package rules

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/diagnose/site"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// An environment is a Python with its packages, of which a rule is asked
// whether its issue can occur there.
type environment struct {
	name    string                  // as it is shown
	minor   string                  // of Python, "3.12"; "": not known
	version func(pkg string) string // of a package; "": it is not installed
}

// envFlags say which environments are meant.
type envFlags struct {
	venvs, sites []string
}

func (e *envFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVar(&e.venvs, "venv", nil, "say what can occur in the virtual environment in this `DIR` (repeatable)")
	c.Flags().StringArrayVar(&e.sites, "site", nil, "say what can occur with the packages in this site-packages folder, `DIR` (repeatable)")
	for _, flag := range []string{"venv", "site"} {
		_ = c.MarkFlagDirname(flag)
	}
}

// environments returns those that are named; none: nothing is known of what
// is installed.
func (e *envFlags) environments() (envs []environment, err error) {
	for _, dir := range e.venvs {
		sites := sitesIn(dir)
		if len(sites) == 0 {
			return nil, cli.Usage(fmt.Errorf("--venv %s: there is no site-packages folder in it; write the folder that python -m venv made", dir))
		}
		for _, site := range sites {
			envs = append(envs, environmentOf(dir, site))
		}
	}
	for _, site := range e.sites {
		if !isFolder(site) {
			return nil, cli.Usage(fmt.Errorf("--site %s: this is no folder; type: python -c 'import site; print(*site.getsitepackages())'", site))
		}
		envs = append(envs, environmentOf(site, site))
	}
	return envs, nil
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

func environmentOf(name, packages string) environment {
	e := environment{name: name, version: func(pkg string) string { return site.Installed(packages, pkg) }}
	if m := pythonOf.FindStringSubmatch(packages); m != nil {
		e.minor = m[1]
	}
	return e
}

// applies says whether an issue can occur on this system, and in one of the
// environments.
func applies(r *rules.Rule, goos string, envs []environment) catalog.Here {
	if len(r.OS) > 0 && !slices.Contains(r.OS, goos) {
		return catalog.Here{Applies: "no", Why: "this is " + rules.SystemName(goos)}
	}
	if len(r.Affected) == 0 && r.Python == "" {
		return catalog.Here{Applies: "yes"}
	}
	if len(envs) == 0 {
		return catalog.Here{Applies: "unknown", Why: "what is installed is not known"}
	}
	var all []catalog.Here
	for i := range envs {
		h := envs[i].applies(r)
		if len(envs) > 1 {
			h.Why += " in " + envs[i].name
		}
		all = append(all, h)
	}
	for _, state := range []string{"yes", "unknown"} { // one is enough
		if i := slices.IndexFunc(all, func(h catalog.Here) bool { return h.Applies == state }); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}

// applies says it of one environment: all that the rule is about must be
// there, in a version that has the issue.
func (e *environment) applies(r *rules.Rule) catalog.Here {
	var why []string
	if r.Python != "" && e.minor != "" {
		if !r.OnPython(e.minor) {
			return catalog.Here{Applies: "no", Why: "Python " + e.minor}
		}
		why = append(why, "Python "+e.minor)
	}
	for i := range r.Affected {
		a := &r.Affected[i]
		if a.Package.Ecosystem != "" && a.Package.Ecosystem != versions.PyPI {
			return catalog.Here{Applies: "unknown", Why: a.Package.Name + " cannot be looked up"}
		}
		version := e.version(a.Package.Name)
		if version == "" {
			return catalog.Here{Applies: "no", Why: "no " + a.Package.Name}
		}
		has, err := a.Has(version)
		if err == nil && !has {
			return catalog.Here{Applies: "no", Why: a.Package.Name + " " + version}
		}
		why = append(why, a.Package.Name+" "+version)
	}
	return catalog.Here{Applies: "yes", Why: strings.Join(why, ", ")}
}
