package filter_test

import (
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
	"github.com/orbfilter/orbfilter/internal/testrun"
	"github.com/orbfilter/orbfilter/rules"
)

// The pieces of one block, as they are written.
const (
	head   = "Exception ignored in: "
	object = "<bound method _ForkHooks.after_fork_in_child of <gevent.threading._ForkHooks object at 0x7f021a09b230>>"
	trace  = "Traceback (most recent call last):\n"
	frame1 = "  File \"/srv/.venv/lib/python3.12/site-packages/gevent/threading.py\", line 398, in after_fork_in_child\n"
	src1   = "    assert not thread.is_alive()\n"
	carets = "               ^^^^^^^^^^^^^^^^^\n"
	frame2 = "  File \"/usr/lib/python3.12/threading.py\", line 1475, in is_alive\n"
	src2   = "    assert not self._is_stopped and self._started.is_set()\n"
	end    = "AssertionError: \n"

	begin = head + object + "\n" + trace // …
	most  = begin + frame1 + src1 + carets + frame2 + src2
	whole = most + end

	ownTrace = trace + "  File \"deploy.py\", line 3, in <module>\n    x\nKeyError: 1\n"
)

// hard are texts that a filter gets wrong easily, with what is to be left.
var hard = map[string]struct {
	in, want string
	count    int // of blocks
}{
	// another writer's line has the text of a piece
	"TSV":                 {most + "test_login\tFAILED\tAssertionError\n" + end, "test_login\tFAILED\tAssertionError\n", 1},
	"compose service":     {most + "db-1  | AssertionError: \n" + end, "db-1  | AssertionError: \n", 1},
	"log with timestamps": {most + "2026-11-24 03:59:21,123 AssertionError\n" + end, "2026-11-24 03:59:21,123 AssertionError\n", 1},
	"two services":        {zip(lines(filtertest.Prefixed("a-1  | ")(whole)), lines(filtertest.Prefixed("b-1  | ")(whole))), "", 2},
	// what is only a prefix is not a blank line of a torn block
	"date":      {head + object + "    [vm1] Success\n2026-11-24T03:59:21Z\n\n" + trace + frame1 + src1 + carets + frame2 + src2 + end, "    [vm1] Success\n2026-11-24T03:59:21Z\n", 1},
	"TSV, torn": {head + object + "    [vm1] Success\nweb\trunning\t\n\n" + trace + frame1 + src1 + carets + frame2 + src2 + end, "    [vm1] Success\nweb\trunning\t\n", 1},
	// marks of the run's own
	"underlined title": {begin + frame1 + src1 + "Title\n~~~~~\n" + carets + frame2 + src2 + end, "Title\n~~~~~\n", 1},
	"clang on a Python without carets": {strings.ReplaceAll(begin+frame1+src1+"foo.c:1:5: error: x\n    ^~~~~~\n"+frame2+src2+end, "3.12", "3.10"),
		"foo.c:1:5: error: x\n    ^~~~~~\n", 1},
	// what looks like the issue ends with another error
	"another error":   {most + "MemoryError\nreal\nAssertionError\n", most + "MemoryError\nreal\nAssertionError\n", 0},
	"another message": {most + "AssertionError: mine\nreal\n" + whole, most + "AssertionError: mine\nreal\n", 1},
	"another object":  {head + "Foo(1)\n" + ownTrace + head + head + object + "\n" + object + "\n" + strings.Repeat(trace, 2) + strings.Repeat(frame1+src1+carets+frame2+src2+end, 2), head + "Foo(1)\n" + ownTrace, 2},
	// tracebacks of the run's own, glued to pieces and between them
	"own traceback behind the object": {head + object + ownTrace + "\n" + trace + frame1 + src1 + carets + frame2 + src2 + end, ownTrace, 1},
	"own traceback behind a source":   {begin + frame1 + "    assert not thread.is_alive()" + ownTrace + "\n" + carets + frame2 + src2 + end, ownTrace, 1},
	"own head first":                  {trace + head + object + "\n" + trace + "  File \"deploy.py\", line 3, in <module>\n    x\nKeyError: 1\n" + frame1 + src1 + carets + frame2 + src2 + end, ownTrace, 1},
	"own source is the same": {begin + frame1 + "Traceback (most recent call last):\n  File \"deploy.py\", line 3, in <module>\n    assert not thread.is_alive()\n           ^^^^^^^^^^^^^^^^^^^^^\nAssertionError\n" + src1 + carets + frame2 + src2 + end,
		"Traceback (most recent call last):\n  File \"deploy.py\", line 3, in <module>\n    assert not thread.is_alive()\n           ^^^^^^^^^^^^^^^^^^^^^\nAssertionError\n", 1},
	"a spinner in an own traceback": {most + trace + "  File \"deploy.py\", line 3, in <module>\n    assert x\n    - 33% (1/3) - {vm1, vm2}\r\x1b[KAssertionError\n" + end,
		trace + "  File \"deploy.py\", line 3, in <module>\n    assert x\n    - 33% (1/3) - {vm1, vm2}\r\x1b[KAssertionError\n", 1},
	"own traceback of a known issue": {head + object + "\n" + "Traceback (most recent call last):\n  File \"/v/pyinfra_cli/cli.py\", line 521, in _do_confirm\n    v = input()\n        ^^^^^^^\nEOFError: EOF when reading a line\n" + trace + frame1 + src1 + carets + frame2 + src2 + end,
		"Traceback (most recent call last):\n  File \"/v/pyinfra_cli/cli.py\", line 521, in _do_confirm\n    v = input()\n        ^^^^^^^\nEOFError: EOF when reading a line\n", 1},
	// escape sequences
	"sequence in a torn indent": {begin + frame1 + "  \x1b[K      [vm1] Success\nassert not thread.is_alive()\n" + carets + frame2 + src2 + end, "  \x1b[K      [vm1] Success\n", 1},
	"screen switched":           {begin + frame1 + "    \x1b[?1049h\nassert not thread.is_alive()\n" + carets + frame2 + src2 + end, "\x1b[?1049h\n", 1},
	"colour left on":            {"\x1b[32m" + whole + "ok\x1b[0m\n", "\x1b[32mok\x1b[0m\n", 1},
	"no colour":                 {"\x1b[>4;2m" + whole + "x\n", "\x1b[>4;2mx\n", 1},
	"CR CR LF":                  {strings.ReplaceAll(whole, "\n", "\r\r\n"), "", 1},
	// a text that mentions the issue
	"host prints the issue": {"    [web] Nov 24 03:59:21 web py[1]: " + head + object + "\n    [web] ok\n" + whole, "    [web] Nov 24 03:59:21 web py[1]: " + head + object + "\n    [web] ok\n", 1},
	"grep prints the issue": {"deploy.log:12:" + head + object + "\n    [web] ok\n" + whole, "deploy.log:12:" + head + object + "\n    [web] ok\n", 1},
	"sentence":              {head + "    [a] b\nhook " + object + " done\n" + object + "\n" + trace + frame1 + src1 + carets + frame2 + src2 + end, "    [a] b\nhook " + object + " done\n", 1},
	"indented text":         {begin + frame1 + "        deep text\nassert not thread.is_alive()\n" + carets + frame2 + src2 + end, "    deep text\n", 1},
}

