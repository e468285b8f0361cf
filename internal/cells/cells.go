// Package cells knows how wide text is on a terminal, in cells, and how it is without escape sequences.
//
// It is made of the parts of libraries that build no tables when the program starts; go-runewidth does, for 50 ms, in
// which orbfilter could do nothing for a deploy.
package cells

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi/parser"
	"github.com/clipperhouse/displaywidth"
)

var seen = displaywidth.Options{ControlSequences: true}

// Width returns how wide a text is. Escape sequences have no width.
func Width(s string) int { return seen.String(s) }

// Truncate shortens a text that is wider than width, tail included, which then ends it.
func Truncate(s string, width int, tail string) string { return seen.TruncateString(s, width, tail) }

// Skip takes the first cells of a text away. What is half of that is taken away as well.
func Skip(s string, cells int) string {
	at := 0
	for g := seen.StringGraphemes(s); cells > 0 && g.Next(); {
		cells -= g.Width()
		at += len(g.Value())
	}
	return s[at:]
}

// Strip takes escape sequences (ECMA-48) out of a text, and one that does not end as well.
func Strip(s string) string {
	var b strings.Builder
	state := parser.GroundState
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if state == parser.GroundState && n > 1 {
			b.WriteRune(r)
			i += n
			continue
		}
		next, action := parser.Table.Transition(state, s[i])
		switch {
		case next == parser.Utf8State:
			b.WriteString(s[i : i+n])
			next, i = parser.GroundState, i+n-1
		case action == parser.PrintAction, action == parser.ExecuteAction:
			b.WriteByte(s[i])
		}
		state = next
		i++
	}
	return b.String()
}
