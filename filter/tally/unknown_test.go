package tally_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/filtertest"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/rules"
)

func unknownOf(t *testing.T, text string) []*filter.Unknown {
	t.Helper()
	_, s := filtertest.Run(t, rules.NewSet(), []byte(text), 7, filter.Options{})
	return s.Unknown
}

// The place of an exception is the function that raised it, and the innermost of the
// user's own.
func TestWhereItWasRaised(t *testing.T) {
	const head = "Traceback (most recent call last):\n"
	for name, c := range map[string]struct{ frames, want string }{
		"no frame":          {"", ""},
		"own":               {"  File \"deploy.py\", line 3, in <module>\n    x\n  File \"/srv/tasks/hooks.py\", line 9, in notify\n    y\n    ^\n", "notify (hooks.py)"},
		"in a library":      {"  File \"/srv/hooks.py\", line 9, in notify\n    y\n  File \"/srv/.venv/lib/python3.12/site-packages/requests/api.py\", line 1, in get\n    z\n", "get (api.py), notify (hooks.py)"},
		"in Python's own":   {"  File \"/srv/hooks.py\", line 9, in notify\n  File \"/usr/lib/python3.12/socket.py\", line 1, in connect\n", "connect (socket.py), notify (hooks.py)"},
		"frozen":            {"  File \"/srv/hooks.py\", line 9, in notify\n  File \"<frozen importlib._bootstrap>\", line 1, in _load\n", "_load (<frozen importlib._bootstrap>), notify (hooks.py)"},
		"Debian":            {"  File \"/usr/lib/python3/dist-packages/apt/cache.py\", line 9, in open\n", "open (cache.py)"},
		"Windows":           {"  File \"C:\\srv\\hooks.py\", line 9, in notify\n  File \"C:\\Python312\\Lib\\socket.py\", line 1, in connect\n", "connect (socket.py), notify (hooks.py)"},
		"torn":              {"  File \"/srv/hooks.py\", line 9, in notify\n  File \"/srv/ot", "notify (hooks.py)"},
		"text like a frame": {"  File \"/srv/hooks.py\", line 9, in notify\n    File \"x.py\", line many, in f\n", "notify (hooks.py)"},
	} {
		if name == "torn" {
			c.frames += "\n"
		}
		got := unknownOf(t, head+c.frames+"KeyError: 'a'\n")
		require.Len(t, got, 1, name)
		assert.Equal(t, c.want, got[0].Where, name)
		assert.Equal(t, "KeyError: 'a'", got[0].Sample, name)
	}
}

// A known error hides no other: the same error of another place has another
// fingerprint, and a line number or a folder that changes makes no difference. That
// is so for each of two jobs whose lines are mixed.
func TestOneErrorHidesNoOther(t *testing.T) {
	raise := func(file, function, line, last string) string {
		return "Traceback (most recent call last):\n  File \"" + file + "\", line " + line + ", in " + function + "\n    x\n" + last + "\n"
	}
	same := raise("/srv/a/hooks.py", "notify", "12", "KeyError: 'old'")
	for _, text := range []string{same, raise("/home/u/hooks.py", "notify", "19", "KeyError: 'db'"), strings.ReplaceAll(same, "\n", "\r\n")} {
		assert.Equal(t, unknownOf(t, same)[0].Fingerprint, unknownOf(t, text)[0].Fingerprint, text)
	}
	others := []string{raise("/srv/a/secrets.py", "notify", "12", "KeyError: 'old'"), raise("/srv/a/hooks.py", "load", "12", "KeyError: 'old'")}
	for _, text := range others {
		assert.NotEqual(t, unknownOf(t, same)[0].Fingerprint, unknownOf(t, text)[0].Fingerprint, text)
	}
	require.Len(t, unknownOf(t, same+others[0]+others[1]+same), 3)

	var mixed string
	one, two := strings.SplitAfter(same, "\n"), strings.SplitAfter(others[0], "\n")
	for i := range one[:len(one)-1] {
		mixed += "web-1  | " + one[i] + "db-1   | " + two[i]
	}
	got := unknownOf(t, mixed)
	require.Len(t, got, 2)
	assert.ElementsMatch(t, []string{"notify (hooks.py)", "notify (secrets.py)"}, []string{got[0].Where, got[1].Where})
}