func TestHardTexts(t *testing.T) {
	for name, c := range hard {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{0, 1, 7} {
				shown, s := filtertest.Run(t, filtertest.Builtin(), []byte(c.in), size, filter.Options{})
				assert.Equal(t, c.want, string(shown))
				assert.Equal(t, c.count, filtertest.Counts(s)["gevent-fork-hooks-assertion"])
			}
		})
	}
}

// onlyRule is a set of one rule that is not built in.
func onlyRule(t testing.TB, match string) *rules.Set {
	t.Helper()
	r, err := rules.Parse("own.yaml", []byte("id: own\ntitle: t\nseverity: noise\nmatch:\n  "+match+"\nsamples: [{text: a}]\n"))
	require.NoError(t, err)
	return rules.NewSet(r)
}

// A rule that says little takes no more than Python prints.
func TestBroadRules(t *testing.T) {
	warning := onlyRule(t, "python-warning: {category: DeprecationWarning, message: old}")
	traceback := onlyRule(t, "python-traceback: {error: KeyboardInterrupt}")
	const interrupted = "Traceback (most recent call last):\n  File \"x.py\", line 1, in f\n    x()\n"
	for name, c := range map[string]struct {
		set      *rules.Set
		in, want string
	}{
		"the next line is not indented": {warning, "/x.py:1: DeprecationWarning: old\n--> Connecting to hosts...\n", "--> Connecting to hosts...\n"},
		"the next line is pyinfra's":    {warning, "/x.py:1: DeprecationWarning: old\n    [web] Success\n", "    [web] Success\n"},
		"another error":                 {traceback, interrupted + "ValueError: real\nreal line\nKeyboardInterrupt\n", interrupted + "ValueError: real\nreal line\nKeyboardInterrupt\n"},
		"pyinfra's lines stay":          {traceback, interrupted + "    Loading: deploy.py\nKeyboardInterrupt\n", interrupted + "    Loading: deploy.py\nKeyboardInterrupt\n"},
		"two at once":                   {traceback, zip(lines(interrupted+"KeyboardInterrupt\n"), lines(ownTrace)), zip(lines(interrupted+"KeyboardInterrupt\n"), lines(ownTrace))},
		"the cause of another":          {traceback, interrupted + "KeyboardInterrupt\n\nDuring handling of the above exception, another exception occurred:\n\n" + ownTrace, interrupted + "KeyboardInterrupt\n\nDuring handling of the above exception, another exception occurred:\n\n" + ownTrace},
		"an empty line behind":          {traceback, interrupted + "KeyboardInterrupt\n\nok\n", "\nok\n"},
		"carets and recursion":          {traceback, interrupted + "    ~^^\n  [Previous line repeated 3 more times]\nKeyboardInterrupt\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			shown, _ := filtertest.Run(t, c.set, []byte(c.in), 0, filter.Options{})
			assert.Equal(t, c.want, string(shown))
		})
	}
}

