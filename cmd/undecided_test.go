package cmd_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLimitsFailTheGate: what a limit has left undecided is not passed by --fail-on, neither of a
// live run nor of a log; that a run did not fail outweighs an error of a built-in rule.
func TestLimitsFailTheGate(t *testing.T) {
	const rule = "id: disk-full\ntitle: The disk is full\nseverity: error\nmatch:\n  line: '^the disk is full: \\d+$'\nsamples:\n  - text: 'the disk is full: 1'\n"
	const run = "--> Loading config...\n--> Connecting to hosts...\n    [vm-1] Connected\n\n--> Starting operation: A\n    [vm-1] Success\n\n"
	const good = "--> Results:\n    Operation     Hosts   Success   Error   No Change   \n    A             1       1         -       -           \n    Grand total   1       1         -       -           \n\n--> Disconnecting from hosts...\n"
	long := strings.Repeat("1", 70_000)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rule.yaml"), []byte(rule), 0o600))
	for name, c := range map[string]struct {
		log, failOn, want string
		code              int
	}{
		"a rule of the user's":           {"the disk is full: " + long + "\n" + run + good, "error", "--fail-on error: not decided: disk-full: a line is longer than what is looked at (64 KiB)", 1},
		"a built-in one, and it went on": {run + "Error connecting to VM vm-1: " + long + "\n" + good, "error", "", 0},
		"a built-in one":                 {"Error connecting to VM vm-1: " + long + "\n", "error", "not decided: orbstack-connect-failed", 1},
		"a lesser one":                   {"the disk is full: " + long + "\n" + run + good, "warning", "not decided: disk-full", 1},
		"nothing":                        {run + long + "\n" + good, "error", "", 0},
	} {
		file := filepath.Join(dir, "a.log")
		require.NoError(t, os.WriteFile(file, []byte(c.log), 0o600))
		for _, args := range [][]string{{}, {"run"}, {"scan"}} {
			args = append(args, "--rules", filepath.Join(dir, "rule.yaml"), "--fail-on", c.failOn)
			p := exec.Command(program(t), args...)
			switch args[0] {
			case "run":
				p.Args = append(p.Args, "--", "cat", file)
			case "scan":
				p.Args = append(p.Args, file)
			default:
				p.Stdin = strings.NewReader(c.log)
			}
			p.Env = append(os.Environ(), "HOME="+dir)
			out, err := p.CombinedOutput()
			code := 0
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				code = exit.ExitCode()
			}
			said := strings.ReplaceAll(string(out), long, "…")
			assert.Equal(t, c.code, code, "%s, %s: %s", name, args[0], said)
			assert.Contains(t, said, c.want, "%s, %s", name, args[0])
		}
	}
}