// A traceback that the log ends in is one; a head without a frame may be anybody's.
func TestTracebackThatIsCutOff(t *testing.T) {
	const begun = "Traceback (most recent call last):\n  File \"/srv/hooks.py\", line 9, in notify\n"
	for text, want := range map[string]int{
		begun: 1, begun + "    send(": 1, begun + "    send(x)\n": 1, begun + "KeyError: 1\n": 1, begun + "KeyError: 1": 1,
		"web-1  | " + strings.ReplaceAll(begun, "\n  ", "\nweb-1  |   ") + "db-1   | ready\n": 1,
		"Traceback (most recent call last):\n":                                                0, begun + "KeyError: 1\n    x": 1,
	} {
		got := unknownOf(t, text)
		require.Len(t, got, want, text)
		if want > 0 {
			assert.Equal(t, "notify (hooks.py)", got[0].Where, text)
		}
	}
}

// Each exception of a group is one, and the group itself. The text is what CPython
// 3.11 and 3.13 printed.
func TestExceptionGroup(t *testing.T) {
	const group = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/eg.py", line 8, in <module>
  |     raise ExceptionGroup("two", [a, ValueError(2)])
  | ExceptionGroup: two (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/eg.py", line 4, in load
    |     raise KeyError("x")
    | KeyError: 'x'
    +---------------- 2 ----------------
    | ValueError: 2
    +------------------------------------
`
	for _, text := range []string{group, group + "--> Disconnecting from hosts...\n", "web-1  | " + strings.ReplaceAll(strings.TrimSuffix(group, "\n"), "\n", "\nweb-1  | ") + "\n"} {
		var got []string
		for _, u := range unknownOf(t, text) {
			got = append(got, u.Text())
		}
		assert.Equal(t, []string{"ExceptionGroup: two (2 sub-exceptions), in <module> (eg.py)", "KeyError: 'x', in load (eg.py)", "ValueError: 2"}, got)
	}
}

// An Unknown is known by the fingerprints of its lines, and joined it has each of them once.
func TestNamesOfUnknown(t *testing.T) {
	one := &tally.Unknown{Fingerprint: "U-1", Sample: "KeyError: "}
	assert.Equal(t, []string{"U-1"}, one.Names())
	assert.Equal(t, "KeyError: ", one.Text())
	one.Where = "load (a.py)"
	assert.Equal(t, "KeyError, in load (a.py)", one.Text())

	one = &tally.Unknown{Fingerprint: "U-1", Keys: []string{"U-1", "U-2"}, Texts: []string{"a", "b"}, Was: []string{"U-8"}}
	was := one.Keys
	one.Join(&tally.Unknown{Fingerprint: "U-1", Keys: []string{"U-2", "U-3"}, Texts: []string{"b again", "c"}, Was: []string{"U-8", "U-9"}})
	assert.Equal(t, []string{"U-1", "U-2", "U-3"}, one.Names())
	assert.Equal(t, []string{"a", "b", "c"}, one.Texts)
	assert.Equal(t, []string{"U-8", "U-9"}, one.Was)
	assert.Equal(t, []string{"U-1", "U-2"}, was)
}

// Of what has one fingerprint, occurrences and lines add up; what is new is a copy.
func TestMergeUnknown(t *testing.T) {
	from := []*tally.Unknown{{Fingerprint: "U-1", Count: 2, Lines: 5}, {Fingerprint: "U-2", Count: 1, Lines: 1}}
	all, more := tally.MergeUnknown(nil, from)
	all, again := tally.MergeUnknown(all, from)
	assert.Equal(t, []*tally.Unknown{{Fingerprint: "U-1", Count: 4, Lines: 10}, {Fingerprint: "U-2", Count: 2, Lines: 2}}, all)
	assert.Zero(t, more+again)
	assert.Equal(t, 2, from[0].Count)
}

// A fingerprint has as many figures as are asked for, and as there are.
func TestFingerprint(t *testing.T) {
	for figures, want := range map[int]int{8: 10, 16: 18, 64: 66, 65: 66} {
		assert.Len(t, tally.Fingerprint("text", figures), want)
	}
	assert.Equal(t, tally.Fingerprint("text", 8), tally.Fingerprint("text", 16)[:10])
	assert.NotEqual(t, tally.Fingerprint("text", 8), tally.Fingerprint("text ", 8))
}

// A sample is cut, and a frame that is too long is none.
func TestLongExceptions(t *testing.T) {
	message := "KeyError: " + strings.Repeat("x", 600)
	assert.Equal(t, message[:500], unknownOf(t, "Traceback (most recent call last):\n"+message+"\n")[0].Sample)
	frame := func(n int) string {
		const begin, end = "File \"/srv/", ".py\", line 1, in f"
		return begin + strings.Repeat("p", n-len(begin)-len(end)) + end
	}
	const first = `  File "/srv/hooks.py", line 9, in notify`
	for n, own := range map[int]bool{cpython.MaxRepr: false, cpython.MaxRepr + 1: true} {
		got := unknownOf(t, "Traceback (most recent call last):\n"+first+"\n  "+frame(n)+"\nKeyError: 1\n")
		assert.Equal(t, own, got[0].Where == "notify (hooks.py)", n)
	}
}

// What stands among the lines of a traceback and is not of it: what a host says, a header, marks at the left edge, an empty line, and what a block has taken.
func TestNotTheEndOfATraceback(t *testing.T) {
	tl := tally.New(tally.Options{})
	see := func(r *tally.Raised, text string, folded bool) *tally.Raised {
		return tl.See(r, []byte(text), 1, folded, false)
	}
	assert.Nil(t, see(nil, "  File \"x.py\", line 1, in f", false), "no traceback")
	assert.Nil(t, see(nil, "KeyError: 1", false))
	assert.Nil(t, see(nil, "  | KeyError: 1", false))
	r := see(nil, "Traceback (most recent call last):", false)
	for _, text := range []string{"  File \"x.py\", line 1, in f", "    x", "", "^^^^", "    ^^^^", "[web] Success", "--> Starting operation: x"} {
		assert.Same(t, r, see(r, text, false), text)
	}
	assert.Same(t, r, see(r, "noise", true))
	assert.Empty(t, summary(tl).Unknown)
	assert.Nil(t, tl.See(r, []byte("KeyError: 1"), 9, false, true), "a rule knows it")
	assert.Empty(t, summary(tl).Unknown)
	assert.Nil(t, see(r, "KeyError: 1", false))
	assert.Equal(t, "f (x.py)", summary(tl).Unknown[0].Where)
	tl.CutOff(nil, 9)
	tl.CutOff(&tally.Raised{}, 9)
	assert.Len(t, summary(tl).Unknown, 1, "a head alone")
}

// The message of an exception in a group may be of several lines, and a line without a mark ends the group.
func TestGroupsOfExceptions(t *testing.T) {
	const head = "  + Exception Group Traceback (most recent call last):\n"
	for text, want := range map[string][]string{
		head + "  | ExceptionGroup: two\n":                                                   {"ExceptionGroup: two"},
		head + "  | ExceptionGroup: two\n  |  more of it\n  | and more\n":                    {"ExceptionGroup: two"},
		head + "  |   File \"a.py\", line 1, in f\n  |     x\n  |     ^\n  | ^^\n  | E: 1\n": {"E: 1, in f (a.py)"},
		head + "  |\n  | \n  | ExceptionGroup: two\n":                                        {"ExceptionGroup: two"},
		head + "text of the run\n  | ExceptionGroup: two\n":                                  nil,
		head + "   \n  | ExceptionGroup: two\n":                                              nil,
		head + "  | A: 1\n  +-+---------------- 1 ----------------\n    | B: 2\n":            {"A: 1", "B: 2"},
		head + "  | A: 1\n" + head + "  | B: 2\n":                                            {"A: 1", "B: 2"},
		"  * Exception Group Traceback (most recent call last):\n  | A: 1\n":                 nil,
		"+ Exception Group Traceback (most recent call last):\n  | A: 1\n":                   nil,
	} {
		var got []string
		for _, u := range unknownOf(t, text) {
			got = append(got, u.Text())
		}
		assert.Equal(t, want, got, text)
	}
}
