package filter_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A collector writes objects: their keys in any order, with any white space, their texts escaped in any way.
type collector struct {
	t     *rapid.T
	key   string
	ends  bool // the text has its line end
	other map[string]string
	loose bool
}

// others are what else may stand in an object, for each key.
var others = map[string]string{
	"stream": `"stderr"`, "level": `"error"`, "PRIORITY": `"6"`, "offset": "-12.5e3", "ok": "true", "none": "null", "tags": `["a",{"log":7},[]]`, "empty": `{}`,
	"kubernetes": `{"pod_name":"deploy-1","labels":{"app":"x"}}`, "_HOSTNAME": `"ci \"one\""`, "trace": `"\\ud83d\\ude00 \ud83d\ude00 é"`, "deep": `[[[{"a":[1,2]}]]]`,
}

func newCollector(t *rapid.T) *collector {
	c := &collector{t: t, key: rapid.SampledFrom([]string{"log", "MESSAGE", "message", "msg", "body", "line", "textPayload", "@message", "text"}).Draw(t, "key")}
	c.ends = c.key == "log" && rapid.Bool().Draw(t, "ends")
	c.loose = rapid.Bool().Draw(t, "loose")
	c.other = map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(others)) {
		if rapid.Bool().Draw(t, k) {
			c.other[k] = others[k]
		}
	}
	return c
}

// wrap writes a line as an object.
func (c *collector) wrap(line string) string {
	if !c.ends {
		line = strings.TrimSuffix(line, "\n")
	}
	text := quoted(line)
	switch how := rapid.IntRange(0, 9).Draw(c.t, "how"); {
	case how < 2:
		text = escaped(line)
	case how < 4:
		b := &strings.Builder{}
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		_ = e.Encode(line)
		text = strings.TrimSpace(b.String())
	}
	members := []string{fmt.Sprintf("%q%s%s", c.key, c.colon(), text)}
	for _, k := range slices.Sorted(maps.Keys(c.other)) {
		members = append(members, fmt.Sprintf("%q%s%s", k, c.colon(), c.other[k]))
	}
	members = rapid.Permutation(members).Draw(c.t, "members")
	return "{" + c.space() + strings.Join(members, c.space()+","+c.space()) + c.space() + "}\n"
}

func (c *collector) colon() string { return c.space() + ":" + c.space() }

func (c *collector) space() string {
	if !c.loose {
		return ""
	}
	return rapid.SampledFrom([]string{"", " ", "\t", "  "}).Draw(c.t, "space")
}

// textsOf are the texts in objects, one behind the other.
func textsOf(t require.TestingT, log, key string) string {
	var out strings.Builder
	for line := range strings.Lines(log) {
		var object map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &object), line)
		out.WriteString(strings.TrimSuffix(object[key].(string), "\n") + "\n")
	}
	return out.String()
}

// A run in objects of any kind, cleaned, is what is kept of it, in objects that are as they were.
func TestWrapped(t *testing.T) {
	files := filtertest.Captures(t, "gevent-25.5.1.3*.pipe.log", "samples/piped-0*.err", "samples/*.txt")
	all := map[string]string{}
	for _, file := range files {
		all[file] = string(filtertest.Read(t, file))
	}
	rapid.Check(t, func(t *rapid.T) {
		file := rapid.SampledFrom(files).Draw(t, "file")
		data := all[file]
		c := newCollector(t)
		var in strings.Builder
		for line := range strings.Lines(data) {
			in.WriteString(c.wrap(line))
		}
		var want strings.Builder
		kept, sum := keptOf(t, []byte(data))
		for _, text := range kept {
			if text != "" {
				want.WriteString(strings.TrimSuffix(text, "\n") + "\n")
			}
		}
		got, s := runInPieces(t, in.String(), rapid.SampledFrom([]int{0, 1, 7, 1000}).Draw(t, "size"))
		require.Equal(t, want.String(), textsOf(t, got, c.key))
		require.Equal(t, filtertest.Counts(sum), filtertest.Counts(s))
		whole := map[string]bool{}
		for line := range strings.Lines(in.String()) {
			whole[line] = true
		}
		changed := 0
		for line := range strings.Lines(got) {
			if !whole[line] {
				changed++
			}
		}
		require.LessOrEqual(t, changed, torn(data, kept), "a line that stays is the same")
	})
}

