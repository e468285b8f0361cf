// Package printable makes text that comes from others fit to be told: what a run prints, and what files and rules
// are called, is shown to people in terminals and on pages, and to programs. It must not give orders to a terminal,
// turn the direction of writing around, or hide. What is markup in a format (HTML, Markdown, JSON, the commands of a
// CI system) is that format's business, on top.
//
// docs/explanation/reliability.md has the table of what becomes of what.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/orbfilter/orbfilter/internal/cells"
)

// MaxName is how many characters of a name are shown.
const MaxName = 200

// Hidden reports whether a character has no picture of its own: it gives orders (C0, C1), turns the direction of
// writing, joins or parts others unseen, ends a line, or is none at all. Combining marks and the selectors of emoji are
// not hidden.
func Hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point)
}

// endsLine reports whether a character ends a line, or moves in it.
func endsLine(r rune) bool {
	return r >= '\t' && r <= '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// Line returns text in one line: escape sequences and what is hidden are taken out, what ends a line in the middle is
// a space, and what is not UTF-8 is U+FFFD.
func Line(text string) string {
	if plain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case endsLine(r):
			return ' '
		case Hidden(r):
			return -1
		}
		return r
	}, cells.Strip(strings.Map(lineEnd, strings.ReplaceAll(strings.TrimRight(text, "\r\n"), "\r\n", "\n"))))
}

// lineEnd makes a space of what ends a line, before sequences are taken out: they may hold such.
func lineEnd(r rune) rune {
	if endsLine(r) {
		return ' '
	}
	return r
}

// plain reports whether all of a text is ASCII that is to be seen, as nearly all are.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= 0x7f {
			return false
		}
	}
	return true
}

// Name is Line for a name, cut to what a person reads of one.
func Name(text string) string { return Cut(Line(text), MaxName) }

// Cut shortens a text to so many characters, and ends it with "…" if it was longer.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	n := 0
	for at := range text {
		if n == most {
			return text[:at] + "…"
		}
		n++
	}
	return text
}

// Shown returns text in which what is hidden is written as Go and Python write it, \x1b or \u202e, so that nothing is
// hidden and nothing is missing, but for the characters in kept.
func Shown(text, kept string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text { // what is not UTF-8 comes as U+FFFD
		if Hidden(r) && !strings.ContainsRune(kept, r) {
			b.WriteString(written(r))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func written(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