// An operation is the context of what follows, also where it is glued to noise.
func TestContextBehindNoise(t *testing.T) {
	for _, glued := range []string{
		head + "--> Starting operation: Say hi\n" + object + "\n" + trace + frame1 + src1 + carets + frame2 + src2 + end,
		begin + frame1 + "    --> Starting operation: Say hi\nassert not thread.is_alive()\n" + carets + frame2 + src2 + end,
	} {
		_, s := filtertest.Run(t, filtertest.Builtin(), []byte(glued+whole), 0, filter.Options{})
		require.Len(t, s.Issues, 1)
		assert.Equal(t, map[string]int{"Say hi": 1}, s.Issues[0].Operations.Map(), glued)
	}
}

// A summary that was merged from is not changed by what is merged later.
func TestMergeShares(t *testing.T) {
	_, a := filtertest.Run(t, filtertest.Builtin(), []byte(whole+ownTrace), 0, filter.Options{})
	_, b := filtertest.Run(t, filtertest.Builtin(), []byte(whole+ownTrace), 0, filter.Options{})
	var sum filter.Summary
	sum.Merge(a)
	sum.Merge(b)
	assert.Equal(t, 2, sum.Issues[0].Count)
	assert.Equal(t, 1, a.Issues[0].Count)
	assert.Equal(t, 2, sum.Unknown[0].Count)
	assert.Equal(t, 1, a.Unknown[0].Count)
}

// Python draws its carets at the left edge if the source line is not the one that ran
// (a file that has changed since, an error that is raised again): they are no error.
func TestCaretsAreNoError(t *testing.T) {
	testrun.Long(t)
	for _, drawn := range []string{"^^^^^^^^^^^^^^^\n", "~~~~^^^\n", "~\n"} {
		text := "Traceback (most recent call last):\n  File \"/a/deploy.py\", line 3, in <module>\n    work()\n" + drawn +
			"  File \"/a/deploy.py\", line 9, in work\n    raise E\nValueError: no such site\n"
		_, s := filtertest.Run(t, filtertest.Builtin(), []byte(text), 0, filter.Options{})
		require.Len(t, s.Unknown, 1, drawn)
		assert.Equal(t, "ValueError: no such site", s.Unknown[0].Sample)
		assert.Equal(t, 7, s.Unknown[0].FirstLine)
	}
}

func TestLinesOfAnIssueWithoutLastEnd(t *testing.T) {
	_, s := filtertest.Run(t, filtertest.Builtin(), []byte(strings.TrimSuffix(whole, "\n")), 0, filter.Options{})
	assert.Equal(t, int64(8), s.Folded.Lines)
	assert.Equal(t, int64(8), s.Issues[0].Lines)
}

// pause lets the input be idle for as long as a pump waits before it flushes.
func (l *live) pause() {
	l.now = l.now.Add(20 * time.Millisecond)
	_ = l.Tick(l.now)
	_ = l.Flush()
}

