package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter/view"
)

// What is seen of objects, and of what is none.
func TestWrappedText(t *testing.T) {
	for line, want := range map[string]string{
		`{"log":"a\n","stream":"stdout","time":"2026-11-24T03:00:02Z"}`:                     "a",
		`{"log":"a \u003cb\u003e \u00e9 \ud83d\ude00 \"c\" \\ \/ \t.\r\n"}`:                 "a <b> é 😀 \"c\" \\ / \t.",
		`{"MESSAGE":[97,27,91,51,49,109,98,255],"__REALTIME_TIMESTAMP":"1795492761000000"}`: "ab\xff",
		"  {\"msg\":\"a\"}":  "  {\"msg\":\"a\"}",
		`{"msg":"a"} x`:      `{"msg":"a"} x`,
		`{"msg":"a",}`:       `{"msg":"a",}`,
		`{"msg":"a" "b":1}`:  `{"msg":"a" "b":1}`,
		`{"msg":"a\x"}`:      `{"msg":"a\x"}`,
		`{"msg":'a'}`:        `{"msg":'a'}`,
		`{"msg":"a","n":01}`: `{"msg":"a","n":01}`,
		`{"msg":"a","n":-1.5E+3,"t":true,"z":null}`: "a",
		`{"MESSAGE":[97,256]}`:                      `{"MESSAGE":[97,256]}`,
		`{"MESSAGE":[],"PRIORITY":"6"}`:             "",
		`{"message":["a"]}`:                         `{"message":["a"]}`,
		`{"level":"info"}`:                          `{"level":"info"}`,
		`{"msg":"no","log":"yes"}`:                  "yes",
		`{"body":{"stringValue":"a"},"traceId":""}`: "a",
		`{"body":{"kvlistValue":{"values":[]}}}`:    `{"body":{"kvlistValue":{"values":[]}}}`,
		`{"x":{"msg":"a"}}`:                         `{"x":{"msg":"a"}}`,
		`{"log":"first\rsecond"}`:                   "second",
		"{\"log\":\"a\u00a0b\"}":                    "a b",
		"web |\u00a0{\"log\":\"\u00a0a\"} \u00a0":   " a",
		"{\u00a0\"log\":\"a\"}":                     "{ \"log\":\"a\"}",
		"{\"log\":\"a\x1b[1m\"}":                    "{\"log\":\"a\"}",
		"\x1b[1m{\"log\":\"a\"}\x1b[0m":             "a",
		`{"log":"first\nsecond\n"}`:                 "second",
		`{"log":"first\n \n\r\n"}`:                  "first",
		`{"log":"\u001b[1ma\u001b[0m"}`:             "a",
		`{"log":"\n"}`:                              "",
		`{"logs":[{"body":{"stringValue":"a"}},{"body":{"stringValue":"b"}}]}`:                                                                                "b",
		`{"logs":[{"body":{"stringValue":""}},{"body":{"stringValue":"b"}},{"body":{"stringValue":""}}]}`:                                                     "b",
		`{"a":[{"resource":{"attributes":[1]},"logs":[{"body":{"stringValue":"a"}}]},{"resource":{"attributes":[1]},"logs":[{"body":{"stringValue":"b"}}]}]}`: "b",
		`{"a":[{"resource":{"attributes":[1]},"logs":[{"body":{"stringValue":"a"}}]},{"resource":{"attributes":[2]},"logs":[{"body":{"stringValue":"b"}}]}]}`: `{"a":[{"resource":{"attributes":[1]},"logs":[{"body":{"stringValue":"a"}}]},{"resource":{"attributes":[2]},"logs":[{"body":{"stringValue":"b"}}]}]}`,
		strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40):                                                                                           strings.Repeat(`{"a":`, 40) + `1` + strings.Repeat(`}`, 40),
	} {
		text, _ := view.Seen(line + "\n")
		assert.Equal(t, want, text, line)
	}
}

// Lines of one writer have one dress, whatever else is in them, in any order.
func TestWrappedDress(t *testing.T) {
	one := []string{`{"log":"a","stream":"x","n":1}`, `{ "n":2, "stream" : "x" ,"log":"b","time":"2026-11-24T03:00:02Z"}`}
	for _, line := range one {
		_, dress := view.Seen(line)
		_, want := view.Seen(one[0])
		assert.Equal(t, want, dress)
		assert.NotEmpty(t, dress)
	}
	dresses := map[string]string{}
	for _, line := range []string{one[0], `{"log":"a","stream":"y"}`, `{"log":"a"}`, `{"log":"a","host":"x"}`, `{"log":"a","kubernetes":{"pod_name":"x"}}`, `{"log":"a","kubernetes":{"pod_name":"y"}}`, `web | {"log":"a"}`} {
		_, dress := view.Seen(line)
		assert.Empty(t, dresses[dress], line)
		dresses[dress] = line
	}
}

// What is an object is what encoding/json takes for one, and its text is what that reads.
func FuzzWrapped(f *testing.F) {
	for _, s := range []string{`{"msg":"a"}`, `{"msg":"\ud83d\ude00\ud83d","b":[1,{"c":null}]}`, `{"msg":"a","msg":"b"}`, `{"MESSAGE":[1,2]}`, `{"msg":"\u00a00"}`, `{"msg":"\u00e9` + "\xff" + `"}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) { checkWrapped(t, line) })
}

func TestWrappedIsJSON(t *testing.T) {
	piece := rapid.SampledFrom([]string{`{`, `}`, `"msg"`, `:`, `,`, `"a"`, `[`, `]`, `1`, `-`, `0`, `.5`, `e3`, `true`, `null`, ` `, `\u00e9`, `\`, `"`, `{"msg":"x"}`, `"\ud83d\ude00"`, "\t"})
	rapid.Check(t, func(t *rapid.T) {
		checkWrapped(t, `{"msg":`+strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")+"}")
	})
}

func checkWrapped(t require.TestingT, line string) {
	if strings.ContainsAny(line, "\n\r\x1b") || !strings.HasPrefix(line, `{"`) || !utf8.ValidString(line) || strings.Contains(line, "#0") {
		return
	}
	var object map[string]json.RawMessage
	err := json.Unmarshal([]byte(line), &object)
	text, dress := view.Seen(line)
	if strings.HasPrefix(dress, "json") {
		require.NoError(t, err, line)
	}
	var msg string
	if err != nil || len(object) != 1 || json.Unmarshal(object["msg"], &msg) != nil || !strings.HasPrefix(string(object["msg"]), `"`) || strings.ContainsAny(msg, "\n\r\x1b\ufeff") || strings.Count(dress, "\n") > 1 {
		return
	}
	require.Equal(t, "json\n", dress, line)
	require.Equal(t, strings.ReplaceAll(msg, "\u00a0", " "), text, line) // no-break spaces come of pages that logs are copied from
}
