// Package versions says which versions of a package have an issue, and on which Pythons it occurs: ranges as OSV has
// them, and versions, specifiers and names as Python's packages have them (PEP 440, PEP 503).
package versions

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// Affected is a package and the versions of it that have the issue; see
// https://ossf.github.io/osv-schema/#affected-fields.
type Affected struct {
	Package Package `yaml:"package"`
	Ranges  []Range `yaml:"ranges"`
}

// PyPI is the ecosystem of Python's packages, and what an empty one stands for.
const PyPI = "PyPI"

// A Package is named as its ecosystem names it; only PyPI is looked up.
type Package struct {
	Ecosystem string `yaml:"ecosystem"`
	Name      string `yaml:"name"`
}

// A Range is a list of events in rising order.
type Range struct {
	Events []RangeEvent `yaml:"events"`
}

// A RangeEvent is a version that has the issue from here on, or not any more.
// Exactly one field is set; introduced "0" means from the first version on.
type RangeEvent struct {
	Introduced   string `yaml:"introduced,omitempty"`
	Fixed        string `yaml:"fixed,omitempty"`
	LastAffected string `yaml:"last_affected,omitempty"`
}

// Has reports whether version has the issue. A version that cannot be read
// is an error; so is one in the range (load checks those).
func (a *Affected) Has(version string) (bool, error) {
	v, err := parseVersion(version)
	if err != nil {
		return false, err
	}
	for _, r := range a.Ranges {
		if in, err := r.has(v); in || err != nil {
			return in, err
		}
	}
	return len(a.Ranges) == 0, nil
}

// parseVersion reads a version as PEP 440 defines it. The library compares
// local versions that are written with - or _ in another way than with dots.
func parseVersion(text string) (pep440.Version, error) {
	public, local, ok := strings.Cut(text, "+")
	if ok {
		public += "+" + strings.NewReplacer("-", ".", "_", ".").Replace(local)
	}
	v, err := pep440.Parse(public)
	if err != nil {
		return v, fmt.Errorf("%q is not a version (PEP 440)", text)
	}
	return v, nil
}

// A bound is an event, with its version read.
type bound struct {
	kind  string // introduced, fixed or last_affected
	text  string
	index int // in the file
	at    pep440.Version
}

// String is the bound as it is written.
func (b *bound) String() string { return b.kind + " " + b.text }

// first reports whether the bound is "0", which is before all versions, also
// before 0.dev1.
func (b *bound) first() bool { return b.kind == "introduced" && b.text == "0" }

// bound reads an event.
func (e *RangeEvent) bound() (b bound, err error) {
	n := 0
	for _, f := range []bound{{kind: "introduced", text: e.Introduced}, {kind: "fixed", text: e.Fixed}, {kind: "last_affected", text: e.LastAffected}} {
		if f.text != "" {
			b, n = f, n+1
		}
	}
	if n != 1 {
		return b, errors.New("an event has one of introduced, fixed, last_affected; write each as an entry of its own: [{introduced: …}, {fixed: …}]")
	}
	b.at, err = parseVersion(b.text)
	return b, err
}

// bounds returns the events as OSV evaluates them: in the order of versions.
// Of two at one version, fixed ends what was before, introduced begins, and
// last_affected ends after it.
func (r *Range) bounds() ([]bound, error) {
	var out []bound
	for i := range r.Events {
		b, err := r.Events[i].bound()
		if err != nil {
			return nil, err
		}
		b.index = i
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b bound) int {
		switch {
		case a.first() != b.first() && a.first():
			return -1
		case a.first() != b.first():
			return 1
		}
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(order[a.kind], order[b.kind]))
	})
	return out, nil
}

var order = map[string]int{"fixed": 1, "introduced": 2, "last_affected": 3}

func (r *Range) has(v pep440.Version) (in bool, err error) {
	bounds, err := r.bounds()
	if err != nil {
		return false, err
	}
	for _, b := range bounds {
		switch c := compare(v, b.at); b.kind {
		case "introduced":
			in = in || b.first() || c >= 0
		case "fixed":
			in = in && c < 0
		default:
			in = in && c <= 0
		}
	}
	return in, nil
}

// compare compares a version with that of an event. A local version, such as
// 2.1+cu12, is a build of the version without: it counts only if the event
// names one.
func compare(v, at pep440.Version) int {
	if at.Local() == "" && v.Local() != "" {
		if public, err := pep440.Parse(v.Public()); err == nil {
			v = public
		}
	}
	return v.Compare(at)
}

// Fixed returns the highest version that is named as fixed, or "": when there
// is none, and when a later version has the issue again.
func (a *Affected) Fixed() string {
	var last bound
	for _, r := range a.Ranges {
		bounds, _ := r.bounds()
		if len(bounds) == 0 {
			continue
		}
		end := bounds[len(bounds)-1]
		if end.kind == "introduced" {
			return ""
		}
		if last.text == "" || end.at.GreaterThan(last.at) {
			last = end
		}
	}
	if last.kind != "fixed" {
		return ""
	}
	return last.text
}
