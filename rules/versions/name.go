package versions

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// NamePattern finds the name of a package, as of PEP 508, with extras.
const NamePattern = `^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9._,-]+\])?$`

var named = lazyregexp.New(NamePattern)

// IsName reports whether a text is the name of a package, with extras or without.
func IsName(text string) bool { return named.MatchString(text) }

var separators = lazyregexp.New(`[-_.]+`)

// NormalName returns a package name as PEP 503 compares it.
func NormalName(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}
