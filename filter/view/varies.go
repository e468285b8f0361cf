package view

import (
	"slices"
	"strings"
)

// calendars are words of which one may stand where another one has stood.
var calendars = [][]string{
	strings.Fields("am pm"),
	strings.Fields("mon tue wed thu fri sat sun"),
	strings.Fields("monday tuesday wednesday thursday friday saturday sunday"),
	strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec"),
	strings.Fields("january february march april may june july august september october november december"),
}

// shortestID is how long a hexadecimal number is at least that may be one of a line.
const shortestID = 4

// alike returns how long the word is that begins at i in a learnt prefix, 0 if it is none that varies, and at n in a text the other one that
// stands in its place, 0 if none does.
func (l *learnt) alike(text []byte, i, n int) (len1, len2 int) {
	if i > 0 && isWordByte(l.text[i-1]) || n > len(text) || n > 0 && isWordByte(text[n-1]) {
		return 0, 0
	}
	a, b := wordAt(l.text[i:]), wordAt(string(text[n:min(len(text), n+longestLearnt)]))
	for _, words := range calendars {
		if slices.Contains(words, strings.ToLower(a)) && slices.Contains(words, strings.ToLower(b)) {
			return len(a), len(b)
		}
	}
	switch {
	case !l.ids || !isID(a):
		return 0, 0
	case len(a) == len(b) && isID(b):
		return len(a), len(b)
	}
	return len(a), 0
}

// wordAt is the word that a text begins with; empty: none.
func wordAt(text string) string {
	for i := range len(text) {
		if !isWordByte(text[i]) {
			return text[:i]
		}
	}
	return text
}

// isID reports whether a word is a hexadecimal number that is long enough.
func isID(word string) bool {
	word = strings.TrimPrefix(word, "0x")
	return len(word) >= shortestID && strings.Trim(word, "0123456789abcdefABCDEF") == ""
}

// isTimed reports whether there is a time of day in a text, a figure, a colon and two figures, or what stands behind one.
func isTimed(text []byte) bool {
	if half := strings.ToLower(wordAt(string(text))); slices.Contains(calendars[0], half) {
		return true
	}
	for i := 1; i+2 < len(text); i++ {
		if text[i] == ':' && isDigit(text[i-1]) && isDigit(text[i+1]) && isDigit(text[i+2]) {
			return true
		}
	}
	return false
}
