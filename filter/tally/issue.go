package tally

// What can be said of an issue when the run is over.

// Commands returns the commands that fix the issue, one for each environment
// that it was seen in. fix returns the one that installs a requirement for a
// site-packages folder.
func (i *Issue) Commands(fix func(site, requirement string) string) (out []string) {
	if i.Rule.Fix == nil {
		return nil
	}
	all := i.Installed.List()
	excluded := map[string]bool{} // something there should not print the issue
	for _, inst := range all {
		excluded[inst.Site] = excluded[inst.Site] || !inst.Affected
	}
	said := map[string]bool{}
	for _, inst := range all {
		if inst.Package != i.Rule.Fix.Upgrade || excluded[inst.Site] {
			continue
		}
		if c := fix(inst.Site, i.Rule.Fix.Requirement()); !said[c] {
			said[c], out = true, append(out, c)
		}
	}
	return out
}

// MaxPlaces is of how many occurrences of an issue the places are kept.
const MaxPlaces = 20

// A Place is where an occurrence is.
type Place struct {
	Line            int    // in which it begins, from 1
	Host, Operation string // that it names, and the operation or phase that it is in; may be empty
	Text            string // of its first line, cut; empty: not known
	Stream          int    // in which the line is, from 0; see Summary.Stream
}
