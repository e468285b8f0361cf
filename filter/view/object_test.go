package view_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/view"
)

// An object that is cut off anywhere is none, and seen as it stands there.
func TestCutObjects(t *testing.T) {
	for _, object := range []string{
		`{"log":"a \u00e9 \ud83d\ude00 \n","n":[1, {"x":"y"}, -0.5],"b":true , "z":{}}`, `{ "MESSAGE" : [ 97, 98 ] , "n" : 1 }`, `{"resource":{"attributes":[{"key":"a"}]},"body":{"stringValue":"a\\"}}`,
	} {
		text, _ := view.Seen(object)
		require.NotEqual(t, object, text)
		for n := range object {
			text, dress := view.Seen(object[:n])
			require.Equal(t, object[:n], text)
			require.Empty(t, dress)
		}
	}
}

// Objects may lie in each other to some depth, and any number may lie beside each other.
func TestDeepObjects(t *testing.T) {
	const deepest = 16
	nested := func(open, end string, n int) string {
		return `{"log":"a","x":` + strings.Repeat(open, n) + "1" + strings.Repeat(end, n) + `}`
	}
	for _, c := range [][2]string{{`{"y":`, `}`}, {`[`, `]`}} {
		text, _ := view.Seen(nested(c[0], c[1], deepest-1))
		assert.Equal(t, "a", text)
		whole := nested(c[0], c[1], deepest)
		text, _ = view.Seen(whole)
		assert.Equal(t, whole, text)
		text, _ = view.Seen(`{"log":"a","x":[1` + strings.Repeat(","+c[0]+"1"+c[1], 3*deepest) + `]}`)
		assert.Equal(t, "a", text)
	}
}

// How values are written: characters in figures, white space around them, and what is no value.
func TestValues(t *testing.T) {
	for value, want := range map[string]string{
		`"a\u0000b"`: "a\x00b", `"\u00af\u00AF\u00fa"`: "¯¯ú", `"\ud83dx"`: "\ufffdx", `"\ud83d\u0041"`: "\ufffdA", `"\ude00"`: "\ufffd", `"\ud83d\ud83d\ude00"`: "\ufffd😀", "\"a\xffb\"": "a\xffb",
		`"a" `: "a", `"a", "n":1 `: "a", `"a","n": 1	`: "a", `"a" ,"n":0`: "a", `"a","n":10`: "a", `"a","n":[ ]`: "a", `"a","n":{ }`: "a", `"a","n":[1 , 2 ]`: "a", `"a","n":[[],"x",{}]`: "a",
	} {
		text, _ := view.Seen(`{"log":` + value + `}`)
		assert.Equal(t, want, text, value)
	}
	for _, value := range []string{
		`"\u00zz"`, `"\u00g0"`, "\"\\u00`0\"", `"\u00"`, `"\u"`, `"\x"`, "\"a\x01b\"", `"a","n":`, `"a","n":00`, `"a","n":1x`, `"a","n":[1 2]`, `"a","n":[1,]`, `"a","n":["x]`, `"a","n":{1:2}`, `"a","n":{"x"}`, `"a","n":{"x":1,}`, `"a","n":.5`, `"a" "b"`, `a`, ``,
	} {
		object := `{"log":` + value + `}`
		text, _ := view.Seen(object)
		assert.Equal(t, object, text)
	}
}

// Whose line it is say names of some length in the object, and what OpenTelemetry says of who writes.
func TestWritersOfObjects(t *testing.T) {
	long := strings.Repeat("n", 200)
	resource := func(value string) string { return `{"resource":{"attributes":[` + value + `]},"body":"a"}` }
	for line, want := range map[string]string{
		`{"log":"a"}`: "json\n", `{"log":"a","pod":"x"}`: "json pod=x\n", `{"log":"a","pod":"x","pod":"y"}`: "json pod=y\n", `{"log":"a","pod":""}`: "json pod=\n", `{"log":"a","pod":{"x":1}}`: "json\n", `{"log":"a","job":7 }`: "json job=7\n",
		`{"log":"a","stream":"x","pod":"y"}`: "json stream=x pod=y\n", `{"log":"a","pod":"` + long + `"}`: "json pod=" + long + "\n", `{"log":"a","pod":"n` + long + `"}`: "json\n",
		`{"log":"a","kubernetes":{"pod_name":"x"}}`: "json kubernetes.pod_name=x\n", `{"log":"a","labels":{"kubernetes":{"pod_name":"x"}}}`: "json kubernetes.pod_name=x\n", `{"log":"a","kubernetes_pod_name":"x"}`: "json\n", `{"log":"a","kubernetes-pod_name":"x"}`: "json\n",
		resource(`1`): "json resource=1\n", resource(``): "json\n", `web-1 | {"log":"a"}`: "compose web-1\njson\n",
		resource(strings.Repeat("1", 600)): "json resource=" + strings.Repeat("1", 512) + "\n",
	} {
		_, dress := view.Seen(line)
		assert.Equal(t, want, dress, line)
	}
}

