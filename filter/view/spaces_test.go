package view_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/view"
)

// How many spaces the text of a line begins with, and how many bytes they take, however they are written: as no-break spaces, with their number, as numbers.
func TestSpaces(t *testing.T) {
	for _, c := range []struct {
		line, before string // what is in front of the spaces
		count        int
		bytes        string // of the spaces
	}{
		{"x", "", 0, ""}, {"  x", "", 2, "  "}, {"   ", "", 3, "   "}, {" \u00a0 x", "", 3, " \u00a0 "}, {"\\u0020x", "", 0, ""}, {"\tx", "", 0, ""}, {"32,32", "", 0, ""},
		{`{"log":" \u0020\u00a0\u00A0x"}`, `{"log":"`, 4, ` \u0020\u00a0\u00A0`}, {`{"log":"\u0020"}`, `{"log":"`, 1, `\u0020`}, {`{"log":"\u0021x"}`, `{"log":"`, 0, ""}, {`{"log":"\u002"}`, `{"log":"`, 0, ""},
		{`{"MESSAGE":[32,32,120]}`, `{"MESSAGE":[`, 2, "32,32,"}, {`{"MESSAGE":[32, 32 ]}`, `{"MESSAGE":[`, 2, "32, 32"}, {`{"MESSAGE":[97,32, 32,120]}`, `{"MESSAGE":[97`, 2, ",32, 32"},
		{`{"MESSAGE":[97, 32]}`, `{"MESSAGE":[97`, 1, ", 32"}, {`{"MESSAGE":[120,32]}`, `{"MESSAGE":[`, 0, ""}, {`{"MESSAGE":[32]}`, `{"MESSAGE":[`, 1, "32"}, {`{"MESSAGE":[97,132]}`, `{"MESSAGE":[97`, 0, ""},
	} {
		var v view.Line
		v.Look([]byte(c.line))
		from := len(c.before)
		assert.Equal(t, c.count, v.Spaces(view.Span{From: from, To: len(c.line)}), c.line)
		assert.Equal(t, len(c.bytes), v.Writing().SpacesLen(v.Raw[from:], c.count), c.line)
		assert.Equal(t, len(c.bytes), v.Writing().SpacesLen(v.Raw[from:], c.count+1), "%s: there are no more", c.line)
	}
}

// A number of which the beginning is that of a space is another byte; at the end of what is there it is one.
func TestNumbersOfSpaces(t *testing.T) {
	var v view.Line
	v.Look([]byte(`{"MESSAGE":[32]}`))
	for b, want := range map[string]int{"32": 2, "32,": 2, "32,9": 3, "321": 0, "320,32": 0, ",32": 3, ",32,9": 3, ",321": 0, ", 32": 4, "3": 0, "": 0, ",": 0, "32, 32": 4, "32,]": 2, "9,32": 0} {
		assert.Equal(t, want, v.Writing().SpacesLen([]byte(b), 1), b)
	}
	v.Look([]byte(`{"log":"a"}`))
	for b, want := range map[string]int{`\u00A0`: 6, `\u0020`: 6, `\u00a`: 0, "\u00a0": 2, " ": 1, "": 0, "32": 0} {
		assert.Equal(t, want, v.Writing().SpacesLen([]byte(b), 1), b)
	}
}
