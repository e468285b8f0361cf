package printable

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"vm-01":                               "vm-01",
		"Grüße, 東京, 👍🏽 ‹é›":                   "Grüße, 東京, 👍🏽 ‹é›",
		"a\x1b[31mb\x1b[0mc":                  "abc",
		"a\x1b]0;title\x07b":                  "ab",
		"a\x9b31mb":                           "a\uFFFD31mb",
		"a\u009b31mb":                         "a31mb",
		"a\x00\x07\x08\x7fb":                  "ab",
		"a\nb\r\nc\td\ve\ff":                  "a b c d e f",
		"a\u0085b\u2028c\u2029d":              "a b c d",
		"\u202egnp.exe\u202c":                 "gnp.exe",
		"\u2066a\u2069\u200e\u200f\u061c":     "a",
		"v\u200bm\u200c-\u200d0\u20601\ufeff": "vm-01",
		"a\u00ad\u034f\u3164\U000e0041b":      "ab",
		"a\xff\xc3(b":                         "a\uFFFD\uFFFD(b",
	} {
		assert.Equal(t, want, Line(in), "%q", in)
	}
}

func TestShown(t *testing.T) {
	assert.Equal(t, `a\x1b[31m\u202e\n\u009b\U000e0041`+"\uFFFD", Shown("a\x1b[31m\u202e\n\u009b\U000e0041\xff", ""))
	assert.Equal(t, "a\n\tb", Shown("a\n\tb", "\n\t"))
}

func TestName(t *testing.T) {
	assert.Equal(t, strings.Repeat("é", MaxName)+"…", Name(strings.Repeat("é", 1200)))
	assert.Equal(t, strings.Repeat("é", MaxName), Name(strings.Repeat("é", MaxName)))
}

// TestWriter: however the text is cut into writes, no hidden character leaves, and of data nothing is lost.
func TestWriter(t *testing.T) {
	const hostile = "a\x1b[31mb\x1b[0m\u202e\u009b\u200b\U000e0041\ufeff\x85 é\x1b]0;x\x07\r\n"
	for s, want := range map[Syntax]string{
		Text:   "a\x1b[31mb\x1b[0m\uFFFD é]0;x\r\n",
		Markup: "a[31mb[0m\uFFFD é]0;x \n",
	} {
		assert.Equal(t, want, inPieces(t, s, hostile, 1))
		assert.Equal(t, want, string(s.Bytes([]byte(hostile))))
		assert.Equal(t, want, inPieces(t, s, hostile, 7))
	}
	value := strings.ToValidUTF8(hostile, "\uFFFD")
	data, err := json.Marshal(map[string]string{value: value})
	require.NoError(t, err)
	var back map[string]string
	for _, size := range []int{1, 2, 3, 5, 1000} {
		out := inPieces(t, JSON, string(data), size)
		noneHidden(t, out, "")
		require.NoError(t, json.Unmarshal([]byte(out), &back))
		assert.Equal(t, map[string]string{value: value}, back)
	}
	var escaped bytes.Buffer
	require.NoError(t, xml.EscapeText(&escaped, []byte("a\u202e\u0085\u200b\U000e0041")))
	out := inPieces(t, XML, "<a>"+escaped.String()+"</a>", 2)
	noneHidden(t, out, "")
	var text string
	require.NoError(t, xml.Unmarshal([]byte(out), &text))
	assert.Equal(t, "a\u202e\u0085\u200b\U000e0041", text)
}

func inPieces(t *testing.T, s Syntax, text string, size int) string {
	var b bytes.Buffer
	w := NewWriter(&b, s)
	for rest := text; rest != ""; rest = rest[min(size, len(rest)):] {
		n, err := fmt.Fprint(w, rest[:min(size, len(rest))])
		require.NoError(t, err)
		require.Equal(t, min(size, len(rest)), n)
	}
	require.NoError(t, w.Flush())
	return b.String()
}

func noneHidden(t *testing.T, text, kept string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text))
	for _, r := range text {
		assert.False(t, Hidden(r) && !strings.ContainsRune(kept, r), "%U", r)
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("a\x1b[31mb\u202e\x9b", 2)
	f.Add("\x1b[\xe2\x80", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		for _, s := range []Syntax{Text, Markup, JSON, XML} {
			out := inPieces(t, s, text, max(1, size%8))
			assert.Equal(t, string(s.Bytes([]byte(text))), out)
			if s != Text {
				noneHidden(t, out, "\n\t\r")
			}
		}
		noneHidden(t, Line(text), "")
		noneHidden(t, Shown(text, ""), "")
	})
}