// Pauses where Python pauses do not change what is shown.
func TestPauses(t *testing.T) {
	rest := object + "\n" + trace + frame1 + src1 + carets + frame2 + src2 + end
	for name, c := range map[string]struct {
		writes []string
		want   string
	}{
		"prompt, then a block":     {[]string{"[web] sudo password: ", head, rest}, "[web] sudo password: "},
		"prompt and head at once":  {[]string{"    - 0% (0/3) - {vm1}" + head, rest}, "    - 0% (0/3) - {vm1}"},
		"colon late":               {[]string{most + "AssertionError    [vm3] No changes\n: ", "\n"}, "    [vm3] No changes\n"},
		"carets one by one":        {append(append([]string{begin + frame1 + src1}, strings.Split(carets, "")...), frame2+src2+end), ""},
		"CR, then LF":              {[]string{head + object + "    [vm1] Success\r\n" + trace + frame1 + src1 + carets + frame2 + src2 + end + "    [vm2] Success\r", "\n--> x\r\n"}, "    [vm1] Success\r\n    [vm2] Success\r\n--> x\r\n"},
		"sequence in two":          {[]string{"a\x1b[3", "1mb\x1b[0m\n"}, "a\x1b[31mb\x1b[0m\n"},
		"a dot now and then":       {[]string{".", ".", ".", "\n"}, "...\n"},
		"a block behind a spinner": {[]string{"    | 0% (0/3)\r", "\x1b[K" + whole, "ok\n"}, "    | 0% (0/3)\r\x1b[Kok\n"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLive()
			for _, w := range c.writes {
				l.write(w)
				l.pause()
			}
			require.NoError(t, l.Close())
			assert.Equal(t, c.want, l.shown.String())
		})
	}
}

// A text that opens many blocks takes time in proportion to its length: each
// text is twice the other.
func BenchmarkManyOpenBlocks(b *testing.B) {
	for name, text := range map[string]string{
		"1000 heads on a line": strings.Repeat(head, 1000) + "\n", "2000 heads on a line": strings.Repeat(head, 2000) + "\n",
		"1000 heads": strings.Repeat(head+"\n", 1000), "2000 heads": strings.Repeat(head+"\n", 2000),
		"20000 brackets": head + "\n" + strings.Repeat("<", 20000) + "\n", "40000 brackets": head + "\n" + strings.Repeat("<", 40000) + "\n",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f := filter.New(filtertest.Builtin(), filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
				_, _ = f.Write([]byte(text))
				_ = f.Close()
			}
		})
	}
}

// mixedTraceback is a traceback of the run's own among blocks, line by line.
type mixedTraceback struct{ mine, input string }

func drawMixedTraceback() *rapid.Generator[mixedTraceback] {
	names := slices.Sorted(maps.Keys(tracebacks))
	return rapid.Custom(func(t *rapid.T) mixedTraceback {
		mine := tracebacks[rapid.SampledFrom(names).Draw(t, "traceback")]
		writers := [][]string{lines(mine)}
		for range rapid.IntRange(1, 4).Draw(t, "blocks") {
			writers = append(writers, lines(whole))
		}
		return mixedTraceback{mine, strings.Join(interleave(t, writers), "")}
	})
}

// Line by line, a traceback of the run's own and several blocks: not a line of
// the traceback is missing. (Whose the equal ones are, such as the first, cannot
// be told, so that they may stand elsewhere.) Of one mixture in some hundreds a line of
// carets is missing, so that these are always the same mixtures.
func TestOwnTracebackMixedByLines(t *testing.T) {
	testrun.Long(t)
	drawn, missing := drawMixedTraceback(), 0
	for seed := range 400 {
		c := drawn.Example(seed)
		shown, _ := filtertest.Run(t, filtertest.Builtin(), []byte(c.input), 0, filter.Options{})
		for _, l := range lines(c.mine) {
			if l = strings.Trim(l, " \n"); l != "" && strings.Trim(l, "~^ ") != "" {
				require.GreaterOrEqual(t, strings.Count(string(shown), l), strings.Count(c.mine, l), "%q of\n%s\nin\n%s", l, c.mine, c.input)
			}
		}
		if strings.Count(string(shown), "^") < strings.Count(c.mine, "^") {
			missing++
		}
	}
	require.LessOrEqual(t, missing, 2)
}
