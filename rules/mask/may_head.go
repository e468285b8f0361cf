package mask

import "strings"

// The same for the columns in front of a message: most words in front of a number are none, and what an expression of a column begins
// with is looked for by hand before.

// mayBeStamp reports whether a text begins as stampField does.
func mayBeStamp(text string) bool {
	if text[0] == '[' {
		text = text[1:]
	}
	return text != "" && (text[0] >= '0' && text[0] <= '9' || isCalendar(text))
}

// longestLevel is the length of the longest level of levelField.
const longestLevel = len("information")

// mayBeLevelField reports whether a text begins as levelField does: a word that is as long as a level, and alone.
func mayBeLevelField(text string) bool {
	if text[0] == '[' || text[0] == '<' || text[0] == '(' {
		text = text[1:]
	}
	n := 0
	for n < len(text) && n <= longestLevel && (isLetter(text[n]) || text[n] >= 0x80) { // (?i) has letters that are not of ASCII
		n++
	}
	switch {
	case n == 0, n > longestLevel, n == 1 && !nextIn(text, 0, "VDIWEF"):
		return false
	}
	return n == len(text) || nextIn(text, n, " :])>")
}

// mayBeNumField reports whether a text begins as numField does.
func mayBeNumField(text string) bool {
	return text[0] >= '0' && text[0] <= '9' || len(text) > 1 && text[1] >= '0' && text[1] <= '9' && nextIn(text, 0, "[(<#")
}

// hasFigure reports whether a text has a figure in it, of eight bytes at a time.
func hasFigure(text string) bool {
	const low, high, zeros, most = 0x7f7f7f7f7f7f7f7f, 0x8080808080808080, 0x3030303030303030, 0x7676767676767676
	for ; len(text) >= 8; text = text[8:] { // of each byte, the highest bit is left if it is no figure
		x := uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 | uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
		if x ^= zeros; ((x&low+most)|x)&high != high {
			return true
		}
	}
	return strings.IndexFunc(text, func(r rune) bool { return r >= '0' && r <= '9' }) >= 0
}

// wordFieldLen is how long what a text begins with is that may be a name, with the space behind it; 0: nothing is:
//
//	^(?:[A-Za-z_][\w$./:@-]*|[A-Z][\w-]*)(?: |$)
func wordFieldLen(text string) (n int) {
	if text[0] != '_' && !isLetter(text[0]) {
		return 0
	}
	for n < len(text) && nameOf[text[n]] {
		n++
	}
	switch {
	case n == len(text):
		return n
	case text[n] == ' ':
		return n + 1
	}
	return 0
}

var nameOf = func() (out [256]bool) {
	for _, c := range []byte(letters + digits + "_$./:@-") {
		out[c] = true
	}
	return out
}()
