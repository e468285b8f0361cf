package ci

import (
	"bytes"
	"slices"
	"strings"
)

// plainSGR is an escape sequence that shows nothing: it puts an end to colours.
const plainSGR = "\x1b[0m"

// A breakGuard takes the meaning out of what a system could take for a command,
// by an escape sequence in the middle of it, which nobody sees. It needs no
// state of the system, and keeps nothing back.
//
// What .NET compares, it compares as a language does: characters that have no
// weight count for nothing, among them most control characters, and many that
// are not ASCII (https://learn.microsoft.com/dotnet/standard/base-types/string-comparison-net-5-plus).
// So these are seen through, and the sequence has characters with a weight.
type breakGuard struct {
	patterns []string // the sequence goes in front of the last byte of each
	colons   bool     // and of a colon that begins a line
	escape   string   // stands for that byte instead, as fmt has it; empty: the sequence
	rare     string   // is in each pattern, and hardly anywhere else; empty: look at every byte

	at    []int // so many bytes of each pattern were seen
	line  bool  // something that counts was seen in this line
	begun bool  // something was written
	mid   bool  // and does not end a line
}

// maxPattern is longer than each pattern.
const maxPattern = 16

// weightless reports whether a byte may be one of those that do not count.
func weightless(c byte) bool { return c < ' ' || c >= 0x7f }

func (g *breakGuard) add(out, text []byte) []byte {
	if len(text) == 0 {
		return out
	}
	if !g.begun && g.escape == "" && unicodeMark(text[0]) {
		out = append(out, plainSGR...)
	}
	g.begun, g.mid = true, text[len(text)-1] != '\n'
	if g.at == nil {
		g.at = make([]int, len(g.patterns))
	}
	if len(g.patterns) == 0 {
		return append(out, text...)
	}
	from := 0
	if g.rare != "" && !slices.ContainsFunc(g.at, func(n int) bool { return n > 0 }) && !bytes.Contains(text, []byte(g.rare)) {
		tail := max(0, len(text)-maxPattern) // where one may begin
		out, text = append(out, text[:tail]...), text[tail:]
	}
	for i, c := range text {
		if g.breaks(c) {
			out = g.broken(append(out, text[from:i]...), c)
			from = i + 1
		}
	}
	return append(out, text[from:]...)
}

// breaks reports whether the sequence goes in front of this byte.
func (g *breakGuard) breaks(c byte) (yes bool) {
	switch {
	case c == '\n' || c == '\r':
		clear(g.at)
		g.line = false
		return false
	case weightless(c):
		return false
	}
	if c != ' ' && !g.line {
		g.line = true
		yes = g.colons && c == ':'
	}
	for i, p := range g.patterns {
		if g.at[i] == 0 && c != p[0] { // as good as always
			continue
		}
		if g.at[i] = advance(p, g.at[i], c); g.at[i] == len(p) {
			g.at[i] = 0
			yes = true
		}
	}
	return yes
}

// advance returns how much of a pattern was seen with one more byte.
func advance(pattern string, at int, c byte) int {
	seen := pattern[:at] + string(c)
	for seen != "" && !strings.HasPrefix(pattern, seen) {
		seen = seen[1:]
	}
	return len(seen)
}

func (g *breakGuard) own(out []byte, lines string) []byte {
	if g.mid || !g.begun { // who has printed before us may have begun a line
		out = append(out, '\n')
	}
	clear(g.at)
	g.begun, g.mid, g.line = true, false, false
	return append(out, lines...)
}

func (g *breakGuard) close(out []byte) []byte { return out }

// unicodeMark reports whether a byte could begin the mark that makes a .NET
// reader take a stream for UTF-16 or UTF-32, where it begins one: then all that
// follows would be read as other characters than those that are looked at here
// (https://learn.microsoft.com/dotnet/api/system.io.streamreader).
func unicodeMark(c byte) bool { return c == 0xfe || c == 0xff || c == 0 }
