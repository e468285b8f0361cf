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
	"github.com/orbfilter/orbfilter/filter/view"
)

// found are the lines that a walk stops at, when each of them is taken and it goes on behind it. Now and then some
// more are taken, as those of a block are.
func found(g *gate.Gate, text string, more func() int) (all, passed []string) {
	return foundAhead(g, []byte(text), nil, more)
}

// foundAhead does so with what is known beforehand of bytes that the text lies in.
func foundAhead(g *gate.Gate, lines []byte, ahead *gate.Ahead, more func() int) (all, passed []string) {
	var v view.Line
	text := string(lines)
	walk := g.Lines(lines, &v, ahead)
	at := 0
	for at < len(text) {
		to := walk.Next(at)
		passed = append(passed, slices.Collect(strings.Lines(text[at:to]))...)
		if at = to; at == len(text) {
			break
		}
		for range 1 + more() {
			if at < len(text) {
				n := strings.IndexByte(text[at:], '\n') + 1
				all = append(all, text[at:at+n])
				at += n
			}
		}
	}
	return all, passed
}

// holdsVisible is what the walk is to find out: a literal is in a line, or in what a terminal shows of it.
func holdsVisible(line string, literals []string) bool {
	var v view.Line
	bare := string(v.Bare([]byte(line)))
	return holds(line, literals, strings.Contains) || holds(bare, literals, strings.Contains)
}

// No line that holds a literal is passed, hidden by escape sequences or not, and each that it stops at holds one.
func TestWalkThroughLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("abc "))
		literals := rapid.SliceOfN(rapid.StringOfN(letters, 2, 14, -1), 1, 9).Draw(t, "literals")
		part := rapid.OneOf(rapid.StringOfN(letters, 0, 9, -1), rapid.SampledFrom(literals), rapid.SampledFrom([]string{"\n", "\n", "\x1b[31m", "\x1b[0m", "\x1b[K", "\r", "#033[1m"}))
		text := strings.Join(rapid.SliceOfN(part, 0, 40).Draw(t, "text"), "") + "\n"
		lits := make([][]byte, 0, len(literals))
		for _, l := range literals {
			lits = append(lits, []byte(l))
		}
		more := 0
		all, passed := found(gate.New(lits), text, func() int { more = rapid.IntRange(-6, 2).Draw(t, "more"); return max(0, more) })
		require.Equal(t, len(slices.Collect(strings.Lines(text))), len(all)+len(passed))
		for _, line := range passed {
			require.False(t, holdsVisible(line, literals), "%q passed with %q in %q", line, literals, text)
		}
		all, passed = found(gate.New(lits), text, func() int { return 0 })
		for _, line := range all {
			require.True(t, holdsVisible(line, literals), "%q stops with %q", line, literals)
		}
		before := rapid.SampledFrom([]string{"", "\n", "the end of a line\n", literals[0] + "\n"}).Draw(t, "before")
		read, from := []byte(before+text+rapid.SampledFrom([]string{"", "a", literals[0]}).Draw(t, "behind")), len(before)
		aheadAll, aheadPassed := foundAhead(gate.New(lits), read[from:from+len(text)], gate.New(lits).Ahead(read), func() int { return 0 })
		require.Equal(t, all, aheadAll, "of a part of %q", read)
		require.Equal(t, passed, aheadPassed)
	})
}

// What is known beforehand ends where there is too much, and is not asked of other bytes.
func TestAheadOfMany(t *testing.T) {
	g := gate.New([][]byte{[]byte("AssertionError")})
	read := []byte(strings.Repeat("a\n\x1b[1mb\nan AssertionError\n", 5000))
	want, _ := found(g, string(read), func() int { return 0 })
	require.Len(t, want, 5000)
	for _, from := range []int{0, 2, 24 * 4000} {
		all, _ := foundAhead(g, read[from:], g.Ahead(read), func() int { return 0 })
		require.Equal(t, strings.Count(string(read[from:]), "AssertionError"), len(all), from)
		all, _ = foundAhead(g, bytes.Clone(read[from:]), g.Ahead(bytes.Repeat([]byte("\n"), len(read))), func() int { return 0 })
		require.Equal(t, strings.Count(string(read[from:]), "AssertionError"), len(all), from)
	}
}

