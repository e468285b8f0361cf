package report

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// masked stands for a secret.
const masked = "***"

var (
	// secret is in the name of what has one.
	secret = lazyregexp.New(`(?i)passw|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|auth`)
	// spelledOut is a secret in an argument that has more in it, such as the script of a shell or a header.
	spelledOut = lazyregexp.New(`(?i)([\w.-]*(?:passw|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|auth)[\w.-]*\s*[=:]\s*(?:(?:bearer|basic|token)\s+)?)("[^"]*"|'[^']*'|[^\s'";]+)`)
	// userinfo is that of a URL, with a password.
	userinfo = lazyregexp.New(`\b([A-Za-z][A-Za-z0-9+.-]*://[^/@\s:]*:)[^/@\s]+@`)
)

// MaskArgv returns the arguments of a command with what looks like a secret masked, by the name of an
// option or a variable, and passwords in URLs: reports are kept, and shown to others.
func MaskArgv(argv []string) []string {
	out := slices.Clone(argv)
	for i, arg := range out {
		name, _, assigned := strings.Cut(arg, "=")
		switch {
		case assigned && secret.MatchString(name):
			out[i] = name + "=" + masked
		case i > 0 && out[i-1] != masked && isSecretOption(argv[i-1]) && !strings.HasPrefix(arg, "-"):
			out[i] = masked
		default:
			out[i] = spelledOut.ReplaceAllString(userinfo.ReplaceAllString(arg, "${1}"+masked+"@"), "${1}"+masked)
		}
	}
	return out
}

// isSecretOption reports whether an argument is an option whose value comes next, and is a secret: the
// file with a key, and a flag that only asks for a password, are none.
func isSecretOption(arg string) bool {
	if !strings.HasPrefix(arg, "--") || strings.Contains(arg, "=") || !secret.MatchString(arg) {
		return false
	}
	return !strings.HasSuffix(arg, "-file") && !strings.HasPrefix(arg, "--use-") && !strings.HasSuffix(arg, "-prompt") && !strings.HasPrefix(arg, "--same-")
}
