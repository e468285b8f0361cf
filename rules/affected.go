package rules

import (
	"fmt"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/rules/versions"
)

// OnPython reports whether the issue occurs on a Python of this minor version, "3.12". It is true when that is empty or
// cannot be read.
func (r *Rule) OnPython(minor string) bool { return versions.OnPython(r.Python, minor) }

// checkSpecifier is a fault if a text is not a specifier.
func checkSpecifier(field, text, example string) fault {
	if _, err := versions.Specifiers(text); err == nil {
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
		if f := r.Affected[i].Check(); f.Format != "" {
			return faultf(fmt.Sprintf("affected[%d]%s", i, f.Field), f.Format, f.Args...)
		}
	}
	return fault{}
}
