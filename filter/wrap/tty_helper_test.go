//go:build unix

package wrap

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const patience = time.Minute // of tests, until something that must happen has not

// screen is a terminal, seen from the side of the person in front of it.
type screen struct {
	t      *testing.T
	master *os.File
	slave  *os.File // stays open, so that the settings can be looked at
	cmd    *exec.Cmd

	mu   sync.Mutex
	out  string // all that was printed
	seen int    // what of it was expected
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	master, slave, err := pty.Open()
	require.NoError(t, err)
	require.NoError(t, pty.Setsize(master, &pty.Winsize{Rows: 33, Cols: 77}))
	s := &screen{t: t, master: master, slave: slave}
	t.Cleanup(s.close)
	go s.read()
	// Otherwise the kernel drops output that is under way after a key has signalled: even what is printed because of it.
	settings := s.settings()
	settings.Lflag |= unix.NOFLSH
	require.NoError(t, setSettings(slave, &settings))
	return s
}

func (s *screen) read() {
	buf := make([]byte, 4096)
	for {
		n, err := s.master.Read(buf)
		if err != nil {
			return
		}
		s.mu.Lock()
		s.out += string(buf[:n])
		s.mu.Unlock()
	}
}

func (s *screen) close() {
	if s.cmd != nil && s.cmd.Process != nil && s.cmd.ProcessState == nil {
		syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL)
		s.cmd.Process.Kill()
		s.cmd.Wait()
	}
	s.slave.Close()
	s.master.Close()
	if s.t.Failed() {
		s.t.Logf("screen: %q", s.printed())
	}
}

// start starts a program that has the terminal as stdin, stdout and stderr, unless change says something else.
func (s *screen) start(args []string, change func(*exec.Cmd)) *screen {
	s.t.Helper()
	s.cmd = exec.Command(args[0], args[1:]...)
	s.cmd.Env = append(os.Environ(), "WRAP_HELPER=1", "ORB="+os.Args[0], "PS1=> ", "HISTFILE=", "TERM=dumb")
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = s.slave, s.slave, s.slave
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if change != nil {
		change(s.cmd)
	}
	for fd, f := range []any{s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr} {
		if f == s.slave {
			s.cmd.SysProcAttr.Ctty = fd
		}
	}
	require.NoError(s.t, s.cmd.Start())
	return s
}

// run starts orbfilter with a shell script.
func (s *screen) run(script string, change func(*exec.Cmd)) *screen {
	s.t.Helper()
	return s.start([]string{os.Args[0], "run", "sh", "-c", script}, change)
}

// bash starts an interactive shell.
func (s *screen) bash() *screen {
	s.t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		s.t.Skip("no bash")
	}
	s.start([]string{"bash", "--norc", "--noprofile", "-i"}, nil)
	s.expect("> ")
	return s
}

func (s *screen) printed() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

// expect waits until the text is printed, after what was expected before.
func (s *screen) expect(text string) {
	s.t.Helper()
	ok := func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		at := strings.Index(s.out[s.seen:], text)
		if at >= 0 {
			s.seen += at + len(text)
		}
		return at >= 0
	}
	if !wait(ok) {
		s.t.Fatalf("%q was not printed", text)
	}
}

// expectAnywhere waits until the text is printed, in whatever order.
func (s *screen) expectAnywhere(text string) {
	s.t.Helper()
	if !wait(func() bool { return strings.Contains(s.printed(), text) }) {
		s.t.Fatalf("%q was not printed", text)
	}
}

// untilCount waits until the text is printed so often.
func (s *screen) untilCount(text string, n int) {
	s.t.Helper()
	if !wait(func() bool { return strings.Count(s.printed(), text) >= n }) {
		s.t.Fatalf("%q was not printed %d times", text, n)
	}
}

// number waits for a number that is printed after a word.
func (s *screen) number(word string) int {
	s.t.Helper()
	var found []string
	pattern := regexp.MustCompile(word + ` (\d+)\.`)
	if !wait(func() bool { found = pattern.FindStringSubmatch(s.printed()); return found != nil }) {
		s.t.Fatalf("no number was printed after %q", word)
	}
	n, err := strconv.Atoi(found[1])
	require.NoError(s.t, err)
	return n
}

// expectChild waits until the program has a child of this name.
func (s *screen) expectChild(name string) {
	s.t.Helper()
	parent := fmt.Sprint(s.cmd.Process.Pid)
	if !wait(func() bool {
		out, _ := exec.Command("ps", "-o", "comm=", "--ppid", parent).Output()
		return strings.Contains(string(out), name)
	}) {
		s.t.Fatalf("there is no child %q", name)
	}
}

func (s *screen) typing(keys string) {
	s.t.Helper()
	_, err := s.master.WriteString(keys)
	require.NoError(s.t, err)
}

// exit waits for the end and gives the exit status.
func (s *screen) exit() int {
	s.t.Helper()
	var code int
	within(s.t, patience, func() { code = exitCode(s.t, s.cmd.Wait()) })
	return code
}

func (s *screen) settings() unix.Termios {
	s.t.Helper()
	t, err := settingsOf(s.slave)
	require.NoError(s.t, err)
	return *t
}

// untilEcho waits until the terminal echoes again, which a program has turned off.
func (s *screen) untilEcho() {
	s.t.Helper()
	if !wait(func() bool { return s.settings().Lflag&unix.ECHO != 0 }) {
		s.t.Fatal("the terminal does not echo")
	}
}

// whileSame asserts that the settings are the same before and after.
func (s *screen) whileSame(do func()) {
	s.t.Helper()
	before := s.settings()
	do()
	assert.Equal(s.t, before, s.settings(), "settings of the terminal")
}

func wait(ok func() bool) bool {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	return ok()
}
