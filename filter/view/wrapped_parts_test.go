package view_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/view"
)

// A part is what is seen of a piece of a line: its bytes, its text, how much in front of that is the prefix, and what is from the end of the line on, and from
// that of the text in an object. A frame is no line.
type part struct {
	raw, prefix, text, end, tail string
	frame                        bool
}

// parts goes through a line as the engine does.
func parts(line string, each func(v *view.Line)) {
	var v view.Line
	for v.First([]byte(line)); ; v.Next() {
		if each(&v); !v.Inner {
			return
		}
	}
}

// The lines of a text in an object are seen one by one. Each has its bytes; what is in front of the text in the object is a prefix, what is behind it a line end.
func TestParts(t *testing.T) {
	for line, want := range map[string][]part{
		"a\n":                      {{raw: "a\n", text: "a", end: "\n"}},
		`{"log":"a","stream":"x"}`: {{raw: `{"log":"a","stream":"x"}`, prefix: `{"log":"`, text: "a", end: `","stream":"x"}`, tail: `","stream":"x"}`}},
		`{"log":""}`:               {{raw: `{"log":""}`, prefix: `{"log":"`, end: `"}`, tail: `"}`}},
		`{"log":"a\nb\r\n\n"}` + "\n": {
			{raw: `{"log":"a\n`, prefix: `{"log":"`, text: "a", end: `\n`}, {raw: `b\r\n`, text: "b", end: `\r\n`}, {raw: `\n"}` + "\n", end: `\n"}` + "\n", tail: `"}` + "\n"},
		},
		`web | {"log":"10%\r\u001b[K20%\rx\ny"}`: {
			{raw: `web | {"log":"10%\r\u001b[K`, prefix: `web | {"log":"`, text: "10%", end: `\r\u001b[K`, frame: true}, {raw: `20%\r`, text: "20%", end: `\r`, frame: true},
			{raw: `x\n`, text: "x", end: `\n`}, {raw: `y"}`, text: "y", end: `"}`, tail: `"}`},
		},
		`{"MESSAGE":[ 97, 10,98 ]}`: {{raw: `{"MESSAGE":[ 97, 10`, prefix: `{"MESSAGE":[ `, text: "a", end: `, 10`}, {raw: `,98 ]}`, prefix: ",", text: "b", end: "]}", tail: "]}"}},
		`{"logEvents":[{"message":"x"},{"message":""},{"message":"y\nz"},{"message":""}]}`: {
			{raw: `{"logEvents":[{"message":"x"},{"message":""},{"message":"`, prefix: `{"logEvents":[{"message":"`, text: "x", end: `"},{"message":""},{"message":"`, tail: `"},{"message":""},{"message":"`},
			{raw: `y\n`, text: "y", end: `\n`}, {raw: `z"},{"message":""}]}`, text: "z", end: `"},{"message":""}]}`, tail: `"},{"message":""}]}`},
		},
		`{"logEvents":[{"message":""},{"message":"y\n"},{"message":"z"}]}`: {
			{raw: `{"logEvents":[{"message":""},{"message":"y\n"},{"message":"`, prefix: `{"logEvents":[{"message":""},{"message":"`, text: "y", end: `\n"},{"message":"`, tail: `"},{"message":"`},
			{raw: `z"}]}`, text: "z", end: `"}]}`, tail: `"}]}`},
		},
		`{"log":"2026-11-24T03:59:21Z x\n2026-11-24T03:59:22Z y\n"}`: {
			{raw: `{"log":"2026-11-24T03:59:21Z x\n`, prefix: `{"log":"2026-11-24T03:59:21Z `, text: "x", end: `\n`}, {raw: `2026-11-24T03:59:22Z y\n"}`, prefix: "2026-11-24T03:59:22Z ", text: "y", end: `\n"}`, tail: `"}`},
		},
	} {
		var got []part
		parts(line, func(v *view.Line) {
			p := part{raw: string(v.Raw), prefix: string(v.Raw[:v.Prefix]), text: string(v.Text), end: string(v.Raw[v.End:]), frame: !v.IsLine()}
			if v.Wrapped {
				p.tail = string(v.Raw[v.Tail:])
			}
			got = append(got, p)
		})
		assert.Equal(t, want, got, line)
	}
}

