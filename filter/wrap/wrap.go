// Package wrap runs a program behind a filter: its output goes through a Stream, and everything else (terminal,
// keyboard, signals, exit status) stays as if nothing stood in between. Pipe does the same for a plain pipe.
//
// It knows nothing of what a Stream does with the bytes.
//
// # The terminal
//
// The program stays in our session and in our process group, and has our controlling terminal and our stdin. Only its
// stdout and stderr are ours: pseudo-terminals where those of us are terminals, so that it prints colours and a
// spinner, and pipes elsewhere. Ctrl-C, Ctrl-\, fg, bg, what is typed ahead, prompts on /dev/tty, and what sudo remembers
// of this terminal are the work of the kernel and the shell, as without us.
//
// It was different once: the program had a session of its own with a pseudo-terminal as controlling terminal, ours was
// in raw mode, and the keyboard was copied, as script and ssh do. That gave more control, and worse deploys:
//
//   - When the leader of a session ends, the kernel sends SIGHUP to what it leaves behind. A service that the deploy had
//     started in the background was killed, and so was the tee in `exec > >(tee log)`, with the last lines in it.
//   - Two runs on one terminal each restored the settings that the other had made. It stayed in raw mode.
//   - What was typed before the copying began was lost, and a Ctrl-D among it became a NUL that nobody took for an end. What
//     is typed for the shell while a deploy runs would be lost, too.
//   - Another session is another terminal for sudo, which asks for the password again.
//
// The price is that stdout and stderr are a terminal, but not the controlling one. Some programs do not expect that:
//
//   - bash takes its stderr for the terminal of its jobs, and is told that it is none. more reads keys from it.
//   - less opens the terminal that its stderr has the name of, to read keys there. Nobody typed them: it hung.
//   - curses sets up its stdout, and reads from stdin, which is the real terminal and has not changed.
//
// So, first, a program that works the terminal itself is given it (see Direct): a pager, an editor, an interactive shell. There is nothing
// in what it draws that a filter could want. Which those are is seen by what they are linked with, as there are too many for
// a list. Second, where such a program is started by another one (git log, a script), the pseudo-terminal acts for the terminal
// (see mirror): settings that are changed on it are changed on ours, and keys are copied to it while somebody has it open for
// reading. Only changes are passed on, and there is nothing to restore: the terminal is left as the program has left it.
//
// Upon Ctrl-Z we stop when the program has stopped, and not at once: a shell that has its terminal back must not be written over.
//
// What is lost: more that is started by another program has no keys; an interactive bash that is started by another program has no
// jobs; where a pager of another user reads keys, and we may not look into its process, none are copied. A prompt that is written to /dev/tty does
// not wait for what is still on its way through us, and may overtake it. Of this, Direct is all that there is outside of Linux.
//
// # The end
//
// A program that died of a signal has to be seen to have (see Raise). What it has left running keeps its output (see HandOver).
package wrap

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"

	"github.com/orbfilter/orbfilter/filter/wrap/fullscreen"
)

// Command is a program to run, and what it is connected to. It can be run once.
//
// What Stdin, Stdout and Stderr are decides what the program gets: a pseudo-terminal for an output that is a terminal,
// a pipe for one that is not. Its input is Stdin itself.
type Command struct {
	// Args is the program and its arguments. Args[0] is looked up on PATH, as a shell does. Empty is an error.
	Args []string

	// Path is the file to start, and Env what it gets as its environment, a VARIABLE=VALUE each. Empty: the one that
	// Args[0] is found as, and our own.
	Path string
	Env  []string

	// Stdin, Stdout and Stderr are ours, usually those of package os. Nil stands for the null device.
	// Stdout and Stderr are looked at, not written to (unless Out or Err is nil): writing is up to the Streams.
	Stdin, Stdout, Stderr *os.File

	// Out and Err take what the program writes to its stdout and stderr. They are called from two goroutines, each
	// Stream from one, and not after Run has returned. If Merged, both outputs go to Out in the order in which they
	// were written, and Err is not used. Nil passes the bytes on to Stdout or Stderr as they are.
	Out, Err Stream

	// Closed is asked when nobody reads Stdout, or Stderr, any more; see OnClosed. Not to read on closes that output to
	// the program. Nil reads on.
	Closed OnClosed

	// LetGo says that this process is there for the program alone: once that has started, what it has inherited from those who started
	// us is closed here, but for the descriptors in Keep. So its other end ends when the program has done with it. Stdin is the null device
	// from then on if it was a pipe or a socket.
	LetGo bool
	Keep  []int

	signals *signals
	killed  syscall.Signal
	left    []*outlet
}

// Exit statuses of Run that are not the program's own. They are those of env, nohup and timeout. The comments are in
// docs/reference/exit-codes.md.
const (
	ExitFailure     = 125 // orbfilter failed
	ExitCannotStart = 126 // the command is there but cannot be started
	ExitNotFound    = 127 // there is no such command
)

// Kinds of errors of Run, to be asked for with errors.Is.
var (
	ErrNotFound    = errors.New("command not found")
	ErrCannotStart = errors.New("cannot be started")
)

// ErrStuck is the error of Run when we were told to end while a Stream was still in a call, since nobody reads
// what it writes. That call goes on; the Streams must not be touched any more.
var ErrStuck = errors.New("nobody reads the output")

