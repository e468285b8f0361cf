//go:build unix

package wrap

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/orbfilter/orbfilter/internal/testrun"
)

func init() {
	helpers["signals"] = countSignals
	helpers["many"] = runMany
	helpers["merged"] = func([]string) int {
		fmt.Println("merged", (&Command{Stdout: os.Stdout, Stderr: os.Stderr}).Merged())
		return 0
	}
}

// countSignals prints the signals that it gets, until SIGTERM.
func countSignals([]string) int {
	c := make(chan os.Signal, 16)
	signal.Notify(c, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM)
	fmt.Println("ready")
	for s := range c {
		fmt.Println("got", s)
		if s == syscall.SIGTERM {
			break
		}
	}
	return 0
}

// runMany runs the arguments a few hundred times, and prints how often the output was not "x".
func runMany(args []string) int {
	lost := 0
	for range 300 {
		var out sink
		c := Command{Args: args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Out: &out}
		if code, err := c.Run(); code != 0 || err != nil || out.String() != "x\n" {
			lost++
		}
	}
	fmt.Println("lost", lost)
	return 0
}

const tellKinds = `exec 3>"$KINDS"; for fd in 0 1 2; do if [ -t $fd ]; then printf t >&3; else printf n >&3; fi; done`

func TestProgramGetsTerminalsWhereOursAre(t *testing.T) {
	for _, kinds := range []string{"ttt", "ttn", "tnt", "tnn", "ntt", "ntn", "nnt", "nnn"} {
		for _, other := range []string{"file", "pipe"} {
			t.Run(kinds+" "+other, func(t *testing.T) {
				t.Parallel()
				told := temp(t)
				s := newScreen(t)
				s.whileSame(func() {
					s.run(tellKinds+"; exit 7", func(cmd *exec.Cmd) {
						cmd.Env = append(cmd.Env, "KINDS="+told.Name())
						elsewhere(t, cmd, kinds, other)
					})
					assert.Equal(t, 7, s.exit())
				})
				got, err := os.ReadFile(told.Name())
				require.NoError(t, err)
				assert.Equal(t, kinds, string(got))
			})
		}
	}
}

// elsewhere connects those of the three streams that are to be no terminals to files or pipes.
func elsewhere(t *testing.T, cmd *exec.Cmd, kinds, other string) {
	t.Helper()
	open := func(in bool) *os.File {
		if other == "file" {
			return temp(t)
		}
		r, w, err := os.Pipe()
		require.NoError(t, err)
		t.Cleanup(func() { r.Close(); w.Close() })
		if in {
			return r
		}
		return w
	}
	if kinds[0] == 'n' {
		cmd.Stdin = open(true)
	}
	if kinds[1] == 'n' {
		cmd.Stdout = open(false)
	}
	if kinds[2] == 'n' {
		cmd.Stderr = open(false)
	}
	cmd.SysProcAttr.Setctty = strings.Contains(kinds, "t")
}

func TestOneTerminalForBothKeepsTheOrder(t *testing.T) {
	t.Parallel()
	s := newScreen(t).run("for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done", nil)
	assert.Equal(t, 0, s.exit())
	s.expect("e9\r\n")
	assert.Equal(t, "o1 e1 o2 e2 o3 e3 o4 e4 o5 e5 o6 e6 o7 e7 o8 e8 o9 e9", words(s.printed()))
	assert.NotContains(t, s.printed(), "\r\r")
}

func TestDifferentTerminalsAreKeptApart(t *testing.T) {
	t.Parallel()
	other := newScreen(t)
	s := newScreen(t).run("echo out; echo err >&2; stty size; stty size <&2", func(cmd *exec.Cmd) { cmd.Stderr = other.slave })
	require.NoError(t, pty.Setsize(other.master, &pty.Winsize{Rows: 33, Cols: 77}))
	assert.Equal(t, 0, s.exit())
	s.expect("out\r\n33 77\r\n33 77\r\n")
	other.expect("err\r\n")
	assert.NotContains(t, s.printed(), "err")
}

func TestFastExitLosesNothingOnATerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t).start([]string{os.Args[0], "many", "echo", "x"}, nil)
	assert.Equal(t, 0, s.exit())
	s.expect("lost 0\r\n")
}

