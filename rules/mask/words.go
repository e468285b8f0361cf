package mask

import (
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A varying is something that varies from one line to the next.
type varying struct {
	name  string
	first string // characters that it can begin with
	has   string // one of these is in it; empty: any may be. Both are fast to see.
	// re finds it at the start of a text. If it has a group, only that varies.
	re *lazyregexp.Regexp
	// is looks closer; nil: the expression says it all.
	is func(found string) bool
	// pattern returns what matches it; nil: nothing varies in it, unless it is a
	// path or a date.
	pattern func(found string) string
}

const (
	digits  = "0123456789"
	hexes   = digits + "abcdefABCDEF"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	months  = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`
	days    = `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)`
)

// HostPrefix is what stands for the host in front of a line of pyinfra.
const HostPrefix = ` *\[[^\]\s]+\] +`

// variables are looked for at the start of each word, and the first that is
// there counts.
var variables = []varying{
	// an address in the web says what the line is about
	{"url", letters, ":", lazyregexp.New(`^[a-z][a-z0-9+.-]*://[^\s"'<>]+`), nil, nil},
	// RFC 3339, and what logging of Python writes
	{"time", digits, ":", lazyregexp.New(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z\b| ?[+-]\d\d:?\d\d\b)?`), nil, fixed(`\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z| ?[+-][\d:]+)?`)},
	// Apache's, of RFC 2822, and of ctime(3) and syslog
	{"time", digits, "", lazyregexp.New(`^\d\d?[/ -]` + months + `[/ -]\d{4}(?:[: ]\d\d:\d\d:\d\d)?(?: (?:[+-]\d{4}|[A-Z]{3,4})\b)?`), nil, fixed(`\d+[/ -][A-Z][a-z]{2}[/ -]\d{4}(?:[: ][\d:]+)?(?: [+-]\d{4}| [A-Z]{3,4})?`)},
	{"time", "JFMASONDTW", ":", lazyregexp.New(`^(?:` + days + ` )?` + months + ` [ \d]?\d \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?\b`), nil, fixed(`(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?`)},
	{"day", "MTWFS", "", lazyregexp.New(`^` + days + `\b`), nil, fixed(`[A-Z][a-z]{2}`)},
	{"date", digits, "", lazyregexp.New(`^\d{4}([-/.])\d\d[-/.]\d\d\b`), nil, nil},
	{"clock", digits, ":", lazyregexp.New(`^\d\d?:\d\d:\d\d(?:[.,]\d+)?\b`), nil, fixed(`\d+:\d\d:\d\d(?:[.,]\d+)?`)},
	{"uuid", hexes, "-", lazyregexp.New(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`), nil, fixed(`[0-9a-fA-F-]{36}`)},
	{"address", "0", "x", lazyregexp.New(`^0x[0-9a-fA-F]+\b`), nil, fixed(`0x[0-9a-fA-F]+`)},
	{"mac", hexes, ":", lazyregexp.New(`^(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b`), nil, fixed(`[0-9a-fA-F:]{17}`)},
	{"ipv6", hexes, ":", lazyregexp.New(`^(?:[0-9a-fA-F]{1,4}:){1,7}(?::?[0-9a-fA-F]{1,4}){0,7}\b`), isIPv6, fixed(`[0-9a-fA-F:.]+`)},
	{"ipv4", digits, ".", lazyregexp.New(`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`), nil, fixed(`\d+\.\d+\.\d+\.\d+`)},
	{"fingerprint", "S", ":", lazyregexp.New(`^SHA256:([A-Za-z0-9+/=]{20,})`), nil, fixed(`[A-Za-z0-9+/=]+`)},
	{"hash", hexes, "", lazyregexp.New(`^(?:[0-9a-f]{6,128}|[0-9A-F]{6,128})\b`), mixed, fixed(`[0-9a-fA-F]+`)},
	{"size", digits, "B", lazyregexp.New(`^\d+(?:\.\d+)? ?[kKMGTP]?i?B\b`), nil, fixed(`\d[\d.]* ?[kKMGTP]?i?B`)},
	{"duration", digits, "smh", lazyregexp.New(`^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+\b`), nil, fixed(`\d[\d.hmnsuµ]*`)},
	{"version", digits, ".", lazyregexp.New(`^\d+(?:\.\d+)+(?:[-+~.]?[a-z]*\d+)+\b`), withLetters, fixed(`\d[\w.+~-]*`)},
	{"version", digits, ".", lazyregexp.New(`^\d+(?:\.\d+)+`), nil, fixed(`\d[\d.]*`)},
	{"amount", digits, ",", lazyregexp.New(`^\d{1,3}(?:,\d{3})+\b`), nil, fixed(`\d[\d,]*`)},
	{"path", "/~", "", lazyregexp.New(`^~?(?:/[^\s/:"'()<>\[\]{}|,;]+)+/?`), nil, nil},
	{"path", letters, ":", lazyregexp.New(`^[A-Za-z]:(?:\\[^\s\\/:"'()<>\[\]{}|,;]+)+\\?`), nil, nil},
	{"user", letters, "@", lazyregexp.New(`^[A-Za-z][\w.+-]*@[\w-]+(?:\.[\w-]+)*`), nil, fixed(`[\w.+-]+@[\w.-]+`)},
	{"host", "VvHhSsMmNnCcIi", "", lazyregexp.New(`^(?:VM|vm|[Hh]ost|[Hh]ostname|[Ss]erver|[Mm]achine|[Nn]ode|[Cc]ontainer|[Ii]nstance)[ =:]+['"]?(\w[\w.-]*[\w])`), isHost, fixed(`[\w.-]+`)},
	{"token", letters + digits, digits, lazyregexp.New(`^[A-Za-z0-9_]{10,}`), isRandom, fixed(`\w+`)},
}

var number = lazyregexp.New(`^\d+`)

func fixed(pattern string) func(string) string { return func(string) string { return pattern } }

// isIPv6 tells an address from a name with colons in it: it has a number, and
// either all of its parts or two colons where some are left out.
func isIPv6(found string) bool {
	return strings.ContainsAny(found, digits) && (strings.Contains(found, "::") || strings.Count(found, ":") == 7)
}

// mixed reports whether there are both letters and digits in a hash: otherwise
// it is a word, or a number.
func mixed(found string) bool {
	return strings.ContainsAny(found, digits) && strings.ContainsAny(found, letters)
}

func withLetters(found string) bool { return strings.ContainsAny(found, letters+"-+~") }

// isHost tells the name of a host from a word of the sentence ("server error").
func isHost(found string) bool {
	name := found[1+strings.LastIndexAny(found, ` =:'"`):]
	return strings.HasPrefix(found, "VM ") || strings.ContainsAny(name, "-."+digits)
}

// isRandom reports whether letters and digits alternate as they do in no word.
func isRandom(found string) bool {
	turns := 0
	for i := 1; i < len(found); i++ {
		if (found[i] <= '9') != (found[i-1] <= '9') {
			turns++
		}
	}
	return turns >= 4
}
