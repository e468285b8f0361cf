package mask

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// classes are which characters are in a word: what may be in it is seen without an expression.
type classes uint16

const (
	hasDigit classes = 1 << iota
	hasSlash
	hasBackslash
	hasColon
	hasDot
	hasDash
	hasComma
	hasAt
	hasOpen
)

var classOf = [256]classes{'/': hasSlash, '\\': hasBackslash, ':': hasColon, '.': hasDot, '-': hasDash, ',': hasComma, '@': hasAt, '(': hasOpen,
	'0': hasDigit, '1': hasDigit, '2': hasDigit, '3': hasDigit, '4': hasDigit, '5': hasDigit, '6': hasDigit, '7': hasDigit, '8': hasDigit, '9': hasDigit}

// A finder goes through a line, and finds what varies in it.
type finder struct {
	line string
	at   int
	keep []string
	// end is where the word ends that at is in, up to the next space, and has what is in it.
	end int
	has classes
}

// A find is a stretch of a line: what stands from at to end, of which from to to varies; nothing does
// where these are the same.
type find struct {
	at, from, to, end int
	v                 *varying
}

var (
	aSpace     = varying{name: "spaces", kind: Space, pattern: fixed(` +`)}
	drawn      = varying{name: "drawn", kind: Drawn, pattern: func(s string) string { return Quote(s[:1]) + `{4,}` }}
	quotedPath = varying{name: "quoted path", kind: Path}
	signed     = varying{name: "number", kind: Number, pattern: fixed(`[+-]?\d+`)}
	named      = map[Kind]*varying{
		User:  {name: "user", kind: User, pattern: namePattern},
		AHost: {name: "host", kind: AHost, pattern: namePattern},
		ID:    {name: "hash", kind: ID, pattern: fixed(`[0-9a-fA-F]+`)},
	}
)

// namePattern is of a name, which may have letters of any script.
func namePattern(name string) string {
	if strings.IndexFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
		return `(?:[\w.-]|[^\x00-\x7f])+`
	}
	return `[\w.-]+`
}

// next finds what varies next, or a stretch that does not, and goes on behind it.
func (f *finder) next() find {
	found := f.look()
	f.at = found.end
	return found
}

func (f *finder) look() find {
	at, line := f.at, f.line
	for _, k := range f.keep {
		if k != "" && strings.HasPrefix(line[at:], k) {
			return f.plain(len(k))
		}
	}
	if v, n := f.run(); n > 0 {
		return f.whole(v, n)
	}
	if at == 0 || !isWord(line[at-1]) {
		if found := f.word(); found.end > at {
			return found
		}
	}
	if n := digitsIn(line[at:]); n > 0 {
		return f.whole(&number, n)
	}
	if f.isSign() {
		return f.whole(&signed, 1+digitsIn(line[at+1:]))
	}
	return f.plain(f.plainLen())
}

// plain is the next n bytes, in which nothing varies; whole those that vary.
func (f *finder) plain(n int) find { return find{at: f.at, from: f.at, to: f.at, end: f.at + n} }

func (f *finder) whole(v *varying, n int) find {
	return find{at: f.at, from: f.at, to: f.at + n, end: f.at + n, v: v}
}

func digitsIn(text string) (n int) {
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}

// isSign reports whether a sign stands in front of a number, and not between two words.
func (f *finder) isSign() bool {
	c := f.line[f.at]
	if c != '-' && c != '+' || f.at+1 == len(f.line) || f.line[f.at+1] < '0' || f.line[f.at+1] > '9' {
		return false
	}
	return f.at == 0 || strings.IndexByte(" =:([{,<\"'_|\t", f.line[f.at-1]) >= 0
}

