package view_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/view"
)

// hides is what may hide text.
var hides = regexp.MustCompile(`\x1b|#033|\x{a0}|\{[ \t]*(?:"|$)`)

// lineStarts are where the lines of a text begin, and its end.
func lineStarts(b []byte) []int {
	starts := []int{0}
	for i, c := range b {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return append(starts, len(b))
}

// from returns where a pattern is first in a text, from a place on; the end, if it is nowhere.
func from(pattern *regexp.Regexp, b []byte, place int) int {
	if at := pattern.FindIndex(b[place:]); at != nil {
		return place + at[0]
	}
	return len(b)
}

var hidingPieces = rapid.SampledFrom([]string{"\x1b", "#033", "#03", "\u00a0", "\u00a1", "{", `{"`, "{ \t\"", "{}", "a", " ", "\n", "\n", "\""})

// What hides text is found from each place on, in order, and just so in a text whose marks are known, from each line on.
func TestHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Join(rapid.SliceOfN(hidingPieces, 0, 12).Draw(t, "pieces"), ""))
		h := view.NewHidden(b)
		require.Equal(t, len(b), h.Len())
		for place := 0; place <= len(b); place += rapid.IntRange(1, 4).Draw(t, "step") {
			require.Equal(t, from(hides, b, place), h.Next(place), "%q from %d", b, place)
		}
		marked := view.NewHiddenMarked(b, view.Mark(b, func(place int) int { return from(hides, b, place) }))
		none := view.NewHiddenMarked(b, view.Marks{}) // nothing was looked for before
		for _, place := range lineStarts(b) {
			require.Equal(t, from(hides, b, place), marked.Next(place), "%q from %d", b, place)
			require.Equal(t, from(hides, b, place), none.Next(place), "%q from %d", b, place)
		}
	})
}

// Marks are the first places of lines, up to where the text was looked at; they are of any part of it that begins with a line.
func TestMarks(t *testing.T) {
	pattern := regexp.MustCompile(`x|\n`)
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"x", "a", "\n", "xx"}), 0, 12).Draw(t, "pieces"), ""))
		none := rapid.SampledFrom([]int{-1, len(b)}).Draw(t, "none")
		marks := view.Mark(b, func(place int) int {
			if at := from(pattern, b, place); at < len(b) {
				return at
			}
			return none
		})
		starts := lineStarts(b)
		behind := rapid.SampledFrom(starts).Draw(t, "behind")
		rest := marks.Behind(behind)
		for _, place := range starts {
			if place < behind {
				continue
			}
			want := from(pattern, b, place) - behind
			if want == len(b)-behind {
				want = -1
			}
			at, end := rest.Next(place - behind)
			require.Equal(t, [2]int{want, len(b) - behind}, [2]int{at, end}, "%q from %d, behind %d", b, place, behind)
		}
	})
}

// A text with very many places is looked at up to some line; what is behind it is found when it is asked for.
func TestVeryManyMarks(t *testing.T) {
	b := bytes.Repeat([]byte("a\x1b[1mb\n"), 5000)
	marks := view.Mark(b, func(place int) int { return from(hides, b, place) })
	last := marks
	at, end := last.Next(len(b) - 7)
	assert.Equal(t, -1, at)
	assert.Less(t, end, len(b))
	assert.Zero(t, end%7, "it ends with a line")
	h := view.NewHiddenMarked(b, marks)
	for place := 0; place < len(b); place += 7 {
		require.Equal(t, place+1, h.Next(place))
	}
}

// Whether a line may be seen otherwise than it stands there, which is asked in an object as well.
func TestHides(t *testing.T) {
	for line, want := range map[string]bool{
		"": false, "a": false, "\x1b[1ma": true, "a\x1b": true, "a#033[1m": true, "a#03": false, "a\u00a0b": true,
		`{"log":"a\n"}`: false, `{"log":"a\r\nb\n"}`: false, `{"log":"a\tb\n"}`: true, `\t`: true, `\n\n\u001b`: true, `a\`: false, `a\n\`: false, `\n`: false, `\r`: false, `a\nb\"`: true, `\nt`: false,
		`{"MESSAGE":[97]}`: true, `{"MESSAGE":"a\n"}`: true,
	} {
		assert.Equal(t, want, view.Hides([]byte(line)), line)
	}
}

// A line may be an object if one begins near its start, behind a prefix. Of such a line more is looked at.
func TestMayBeWrapped(t *testing.T) {
	for line, want := range map[string]bool{
		"": false, "{": true, "{ ": true, `{"`: true, "{ \t\"": true, `web | {"log":"a"}`: true, "{}": false, "{a": false, `{ {"a"`: false, "a": false,
		strings.Repeat("a", view.LongestPrefix-1) + "{": true, strings.Repeat("a", view.LongestPrefix) + "{": false,
	} {
		assert.Equal(t, want, view.MayBeWrapped([]byte(line)), line)
		long := []byte(line + strings.Repeat(" ", 10))
		assert.Equal(t, len(long), view.Most(long, len(long)), "it is no longer than others may be")
		if most := view.Most(long, len(long)-1); view.MayBeWrapped(long) {
			assert.Equal(t, view.LongestObject, most)
		} else {
			assert.Equal(t, len(long)-1, most)
		}
	}
}
