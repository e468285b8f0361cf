package mask

import (
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// A Kind is what sort of thing varies. Skeletons have it in the place of the thing: two lines are alike
// if the same kinds of things stand at the same places, whatever each is called.
type Kind byte

// The kinds. What takes turns in logs is of one kind: a host is named or has an address, an amount has a
// sign, a unit or a fraction or has none.
const (
	Number Kind = 'n'
	Time   Kind = 't'
	AHost  Kind = 'h'
	ID     Kind = 'x'
	Path   Kind = 'p'
	Web    Kind = 'u'
	User   Kind = 'w'
	Space  Kind = ' '
	Drawn  Kind = '-'
)

// A varying is something that varies from one line to the next.
type varying struct {
	name  string
	kind  Kind
	first string // characters that it can begin with
	needs classes
	// re finds it at the start of a text. If it has a group, only that varies. nil: it is all the letters, digits and underscores that stand there, if
	// these are enough.
	re *lazyregexp.Regexp
	// is looks closer, at what was found and at what is behind it; nil: the expression says it all.
	is func(found, behind string) bool
	// pattern returns what matches it; nil: nothing varies in it, unless it is a
	// path, a date or an address in the web.
	pattern func(found string) string
}

const (
	digits  = "0123456789"
	hexes   = digits + "abcdefABCDEF"
	lower   = "abcdefghijklmnopqrstuvwxyz"
	upper   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	letters = lower + upper
	months  = `(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)`
	days    = `(?:Mon(?:day)?|Tue(?:s(?:day)?)?|Wed(?:nesday)?|Thu(?:rs(?:day)?)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)`
	// ofDay is a time of the day, with what may stand behind it.
	ofDay = `\d\d?:\d\d(?::\d\d)?(?:[.,]\d+)?(?: ?[AaPp][Mm]\b)?`
)

// HostPrefix is what stands for the host in front of a line of pyinfra.
const HostPrefix = ` *\[[^\]\s]+\] +`

// variables are looked for at the start of each word, and the first that is
// there counts.
var variables = []varying{
	// an address in the web says what the line is about
	{"url", Web, letters, hasColon | hasSlash, lazyregexp.New(`^[a-z][a-z0-9+.-]*://[^\s"'<>]+`), nil, nil},
	// RFC 3339, and what logging of Python writes
	{"time", Time, digits, hasDash, lazyregexp.New(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z\b| ?[+-]\d\d:?\d\d\b)?`), nil, fixed(`\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z| ?[+-][\d:]+)?`)},
	// Apache's, of RFC 2822, and of ctime(3) and syslog
	{"time", Time, digits, hasDigit, lazyregexp.New(`^\d\d?[/ -]` + months + `[/ -]\d{4}(?:[: ]\d\d:\d\d:\d\d)?(?: (?:[+-]\d{4}|[A-Z]{3,4})\b)?`), nil, fixed(`\d+[/ -][A-Z][a-z]+[/ -]\d{4}(?:[: ][\d:]+)?(?: [+-]\d{4}| [A-Z]{3,4})?`)},
	{"time", Time, "JFMASONDTW", 0, lazyregexp.New(`^(?:` + days + `,? )?` + months + ` [ \d]?\d \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?\b`), nil, fixed(`(?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d(?: [A-Z]{3,4})?(?: \d{4})?`)},
	// those of java.util.logging, of letters and of calendars
	{"time", Time, "MTWFS", 0, lazyregexp.New(`^` + days + `,? \d\d?[ -]` + months + `[ -]\d{2,4}(?:,? ` + ofDay + `)?(?: (?:[+-]\d{4}|[A-Z]{3,4})\b)?`), nil, fixed(`[A-Z][a-z]+,? \d+[ -][A-Z][a-z]+[ -]\d+(?:,? [\d:.,]+)?(?: ?[AaPp][Mm])?(?: [+-]\d{4}| [A-Z]{3,4})?`)},
	{"time", Time, "JFMASONDTW", 0, lazyregexp.New(`^(?:` + days + `,? )?` + months + ` {1,2}\d\d?(?:st|nd|rd|th)?\b(?:,? \d{4}\b)?(?:,? ` + ofDay + `)?(?: [A-Z]{3,4}\b)?`), nil, fixed(`(?:[A-Z][a-z]+,? )?[A-Z][a-z]+ +\d+[a-z]*(?:,? \d{4})?(?:,? \d[\d:.,]*)?(?: ?[AaPp][Mm])?(?: [A-Z]{3,4})?`)},
	{"day", Time, "MTWFSJANOD", 0, lazyregexp.New(`^(?:` + days + `|Jan(?:uary)?|Feb(?:ruary)?|Apr(?:il)?|June|July|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b`), nil, fixed(`[A-Z][a-z]+`)},
	{"stamp", Time, digits, hasDigit, lazyregexp.New(`^(?:\d{1,4}[-/.]\d\d?(?:[-/.]\d{1,4})?|\d{8})[ :T,-]\d\d?[:.]\d\d?[:.]\d\d?(?:[.,:]\d+)?(?: ?[AaPp][Mm]\b)?(?:Z\b| ?[+-]\d\d:?\d\d\b)?`), nil, fixed(`\d[\d/.-]*[ :T,-][\d:.,]+(?: ?[AaPp][Mm])?(?:Z| ?[+-][\d:]+)?`)},
	{"date", Time, digits, hasDash | hasSlash | hasDot, lazyregexp.New(`^\d{4}([-/.])\d\d[-/.]\d\d\b`), nil, nil},
	{"date", Time, digits, hasSlash, lazyregexp.New(`^\d\d?/\d\d?/\d\d(?:\d\d)?\b`), nil, fixed(`\d+/\d+/\d+`)},
	// in front of times of the day, since both may be of figures only
	{"ipv6", AHost, hexes, hasColon, lazyregexp.New(`^(?:[0-9a-fA-F]{1,4}:){1,7}(?::?[0-9a-fA-F]{1,4}){0,7}\b`), isIPv6, fixed(`[0-9a-fA-F:.]+`)},
	{"mac", ID, hexes, hasColon, lazyregexp.New(`^(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b`), nil, fixed(`[0-9a-fA-F:]{17}`)},
	{"clock", Time, digits, hasColon, lazyregexp.New(`^\d\d?:\d\d:\d\d(?:[.,]\d+)?(?: ?[AaPp][Mm])?\b`), nil, clockPattern},
	{"uuid", ID, hexes, hasDash, lazyregexp.New(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b`), nil, fixed(`[0-9a-fA-F-]{36}`)},
	{"address", ID, "0", hasDigit, lazyregexp.New(`^0x[0-9a-fA-F]+\b`), nil, fixed(`0x[0-9a-fA-F]+`)},
	{"ipv4", AHost, digits, hasDot, lazyregexp.New(`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b`), nil, fixed(`\d+\.\d+\.\d+\.\d+`)},
	{"fingerprint", ID, "S", hasColon, lazyregexp.New(`^SHA256:([A-Za-z0-9+/=]{20,})`), nil, fixed(`[A-Za-z0-9+/=]+`)},
	{"term", 0, letters, hasDigit, lazyregexp.New(`(?i)^(?:amd64|arm64|armv\d\w?|aarch64|ppc64(?:le)?|s390x|x86_64|x86|i[3-6]86|win(?:32|64)|utf-?(?:8|16|32)|ipv[46]|tls1|sha-?(?:1|224|256|384|512)|md[45]|crc32c?|base64|ed25519|x509|oauth2|http2|ext[234]|sqlite3|bz2|lz4|log4j|k8s|s3|ec2|u?int(?:8|16|32|64)|float(?:32|64)|iso8859)\b`), nil, nil},
	// how grave an object of JSON says that it is says what it is about
	{"level", 0, letters + "@", hasDigit | hasColon, lazyregexp.New(`(?i)^` + levelKeys + `"\s*:\s*"?\d{1,2}\b`), nil, nil},
	{"manual", 0, letters, hasDigit | hasOpen, lazyregexp.New(`^[A-Za-z][\w.-]*\([1-9]\)`), nil, nil},
	{"hash", ID, hexes, 0, lazyregexp.New(`^(?:[0-9a-f]{6,128}|[0-9A-F]{6,128})\b`), isHash, fixed(`[0-9a-fA-F]+`)},
	{"size", Number, digits, 0, lazyregexp.New(`^\d+(?:\.\d+)? ?bytes? \(\d[^()]{0,30}B\)`), nil, fixed(`\d[\d.]* ?bytes?(?: \(\d[^()]*B\))?`)},
	{"size", Number, digits, 0, lazyregexp.New(`^\d+(?:\.\d+)? ?[kKMGTP]?i?B\b`), nil, fixed(`\d[\d.]* ?[kKMGTP]?i?B`)},
	{"size", Number, digits, 0, lazyregexp.New(`^\d+(?:\.\d+)? ?(?:(?:[kKMGT]?(?:bytes?|bits?|bit)\b)|[KMGT]\b)`), nil, fixed(`\d[\d.]* ?(?:[kKMGT]|[kKMGT]?(?:bytes?|bits?))`)},
	{"duration", Number, digits, 0, lazyregexp.New(`^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+\b`), nil, fixed(`\d[\d.hmnsuµ]*`)},
	{"duration", Number, digits + "<", 0, lazyregexp.New(`^<?\d+(?:\.\d+)? ?(?:m?secs?|mins?|hrs?)\b`), nil, fixed(`<?\d[\d.]* ?(?:m?secs?|mins?|hrs?)`)},
	{"duration", Number, digits, hasColon, lazyregexp.New(`^\d\d:[0-5]\d\b`), nil, fixed(`\d+:\d\d`)},
	{"number", Number, digits, 0, lazyregexp.New(`^\d+(?:\.\d+)?[eE][+-]?\d+\b`), nil, fixed(`\d[\d.eE+-]*`)},
	{"version", Number, digits, hasDot, lazyregexp.New(`^\d+(?:\.\d+)+(?:[-+~.]?[a-z]*\d+)+\b`), withLetters, fixed(`\d[\w.+~-]*`)},
	{"version", Number, digits, hasDot, lazyregexp.New(`^\d+(?:\.\d+)+`), nil, fixed(`\d[\d.]*`)},
	{"amount", Number, digits, hasComma, lazyregexp.New(`^\d{1,3}(?:,\d{3})+\b`), nil, fixed(`\d[\d,]*`)},
	{"path", Path, "/~", hasSlash, lazyregexp.New(`^~?(?:/[^\s/:"'()<>\[\]{}|,;]+)+/?`), nil, nil},
	{"path", Path, letters, hasColon | hasBackslash, lazyregexp.New(`^[A-Za-z]:\\(?:[^\\/:*?"'<>|,;\s](?:[^\\/:*?"<>|]*[^\\/:*?"<>|\s])?\\)*(?:[^\s\\:"'()<>\[\]{}|,;]+)?`), nil, nil},
	{"path", Path, `\`, hasBackslash, lazyregexp.New(`^\\\\[\w.-]+(?:\\[^\s\\/:"'()<>\[\]{}|,;]+)+\\?`), nil, nil},
	{"path", Path, letters + digits + "._", hasSlash, lazyregexp.New(`^[\w.][\w.@+~-]*(?:/[\w.@+~-]+)+/?`), isRelative, nil},
	{"user", User, letters, hasAt, lazyregexp.New(`^[A-Za-z][\w.+-]*@[\w-]+(?:\.[\w-]+)*`), nil, fixed(`[\w.+-]+@[\w.-]+`)},
	{"domain", AHost, letters + digits, hasDot, lazyregexp.New(`^(?:[A-Za-z0-9](?:[\w-]*[A-Za-z0-9])?\.)+(?i:com|org|net|edu|gov|mil|int|info|biz|dev|app|local|localdomain|lan|home|corp|internal|intranet|example|test|invalid|localhost|cloud|online|xyz|arpa|eu|io|co|tv|cc|us|uk|de|fr|nl|it|es|pt|ch|at|be|se|fi|dk|cz|ru|ua|cn|jp|kr|hk|tw|sg|au|nz|ca|br|mx|ar|za|ie|il|tr|gr|hu|ro)\b`), isDomain, fixed(`[\w.-]+`)},
	{"token", ID, letters + digits, 0, nil, isRandom, fixed(`\w+`)},
}

// byFirst are the variables that may begin with a character, as a set of their numbers.
var byFirst = newByFirst()

func newByFirst() (out [256]uint64) {
	for i := range variables {
		for j := range len(variables[i].first) {
			out[variables[i].first[j]] |= 1 << i
		}
	}
	return out
}

// domain is the one of variables that finds domains.
var domain = &variables[slices.IndexFunc(variables, func(v varying) bool { return v.name == "domain" })]

var number = varying{name: "number", kind: Number, pattern: fixed(`\d+`)}

func fixed(pattern string) func(string) string { return func(string) string { return pattern } }

func clockPattern(found string) string {
	if found[len(found)-1] > '9' {
		return `\d+:\d\d:\d\d(?:[.,]\d+)?(?: ?[AaPp][Mm])?`
	}
	return `\d+:\d\d:\d\d(?:[.,]\d+)?`
}

// isIPv6 tells an address from a name with colons in it: it has a number, and
// either all of its parts or two colons where some are left out.
func isIPv6(found, _ string) bool {
	return strings.ContainsAny(found, digits) && (strings.Contains(found, "::") || strings.Count(found, ":") == 7)
}

// isHash reports whether hexadecimal digits are no number, and no word: they have letters and digits,
// or are more letters than a word of these six has.
func isHash(found, _ string) bool {
	hasLetter := strings.ContainsAny(found, letters)
	return hasLetter && (strings.ContainsAny(found, digits) || len(found) >= 8)
}

func withLetters(found, _ string) bool { return strings.ContainsAny(found, letters+"-+~") }

// isRelative tells a path from words with a slash between them ("read/write", "and/or", "HTTP/1.1"): it
// begins as one, has more names than two, or one with a dot or an underscore that is no number.
func isRelative(found, _ string) bool {
	names := strings.Split(strings.TrimSuffix(found, "/"), "/")
	if names[0] == "." || names[0] == ".." || names[0] == "" {
		return true
	}
	first := names[0][0]
	if first >= '0' && first <= '9' || !strings.ContainsAny(found, letters) {
		return false
	}
	last := names[len(names)-1]
	return len(names) > 2 || strings.ContainsAny(last[1:], "._") && strings.ContainsAny(last[:1], letters+"_")
}

// isDomain tells a domain from the name of a class or a package.
func isDomain(found, behind string) bool {
	first, _, _ := strings.Cut(found, ".")
	switch first {
	case "com", "org", "net", "java", "javax", "sun", "scala", "kotlin", "io", "dfs", "self", "this", "os", "sys":
		return false
	}
	return !(len(behind) > 1 && strings.IndexByte(".$(_", behind[0]) >= 0 && isWord(behind[1]))
}

// isRandom reports whether letters and digits alternate, or small letters and
// capitals, as they do in no word.
func isRandom(found, _ string) bool {
	turns, steps, short := 0, 0, 0
	from := 0
	for i := 1; i < len(found); i++ {
		if (found[i] <= '9') != (found[i-1] <= '9') {
			turns++
		}
		if isUpper(found[i]) != isUpper(found[i-1]) && isUpper(found[i]) {
			if steps++; i-from <= 2 {
				short++
			}
			from = i
		}
	}
	return turns >= 4 && len(found) >= 10 || steps >= 3 && 2*short > steps && !strings.ContainsAny(found, digits+"_")
}

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
