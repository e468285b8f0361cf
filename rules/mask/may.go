package mask

import "strings"

// An expression is run at the start of each word of each line, and mostly finds nothing: what it needs in the first
// bytes is looked for by hand before.

// How long a hash and a random text are, at least, and how many capitals the latter has that is of letters alone: see isHash and isRandom.
const (
	leastHash   = 6
	leastToken  = 8
	fewCapitals = 3
)

// may are, by the names of variables, what says of a text that none of that name can be at its start, if it returns false.
var may = map[string]func(text string) bool{
	"token":    func(text string) bool { return spanOf(text, isToken) >= leastToken },
	"hash":     func(text string) bool { return spanOf(text, isHex) >= leastHash },
	"time":     func(text string) bool { return !isLetter(text[0]) || isCalendar(text) },
	"day":      isCalendar,
	"size":     func(text string) bool { return unitIn(text, "bkKMGTPiB") },
	"duration": func(text string) bool { return unitIn(text, "numsh:\xc2") },
	"number":   func(text string) bool { return unitIn(text, "eE") },
	"stamp":    func(text string) bool { n := digitsIn(text); return n == 8 || n <= 4 && nextIn(text, n, "-/.") },
	"date":     func(text string) bool { return nextIn(text, digitsIn(text), "-/.") },
	"clock":    func(text string) bool { n := digitsIn(text); return n <= 2 && nextIn(text, n, ":") },
	"ipv4":     func(text string) bool { n := digitsIn(text); return n <= 3 && nextIn(text, n, ".") },
	"version":  func(text string) bool { return nextIn(text, digitsIn(text), ".") },
	"amount":   func(text string) bool { n := digitsIn(text); return n <= 3 && nextIn(text, n, ",") },
}

// mayBe is may, by the numbers of variables; nil: only the expression knows.
var mayBe = newMayBe()

func newMayBe() (out [64]func(string) bool) {
	for i := range variables {
		out[i] = may[variables[i].name]
	}
	return out
}

// spanOf is how long what a text begins with is of one kind.
func spanOf(text string, is func(byte) bool) (n int) {
	for n < len(text) && is(text[n]) {
		n++
	}
	return n
}

func isToken(c byte) bool { return c == '_' || c >= '0' && c <= '9' || isLetter(c) }

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' }

// nextIn reports whether one of some characters stands at a place.
func nextIn(text string, at int, of string) bool {
	return at < len(text) && strings.IndexByte(of, text[at]) >= 0
}

// unitIn reports whether behind a number, which may have a fraction, and behind a space, stands one of what units begin with.
func unitIn(text, units string) bool {
	at := 0
	if text[0] == '<' {
		at++
	}
	at += digitsIn(text[at:])
	if nextIn(text, at, ".") {
		at += 1 + digitsIn(text[at+1:])
	}
	if nextIn(text, at, " ") {
		at++
	}
	return nextIn(text, at, units)
}

// isCalendar reports whether a text begins as the name of a month or of a day does.
func isCalendar(text string) bool {
	if len(text) < 3 {
		return false
	}
	switch text[:3] {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}
