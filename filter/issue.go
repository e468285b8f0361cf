package filter

import "slices"

// What can be said of an issue when the run is over.

// CauseIn returns the issue among all that comes first of those that this one
// comes of, and that was seen before it, or between its lines; nil: none was.
func (i *Issue) CauseIn(all []*Issue) (cause *Issue) {
	until := i.FirstLine
	if len(i.Rule.Match.Block) > 0 {
		until = i.LastLine
	}
	for _, c := range all {
		if c.FirstLine < until && slices.Contains(i.Rule.Cause, c.Rule.ID) && (cause == nil || c.FirstLine < cause.FirstLine) {
			cause = c
		}
	}
	return cause
}

// FirstText is what the issue's first line said. A block that was folded is
// named instead: its lines say little each.
func (i *Issue) FirstText() string {
	if i.First == "" {
		return i.Rule.ID + ": " + i.Rule.Title
	}
	return i.First
}

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