// plainLen is how much is looked at no more: what is left of a word of letters, or one character.
func (f *finder) plainLen() int {
	line, at := f.line, f.at
	n := 0
	if len(f.keep) == 0 {
		for at+n < len(line) && (isLetter(line[at+n]) || line[at+n] == '_') {
			n++
		}
	}
	if n > 0 {
		return n
	}
	_, n = utf8.DecodeRuneInString(line[at:])
	return n
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// run finds a run of one character that is drawn rather than written: spaces
// that align columns, a line of dashes.
func (f *finder) run() (v *varying, n int) {
	rest := f.line[f.at:]
	c := rest[0]
	if isWord(c) || c == '\t' || len(rest) < 2 || rest[1] != c {
		return nil, 0
	}
	for n < len(rest) && rest[n] == c {
		n++
	}
	switch {
	case c == ' ':
		return &aSpace, n
	case n >= 4 && c > ' ' && c < 0x7f:
		return &drawn, n
	}
	return nil, 0
}

// word finds what varies at the start of a word; its end is where it begins when there is nothing.
func (f *finder) word() find {
	at, line := f.at, f.line
	if at >= f.end {
		f.end, f.has = at, 0
		for f.end < len(line) && line[f.end] != ' ' {
			f.has |= classOf[line[f.end]]
			f.end++
		}
	}
	if n := f.quotedPath(); n > 0 {
		return f.whole(&quotedPath, n)
	}
	if isLetter(line[at]) {
		if from, to, kind := lead(line[at:]); kind != 0 {
			return find{at, at + from, at + to, at + to, named[kind]}
		}
	}
	for set := byFirst[line[at]]; set != 0; set &= set - 1 {
		i := bits.TrailingZeros64(set)
		v := &variables[i]
		if f.has&v.needs != v.needs && !anyOf(v, f.has) {
			continue
		}
		if maybe := mayBe[i]; maybe != nil && !maybe(line[at:]) {
			continue
		}
		if n := v.in(line[at:]); n.end > 0 {
			return find{at, at + n.from, at + n.to, at + n.end, v}
		}
	}
	return find{end: at}
}

// anyOf reports whether one of what a date may have between its numbers is there.
func anyOf(v *varying, has classes) bool { return v.name == "date" && has&v.needs != 0 }

// in finds what varies at the start of a text; its end is 0 when it is not there.
func (v *varying) in(text string) (found find) {
	if v.re == nil {
		return v.inToken(text)
	}
	at := v.re.FindStringSubmatchIndex(text)
	if at == nil || v.is != nil && !v.is(text[:at[1]], text[at[1]:]) {
		return find{}
	}
	if v.kind == 0 {
		return find{end: at[1]}
	}
	if v.name == "fingerprint" {
		return find{from: at[2], to: at[3], end: at[1]}
	}
	return find{to: at[1], end: at[1]}
}

// inToken is in, of what has no expression.
func (v *varying) inToken(text string) (found find) {
	if n := spanOf(text, isToken); n >= leastToken && v.is(text[:n], text[n:]) {
		return find{to: n, end: n}
	}
	return find{}
}

// quotedPath finds a path between double quotes, which may have spaces in it.
func (f *finder) quotedPath() int {
	at, line := f.at, f.line
	if line[at] != '/' || at == 0 || line[at-1] != '"' {
		return 0
	}
	return max(0, strings.IndexByte(line[at:], '"'))
}

// Skeleton appends what is the same of a line each time: its text, with the kind of what varies in its
// place, behind a zero. Lines that one thing has written have one skeleton, whatever was in them.
func Skeleton(to []byte, line string) []byte {
	f := finder{line: line}
	for f.at < len(line) {
		if n := plainWords(line, f.at); n > 0 {
			to = append(to, line[f.at:f.at+n]...)
			f.at += n
			continue
		}
		found := f.next()
		to = append(to, line[found.at:found.from]...)
		switch {
		case found.from == found.to:
		case found.v == &aSpace:
			to = append(to, ' ')
		case found.v == &drawn:
			to = append(to, line[found.from])
		default:
			to = append(to, 0, byte(found.v.kind))
		}
		to = append(to, line[found.to:found.end]...)
	}
	return to
}
