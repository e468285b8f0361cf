package tally_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/filtertest"
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
