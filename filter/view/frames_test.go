package view_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/view"
)

// What is a frame: up to the carriage return, and what erases the line behind it. It is not known as long as what follows is not there.
func TestFrameLen(t *testing.T) {
	for b, want := range map[string][2]int{ // length, and from where to look again
		"": {0, 0}, "abc": {0, 3}, "abc\n": {0, 4}, "abc\r\n": {0, 5}, "a\r\r\n": {0, 4}, "a\r\n\rb": {4, 0},
		"a\rb": {2, 0}, "\rb": {1, 0}, "a\r\rb": {2, 0}, "a\rb\rc": {2, 0}, "a\r": {0, 1}, "a\r\r": {0, 1}, "a\r\nb\r": {0, 4},
		"a\r\x1b": {0, 1}, "a\r\x1b[": {0, 1}, "a\r\x1b[2": {0, 1}, "a\r\x1b[K": {5, 0}, "a\r\x1b[0Kb": {6, 0}, "a\r\x1b[2K": {6, 0},
		"a\r\x1b[3": {2, 0}, "a\r\x1b[31m": {2, 0}, "a\r\x1b[3K": {2, 0}, "a\r[K": {2, 0},
	} {
		n, seen := view.FrameLen([]byte(b), 0)
		assert.Equal(t, want, [2]int{n, seen}, "%q", b)
	}
}

// A frame is the same one, whether it is looked for when all is there, or again from where the first look said.
func TestFramesInPieces(t *testing.T) {
	piece := rapid.SampledFrom([]string{"\r", "\n", "\x1b[K", "\x1b[2K", "\x1b", "[", "0", "K", "a"})
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Join(rapid.SliceOfN(piece, 1, 8).Draw(t, "pieces"), "") + "b") // nothing is missing behind the last
		want, _ := view.FrameLen(b, 0)
		seen := 0
		for to := range b {
			var n int
			if n, seen = view.FrameLen(b[:to], seen); n > 0 {
				require.Equal(t, want, n, "%q of %q", b[:to], b)
				return
			}
		}
		n, _ := view.FrameLen(b, seen)
		require.Equal(t, want, n, "%q", b)
	})
}

// What is to be seen of a line that was overwritten is the last frame that has text.
func TestLastFrame(t *testing.T) {
	for line, want := range map[string]string{
		"": "", "a": "a", "a\r": "a", "a\r\r": "a", "a\rb": "b", "a\rb\r": "b", "\ra": "a", "\r": "", "   ": "   ", "\r  ": "", "a\r  ": "a", "a\r  \r\t": "a",
		"a\r\x1b[K": "a", "a\r\x1b[2Kb": "\x1b[2Kb", "a\rb\r\x1b[K\r\x1b[0K": "b", "\r\x1b[K": "",
	} {
		assert.Equal(t, want, string(view.LastFrame([]byte(line))), "%q", line)
	}
}
