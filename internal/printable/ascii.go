package printable

import "unicode/utf8"

// asASCII is what we write ourselves, in ASCII.
var asASCII = map[rune]string{
	'×': "x", '→': "->", '…': "...", '–': "-", '—': "--", '•': "*", '·': "-", '✓': "+", '✗': "x", '✕': "x", '“': `"`, '”': `"`, '‘': "'", '’': "'", 'µ': "u", '\u00a0': " ", utf8.RuneError: "?",
}

// inASCII is a character in ASCII. One that is others' is written as Go and Python write it, so that nothing is lost.
func inASCII(r rune) string {
	if text, ok := asASCII[r]; ok {
		return text
	}
	if block := r >= 0x2500 && r <= 0x259f; block { // lines and bars that are drawn
		return "#"
	}
	return written(r)
}
