package filter

import (
	"regexp"
	"slices"

	"github.com/orbfilter/orbfilter/rules"
)

// sitePython finds the version of Python in the path of a site-packages
// folder.
var sitePython = regexp.MustCompile(`python(\d+\.\d+)`)

// A verdict is what was found out of one rule and one folder.
type verdict struct {
	rule *rules.Rule
	site string
}

// installed reports whether the versions in a folder have the issue.
func (f *Filter) installed(i *Issue, site string) bool {
	key := verdict{i.Rule, site}
	affected, known := f.verdicts[key]
	if !known {
		affected = f.findOut(i, site)
		f.verdicts[key] = affected
	}
	return affected
}

// findOut looks up the versions that a rule is about, in the folder that an
// occurrence names, and notes them in the issue. It reports whether they have
// the issue; what is not known counts as having it.
func (f *Filter) findOut(i *Issue, site string) bool {
	affected := true
	if site != "" { // which says more than that it is not known
		i.Installed = slices.DeleteFunc(i.Installed, nowhere)
	}
	if m := sitePython.FindStringSubmatch(site); m != nil && i.Rule.Python != "" {
		affected = i.Rule.OnPython(m[1])
		i.Installed = append(i.Installed, Installation{Site: site, Package: Python, Version: m[1], Affected: affected})
	}
	for n := range i.Rule.Affected {
		a := &i.Rule.Affected[n]
		inst := Installation{Site: site, Package: a.Package.Name, Affected: true}
		if f.options.Installed != nil && site != "" && (a.Package.Ecosystem == rules.PyPI || a.Package.Ecosystem == "") {
			inst.Version = f.lookUp(site, inst.Package)
		}
		if inst.Version != "" {
			has, err := a.Has(inst.Version)
			inst.Affected = has || err != nil
		}
		affected = affected && inst.Affected
		if !slices.Contains(i.Installed, inst) {
			i.Installed = append(i.Installed, inst)
		}
	}
	return affected
}

// lookUp asks once for each folder and package.
func (f *Filter) lookUp(site, pkg string) string {
	key := [2]string{site, pkg}
	if v, ok := f.versions[key]; ok {
		return v
	}
	v := f.options.Installed(site, pkg)
	f.versions[key] = v
	return v
}