// torn is how many lines a part stays of.
func torn(data string, kept []string) (n int) {
	for i, line := range lines(data) {
		if kept[i] != "" && kept[i] != line {
			n++
		}
	}
	return n
}

// runInPieces filters a text that comes in pieces, with an idle moment behind each.
func runInPieces(t require.TestingT, in string, size int) (string, *filter.Summary) {
	var shown, all strings.Builder
	f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(e filter.Event) error {
		all.Write(e.Raw)
		if !e.Fold {
			shown.Write(e.Raw)
		}
		return nil
	}), filter.Options{})
	for rest := []byte(in); len(rest) > 0; {
		n := len(rest)
		if size > 0 {
			n = min(n, size)
		}
		_, err := f.Write(rest[:n])
		require.NoError(t, err)
		if rest = rest[n:]; size > 0 {
			require.NoError(t, f.Flush())
		}
	}
	require.NoError(t, f.Close())
	require.Equal(t, in, all.String())
	return shown.String(), f.Summary()
}

// wrapBug is a whole block.
const wrapBug = "Exception ignored in: <bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7efc6b532bd0>>\n" +
	"Traceback (most recent call last):\n" +
	"  File \"/home/ci/deploy/.venv/lib/python3.12/site-packages/gevent/threading.py\", line 398, in after_fork_in_child\n" +
	"    assert not thread.is_alive()\n" +
	"               ^^^^^^^^^^^^^^^^^\n" +
	"  File \"/usr/local/lib/python3.12/threading.py\", line 1475, in is_alive\n" +
	"    assert not self._is_stopped and self._started.is_set()\n" +
	"AssertionError: \n"

// What stands in an object beside its text, or in place of one, does not matter.
func TestWrappedLines(t *testing.T) {
	object := func(texts ...string) (out string) {
		for _, text := range texts {
			out += `{"message":` + quoted(text) + "}\n"
		}
		return out
	}
	each := func(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }
	bug := object(each(wrapBug)...)
	for _, c := range []struct {
		name, in, want string
		count          int
	}{
		{"a block in one text", object(strings.TrimSuffix(wrapBug, "\n")), "", 1},
		{"a block in one text, with its end", object(wrapBug), "", 1},
		{"a block and lines in one text", object("before\n" + wrapBug + "after"), object("before\nafter"), 1},
		{"a block behind a line in one text", object("before\n" + wrapBug), object("before\n"), 1},
		{"a block in front of a line in one text", object(wrapBug + "after\n"), object("after\n"), 1},
		{"two blocks in one text", object(wrapBug + "between\n" + wrapBug), object("between\n"), 2},
		{"no object in the middle", object("a") + "{\"message\":\"b\"\nplain text\n" + bug + "{\"message\":12}\n{}\n", object("a") + "{\"message\":\"b\"\nplain text\n{\"message\":12}\n{}\n", 1},
		{"not closed, and a bad escape", "{\"message\":\"Assertion\\xError: \"}\n{\"message\":\"x\n" + bug, "{\"message\":\"Assertion\\xError: \"}\n{\"message\":\"x\n", 1},
		{"text that is no string", `{"message":{"a":"b"},"msg":["c"]}` + "\n", `{"message":{"a":"b"},"msg":["c"]}` + "\n", 0},
		{"the end of the log has no line end", strings.TrimSuffix(bug, "\n"), "", 1},
		{"CR LF", strings.ReplaceAll(object("a")+bug, "\n", "\r\n"), "{\"message\":\"a\"}\r\n", 1},
		{"behind a time", behind("2026-11-24T03:00:02Z ", object("a")+bug), "2026-11-24T03:00:02Z " + object("a"), 1},
		{"behind a coloured name", behind("\x1b[36mweb-1  | \x1b[0m", object("a")+bug), "\x1b[36mweb-1  | \x1b[0m" + object("a"), 1},
		{"coloured as a whole", "\x1b[36m" + strings.ReplaceAll(object("a")+bug, "\n", "\x1b[0m\n\x1b[36m"), "\x1b[36m{\"message\":\"a\"}\x1b[0m\n\x1b[36m", 1},
		{"with times in the text", object(each(behind("2026-11-24T03:00:02.123Z ", "a\n"+wrapBug))...), object("2026-11-24T03:00:02.123Z a"), 1},
		{"half a pair", object("a") + `{"message":"\ud83d"}` + "\n" + bug, object("a") + `{"message":"\ud83d"}` + "\n", 1},
		{"with a mark of byte order", "\ufeff" + object("a") + bug, "\ufeff" + object("a"), 1},
		{"erased in the text", object("a") + strings.Replace(bug, `"Exception`, `"\u001b[KException`, 1), object("a") + object("\x1b[K"), 1},
	} {
		for _, size := range []int{0, 1, 100} {
			if size == 1 && c.in[0] != '{' { // a prefix that came alone is shown at once
				continue
			}
			got, s := runInPieces(t, c.in, size)
			assert.Equal(t, c.want, got, "%s, %d", c.name, size)
			assert.Equal(t, c.count, filtertest.Counts(s)["gevent-fork-hooks-assertion"], "%s, %d", c.name, size)
		}
	}
}

