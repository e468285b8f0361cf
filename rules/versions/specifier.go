package versions

import (
	"fmt"
	"slices"
	"strconv"
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

// patches is how many patch releases of a minor version there may be: no CPython branch had more than 20.
const patches = 60

var figures = lazyregexp.New(`\d+`)

// patchesToAsk are the patch releases of which one is let in by a specifier if any is: the first and the last, and those that are, or stand
// beside, a number in the specifier, since it is only there that one is let in and the next is not. To ask of each takes longer than all else that is
// found out of a folder.
func patchesToAsk(specifier string) []int {
	all := []int{0, patches - 1}
	for _, text := range figures.FindAllString(specifier, -1) {
		n, err := strconv.Atoi(text)
		for i := n - 1; err == nil && i <= n+1 && i < patches; i++ {
			if i >= 0 && !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	return all
}

// OnPython reports whether a specifier lets in a Python of this minor version, "3.12": any patch
// release of it. It is true when one of the two is empty or cannot be read.
func OnPython(specifier, minor string) bool {
	spec, err := Specifiers(specifier)
	if specifier == "" || err != nil || !minorVersion.MatchString(minor) {
		return true
	}
	for _, i := range patchesToAsk(specifier) {
		v, err := pep440.Parse(fmt.Sprintf("%s.%d", minor, i))
		if err != nil || spec.Check(v) {
			return true
		}
	}
	return false
}
