package gate_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/gate"
)

// A gate finds a literal where there is one, and no line before that holds any:
// short ones and long ones, that begin and end alike, hundreds of them.
func TestGateFindsWhatIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("abc -"))
		literals := rapid.SliceOfN(rapid.StringOfN(letters, 2, 24, -1), 1, 40).Draw(t, "literals")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("abc -\n")), 0, 400, -1).Draw(t, "text")
		if rapid.Bool().Draw(t, "with one") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			text = text[:at] + rapid.SampledFrom(literals).Draw(t, "which") + text[at:]
		}
		checkGate(t, literals, text)
	})
}

// The same where stretches of the text meet.
func TestGateOverStretches(t *testing.T) {
	literals := []string{"abc", "a long literal", "another long literal"}
	for _, l := range literals {
		for at := 4<<10 - 30; at < 4<<10+30; at++ {
			checkGate(t, literals, strings.Repeat("x", at)+l+strings.Repeat("y", 5000))
		}
	}
}

// Of the literals that a head stands for, each is found, and so is the head alone; what is in a text is asked of all literals.
func TestGateOfHeads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("abc->"))
		literals := rapid.SliceOfN(rapid.StringOfN(letters, 2, 20, -1), 1, 20).Draw(t, "literals")
		head := rapid.StringOfN(letters, 2, 4, -1).Draw(t, "head")
		text := rapid.StringOfN(rapid.SampledFrom([]rune("abc->\n")), 0, 200, -1).Draw(t, "text")
		looked := append([]string{head}, literals...)
		g := gate.New(asBytes(literals), []byte(head))
		at := g.Find([]byte(text))
		before := text
		if at >= 0 {
			require.True(t, holds(text[at:], looked, strings.HasPrefix), "%q at %d of %q", looked, at, text)
			before = text[:strings.LastIndexByte(text[:at], '\n')+1]
		}
		require.False(t, holds(before, literals, strings.Contains), "%q before %d of %q", literals, at, text)
		if strings.Contains(text, head) {
			require.NotEqual(t, -1, at)
		}
		require.Equal(t, gate.New(asBytes(literals)).All([]byte(text), nil), g.All([]byte(text), nil))
	})
}

func asBytes(texts []string) (all [][]byte) {
	for _, text := range texts {
		all = append(all, []byte(text))
	}
	return all
}

func checkGate(t require.TestingT, literals []string, text string) {
	g := gate.New(asBytes(literals))
	require.NotNil(t, g)
	at := g.Find([]byte(text))
	if at >= 0 {
		require.True(t, holds(text[at:], literals, strings.HasPrefix), "%q at %d of %q", literals, at, text)
	}
	before := text
	if at >= 0 {
		before = text[:strings.LastIndexByte(text[:at], '\n')+1]
	}
	require.False(t, holds(before, literals, strings.Contains), "%q before %d of %q", literals, at, text)
	var all []int
	for i, l := range literals {
		if strings.Contains(text, l) {
			all = append(all, i)
		}
	}
	require.Equal(t, all, each(g.All([]byte(text), nil)), "%q in %q", literals, text)
	half := len(literals) / 2
	require.Equal(t, slices.ContainsFunc(all, func(i int) bool { return i < half }), g.HasOf([]byte(text), 0, half), "%q in %q", literals[:half], text)
	require.Equal(t, slices.ContainsFunc(all, func(i int) bool { return i >= half }), g.HasOf([]byte(text), half, len(literals)), "%q in %q", literals[half:], text)
}

// each returns what is in a list once, in order.
func each(list []int) []int {
	slices.Sort(list)
	return slices.Compact(list)
}

func holds(text string, literals []string, in func(text, literal string) bool) bool {
	for _, l := range literals {
		if in(text, l) {
			return true
		}
	}
	return false
}

// A literal of one byte is in most lines, so there is no gate; nor is there one
// without literals.
func TestNoGate(t *testing.T) {
	for _, literals := range [][][]byte{nil, {[]byte("a long literal"), []byte("x")}, {[]byte("")}} {
		assert.Nil(t, gate.New(literals))
	}
}

// A literal is as long as a pattern may be.
func TestGateOfLongLiterals(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789"), 400)
	assert.Equal(t, 1, gate.New([][]byte{long}).Find(append([]byte("x"), long...)))
}
