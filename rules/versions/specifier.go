package versions

import (
	"fmt"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

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

// minorVersion is a Python version as folders are named by.
var minorVersion = lazyregexp.New(`^\d+\.\d+$`)

// OnPython reports whether a specifier lets in a Python of this minor version, "3.12": any patch
// release of it. It is true when one of the two is empty or cannot be read.
func OnPython(specifier, minor string) bool {
	spec, err := Specifiers(specifier)
	if specifier == "" || err != nil || !minorVersion.MatchString(minor) {
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
