package cpython_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/cpython"
)

// Lines as CPython 3.9 to 3.14 printed them, and what looks like them.
func TestLines(t *testing.T) {
	for line, want := range map[string]struct{ head, frame, bare, error bool }{
		"Traceback (most recent call last):":                        {head: true},
		"Traceback (most recent call last):  ":                      {head: true},
		"Traceback (most recent call last): x":                      {},
		`File "/srv/deploy.py", line 3, in <module>`:                {frame: true, bare: true},
		`File "<string>", line 1`:                                   {bare: true}, // of a SyntaxError
		`File "/srv/deploy.py", line , in f`:                        {},
		`File "/srv/deploy.py", line 3, in `:                        {},
		"[Previous line repeated 996 more times]":                   {bare: true},
		"[Previous line repeated many times]":                       {},
		"AssertionError":                                            {error: true},
		"AssertionError: ":                                          {error: true},
		"paramiko.ssh_exception.SSHException: Error reading banner": {error: true},
		"socket.timeout: timed out":                                 {},
		"KeyboardInterrupt":                                         {error: true},
		"Error in the deploy":                                       {},
		"subprocess.CalledProcessError: Command 'x' died with 1.":   {error: true},
		"a_z.AZ_09Error: each kind of character of a name":          {error: true},
		"a@Error": {}, "a[Error": {}, "a`Error": {}, "a{Error": {}, "a/Error": {}, "a;Error": {}, // the neighbours of them
		"botocore..ClientError": {},
		".ClientError":          {},
		"":                      {},
	} {
		text := []byte(line)
		assert.Equal(t, want.head, cpython.IsHead(text), line)
		assert.Equal(t, want.frame, cpython.IsFrame(text), line)
		assert.Equal(t, want.bare, cpython.IsBareFrame(text), line)
		assert.Equal(t, want.error, cpython.IsError(text), line)
	}
}

func TestIgnored(t *testing.T) {
	for line, want := range map[string]int{
		"Exception ignored in: <function x>":                      22,
		"Exception ignored in thread started by: <function x>":    40,
		"Exception ignored on threading shutdown <module x>":      40,
		"Exception ignored while calling deallocator <function>:": 44,
		"Exception ignored, as always":                            0,
		"Exception ignored in":                                    20,
		"":                                                        0,
	} {
		assert.Equal(t, want, cpython.IgnoredLen([]byte(line)), line)
	}
}

// The parts of a warning's first line, and lines that are none: its category is a name, which may have dots inside.
func TestWarningParts(t *testing.T) {
	for line, want := range map[string][]string{
		"/usr/lib/python3.12/x.py:12: DeprecationWarning: a: b": {"/usr/lib/python3.12/x.py", "DeprecationWarning", "a: b"},
		"<string>:1: my_lib.Az09Warning: ":                      {"<string>", "my_lib.Az09Warning", ""},
		"C:\\deploy.py:7: UserWarning: old":                     {"C:\\deploy.py", "UserWarning", "old"},
		"":                                                      nil,
		"x.py: DeprecationWarning: a":                           nil,
		"x.py:1: two words: a":                                  nil,
		"x.py:1: : a":                                           nil,
		"x.py:1: .UserWarning: a":                               nil,
		"x.py:1: UserWarning":                                   nil,
		"x.py:12:":                                              nil,
		":1: A: b":                                              nil,
	} {
		path, category, message, ok := cpython.WarningParts([]byte(line))
		assert.Equal(t, want != nil, ok, line)
		if ok {
			assert.Equal(t, want, []string{string(path), string(category), string(message)}, line)
		}
	}
}

// What stands between two exceptions is one of two sentences, and nothing beside it.
func TestIsChain(t *testing.T) {
	for line, want := range map[string]bool{
		"During handling of the above exception, another exception occurred:":     true,
		"The above exception was the direct cause of the following exception:":    true,
		"During handling of the above exception, another exception occurred":      false,
		"The above exception was the direct cause of the following exception: x":  false,
		"    During handling of the above exception, another exception occurred:": false,
		"Duration: 3 s":              false,
		"The above exception: again": false,
		"":                           false,
	} {
		assert.Equal(t, want, cpython.IsChain([]byte(line)), line)
	}
}

// Marks are carets and tildes, with spaces between them.
func TestIsMarks(t *testing.T) {
	for text, want := range map[string]bool{
		"^": true, "    ~~~~~^^^^": true, "^^^^^^ ^^^": true, "": true,
		"^^^ x": false, "x ^^^": false, "----": false, "\t^": false,
	} {
		assert.Equal(t, want, cpython.IsMarks([]byte(text)), text)
	}
}

// A character of one or two bytes is one column wide, and one of three or four counts as two.
func TestColumns(t *testing.T) {
	for text, want := range map[string]int{
		"":               0,
		"raise Fault()~": 14,
		"\x7f":           1,
		"\u0080":         1, // the first of two bytes
		"naïve":          5,
		"\u07ff":         1, // the last of two bytes
		"\u0800":         2, // the first of three bytes
		"名前 = 'web'":     12,
		"'🚀'":            4,
		"\xc0":           1, // begins no character that there is
	} {
		assert.Equal(t, want, cpython.Columns([]byte(text)), "%q", text)
	}
}

// Lines of a statement that are left out are counted between two ellipses.
func TestIsElided(t *testing.T) {
	for text, want := range map[string]bool{"...<2 lines>...": true, "...<12 lines>...": true, "...<2 lines>": false, "...": false, "...<x lines>...": false} {
		assert.Equal(t, want, cpython.IsElided([]byte(text)), text)
	}
}

// A statement goes on as long as a bracket is open; those in texts and behind # are none, and no line closes more than is open.
func TestUnclosed(t *testing.T) {
	for line, want := range map[string][2]int{ // with none open in front of it, and with two
		"":                                {0, 2},
		"raise Fault(":                    {1, 3},
		"a = [":                           {1, 3},
		"a = {":                           {1, 3},
		"server.shell(commands=[{":        {3, 5},
		")":                               {0, 1},
		"}])":                             {0, 0},
		")(":                              {1, 2},
		"f(g[0], {})":                     {0, 2},
		"f(')', \"]\", ":                  {1, 3},
		`f("it's (", '"(', `:              {1, 3},
		`f("\"(", (`:                      {2, 4}, // the quote behind a backslash is a part of the text
		`f("\\", (`:                       {2, 4}, // a backslash behind one is not in front of the quote
		"f(  # and so on :-)":             {1, 3},
		"f('#', (":                        {2, 4},
		`a = b + \`:                       {0, 2},
		"name=\"not closed, as in (\n":    {0, 2},
		"commands=['systemctl restart x'": {1, 3},
	} {
		assert.Equal(t, want, [2]int{cpython.Unclosed(0, []byte(line)), cpython.Unclosed(2, []byte(line))}, line)
	}
}