func TestLargeOutputOnATerminal(t *testing.T) {
	t.Parallel()
	for name, tail := range map[string]string{"": "", "with a grandchild": "(trap '' HUP; sleep 3) & "} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t).run(tail+"seq 1 100000; exit 7", nil)
			assert.Equal(t, 7, s.exit())
			s.expect("\n100000\r\n")
			assert.Equal(t, 100000, strings.Count(s.printed(), "\n"))
		})
	}
}

func TestSettingsAreTheTerminals(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	settings := s.settings()
	settings.Cc[unix.VINTR] = 'X' &^ 0x40
	settings.Lflag &^= unix.ECHOCTL
	require.NoError(t, setSettings(s.slave, &settings))
	s.whileSame(func() {
		s.run(`stty -a; stty -a <&1; stty size; stty size <&1`, nil)
		s.expect("33 77\r\n33 77\r\n")
		assert.Equal(t, 0, s.exit())
	})
	assert.Equal(t, 2, strings.Count(s.printed(), "intr = ^X;"))
	assert.Equal(t, 2, strings.Count(s.printed(), "-echoctl"))
	assert.NotContains(t, s.printed(), "\r\r", "one terminal makes CR LF of LF, and not both")
}

func TestSizeChanges(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.run(`trap 'stty size <&1' WINCH; echo ready; while :; do sleep 0.05; done`, nil)
	s.expect("ready")
	require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 44, Cols: 55}))
	s.expect("44 55\r\n")
	require.NoError(t, pty.Setsize(s.master, &pty.Winsize{Rows: 55, Cols: 66}))
	s.expect("55 66\r\n")
	s.typing("\x03")
	assert.Equal(t, 130, s.exit())
}

func TestTerminalIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		env    string
		code   int
	}{
		"exit":              {"exit 3", "", 3},
		"killed":            {"kill -KILL $$", "", 137},
		"panic":             {"echo x; exit 5", "WRAP_STREAM=panic", ExitFailure},
		"grandchild":        {"sleep 5 & exit 6", "", 6},
		"SIGTERM":           {"kill -TERM $PPID; sleep 30", "", 143},
		"SIGTERM, and more": {"trap 'sleep 0.3; exit 8' TERM; kill -TERM $PPID; sleep 0.1; kill -TERM $PPID; sleep 0.1; exit 9", "", 8},
		"SIGHUP":            {"kill -HUP $PPID; sleep 30", "", 129},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			s.whileSame(func() {
				s.run(c.script, func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, c.env) })
				assert.Equal(t, c.code, s.exit())
			})
		})
	}
}

func TestTwoRunsOnOneTerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.whileSame(func() {
		const two = `"$ORB" run sh -c 'echo one; sleep 0.2' & "$ORB" run sh -c 'sleep 0.1; echo two; sleep 0.3' & wait; echo both; exec "$ORB" run sleep 30`
		s.start([]string{"sh", "-c", two}, nil)
		s.expectAnywhere("one\r\n")
		s.expectAnywhere("two\r\n")
		s.expect("both")
		s.expectChild("sleep")
		s.typing("\x03")
		assert.Equal(t, 130, s.exit())
	})
}

// A shell that ends takes nobody with it: it is not the leader of a session.
func TestBackgroundProcessSurvives(t *testing.T) {
	t.Parallel()
	mark := temp(t)
	s := newScreen(t)
	// The shell outside is the leader, and has to be there until the end. The command ends when the trap is set, and no
	// sooner: else it would depend on chance whether a hangup is seen, or kills unseen.
	s.start([]string{"sh", "-c", fmt.Sprintf(`"$ORB" run sh -c '{ trap "echo hangup >%[1]s" HUP; echo x >%[1]s.ready; while [ ! -e %[1]s.go ]; do sleep 0.02; done; echo fine >>%[1]s; trap "" HUP; echo x >%[1]s.done; } >/dev/null 2>&1 & while [ ! -e %[1]s.ready ]; do sleep 0.02; done; exit 7'
		echo code $?; touch %[1]s.go; while [ ! -e %[1]s.done ]; do sleep 0.02; done`, mark.Name())}, nil)
	s.expect("code 7")
	assert.Equal(t, 0, s.exit())
	got, err := os.ReadFile(mark.Name())
	require.NoError(t, err)
	assert.Equal(t, "fine\n", string(got))
}

