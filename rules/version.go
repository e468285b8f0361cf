package rules

import (
	"fmt"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
)

// Affected is a package and the versions of it that have the issue; see
// https://ossf.github.io/osv-schema/#affected-fields.
type Affected struct {
	Package Package `yaml:"package"`
	Ranges  []Range `yaml:"ranges"`
}

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
	v, err := pep440.Parse(version)
	if err != nil {
		return false, fmt.Errorf("version %q: %w", version, err)
	}
	for _, r := range a.Ranges {
		if in, err := r.has(v); in || err != nil {
			return in, err
		}
	}
	return len(a.Ranges) == 0, nil
}

func (r *Range) has(v pep440.Version) (in bool, err error) {
	for _, e := range r.Events {
		text := e.Introduced + e.Fixed + e.LastAffected
		at, err := pep440.Parse(text)
		if err != nil {
			return false, fmt.Errorf("version %q: %w", text, err)
		}
		switch {
		case e.Introduced != "":
			in = in || v.GreaterThanOrEqual(at)
		case e.Fixed != "":
			in = in && v.LessThan(at)
		default:
			in = in && v.LessThanOrEqual(at)
		}
	}
	return in, nil
}

// Fixed returns the last version that is named as fixed, or "".
func (a *Affected) Fixed() string {
	fixed := ""
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			if e.Fixed != "" {
				fixed = e.Fixed
			}
		}
	}
	return fixed
}

// OnPython reports whether the issue occurs on a Python of this minor
// version, "3.12": whether any patch release of it is in the rule's range.
// It is true when the version is empty or cannot be read.
func (r *Rule) OnPython(minor string) bool {
	spec, err := pep440.NewSpecifiers(r.Python)
	if r.Python == "" || minor == "" || err != nil {
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

// checkVersions finds versions and ranges that cannot be read.
func (r *Rule) checkVersions() (field string, err error) {
	if r.Python != "" {
		if _, err := pep440.NewSpecifiers(r.Python); err != nil {
			return "python", fmt.Errorf("python %q is not a PEP 440 specifier; write it as '>=3.9,<3.13'", r.Python)
		}
	}
	for i, a := range r.Affected {
		field := fmt.Sprintf("affected[%d]", i)
		if a.Package.Name == "" {
			return field, fmt.Errorf("affected needs package: {ecosystem: PyPI, name: …}")
		}
		for _, rg := range a.Ranges {
			if err := rg.check(); err != nil {
				return field, err
			}
		}
	}
	return "", nil
}

func (r *Range) check() error {
	for _, e := range r.Events {
		set := 0
		for _, v := range []string{e.Introduced, e.Fixed, e.LastAffected} {
			if v == "" {
				continue
			}
			set++
			if _, err := pep440.Parse(v); err != nil {
				return fmt.Errorf("%q is not a version (PEP 440)", v)
			}
		}
		if set != 1 {
			return fmt.Errorf("an event has one of introduced, fixed, last_affected")
		}
	}
	return nil
}

// NormalName returns a package name as PEP 503 compares it.
func NormalName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
}
