package outcome_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lineOf is the line in which a text stands last, from 1.
func lineOf(log, text string) int {
	return strings.Count(log[:strings.LastIndex(log, text)], "\n") + 1
}

const (
	dbFails = "    [db]   why\n    [db]   Error: executed 0 commands\n"
	ended   = "--> Disconnecting from hosts...\n--> pyinfra error: No hosts remaining!\n"
	pressed = "Exiting upon user request!\n"
)

// prefixed is a log of a writer whose lines have a prefix.
func prefixed(prefix, log string) string {
	return prefix + strings.ReplaceAll(strings.TrimSuffix(log, "\n"), "\n", "\n"+prefix) + "\n"
}

// What a run says of its hosts comes of failures of its own, whatever runs were in front of it.
func TestCauseIsOfTheSameRun(t *testing.T) {
	failed, quiet := three+hi+dbFails+ended, begin+ended
	for _, c := range []struct {
		name, log string
		of        bool
	}{
		{"one run", failed, true},
		{"the second shows no host", failed + quiet, false},
		{"the second shows one", failed + failed, true},
		{"the third does", failed + quiet + failed, true},
		{"the third does not", quiet + failed + quiet, false},
		{"cut off in front of its end", three + hi + dbFails + quiet, false},
		{"cut off while loading", three + hi + dbFails + "--> Loading config...\n" + failed, true},
		{"side by side", prefixed("a  | ", three+hi+dbFails) + prefixed("b  | ", quiet), false},
		{"side by side, its own", prefixed("a  | ", three+hi+dbFails) + prefixed("b  | ", begin) + prefixed("a  | ", ended), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := follow(c.log, 0)
			at := lineOf(c.log, "--> pyinfra error")
			require.NotNil(t, got.At(at))
			of := got.Cause(at)
			require.Equal(t, c.of, of != nil)
			if c.of {
				assert.Equal(t, "db", of.Host)
				assert.Equal(t, lineOf(c.log, "[db]   Error"), of.Line)
			}
		})
	}
}

// An interruption reaches to where another run begins; where others went on beside it, it is not said what came of it.
func TestInterruptionReaches(t *testing.T) {
	one := three + hi + pressed
	for _, c := range []struct {
		name, log string
		line      int // of the interruption that the last line comes behind
	}{
		{"one run", one + "x\n", 14},
		{"not interrupted", three + hi + "x\n", 0},
		{"the line itself", one, 0},
		{"another run behind it", one + ended + three + "x\n", 0},
		{"its header", one + begin[:strings.IndexByte(begin, '\n')+1], 0},
		{"another one, interrupted too", one + ended + one + "x\n", 30},
		{"of the other one", three + hi + ended + one + "x\n", 29},
		{"another writer's behind it", prefixed("a  | ", one) + prefixed("b  | ", begin+"x\n"), 0},
		{"another writer's beside it", prefixed("b  | ", begin) + prefixed("a  | ", one+"x\n"), 0},
		{"another writer's in front of it", prefixed("b  | ", begin+ended) + prefixed("a  | ", one+"x\n"), 19},
		{"taken back", one + good + "x\n", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := follow(c.log, 0)
			assert.Equal(t, c.line, got.Interruption(strings.Count(c.log, "\n")))
		})
	}
}