// Texts of several writers in one object are nobody's; those of one are its lines.
func TestTextsOfSeveralWriters(t *testing.T) {
	texts := `"logEvents":[{"message":"a"},{"message":"b"}]`
	for object, want := range map[string]string{
		`{"pod":"x",` + texts + `}`: "b", `{"pod":"x",` + texts + `,"pod":"x"}`: "b", `{` + texts + `}`: "b", `{"pod":"x","pod":"y",` + texts + `}`: "", `{"logEvents":[{"message":"a"}],"pod":"x","pod":"y"}`: "a",
		`{"logEvents":[{"message":"a"},{"message":"b"}],"message":"c"}`: "c", `{"message":"c","logEvents":[{"message":"a"}]}`: "c", `{"log":"a","log":"b"}`: "b",
	} {
		text, _ := view.Seen(object)
		if want == "" {
			want = object
		}
		assert.Equal(t, want, text, object)
	}
}

// A text that goes on in the next line of its writer says so, or is one of Docker's that is cut at 16 KiB.
func TestTextsThatGoOn(t *testing.T) {
	full := strings.Repeat("x", 16<<10)
	for _, c := range []struct {
		lines []string
		goes  string // for each of them: + goes on
	}{
		{[]string{`{"log":"a"}`, `{"log":"b"}`}, "  "}, {[]string{`{"log":"a","partial_message":"true"}`, `{"log":"b","partial_message":"true"}`, `{"log":"c"}`, `{"log":"d"}`}, " ++ "},
		{[]string{`{"log":"a","partial_message":"true","partial_last":"false"}`, `{"log":"b","partial_message":"true","partial_last":"true"}`, `{"log":"c"}`}, " + "},
		{[]string{`{"MESSAGE":"a","CONTAINER_PARTIAL_MESSAGE":"true"}`, `{"MESSAGE":"b","CONTAINER_PARTIAL_MESSAGE":"true","CONTAINER_PARTIAL_LAST":"true"}`, `{"MESSAGE":"c"}`}, " + "},
		{[]string{`{"log":"a","partial_message":"false"}`, `{"log":"b"}`}, "  "}, {[]string{`{"log":"a\n","partial_message":"true"}`, `{"log":"b"}`}, "  "}, {[]string{`{"log":"a","stream":"true"}`, `{"log":"b","stream":"true"}`}, "  "},
		{[]string{`{"log":"` + full + `"}`, `{"log":"b"}`, `{"log":"c"}`}, " + "}, {[]string{`{"log":"` + full[1:] + `"}`, `{"log":"b"}`}, "  "}, {[]string{`{"log":"` + full[1:] + `\n"}`, `{"log":"b"}`}, "  "}, {[]string{`{"msg":"` + full + `"}`, `{"msg":"b"}`}, "  "},
		{[]string{`{"log":"a","pod":"x","partial_message":"true"}`, `{"log":"b","pod":"y"}`, `{"log":"c","pod":"x"}`, `{"log":"d","pod":"y"}`}, "  + "},
		{[]string{`{"log":"a","pod":"x","partial_message":"true"}`, `{"log":"a","pod":"y","partial_message":"true"}`, `{"log":"c","pod":"x"}`, `{"log":"d","pod":"y"}`, `{"log":"e","pod":"y"}`}, "  ++ "},
		{[]string{`{"logEvents":[{"message":"a"},{"message":"b"}],"partial_message":"true"}`, `{"logEvents":[{"message":"c"}]}`}, "  "},
		{[]string{`{"log":"a\nb","partial_message":"true"}`, `{"log":"c\nd"}`}, " +"},
	} {
		var v view.Line
		for i, line := range c.lines {
			first := true
			for v.First([]byte(line)); ; v.Next() {
				assert.Equal(t, first && c.goes[i] == '+', v.GoesOn, "%.60s of %.60q", line, c.lines)
				if first = false; !v.Inner {
					break
				}
			}
		}
	}
}
