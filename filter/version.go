package filter

import (
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
)

// sitePython finds the version of Python in the path of a site-packages
// folder.
var sitePython = lazyregexp.New(`python(\d+\.\d+)`)

// A verdict is what was found out of one rule and one folder.
type verdict struct {
	rule *rules.Rule
	site string
}

// A dated version has been there since.
type dated struct {
	version string
	since   time.Time // zero: not known
}

// A found is a package of a rule, or Python, as it is in a folder.
type found struct {
	Installation
	// always: the folder was of this version when the issue was written, too.
	always bool
	since  time.Time
	noted  [2]bool // in the issue, without and with Later
}

// installed reports whether the versions in a folder have the issue, as far as they
// tell of what was written with this date. What is not known counts as having it.
func (f *Filter) installed(i *Issue, site string, stamp []byte) bool {
	key := verdict{i.Rule, site}
	all, known := f.verdicts[key]
	if !known {
		all = f.findOut(i.Rule, site)
		f.verdicts[key] = all
	}
	affected := true
	if site != "" { // which says more than that it is not known
		i.Installed = slices.DeleteFunc(i.Installed, nowhere)
	}
	for n := range all {
		p := &all[n]
		p.Later = !p.Affected && !p.always && !f.wasThere(p.since, stamp)
		affected = affected && (p.Affected || p.Later)
		p.note(i)
	}
	return affected
}

// note enters it in the issue, once.
func (p *found) note(i *Issue) {
	noted := &p.noted[0]
	if p.Later {
		noted = &p.noted[1]
	}
	if !*noted && !slices.Contains(i.Installed, p.Installation) {
		i.Installed = append(i.Installed, p.Installation)
	}
	*noted = true
}

// findOut looks up the versions that a rule is about, in the folder that an
// occurrence names.
func (f *Filter) findOut(r *rules.Rule, site string) (all []found) {
	if m := sitePython.FindStringSubmatch(site); m != nil && r.Python != "" {
		all = append(all, found{Installation: Installation{Site: site, Package: Python, Version: m[1], Affected: r.OnPython(m[1])}, always: true})
	}
	for n := range r.Affected {
		a := &r.Affected[n]
		p := found{Installation: Installation{Site: site, Package: a.Package.Name, Affected: true}}
		if f.options.Installed != nil && site != "" && (a.Package.Ecosystem == rules.PyPI || a.Package.Ecosystem == "") {
			there := f.lookUp(site, p.Package)
			p.Version, p.since = there.version, there.since
		}
		if p.Version != "" {
			has, err := a.Has(p.Version)
			p.Affected = has || err != nil
		}
		all = append(all, p)
	}
	return all
}

// lookUp asks once for each folder and package.
func (f *Filter) lookUp(site, pkg string) dated {
	key := [2]string{site, pkg}
	if v, ok := f.versions[key]; ok {
		return v
	}
	var v dated
	v.version, v.since = f.options.Installed(site, pkg)
	f.versions[key] = v
	return v
}
