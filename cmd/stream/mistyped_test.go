package stream

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/cli"
)

// TestMistyped: an option of ours behind the command is only then said to be one if the command has said that it does not know it.
func TestMistyped(t *testing.T) {
	flags := pflag.NewFlagSet("run", pflag.ContinueOnError)
	(&cli.Flags{}).Register(flags)
	const is, no = "orbfilter: --report is an option of orbfilter, but stands behind the command; type: orbfilter run ", ""
	for _, c := range []struct{ typed, said, want string }{
		// pyinfra 3.10.0 with click 8.5.1; click 7; argparse; getopt_long
		{"pyinfra inv d.py --report html=x", "Error: No such option '--report'. (Did you mean one of: '--port', '--support'?)", is + "--report html=x -- pyinfra inv d.py"},
		{"pyinfra inv --report=html=x d.py", "Error: no such option: --report", is + "--report=html=x -- pyinfra inv d.py"},
		{"deploy --report html=x --quiet a", "deploy: error: unrecognized arguments: --report html=x --quiet", is + "--report html=x --quiet -- deploy a"},
		{"deploy --report html=x --quiet a", "deploy: error: unrecognized arguments: --report html=x", is + "--report html=x -- deploy --quiet a"},
		{"ls --report x", "ls: unrecognized option '--report'", is + "--report x -- ls"},
		{"pyinfra --report", "Error: No such option: --report", is + "--report KIND=FILE -- pyinfra"},
		// a secret is not said again
		{"pyinfra --ssh-password hunter2 --report x", "Error: No such option: --report", is + "--report x -- pyinfra …"},
		// another option is not known; one that the command has as well; one that is none of ours; nothing is said of it
		{"pyinfra --report html=x --frob", "Error: No such option: --frob", no},
		{"pyinfra --frob", "Error: No such option: --frob", no},
		{"pyinfra --reports x", "Error: No such option: --reports Did you mean --report?", no},
		{"pyinfra --report html=x", "Error: Missing argument 'OPERATIONS...'.", no},
		{"pyinfra --report html=x", "Error: No such option '--port'. Did you mean '--report'?", no},
		{"pyinfra x", "Error: No such option: --report", no},
		{"pyinfra -q", "Error: No such option: -q", no},
	} {
		assert.Equal(t, c.want, strings.TrimSuffix(mistyped(flags, strings.Fields(c.typed), []string{"Usage: …", c.said}), "\n"), "%s: %s", c.typed, c.said)
	}
}
