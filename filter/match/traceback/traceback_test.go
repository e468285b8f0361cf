package traceback_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/match/traceback"
)

// A chain of tracebacks as CPython 3.13 prints it, behind the head of the first.
const chained = `  File "deploy.py", line 3, in <module>
    connect(
    ...<2 lines>...
    )
  File "lib.py", line 9, in connect
    sock = open(host)
           ~~~~^^^^^^
OSError: no route

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "deploy.py", line 5, in <module>
    raise DeployError from None
DeployError: given up
`

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// All of it is followed, and behind an error only another traceback is.
func TestWalkFollowsAChain(t *testing.T) {
	var w traceback.Walk
	for i, line := range lines(chained) {
		assert.Equal(t, i > 7 && i < 12, w.Between(), line)
		assert.True(t, w.Follows([]byte(line)), line)
	}
	assert.Equal(t, traceback.Error, w.At())
}

// Any other line in it is none of it, and leaves the walk where it was.
func TestWalkKnowsWhatIsNotOfIt(t *testing.T) {
	for _, foreign := range []string{"    [web] Success", "--> Starting operation: apt", "  text", "Success: no error of Python", "\tx", "      deeper"} {
		var w traceback.Walk
		for _, line := range lines(chained) {
			was := w.At()
			if !w.Follows([]byte(foreign)) {
				assert.Equal(t, was, w.At())
				assert.True(t, w.Follows([]byte(line)), line)
				continue
			}
			assert.Contains(t, []traceback.Kind{traceback.Source, traceback.Error}, w.At(), "%s before %s", foreign, line)
			break
		}
	}
}

// What a host prints is the host's, also where a source line would stand.
func TestWalkLeavesHostsAlone(t *testing.T) {
	var w traceback.Walk
	assert.True(t, w.Follows([]byte(`  File "deploy.py", line 3, in <module>`)))
	assert.False(t, w.Follows([]byte("    [web] Success")))
	assert.True(t, w.Follows([]byte("    connect()")))
	assert.False(t, w.Follows([]byte("    connect()")), "a statement is over")
}

// A statement goes on as long as a bracket is open, also behind carets.
func TestWalkKnowsStatements(t *testing.T) {
	var w traceback.Walk
	w.Take(traceback.Source, []byte("connect("))
	for _, line := range []string{"        host,", "        ^^^^", "        port,", "    )"} {
		assert.True(t, w.Follows([]byte(line)), line)
	}
	assert.False(t, w.Follows([]byte("    other()")))

	w.Take(traceback.Source, []byte("connect()"))
	assert.False(t, w.Follows([]byte("        host,")))
	w.Take(traceback.Other, nil)
	assert.False(t, w.Follows([]byte("OSError: no route")), "no frame was there")
	w.Take(traceback.Frame, nil)
	assert.True(t, w.Follows([]byte("OSError: no route")))
	assert.True(t, w.Between())
}
