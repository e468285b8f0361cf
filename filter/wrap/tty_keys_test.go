//go:build unix

package wrap

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const askPassword = `stty -echo </dev/tty; printf 'Password: ' >/dev/tty; read x </dev/tty; stty echo </dev/tty; echo; echo "got $x"`

func TestPasswordPrompt(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	s.whileSame(func() {
		s.run(askPassword, nil)
		s.expect("Password: ")
		s.typing("secret\r")
		s.expect("got secret\r\n")
		assert.Equal(t, 0, s.exit())
	})
	assert.Equal(t, 1, strings.Count(s.printed(), "secret"), "typed letters are not echoed")
}

func TestKeyboardWhenStdinIsElsewhere(t *testing.T) {
	for _, other := range []string{"file", "pipe"} {
		t.Run(other, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			s.whileSame(func() {
				s.run("cat; "+askPassword, func(cmd *exec.Cmd) { cmd.Stdin = holding(t, other, "from stdin\n") })
				s.expectAnywhere("from stdin\r\n") // the prompt does not come through us, and may overtake
				s.expectAnywhere("Password: ")
				s.typing("secret\r")
				s.expectAnywhere("got secret\r\n")
				assert.Equal(t, 0, s.exit())
			})
			assert.Equal(t, 1, strings.Count(s.printed(), "secret"))
		})
	}
}

// holding is a file or a pipe with something to read.
func holding(t *testing.T, kind, text string) *os.File {
	t.Helper()
	if kind == "file" {
		f := temp(t)
		_, err := f.WriteString(text)
		require.NoError(t, err)
		_, err = f.Seek(0, io.SeekStart)
		require.NoError(t, err)
		return f
	}
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer w.Close()
	t.Cleanup(func() { r.Close() })
	_, err = w.WriteString(text)
	require.NoError(t, err)
	return r
}

func TestEndOfInputIsTyped(t *testing.T) {
	t.Parallel()
	s := newScreen(t).run("echo ready; cat; echo end", nil)
	s.expect("ready")
	s.typing("line\r")
	s.expect("line\r\nline\r\n")
	s.typing("\x04")
	s.expect("end")
	assert.Equal(t, 0, s.exit())
}

func TestKeysThatSignal(t *testing.T) {
	for name, c := range map[string]struct {
		key  string
		code int
	}{"Ctrl-C": {"\x03", 130}, "Ctrl-\\": {"\x1c", 131}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t)
			s.whileSame(func() {
				s.run("ulimit -c 0; echo ready; exec sleep 30", nil)
				s.expect("ready")
				s.typing(c.key)
				assert.Equal(t, c.code, s.exit())
			})
		})
	}
}

func TestKeySignalsOnce(t *testing.T) {
	other := func(cmd *exec.Cmd, f *os.File, fds string) {
		if strings.Contains(fds, "1") {
			cmd.Stdout = f
		}
		if strings.Contains(fds, "2") {
			cmd.Stderr = f
		}
	}
	for name, fds := range map[string]string{"all terminal": "", "stderr terminal": "1", "no terminal": "12"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			s := newScreen(t).start([]string{os.Args[0], "run", os.Args[0], "signals"}, func(cmd *exec.Cmd) { other(cmd, w, fds) })
			w.Close()
			go io.Copy(s.slave, r) // so that it can be expected
			s.expect("ready")
			s.typing("\x03")
			s.expect("got interrupt")
			time.Sleep(200 * time.Millisecond)
			s.typing("\x1c")
			s.expect("got quit")
			require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
			s.expect("got terminated")
			assert.Equal(t, 0, s.exit())
			assert.Equal(t, 1, strings.Count(s.printed(), "got interrupt"))
		})
	}
}

// In the foreground SIGINT and SIGQUIT are taken to be from the keyboard.
func TestSignalsReachTheProgramOnATerminal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGABRT, syscall.SIGALRM} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			script := fmt.Sprintf(`trap 'echo caught; exit 42' %d; echo ready; while :; do sleep 0.05; done`, sig)
			s := newScreen(t)
			to := 0
			if sig == syscall.SIGINT || sig == syscall.SIGQUIT {
				s.start([]string{"bash", "--norc", "-i"}, nil) // bash -i gives a process group of its own to what is in the background
				s.expect("> ")
				s.script(`echo "pid $$."; `+strings.ReplaceAll(script, "'", "\""), "& jobs -p | sed 's/.*/orb &./'")
				to = s.number("orb")
			} else {
				s.run(script, nil)
				to = s.cmd.Process.Pid
			}
			s.expectAnywhere("ready\r\n")
			require.NoError(t, syscall.Kill(to, sig))
			s.expect("caught\r\n")
			if to == s.cmd.Process.Pid {
				assert.Equal(t, 42, s.exit())
			}
		})
	}
}