func TestLastWordsThroughAnotherProcess(t *testing.T) {
	testrun.Long(t)
	testrun.WithoutRace(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash")
	}
	t.Parallel()
	s := newScreen(t)
	s.start([]string{"sh", "-c", `for i in 1 2 3 4 5 6 7 8 9 10; do "$ORB" run bash -c 'exec > >(tee /dev/null) 2>&1; echo last'; done`}, nil)
	assert.Equal(t, 0, s.exit())
	s.untilCount("last\r\n", 10)
}

// What a process that was left behind says is shown, however late: here nobody waits for it, and who ends with the terminal is not to be asked.
func TestLateWords(t *testing.T) {
	t.Parallel()
	s := newScreen(t).run("trap '' HUP; (sleep 1; echo late) & echo first", nil)
	assert.Equal(t, 0, s.exit())
	s.expect("first\r\nlate\r\n")
}

func TestTypedAhead(t *testing.T) {
	for name, c := range map[string]struct{ typed, want string }{
		"lines":  {"one\rtwo\r", "got one two."},
		"Ctrl-D": {"one\r\x04", "got one ."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			s.typing(c.typed) // before there is anybody
			s.run(`read a; read b; echo "got $a $b."`, nil)
			s.expect(c.want)
			assert.Equal(t, 0, s.exit())
		})
	}
}

// Nobody types into the pseudo-terminals, and to wait for it would be to wait for ever.
func TestKeysAreNotReadFromStdout(t *testing.T) {
	t.Parallel()
	s := newScreen(t).run(`for fd in 1 2; do [ -t $fd ] && cat <&$fd 2>/dev/null || echo "no keys on $fd"; done`, nil)
	s.expect("no keys on 1\r\nno keys on 2\r\n")
	assert.Equal(t, 0, s.exit())
}

// Our stdout is the same open file as the program's stdin.
func TestNonBlockingTerminal(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	t.Parallel()
	s := newScreen(t)
	const script = "import os\nos.set_blocking(0, False)\nfor i in range(100000): print(i)\nprint('end')"
	s.start([]string{os.Args[0], "run", python, "-c", script}, nil)
	s.expect("end\r\n")
	assert.Equal(t, 0, s.exit())
	assert.Equal(t, 100001, strings.Count(s.printed(), "\n"))
}

func TestTwoNamesOfOneTerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t).start([]string{"sh", "-c", `"$ORB" merged >/dev/tty; "$ORB" merged 2>/dev/tty; "$ORB" merged 2>/dev/null; "$ORB" merged 2>"$OTHER"`}, func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "OTHER="+newScreen(t).slave.Name())
	})
	assert.Equal(t, 0, s.exit())
	s.expect("merged true\r\nmerged true\r\nmerged false\r\nmerged false\r\n")
}

func TestTerminalGoesAway(t *testing.T) {
	t.Parallel()
	mark := temp(t)
	s := newScreen(t)
	s.run(fmt.Sprintf(`trap 'echo hangup >%s; exit 9' HUP; echo ready; while :; do sleep 0.05; echo x; done`, mark.Name()), nil)
	s.expect("ready")
	s.slave.Close()
	s.master.Close()
	assert.Equal(t, 9, s.exit())
	got, err := os.ReadFile(mark.Name())
	require.NoError(t, err)
	assert.Equal(t, "hangup\n", string(got))
}

func TestKeysOfRawProgramsAreNotOurs(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.whileSame(func() {
		s.run(`old=$(stty -g); stty raw -echo; echo ready; dd bs=1 count=3 2>/dev/null | od -An -tx1; stty $old`, nil)
		s.expect("ready")
		s.typing("\x03\x1a\x1c")
		s.expect("03 1a 1c")
		assert.Equal(t, 0, s.exit())
	})
}

func TestGrandchildDoesNotHangOnATerminal(t *testing.T) {
	t.Parallel()
	s := newScreen(t).run("(trap '' HUP; echo $$; exec sleep 60) & exit 7", nil)
	assert.Equal(t, 7, s.exit())
}
