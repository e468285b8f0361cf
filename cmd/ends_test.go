//go:build linux

package cmd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

// TestEndsAreTheCommands: who waits for the command to have done with what it was given (its input, a descriptor that says that it is
// ready) does not wait for orbfilter, and the command in turn for him. Each of these hangs where orbfilter keeps an end as well.
// (exec: dash keeps one.)
func TestEndsAreTheCommands(t *testing.T) {
	testrun.WithoutRace(t)
	for name, script := range map[string]string{
		"stdin":        `{ yes; echo seen >q; } 2>/dev/null | orbfilter run --no-history -- sh -c 'head -n 1 >/dev/null; exec <&-; cat q'`,
		"a descriptor": `{ cat p >/dev/null; echo seen >q; } & exec orbfilter run --no-history -- sh -c 'echo ready >&3; exec 3>&-; cat q' 3>p`,
		"a high one":   `{ cat p >/dev/null; echo seen >q; } & exec bash -c 'exec 123>p; exec orbfilter run --no-history -- bash -c "exec 123>&-; cat q"'`,
		"an input":     `{ yes >p; echo seen >q; } 2>/dev/null & exec orbfilter run --no-history -- sh -c 'exec 4<&-; cat q' 4<p`,
		"left running": `{ cat p >/dev/null; echo seen >q; } & exec orbfilter run --no-history -- sh -c '(exec 3>&-; sleep 2) & exec 3>&-; cat q' 3>p`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, said, code := sh(t, t.TempDir(), `mkfifo p q; export SCRIPT=$1; exec timeout -k 1 60 sh -c "$SCRIPT"`, script)
			assert.Equal(t, "seen\n", out, said)
			assert.Zero(t, code)
		})
	}
}

// TestDescriptorsOfFlagsStay: bash's >(…) is a descriptor that a report is written to in the end.
func TestDescriptorsOfFlagsStay(t *testing.T) {
	testrun.WithoutRace(t)
	for name, script := range map[string]string{
		"report": `orbfilter run --no-history --report md=/dev/fd/3 -- echo x 3>got; grep -c orbfilter got`,
		"bash":   `bash -c 'orbfilter run --no-history --report md=>(grep -c orbfilter >got) -- echo x'; sleep 1; cat got`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, said, _ := sh(t, t.TempDir(), script)
			assert.Regexp(t, `^x\n[1-9]`, out, said)
			assert.NotContains(t, said, "--report")
		})
	}
}
