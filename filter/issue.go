package filter

import "slices"

// What can be said of an issue when the run is over.

// Commands returns the commands that fix the issue, one for each environment
// that it was seen in. fix returns the one that installs a requirement for a
// site-packages folder.
func (i *Issue) Commands(fix func(site, requirement string) string) (out []string) {
	if i.Rule.Fix == nil {
		return nil
	}
	for _, inst := range i.Installed {
		if inst.Package != i.Rule.Fix.Upgrade || i.excluded(inst.Site) {
			continue
		}
		if c := fix(inst.Site, i.Rule.Fix.Requirement()); !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// excluded reports whether something in this folder should not print the issue.
func (i *Issue) excluded(site string) bool {
	return slices.ContainsFunc(i.Installed, func(n Installation) bool { return n.Site == site && !n.Affected })
}
