package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
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

// minorVersion is a Python version as folders are named by.
var minorVersion = lazyregexp.New(`^\d+\.\d+$`)

// OnPython reports whether the issue occurs on a Python of this minor
// version, "3.12": whether any patch release of it is in the rule's range.
// It is true when the version is empty or cannot be read.
func (r *Rule) OnPython(minor string) bool {
	spec, err := Specifiers(r.Python)
	if r.Python == "" || err != nil || !minorVersion.MatchString(minor) {
		return true
	}
	const patches = 60 // no CPython branch had more than 20
	for i := range patches {
		v, err := pep440.Parse(fmt.Sprintf("%s.%d", minor, i))
		if err != nil || spec.Check(v) {
			return true
		}
	}
	return false
}

// clause is one part of a specifier. The library reads more than PEP 440 has:
// a version alone, parts without a comma, "||".
var clause = lazyregexp.New(`^\s*(?:~=|===?|!=|<=|>=|<|>)\s*[A-Za-z0-9.+!_*-]+\s*$`)

// Specifiers reads a PEP 440 specifier set.
func Specifiers(text string) (pep440.Specifiers, error) {
	for part := range strings.SplitSeq(text, ",") {
		if !clause.MatchString(part) {
			return pep440.Specifiers{}, fmt.Errorf("%q is not a PEP 440 specifier", part)
		}
	}
	return pep440.NewSpecifiers(text)
}

// checkSpecifier is a fault if a text is not a specifier.
func checkSpecifier(field, text, example string) fault {
	if _, err := Specifiers(text); err == nil {
		return fault{}
	}
	if _, err := pep440.Parse(text); err == nil {
		example = ">=" + strings.TrimSpace(text)
	}
	return faultf(field, "%s %q is not a PEP 440 specifier; write it as '%s'", called(field), text, example)
}

// checkVersions finds versions and ranges that cannot be read.
func (r *Rule) checkVersions() fault {
	if r.Python != "" {
		if f := checkSpecifier("python", r.Python, ">=3.9,<3.13"); f.text != "" {
			return f
		}
	}
	for i := range r.Affected {
		if f := r.Affected[i].check(fmt.Sprintf("affected[%d]", i)); f.text != "" {
			return f
		}
	}
	return fault{}
}

func (a *Affected) check(field string) fault {
	name := a.Package.Name
	if name == "" {
		return faultf(field+".package", "affected needs package: {ecosystem: PyPI, name: …}")
	}
	if !packageName.MatchString(name) || strings.Contains(name, "[") {
		return faultf(field+".package.name", "%q is not the name of a package", name)
	}
	for i := range a.Ranges {
		if f := a.Ranges[i].check(fmt.Sprintf("%s.ranges[%d]", field, i)); f.text != "" {
			return f
		}
	}
	return fault{}
}

// check follows OSV: a range begins with introduced, and ends with fixed or
// with last_affected.
func (r *Range) check(field string) fault {
	if len(r.Events) == 0 {
		return faultf(field, `a range needs events: [{introduced: "…"}, {fixed: "…"}]`)
	}
	event := func(i int) string { return fmt.Sprintf("%s.events[%d]", field, i) }
	ends := ""
	for i := range r.Events {
		b, err := r.Events[i].bound()
		if err != nil {
			return faultf(strings.TrimSuffix(event(i)+"."+b.kind, "."), "%v", err)
		}
		if b.kind != "introduced" && ends != "" && b.kind != ends {
			return faultf(event(i), "a range ends with fixed or with last_affected, not with both; write fixed if the version is out")
		}
		if b.kind != "introduced" {
			ends = b.kind
		}
	}
	return r.checkOrder(event)
}

func (r *Range) checkOrder(event func(int) string) fault {
	bounds, _ := r.bounds()
	var open *bound
	for i := range bounds {
		b := &bounds[i]
		switch {
		case b.kind == "introduced" && open == nil:
			open = b
		case b.kind == "introduced":
			return faultf(event(b.index), "%s is in the range already: nothing ends it after %s", b, open)
		case open == nil && len(bounds) == 2 && i == 0 && bounds[1].kind == "introduced":
			return faultf(event(b.index), "%s is not after %s", b, &bounds[1])
		case open == nil:
			return faultf(event(b.index), "%s ends nothing: no introduced is before it; write introduced: \"0\" if all older versions have the issue", b)
		default:
			open = nil
		}
	}
	return fault{}
}

var separators = lazyregexp.New(`[-_.]+`)

// NormalName returns a package name as PEP 503 compares it.
func NormalName(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}