// PanicError is a panic in a Stream, caught so that the program goes on.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Merged tells whether stdout and stderr are the same terminal, pipe or file, so that both go to Out, in order.
// It can be asked before Run, to know whether one Stream is needed or two.
func (c *Command) Merged() bool {
	if c.Stdout == nil || c.Stderr == nil {
		return c.Stdout == c.Stderr
	}
	out, err1 := c.Stdout.Stat()
	err, err2 := c.Stderr.Stat()
	return err1 == nil && err2 == nil && os.SameFile(out, err) || sameTerminal(c.Stdout, c.Stderr)
}

// Direct tells whether Run will give the program our own Stdout and Stderr, past the Streams: it works the terminal itself, as
// pagers, editors and interactive shells do, and a terminal in between would be one too many. Stdout is a terminal then. It can
// be asked before Run.
func (c *Command) Direct() bool {
	return c.Stdout != nil && isTerminal(c.Stdout) && fullscreen.Works(c.Args, c.Stdin != nil && isTerminal(c.Stdin))
}

// Run starts the program, passes its output to the Streams, waits for its end and for the rest of its output, and
// returns the exit status: the program's own, 128+n if signal n killed it, or one of the Exit constants, those always
// with an error.
//
// An error can come with the program's own status, too: that of a Stream that could not write. The program does not
// notice (what it writes is read and dropped), since a deploy must not die of a reader that went away, unless Closed says so.
//
// If the program leaves a process behind that keeps its output open, reading ends after 200 ms of silence, or after 400 ms.
// See Left.
//
// Signals that are sent to us alone reach the program. SIGINT and SIGQUIT in the foreground of a terminal are taken to
// be from the keyboard, from where the program has them already. If we were told to end and the program has ended, and
// still nobody takes its output, the error is ErrStuck after a few seconds. After Run, signals do not end us at once, so that
// what there is to say and to write can be, unless that is stuck as well. See Signal.
//
// SIGPIPE does not end us any more once Run or Pump was called; writing to a pipe that nobody reads gives EPIPE.
// The program is not affected: it gets the default.
func (c *Command) Run() (code int, err error) {
	keepSIGPIPE()
	path, err := c.Path, error(nil)
	if path == "" {
		path, err = Find(c.Args)
	}
	if err != nil {
		return Status(err), err
	}
	code, err = c.run(path)
	if _, ok := errors.AsType[*PanicError](err); ok {
		code = ExitFailure
	}
	return code, err
}

// Signal is the signal to Raise when all is said and written, nil if there is none: the one that killed the program, or one
// that came to us when it had ended.
func (c *Command) Signal() os.Signal {
	if c.killed != 0 || c.signals == nil {
		return orNil(c.killed)
	}
	return orNil(c.signals.dying())
}

// Find looks a command up on PATH, as a shell does. The error is of one of the kinds, except for no arguments at all.
func Find(args []string) (string, error) {
	if len(args) == 0 {
		return "", errors.New("no command")
	}
	path, err := exec.LookPath(args[0])
	if errors.Is(err, exec.ErrNotFound) && !strings.Contains(args[0], "/") && runtime.GOOS != "windows" {
		path, err = lookFurther(args[0], err)
	}
	switch {
	case err == nil:
		return path, nil
	case errors.Is(err, exec.ErrDot) && runtime.GOOS != "windows":
		return path, nil // PATH says so, and without us it would be run
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s: %w", args[0], ErrNotFound)
	}
	return "", cannotStart(args[0], err)
}

// lookFurther does what execvp does, and so env, nohup and the like: without any PATH (env -i) there is a usual one, and what is
// only there without being executable is not "not found".
func lookFurther(name string, notFound error) (string, error) {
	dirs, set := os.LookupEnv("PATH")
	if !set {
		dirs = "/bin:/usr/bin"
	}
	for _, dir := range filepath.SplitList(dirs) {
		path, err := exec.LookPath(filepath.Join(dir, ".") + "/" + name)
		switch {
		case err == nil && !set:
			return path, nil
		case errors.Is(err, fs.ErrPermission):
			notFound = err
		}
	}
	return "", notFound
}

// isText tells whether the first line of a file is one of no binary program, of whatever processor: what follows may be data that
// a script has at its end.
func isText(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 128)
	n, _ := f.Read(head)
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	return bytes.IndexByte(line, 0) < 0
}

// cannotStart leaves out what os and exec put in front of the cause.
func cannotStart(name string, err error) error {
	if lookup, ok := errors.AsType[*exec.Error](err); ok {
		err = lookup.Err
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("%s: %w: %w", name, ErrCannotStart, err)
}

// Become makes this process the program, which gets env. It returns if that cannot be, with an error as Run's.
func Become(path string, args, env []string) error {
	err := become(path, args, env)
	if errors.Is(err, syscall.ENOEXEC) && isText(path) {
		err = become("/bin/sh", append([]string{"sh", path}, args[1:]...), env)
	}
	return cannotStart(args[0], err)
}

// Status is the exit status for an error before there was a program.
func Status(err error) int {
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, fs.ErrNotExist): // as for all shells: the file is there, and what is to run it is not
		return ExitNotFound
	case errors.Is(err, ErrCannotStart):
		return ExitCannotStart
	}
	return ExitFailure
}

// keepSIGPIPE keeps the Go runtime from ending us when stdout or stderr is a pipe that nobody reads any more. It is
// Notify and not Ignore, because a child inherits what is ignored, and programs rely on SIGPIPE. It is for good: the
// caller writes to the same pipes after Run.
var keepSIGPIPE = sync.OnceFunc(func() {
	if !signal.Ignored(syscall.SIGPIPE) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	}
})
