package view_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/view"
)

// leaks reports whether sequences of a line stay when it goes.
func leaks(line string) bool {
	var v view.Line
	v.Look([]byte(line))
	return v.Moves(view.Span{From: 0, To: len(line)})
}

func TestLeaks(t *testing.T) {
	for line, want := range map[string]bool{
		"\x1b[31mnoise\x1b[0m\n": false, "\x1b[31;1mnoise\x1b[0;m\n": false, "\x1b[1;31mnoise\x1b[m\n": false, // GitLab's runner; its own
		"\x1b[31mnoise\x1b[0;39m\n": false, "\x1b[0;31mnoise\x1b[39;49m\n": false, "\x1b[31;44mnoise\x1b[39;49m\n": false,
		"\x1b[31mnoise\x1b(B\x1b[m\n": false, "\x1b(B\x1b[31mnoise\x1b[m\x1b(B\n": false, // tput sgr0
		"\x1b[38;5;1mnoise\x1b[0m\n": false, "\x1b[38;2;1;4;0mnoise\x1b[39m\n": false, "\x1b[38:2::1:4:0mnoise\x1b[39m\n": false, "\x1b[4:3mnoise\x1b[4:0m\n": false,
		"\x1b[1mnoise\x1b[22m\n": false, "\x1b[3;9mnoise\x1b[29;23m\n": false, "\x1b[0m\x1b[31mnoise\x1b[0m\x1b[0m\n": false,
		"\x1b[38;5;1;1mnoise\x1b[39m\n": true, "\x1b[38;2;1;2;3;1mnoise\x1b[39m\n": true, "\x1b[38:5:1;1mnoise\x1b[39m\n": true, "\x1b[1m\x1b[38;5;1;22;39mnoise\n": false, "\x1b[1m\x1b[58;5;1;22;59mnoise\n": false, "\x1b[38;7mnoise\x1b[39m\n": true,
		"\x1b[1m\x1b[48;5;1;22;49mnoise\n": false, "\x1b[99999mnoise\n": false, "\x1b[4:0mnoise\n": true,
		"\x1b[31mnoise\n": true, "noise\x1b[0m\n": true, "noise\x1b[0;m\n": true, "\x1b[31mnoise\x1b[49m\n": true, "\x1b[1;31mnoise\x1b[39m\n": true,
		"\x1b[31mnoise\x1b[0;1m\n": true, "\x1b[38;5;0mnoise\n": true, "\x1b[38;2;0;0;0mnoise\n": true, "\x1b[4:3mnoise\n": true, "\x1b[48;5;39mnoise\x1b[39m\n": true,
		"\x1b(0noise\n": true, "\x1b(0noise\x1b(B\n": false, "\x1b(0noise\x1b[0m\n": true, "\x1b(Bnoise\n": true,
		"\x1b[?25lnoise\x1b[?25h\n": true, "noise\n": false, "\x1b[mnoise\n": true, "\x1b[777mnoise\n": false,
	} {
		assert.Equal(t, want, leaks(line), "%q", line)
	}
}

// A terminal keeps each attribute by itself; on is which are not as they are at first.
type terminal struct{ on map[string]bool }

// sgr are parameters, and what a terminal does: the attribute that is switched, and on or off.
var sgr = []struct {
	text, attribute string
	on              bool
}{
	{"1", "weight", true}, {"2", "weight", true}, {"22", "weight", false}, {"3", "slant", true}, {"23", "slant", false},
	{"4", "line", true}, {"4:3", "line", true}, {"21", "line", true}, {"24", "line", false}, {"4:0", "line", false}, {"5", "blink", true}, {"25", "blink", false}, {"7", "inverse", true}, {"27", "inverse", false},
	{"8", "hidden", true}, {"28", "hidden", false}, {"9", "crossed", true}, {"29", "crossed", false}, {"53", "over", true}, {"55", "over", false},
	{"31", "fg", true}, {"97", "fg", true}, {"38;5;0", "fg", true}, {"38;2;1;0;49", "fg", true}, {"38:5:1", "fg", true}, {"38:2::0:39:1", "fg", true}, {"39", "fg", false},
	{"40", "bg", true}, {"103", "bg", true}, {"48;5;39", "bg", true}, {"48;2;0;0;0", "bg", true}, {"49", "bg", false}, {"58;5;9", "ul", true}, {"59", "ul", false},
	{"0", "", false}, {"", "", false}, {"00", "", false},
}

func (term *terminal) take(n int) {
	switch p := sgr[n]; {
	case p.attribute == "":
		clear(term.on)
	case p.on:
		term.on[p.attribute] = true
	default:
		delete(term.on, p.attribute)
	}
}

// What is left on in lists of parameters is what a terminal has on.
func TestStylesAreThoseOfATerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		term, line, ever, off := terminal{map[string]bool{}}, "", false, false
		for range rapid.IntRange(1, 5).Draw(t, "sequences") {
			var list []string
			for range rapid.IntRange(1, 4).Draw(t, "parameters") {
				n := rapid.IntRange(0, len(sgr)-1).Draw(t, "parameter")
				list = append(list, sgr[n].text)
				term.take(n)
				off = off || !sgr[n].on
			}
			ever = ever || len(term.on) > 0
			line += fmt.Sprintf("\x1b[%sm%s", strings.Join(list, ";"), rapid.SampledFrom([]string{"", "noise"}).Draw(t, "text"))
		}
		require.Equal(t, len(term.on) > 0 || !ever && off, leaks(line+"\n"), "%q", line)
	})
}
