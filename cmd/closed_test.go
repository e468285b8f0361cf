//go:build unix

package cmd_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

const (
	endsHere = "orbfilter: nobody reads the output any more; this ends here; --on-closed drain reads on\n"
	readsOn  = "orbfilter: nobody reads the output any more; what comes in is still read, to its end, so that who writes it is not killed\n"
)

// TestReaderGoesAway: it is said at once, while the input is silent, that nobody reads any
// more. What may be a deploy, or is to be judged or kept, is read to its end; anything else
// ends as it does behind cat.
func TestReaderGoesAway(t *testing.T) {
	testrun.WithoutRace(t)
	const deploy = "--> Loading config...\n"
	for name, c := range map[string]struct {
		in   string
		args []string
		said string
	}{
		"any text":            {"a\n", nil, endsHere},
		"a deploy":            {deploy, nil, readsOn},
		"in the second line":  {"a\n" + deploy, nil, readsOn},
		"with colours":        {"\x1b[1m" + deploy, nil, readsOn},
		"of a job":            {"web-1  | " + deploy, nil, readsOn},
		"drain":               {"a\n", []string{"--on-closed", "drain"}, readsOn},
		"exit":                {deploy, []string{"--on-closed", "exit"}, endsHere},
		"exit with a report":  {deploy, []string{"--on-closed", "exit", "--report", "json=r.json"}, endsHere},
		"a report":            {"a\n", []string{"--report", "json=r.json"}, readsOn},
		"an audit":            {"a\n", []string{"--audit", "a.orb"}, readsOn},
		"a gate":              {"a\n", []string{"--fail-on", "error"}, readsOn},
		"events":              {"a\n", []string{"--format", "jsonl"}, endsHere},
		"a flag that is none": {"a\n", []string{"--nonsense"}, endsHere},
		"quiet":               {"a\n", []string{"--quiet"}, endsHere},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startBetweenPipes(t, c.args...)
			p.write(c.in)
			p.untilShown()
			require.NoError(t, p.out.Close())
			assert.Equal(t, c.said, p.nextSaid())
			if c.said == readsOn {
				p.write(strings.Repeat("more\n", 100000)) // which nobody could write to who is gone
			} else {
				assert.Equal(t, syscall.SIGPIPE, p.death())
			}
			p.in.Close()
			if c.said == readsOn {
				assert.Zero(t, p.death())
				assert.Zero(t, p.cmd.ProcessState.ExitCode())
			}
			if report := filepath.Join(p.cmd.Dir, "r.json"); strings.Contains(strings.Join(c.args, " "), "r.json") {
				assert.Contains(t, readFile(t, report), `"input": {`, "what there is to write is written")
			}
			rest, err := io.ReadAll(p.said)
			require.NoError(t, err)
			assert.NotContains(t, string(rest), "nobody reads", "it is said once")
		})
	}
}

// TestReaderOfRunGoesAway: the command goes on, unless it is to end as it would alone. It writes more than a pipe holds: on a busy machine, what it
// writes to is closed some time after that is said.
func TestReaderOfRunGoesAway(t *testing.T) {
	testrun.WithoutRace(t)
	const talker = `echo a; read x; i=0; while [ $i -lt 30000 ]; do echo more || exit 9; i=$((i+1)); done; exit 5`
	for name, c := range map[string]struct {
		args  []string
		said  string
		code  int
		death syscall.Signal
	}{
		"goes on": {nil, "the command goes on, and what it writes there is dropped", 5, 0},
		"exit":    {[]string{"--on-closed", "exit"}, "the command is told when it writes there", 128 + int(syscall.SIGPIPE), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startBetweenPipes(t, append(append([]string{"run"}, c.args...), "sh", "-c", talker)...)
			p.untilShown()
			require.NoError(t, p.out.Close())
			assert.Equal(t, "orbfilter: nobody reads the output any more; "+c.said+"\n", p.nextSaid())
			p.write("go\n")
			if death := p.death(); death != 0 { // of the command, passed on
				assert.Equal(t, c.code, 128+int(death))
			} else {
				assert.Equal(t, c.code, p.cmd.ProcessState.ExitCode())
			}
		})
	}
}

// TestReaderWithoutSIGPIPE: where the signal is ignored, as below some programs, ending is ending all the same.
func TestReaderWithoutSIGPIPE(t *testing.T) {
	testrun.WithoutRace(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	c := exec.Command("bash", "-c", `trap "" PIPE; while echo a; do :; done 2>/dev/null | { orbfilter --no-history; echo "code $?" >&2; } | head -n 1`)
	said, err := c.CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(said), "code 141\n")
	assert.Contains(t, string(said), endsHere)
}

// A betweenPipes is orbfilter between pipes.
type betweenPipes struct {
	t    *testing.T
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *os.File
	said *bufio.Reader
	end  chan struct{} // closed when it has ended
}

func startBetweenPipes(t *testing.T, args ...string) *betweenPipes {
	p := &betweenPipes{t: t, cmd: exec.Command("orbfilter", args...), end: make(chan struct{})}
	p.cmd.Dir = t.TempDir()
	var err error
	p.in, err = p.cmd.StdinPipe()
	require.NoError(t, err)
	var theirs *os.File
	p.out, theirs, err = os.Pipe()
	require.NoError(t, err)
	p.cmd.Stdout = theirs
	said, theirSaid, err := os.Pipe()
	require.NoError(t, err)
	p.cmd.Stderr, p.said = theirSaid, bufio.NewReader(said)
	require.NoError(t, p.cmd.Start())
	theirs.Close()
	theirSaid.Close()
	go func() { _ = p.cmd.Wait(); close(p.end) }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill(); <-p.end; said.Close() })
	return p
}

func (p *betweenPipes) write(text string) {
	_, err := io.WriteString(p.in, text)
	require.NoError(p.t, err)
}

// untilShown waits for the first that is shown.
func (p *betweenPipes) untilShown() {
	_, err := p.out.Read(make([]byte, 1<<16))
	require.NoError(p.t, err)
}

// nextSaid returns the next line that is said, but for what is wrong with a flag.
func (p *betweenPipes) nextSaid() string {
	for {
		line, err := p.said.ReadString('\n')
		require.NoError(p.t, err)
		if !strings.Contains(line, "--nonsense") && !strings.HasPrefix(line, "Try: ") {
			return line
		}
	}
}

// death waits for the end, and returns the signal that it died of; 0: of none.
func (p *betweenPipes) death() syscall.Signal {
	select {
	case <-p.end:
	case <-time.After(time.Minute):
		p.t.Fatal("it does not end")
	}
	if s := p.cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signaled() {
		return s.Signal()
	}
	return 0
}
