package lint

import (
	"fmt"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// lintVersions finds a range of Python that no version is in. Ranges of packages
// that are empty, or contradict themselves, are not loaded at all.
func (l *Linted) lintVersions() {
	if r := l.Rule; r.Python != "" && !onAnyPython(r) {
		l.Add(CheckNoPython, "python", "no Python is %s", r.Python)
	}
}

// onAnyPython reports whether the rule is about a Python that there was, or
// may be in some years.
func onAnyPython(r *rules.Rule) bool {
	for minor := range 40 {
		if r.OnPython(fmt.Sprintf("3.%d", minor)) {
			return true
		}
	}
	return r.OnPython("2.7")
}

// lintFix finds a fix that does not end the issue.
func (l *Linted) lintFix() {
	f := l.Rule.Fix
	if f == nil {
		return
	}
	known := false
	for i := range l.Rule.Affected {
		a := &l.Rule.Affected[i]
		if versions.NormalName(a.Package.Name) != versions.NormalName(f.Upgrade) {
			continue
		}
		known = true
		if v := allowedBy(a, f.To); v != "" {
			l.Add(CheckFix, "fix.to", "%s allows %s %s, which has the issue", f.To, f.Upgrade, v)
		}
	}
	if !known {
		l.Add(CheckFixPackage, "fix.upgrade", "affected says nothing of %s", f.Upgrade)
	}
}

// allowedBy returns a version that a specifier allows and that has the issue,
// or "". Only those are tried that the ranges name.
func allowedBy(a *versions.Affected, specifier string) string {
	spec, err := versions.Specifiers(specifier)
	if err != nil {
		return ""
	}
	for _, r := range a.Ranges {
		for _, e := range r.Events {
			for _, v := range []string{e.Introduced, e.LastAffected} {
				if has, err := a.Has(v); err != nil || !has {
					continue
				}
				if at, err := pep440.Parse(v); err == nil && spec.Check(at) {
					return v
				}
			}
		}
	}
	return ""
}
