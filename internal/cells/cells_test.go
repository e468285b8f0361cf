package cells_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/internal/cells"
)

// texts are made of what makes a difference.
var texts = rapid.Custom(func(t *rapid.T) string {
	part := rapid.OneOf(rapid.SampledFrom([]string{
		"\x1b[31m", "\x1b[0m", "\x1b[38;5;1m", "\x1b]0;title\a", "\x1b]8;;http://x\x1b\\", "\x1bM", "\x1b(B", "a", "Zürich", "日本", "👍🏽", "e\u0301", "\t", "é",
	}), rapid.StringMatching(`[ -~]{0,8}`))
	return strings.Join(rapid.SliceOf(part).Draw(t, "parts"), "")
})

// The library that is not used, for what it takes to start it, knows how wide text is.
func TestAsTheLibraryHasIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := texts.Draw(t, "text")
		assert.Equal(t, ansi.Strip(s), cells.Strip(s), "%q", s)
		assert.Equal(t, ansi.StringWidth(s), cells.Width(s), "%q", s)
		plain, width := ansi.Strip(s), rapid.IntRange(1, 30).Draw(t, "width")
		assert.Equal(t, ansi.Truncate(plain, width, "…"), cells.Truncate(plain, width, "…"), "%q", plain)
	})
}

func TestStripTakesAwayWhatDoesNotEnd(t *testing.T) {
	for text, want := range map[string]string{"a\x1b[31": "a", "a\x1b]0;title": "a", "a\x1b": "a", "a\x9b31mb": "ab"} {
		assert.Equal(t, want, cells.Strip(text), "%q", text)
	}
}

func TestSkip(t *testing.T) {
	for cellsAway, want := range map[int]string{0: "a日b", 1: "日b", 2: "b", 3: "b", 4: "", 9: ""} {
		assert.Equal(t, want, cells.Skip("a日b", cellsAway), cellsAway)
	}
}
