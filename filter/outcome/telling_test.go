package outcome_test

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// ran is a run in which an operation fails on a host that has said something.
func ran(said string) string {
	var log strings.Builder
	log.WriteString(three + hi)
	for line := range strings.Lines(said) {
		log.WriteString("    [db] " + line)
	}
	return log.String() + executed
}

// The reason is the line that says what went wrong: not that something was given up, and not where there is help.
func TestReasons(t *testing.T) {
	text, err := os.ReadFile("testdata/reasons.txt")
	require.NoError(t, err)
	programs := txtar.Parse(text).Files
	require.NotEmpty(t, programs)
	for _, p := range programs {
		first, said, _ := strings.Cut(string(p.Data), "\n")
		want, ok := strings.CutPrefix(first, "want: ")
		require.True(t, ok, p.Name)
		assert.Equal(t, want, follow(ran(said), 0).Verdict.Reason, p.Name)
	}
}

// Of lines that tell the same, it is the last one; what announces something has that behind it; and what only gives up counts where nothing says why.
func TestReasonsByWeight(t *testing.T) {
	for name, c := range map[string]struct{ said, want string }{
		"the last that tells":     {"a: not found\nb: not found\nbye\n", "b: not found"},
		"gives up":                {"building\nmake: *** [all] Error 2\n", "make: *** [all] Error 2"},
		"gives up, and says why":  {"x.c:1: error: no\nmake: *** [all] Error 2\nbye\n", "x.c:1: error: no"},
		"nothing tells":           {"building\nSee the manual for more information\n", "building"},
		"only help":               {"warning: x\n", "warning: x"},
		"it announces":            {"error: these are broken:\na, b\n", "error: these are broken: a, b"},
		"it announces what tells": {"error: these are broken:\na: not found\n", "a: not found"},
		"it announces help":       {"error: these are broken:\nhint: none\n", "error: these are broken:"},
		"it announces nothing":    {"error: these are broken:\n", "error: these are broken:"},
		"a count of none":         {"Error: port in use\nError handling done, 0 errors left\n", "Error: port in use"},
		"a class of warnings":     {"DeprecationWarning: error callbacks\nboom\n", "boom"},
		"under each line's level": {"npm error code E401\nnpm error Incorrect or missing password.\nnpm error A complete log of this run can be found in: /x\n", "npm error Incorrect or missing password."},
		"the level alone":         {"[ERROR] Cannot resolve a\n[ERROR] \n[ERROR] Re-run Maven for the errors\n", "[ERROR] Cannot resolve a"},
	} {
		assert.Equal(t, c.want, follow(ran(c.said), 0).Verdict.Reason, name)
	}
}

// The lines that are kept of a failure have the reason among them.
func TestReasonIsKept(t *testing.T) {
	said := "fatal: why\n" + strings.Repeat("more\n", 10)
	want := []string{"fatal: why", "more", "more", "more", "more"}
	assert.Equal(t, want, follow(ran(said), 0).Failures[0].Text)
	done := recorded(ran(said), 0).Operations[0].Hosts["db"]
	assert.Equal(t, want, done.Text)
	assert.Equal(t, "fatal: why", done.Why())
	assert.Empty(t, (&outcome.Done{}).Why())
}
