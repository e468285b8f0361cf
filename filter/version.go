package filter

import (
	"regexp"
	"slices"
)

// sitePython finds the version of Python in the path of a site-packages
// folder.
var sitePython = regexp.MustCompile(`python(\d+\.\d+)`)

// installed looks up the versions that a rule is about, in the folder that
// an occurrence names, and notes them in the issue. It reports whether they
// have the issue; what is not known counts as having it.
func (f *Filter) installed(i *Issue, site string) bool {
	affected := true
	if m := sitePython.FindStringSubmatch(site); m != nil {
		affected = i.Rule.OnPython(m[1])
	}
	for n := range i.Rule.Affected {
		a := &i.Rule.Affected[n]
		inst := Installation{Site: site, Package: a.Package.Name, Affected: true}
		if f.options.Installed != nil && site != "" {
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
