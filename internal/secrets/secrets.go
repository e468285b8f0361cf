// Package secrets masks what looks like a secret in text that is kept or shown to others: the arguments of a command in a
// report, the excerpt of a bundle. It would rather mask too much.
//
// (The libraries for it are programs that search whole repositories, and bring these along; tokens.go has a table, made from
// what those who issue tokens say of their form.)
package secrets

import (
	"math"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

// Masked stands for a secret.
const Masked = "***"

// A Found is a kind of secret that was masked, and how often.
type Found struct {
	Kind  string
	Count int
}

// Mask returns text with its secrets masked, and what they were, in the order of the table. Take escape sequences out of it
// before: one may stand in the middle of a secret.
func Mask(text string) (masked string, found []Found) {
	for i := range tokens {
		t := &tokens[i]
		n := 0
		text = replace(t, text, func() { n++ })
		if n > 0 {
			found = append(found, Found{t.kind, n})
		}
	}
	n := 0
	text = randomText.ReplaceAllStringFunc(text, func(s string) string {
		if !random(s) {
			return s
		}
		n++
		return Masked
	})
	text = maskDrawn(text, func() { n++ })
	if n > 0 {
		found = append(found, Found{"long random text", n})
	}
	return text, found
}

// replace masks what a pattern finds: its group, or all of it.
func replace(t *token, text string, count func()) string {
	var b strings.Builder
	end := 0
	for _, m := range t.pattern.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 {
			from, to = m[2], m[3]
		}
		to = from + len(strings.TrimRight(text[from:to], "\r\n")) // a line keeps its end
		if text[from:to] == Masked || from < end || t.is != nil && !t.is(text[m[0]:from], text[from:to]) {
			continue
		}
		count()
		b.WriteString(text[end:from] + Masked)
		end = to
	}
	return b.String() + text[end:]
}

// randomText is what may be drawn by lot: long, without what parts words.
var randomText = lazyregexp.New(`[A-Za-z0-9+=_-]{32,}`)

// What is drawn by lot is shorter than that where something stands in front of it that says of what kind it is: a short word, as services
// put it in front of their tokens (sntryu_…), or a name that it is the value of (PLAID=…).
var (
	prefixed = lazyregexp.New(`\b(?:[A-Za-z][A-Za-z0-9]{1,15}[_-]){1,3}([A-Za-z0-9]{16,}(?:[_-][A-Za-z0-9]{16,})*)\b`)
	assigned = lazyregexp.New(`[\w.-]{1,60}["']?\s{0,3}[=:>?|,]{1,5}\s{0,3}["'\x60=]{0,2}([A-Za-z0-9+=_-]{14,})`)
)

// maskDrawn masks what is drawn by lot behind such a word or name.
func maskDrawn(text string, count func()) string {
	for _, p := range []*lazyregexp.Regexp{prefixed, assigned} {
		text = replace(&token{pattern: p, is: isDrawn}, text, count)
	}
	return text
}

// checksum is in the name of what is drawn by lot and no secret.
var checksum = lazyregexp.New(`(?i)sha-?\d|md5|sum\b|hash|digest|commit|revision|\brev\b|fingerprint|etag|image|layer|blob|build[-_ ]?id|version`)

// noLot is how addresses in memory and times begin.
var noLot = lazyregexp.New(`^(?:0x|(?:19|20)\d{6}T\d)`)

// isDrawn reports whether a text looks as if it were drawn by lot: a long number, or letters and digits in turn, more often than in what
// people write. name stands in front of it.
func isDrawn(name, text string) bool {
	if checksum.MatchString(name) || noLot.MatchString(text) {
		return false
	}
	if len(text) >= 32 && strings.ContainsAny(text, "0123456789") && strings.Trim(strings.ToLower(text), "0123456789abcdef") == "" {
		return true
	}
	turns, few, last := 0, max(2*len(text)/5, 4), ' ' // words of people have capitals in them
	if strings.ContainsAny(text, "0123456789") {
		few = min(max(len(text)/5, 4), 8)
	}
	for _, r := range text {
		if kind := kindOf(r); kind != last && kind != ' ' {
			turns, last = turns+1, kind
		}
	}
	return turns > few
}

func kindOf(r rune) rune {
	switch {
	case '0' <= r && r <= '9':
		return '0'
	case 'a' <= r && r <= 'z':
		return 'a'
	case 'A' <= r && r <= 'Z':
		return 'A'
	}
	return ' '
}

// leastBits is how much a character of a text tells, at the least, that was drawn by lot from letters and digits; words of
// people tell less.
const leastBits = 4.2

// random reports whether a text looks as if it were drawn by lot. A checksum, of digits and one case alone, does not: these
// are everywhere, and no secrets.
func random(s string) bool {
	if !strings.ContainsAny(s, "0123456789") || strings.ToLower(s) == s || strings.ToUpper(s) == s {
		return false
	}
	counts := map[rune]int{}
	for _, r := range s {
		counts[r]++
	}
	bits := 0.0
	for _, n := range counts {
		p := float64(n) / float64(len(s))
		bits -= p * math.Log2(p)
	}
	return bits >= leastBits
}

var (
	// secretName is in the name of what has one.
	secretName = lazyregexp.New(`(?i)passw|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|auth`)
	// spelledOut is a secret in an argument that has more in it, such as the script of a shell or a header.
	spelledOut = lazyregexp.New(`(?i)([\w.-]*(?:passw|passphrase|secret|token|credential|api[-_]?key|private[-_]?key|auth)[\w.-]*\s*[=:]\s*(?:(?:bearer|basic|token)\s+)?)("[^"]*"|'[^']*'|[^\s'";]+)`)
	// userinfo is that of a URL, with a password.
	userinfo = lazyregexp.New(`\b([A-Za-z][A-Za-z0-9+.-]*://[^/@\s:]*:)[^/@\s]+@`)
)

// MaskArgv returns the arguments of a command with what looks like a secret masked: by the name of an option or a
// variable, by its form, and passwords in URLs. Reports are kept, and shown to others.
func MaskArgv(argv []string) []string {
	out := slices.Clone(argv)
	for i, arg := range out {
		name, _, assigned := strings.Cut(arg, "=")
		switch {
		case assigned && secretName.MatchString(name):
			out[i] = name + "=" + Masked
		case i > 0 && out[i-1] != Masked && isSecretOption(argv[i-1]) && !strings.HasPrefix(arg, "-"):
			out[i] = Masked
		default:
			arg = spelledOut.ReplaceAllString(userinfo.ReplaceAllString(arg, "${1}"+Masked+"@"), "${1}"+Masked)
			out[i] = maskForms(arg)
		}
	}
	return out
}

// maskForms masks what has the form of a token, whatever stands in front of it.
func maskForms(text string) string {
	for i := range tokens {
		if tokens[i].form {
			text = replace(&tokens[i], text, func() {})
		}
	}
	return maskDrawn(text, func() {})
}

// isSecretOption reports whether an argument is an option whose value comes next, and is a secret: the
// file with a key, and a flag that only asks for a password, are none.
func isSecretOption(arg string) bool {
	if !strings.HasPrefix(arg, "--") || strings.Contains(arg, "=") || !secretName.MatchString(arg) {
		return false
	}
	return !strings.HasSuffix(arg, "-file") && !strings.HasPrefix(arg, "--use-") && !strings.HasSuffix(arg, "-prompt") && !strings.HasPrefix(arg, "--same-")
}