func behind(prefix, text string) (out string) {
	for line := range strings.Lines(text) {
		out += prefix + line
	}
	return out
}

// Two containers write into one log, by turns: what each writes is matched apart.
func TestWrappedWriters(t *testing.T) {
	for _, member := range []string{`"container_name":"/%s"`, `"kubernetes":{"pod_name":"%s"}`, `"_SYSTEMD_UNIT":"%s.service"`, `"stream":"%s"`, `"labels":{},"host":"%s"`} {
		var in, want strings.Builder
		wrap := func(name, text string) string {
			return fmt.Sprintf(`{`+member+`,"message":%s}`+"\n", name, quoted(text))
		}
		for i, line := range strings.Split(strings.TrimSuffix(wrapBug, "\n"), "\n") {
			other := fmt.Sprintf("    at step %d", i)
			in.WriteString(wrap("one", line) + wrap("two", other) + wrap("three", line))
			want.WriteString(wrap("two", other))
		}
		got, s := runInPieces(t, in.String(), 0)
		assert.Equal(t, want.String(), got, member)
		assert.Equal(t, 2, filtertest.Counts(s)["gevent-fork-hooks-assertion"], member)
	}
}

// Docker writes a line of more than 16 KiB as several: what stands in the rest of it is no line of its own.
func TestWrappedParts(t *testing.T) {
	long := strings.Repeat("x", 16<<10)
	wrap := func(text string) string {
		return `{"log":` + quoted(text) + `,"stream":"stdout","time":"2026-11-24T03:00:02Z"}` + "\n"
	}
	bug := ""
	for line := range strings.Lines(wrapBug) {
		bug += wrap(line)
	}
	in := wrap(long) + wrap("AssertionError: \n")
	got, s := runInPieces(t, in+bug, 0)
	assert.Equal(t, in, got)
	assert.Equal(t, 1, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
}

// The time of a line is that of its object.
func TestWrappedTimes(t *testing.T) {
	want := "2026-11-24T03:00:02.123456Z"
	at, _ := time.Parse(time.RFC3339Nano, want)
	for _, member := range []string{
		`"time":"` + want + `"`, `"@timestamp":"` + want + `"`, `"__REALTIME_TIMESTAMP":"%d"`, `"timeUnixNano":"%d000"`, `"ts":%.6f`, `"date":%.6f`,
	} {
		if strings.Contains(member, "%d") {
			member = fmt.Sprintf(member, at.UnixMicro())
		} else if strings.Contains(member, "%") {
			member = fmt.Sprintf(member, float64(at.UnixMicro())/1e6)
		}
		got, ok := view.Stamp([]byte(`{"level":"info",` + member + `,"msg":"x","n":1}`))
		assert.True(t, ok, member)
		when, err := time.Parse(time.RFC3339Nano, got)
		require.NoError(t, err, member)
		assert.WithinDuration(t, at, when, time.Microsecond, member)
	}
}

// A collector may put hundreds of lines into one object, and escape them at length: it is matched, followed and cut as any other.
func TestLargeObjects(t *testing.T) {
	deploy := string(filtertest.Read(t, filtertest.Testdata("verdict", "op-fails-one.log")))
	for _, size := range []int{10 << 10, 70 << 10, 400 << 10} {
		filler := strings.Repeat("    [vm-02] a line that says nothing\n", size/37)
		text := strings.Replace(deploy, "--> Starting operation: Restart nginx", filler+wrapBug+"--> Starting operation: Restart nginx", 1)
		object := func(text string) string { return `{"time":"2026-11-24T03:00:02Z","log":` + quoted(text) + "}\n" }
		in := object("before\n") + object(text) + object("after\n")
		for _, piece := range []int{0, 4096} {
			got, s := runInPieces(t, in, piece)
			require.Equal(t, object("before\n")+object(strings.Replace(text, wrapBug, "", 1))+object("after\n"), got, "%d", size)
			assert.Equal(t, 1, filtertest.Counts(s)["gevent-fork-hooks-assertion"], "%d", size)
			v := s.Outcome.Verdict
			assert.Equal(t, "yes vm-01 Restart nginx 2", fmt.Sprint(v.Failed, " ", v.Host, " ", v.Operation, " ", v.Line), "%d", size)
		}
	}
	// one that is larger passes as it is, and what is behind it is matched
	huge := `{"log":` + quoted(strings.Repeat("x\n", view.LongestObject)) + "}\n"
	got, s := runInPieces(t, huge+wrapBug, 64<<10)
	assert.Equal(t, huge, got)
	assert.Equal(t, 1, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
}

// An object may have several texts, as those that a collector sends have: each is a line, or more, of its own. What is cut out
// of them leaves valid JSON; and if nothing of any text stays, the object goes.
func TestSeveralTexts(t *testing.T) {
	kinds := map[string]func(texts []string) string{
		"OpenTelemetry": func(texts []string) string {
			var records []string
			for i, text := range texts {
				records = append(records, fmt.Sprintf(`{"timeUnixNano":"179549276112%07d","body":{"stringValue":%s},"attributes":[{"key":"log","value":{"boolValue":true}}]}`, i, quoted(text)))
			}
			return `{"resourceLogs":[{"resource":{"attributes":[]},"scopeLogs":[{"scope":{},"logRecords":[` + strings.Join(records, ", ") + `]}]}]}` + "\n"
		},
		"CloudWatch": func(texts []string) string {
			var records []string
			for i, text := range texts {
				records = append(records, fmt.Sprintf(`{"id":"%d","timestamp":1795492761123,"message":%s}`, i, quoted(text)))
			}
			return `{"owner":"1","logGroup":"g","logEvents":[` + strings.Join(records, ",") + "]}\n"
		},
	}
	var textsIn func(v any, out *[]string)
	textsIn = func(v any, out *[]string) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				textsIn(e, out)
			}
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				if text, ok := v[key].(string); ok && (key == "stringValue" || key == "message") {
					*out = append(*out, text)
				}
				textsIn(v[key], out)
			}
		}
	}
	files := filtertest.Captures(t, "gevent-25.5.1.3*.pipe.log", "samples/piped-0*.err")
	all := map[string]string{}
	for _, file := range files {
		all[file] = string(filtertest.Read(t, file))
	}
	for kind, wrap := range kinds {
		rapid.Check(t, func(t *rapid.T) {
			data := all[rapid.SampledFrom(files).Draw(t, "file")]
			var in strings.Builder
			rest := lines(data)
			ends := rapid.SampledFrom([]string{"", "\n"}).Draw(t, "end")
			for len(rest) > 0 {
				n := min(len(rest), rapid.IntRange(1, 12).Draw(t, "texts"))
				var texts []string
				for _, line := range rest[:n] {
					texts = append(texts, strings.TrimSuffix(line, "\n")+ends)
				}
				if rapid.IntRange(0, 5).Draw(t, "empty") == 0 {
					texts = slices.Insert(texts, rapid.IntRange(0, n).Draw(t, "where"), "")
				}
				in.WriteString(wrap(texts))
				rest = rest[n:]
			}
			kept, sum := keptOf(t, []byte(data))
			got, s := runInPieces(t, in.String(), rapid.SampledFrom([]int{0, 7, 1000}).Draw(t, "size"))
			require.Equal(t, filtertest.Counts(sum), filtertest.Counts(s), kind)
			var texts []string
			for line := range strings.Lines(got) {
				var object any
				require.NoError(t, json.Unmarshal([]byte(line), &object), line)
				textsIn(object, &texts)
			}
			var want strings.Builder
			for _, text := range kept {
				want.WriteString(strings.TrimSpace(text) + "\n")
			}
			require.Equal(t, withoutEmpty(want.String()), withoutEmpty(strings.Join(texts, "\n")), kind)
		})
	}
}

// withoutEmpty leaves out lines that have nothing.
func withoutEmpty(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}