var textPieces = rapid.SampledFrom([]string{"a", "b", " ", "\n", "\n", "\r", "\r\n", "\\", "\"", "é", "😀", "\x1b[1m", "\x1b[0m", "\x1b[K", "\x1b", "\u00a0", "\t", "\x00", "0"})

// seenIn are the texts of a log, line by line and frame by frame.
func seenIn(log string) (texts []string) {
	for log != "" {
		n, _ := view.FrameLen([]byte(log), 0)
		if i := strings.IndexByte(log, '\n') + 1; i > 0 && (n == 0 || i < n) {
			n = i
		}
		if n == 0 {
			n = len(log)
		}
		var v view.Line
		v.Look([]byte(log[:n]))
		texts, log = append(texts, string(v.Text)), log[n:]
	}
	return texts
}

// What is seen of a text in an object is what would be seen of it if it were a log. It is in two members, which may end within a line, or an array of bytes.
func TestPartsAreThoseOfTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(textPieces, 1, 10).Draw(t, "text"), "")
		line, want := wrap(t, text)
		var texts []string
		whole := ""
		parts(line, func(v *view.Line) {
			require.True(t, v.Wrapped, line)
			texts, whole = append(texts, string(v.Text)), whole+string(v.Raw)
			checkPlaces(t, v)
		})
		require.Equal(t, line, whole)
		require.Equal(t, want, texts, line)
	})
}

// wrap puts a text into an object, and says what is to be seen of it.
func wrap(t *rapid.T, text string) (line string, seen []string) {
	switch rapid.SampledFrom([]string{"string", "array", "two"}).Draw(t, "as") {
	case "array":
		var numbers []string
		for _, c := range []byte(text) {
			numbers = append(numbers, strconv.Itoa(int(c)))
		}
		return `{"PRIORITY":"6","MESSAGE":[` + strings.Join(numbers, rapid.SampledFrom([]string{",", ", ", " ,"}).Draw(t, "comma")) + `]}`, seenIn(text)
	case "two":
		other := strings.Join(rapid.SliceOfN(textPieces, 1, 4).Draw(t, "other"), "")
		return `{"pod":"x","logEvents":[{"message":` + quoted(t, text) + `},{"id":1,"message":` + quoted(t, other) + `}]}`, append(seenIn(text), seenIn(other)...)
	}
	return `{"stream":"stdout","log":` + quoted(t, text) + `}`, seenIn(text)
}

// quoted is a text in JSON; what is not in ASCII may be in figures.
func quoted(t *rapid.T, text string) string {
	data, err := json.Marshal(text)
	require.NoError(t, err)
	if out := string(data); !rapid.Bool().Draw(t, "in figures") {
		return out
	}
	return `"` + strings.NewReplacer("é", `\u00e9`, "😀", `\uD83D\uDE00`, "\u00a0", `\u00A0`).Replace(string(data[1:len(data)-1])) + `"`
}

// checkPlaces compares the bytes of the text with what stands in the line at their places.
func checkPlaces(t *rapid.T, v *view.Line) {
	for i, c := range v.Text {
		raw := v.Raw[v.At(i):v.After(i)]
		if v.Bytes {
			number := string(bytes.Trim(raw, ", "))
			require.Contains(t, []string{strconv.Itoa(int(c)), "194", "160"}, number, "%q of %s", c, v.Raw)
			require.True(t, bytes.HasPrefix(v.Raw[v.Value(i):], []byte(number)), "%s", v.Raw)
			continue
		}
		if c >= 0x80 || raw[0] >= 0x80 { // a byte of a character
			continue
		}
		var char string
		require.NoError(t, json.Unmarshal([]byte(`"`+string(raw)+`"`), &char), "%q", raw)
		require.Contains(t, []string{string(rune(c)), "\u00a0"}, char, "%q of %s", c, v.Raw)
	}
	require.Equal(t, v.End, v.At(len(v.Text)))
	require.Equal(t, v.End, v.Value(len(v.Text)))
	require.GreaterOrEqual(t, v.Tail, v.End)
}
