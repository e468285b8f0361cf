package versions

import (
	"fmt"
	"slices"
	"strings"
)

// Words says which versions are affected: "gevent 25.5.1 to before 25.8.1".
func (a *Affected) Words() string {
	if len(a.Ranges) == 0 {
		return a.Package.Name + ", all versions"
	}
	var spans []string
	for i := range a.Ranges {
		spans = append(spans, a.Ranges[i].words()...)
	}
	if slices.Contains(spans, allVersions) {
		return a.Package.Name + ", " + allVersions
	}
	return a.Package.Name + " " + strings.Join(spans, ", ")
}

const allVersions = "all versions"

// words returns the stretches of a range, from introduced to what ends it.
func (r *Range) words() (out []string) {
	bounds, _ := r.bounds() // they were checked when the rule was loaded
	for i := range bounds {
		if bounds[i].kind != "introduced" {
			continue
		}
		var end *bound
		if i+1 < len(bounds) {
			end = &bounds[i+1]
		}
		out = append(out, stretch(&bounds[i], end))
	}
	return out
}

func stretch(from, to *bound) string {
	switch {
	case to == nil && from.first():
		return allVersions
	case to == nil:
		return from.text + " and newer"
	case from.first() && to.kind == "fixed":
		return "before " + to.text
	case from.first():
		return "up to " + to.text
	case to.kind == "fixed":
		return fmt.Sprintf("%s to before %s", from.text, to.text)
	case to.text == from.text:
		return from.text
	}
	return fmt.Sprintf("%s to %s", from.text, to.text)
}
