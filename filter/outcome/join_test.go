package outcome_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/filter/outcome"
)

// What is said of a run whose two streams are apart. Which of them comes first does
// not matter.
func TestJoin(t *testing.T) {
	const stopped = "Exiting upon user request!\n"
	end := "--> Disconnecting from hosts...\n"
	for _, c := range []struct{ name, stderr, stdout, want string }{
		{"nothing on stdout", three + hi + "    [db] Success\n" + good, "", "no"},
		{"a result", three + hi + "    [db] Success\n" + good, `{"plan": []}` + "\n", "no"},
		{"the deploy file quotes another run", three + hi + "    [db] Success\n" + good, "The last one said:\n" + end + "--> pyinfra error: No hosts remaining!\n", "no"},
		{"and this one fails", three + hi + "    [db] why\n    [db] Error: executed 0 commands\n" + some, end + "--> pyinfra error: No hosts remaining!\n", `yes db "Say hi" (line 15): why`},
		{"interrupted", three + hi + end, stopped, "yes (line 1): it was interrupted (Ctrl-C)"},
		{"interrupted while connecting", begin + end, stopped, "yes (line 1): it was interrupted (Ctrl-C)"},
		{"interrupted when all was done", three + hi + "    [db] Success\n" + good, stopped, "no"},
		{"a run on each", three + hi + "    [db] Success\n" + good, three + hi + "    [db] why\n    [db] Error: executed 0 commands\n", `yes db "Say hi" (line 15): why`},
		{"not begun on the other", three + hi + "    [db] Success\n" + good, "sh: 1: pyinfra: not found\n", "yes (line 1): pyinfra did not begin: sh: 1: pyinfra: not found"},
		{"no beginning on either", hi + "    [db] why\n    [db] Error: executed 0 commands\n", "x\n", `yes db "Say hi" (line 3): why`},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, streams := range [][2]string{{c.stderr, c.stdout}, {c.stdout, c.stderr}} {
				var sum outcome.Outcome
				sum.Join(follow(streams[0], 0))
				sum.Join(follow(streams[1], 0))
				assert.Equal(t, c.want, said(sum.Verdict))
			}
		})
	}
}
