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
		"": {},
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

func TestWarningParts(t *testing.T) {
	path, category, message, ok := cpython.WarningParts([]byte("/usr/lib/python3.12/x.py:12: DeprecationWarning: a: b"))
	assert.True(t, ok)
	assert.Equal(t, []string{"/usr/lib/python3.12/x.py", "DeprecationWarning", "a: b"}, []string{string(path), string(category), string(message)})
	for _, line := range []string{"", "x.py: DeprecationWarning: a", "x.py:1: two words: a", ":1: A: b"} {
		_, _, _, ok := cpython.WarningParts([]byte(line))
		assert.False(t, ok, line)
	}
}