// A sequence in a line makes that line be looked at, and no other.
func TestHiddenLiterals(t *testing.T) {
	g := gate.New([][]byte{[]byte("AssertionError")})
	all, passed := found(g, "one\n\x1b[31mtwo\x1b[0m\nAsser\x1b[31mtionError\nthree\nAssertionError\n#033[1mAsser#033[0mtionError\nfour\n", func() int { return 0 })
	assert.Equal(t, []string{"Asser\x1b[31mtionError\n", "AssertionError\n", "#033[1mAsser#033[0mtionError\n"}, all)
	assert.Equal(t, []string{"one\n", "\x1b[31mtwo\x1b[0m\n", "three\n", "four\n"}, passed)
}

// A literal that a line begins with is found where an object begins there too.
func TestLiteralsOfObjects(t *testing.T) {
	g := gate.New([][]byte{[]byte(`{"level":"error"`)})
	all, passed := found(g, "a\n"+`{"level":"error","x":1}`+"\n"+`{"level":"info","x":1}`+"\n", func() int { return 0 })
	assert.Equal(t, []string{`{"level":"error","x":1}` + "\n"}, all)
	assert.Len(t, passed, 2)
}

// Each frame of a line that is overwritten may be an object.
func TestLiteralsOfObjectsInFrames(t *testing.T) {
	g := gate.New([][]byte{[]byte("--> ")})
	const object, other = `{"log":"--\u003e a\n","x":1}`, `{"log":"--\u003c a\n","x":1}`
	all, passed := found(g, "a\r"+object+"\rb\n"+"a\r"+other+"\r\n"+"a\r"+other+"\r"+object+"\n", func() int { return 0 })
	assert.Equal(t, []string{"a\r" + object + "\rb\n", "a\r" + other + "\r" + object + "\n"}, all)
	assert.Equal(t, []string{"a\r" + other + "\r\n"}, passed)
}

// What is known beforehand of some bytes says nothing of lines that go on behind them, of other bytes, or of none.
func TestAheadOfOthers(t *testing.T) {
	g := gate.New([][]byte{[]byte("AssertionError")})
	read := []byte("a\nan AssertionError\n\x1b[1mb\nAssert\x1b[0mionError\n")
	none := func() int { return 0 }
	for n := range read {
		for _, lines := range [][]byte{read, read[2:], bytes.Clone(read), append(make([]byte, 0, 500), read...)} {
			all, _ := foundAhead(g, lines, g.Ahead(read[:n]), none)
			assert.Equal(t, []string{"an AssertionError\n", "Assert\x1b[0mionError\n"}, all, "%d bytes were known", n)
		}
		all, passed := foundAhead(g, read[n:n], g.Ahead(read), none)
		assert.Empty(t, append(all, passed...))
	}
	var v view.Line
	empty := g.Lines(nil, &v, g.Ahead(read))
	assert.Zero(t, empty.Next(0))
}

// BenchmarkLines walks through a log in which one line in a hundred holds a literal.
func BenchmarkLines(b *testing.B) {
	var literals [][]byte
	for _, l := range []string{"Exception ignored in: ", "Traceback (most recent call last):", "--> Connecting", "DeprecationWarning: ", "Network error"} {
		literals = append(literals, []byte(l))
	}
	g := gate.New(literals)
	log := bytes.Repeat(append(bytes.Repeat([]byte("    [vm1] Success, and something else that it has to say\n"), 99), "    [vm2] Network error: it is away\n"...), 20)
	var v view.Line
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		walk := g.Lines(log, &v, nil)
		for at := 0; at < len(log); {
			if at = walk.Next(at); at < len(log) {
				at += bytes.IndexByte(log[at:], '\n') + 1
			}
		}
	}
}
