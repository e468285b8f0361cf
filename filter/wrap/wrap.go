// Package wrap runs a program behind a filter: its output goes through a Stream, and everything else (terminal,
// keyboard, signals, exit status) stays as if nothing stood in between. Pipe does the same for a plain pipe.
//
// It knows nothing of what a Stream does with the bytes.
//
// # The terminal
//
// The program stays in our session and in our process group, and has our controlling terminal and our stdin. Only its
// stdout and stderr are ours: pseudo-terminals where those of us are terminals, so that it prints colours and a
// spinner, and pipes elsewhere. Nothing ever changes the settings of the terminal, so nothing has to restore them.
// Ctrl-C, Ctrl-\, Ctrl-Z, fg, bg, what is typed ahead, and prompts on /dev/tty are the work of the kernel and the shell.
//
// It was different once: the program had a session of its own with a pseudo-terminal as controlling terminal, ours was
// in raw mode, and the keyboard was copied, as script and ssh do. That gave more control, and worse deploys:
//
//   - When the leader of a session ends, the kernel sends SIGHUP to what it leaves behind. A service that the deploy had
//     started in the background was killed, and so was the tee in `exec > >(tee log)`, with the last lines in it.
//   - Two runs on one terminal each restored the settings that the other had made. It stayed in raw mode.
//   - What was typed before the copying began was lost, and a Ctrl-D among it became a NUL that nobody took for an end.
//   - Stopping and continuing had to be played by us, for the kernel does not stop a process group without a shell.
//
// What is lost instead: programs that set up the terminal through their stdout (curses does) or look for the keyboard
// there (less and more do, see writeOnly) find a pseudo-terminal that nobody types into. An interactive shell that finds no
// controlling terminal on its stderr may do without jobs. A prompt that is written to /dev/tty does not wait for what
// is still on its way through us, and may overtake it. What a program writes when it is stopped (vim gives the screen
// back) is shown when it is continued, since we are stopped as well. And a process that is left behind cannot write to
// its old stdout any more when we have ended, as behind any pipe.
package wrap

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
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
}

// Exit statuses of Run that are not the program's own. They are those of env, nohup and timeout.
const (
	ExitFailure     = 125 // we failed: no pipe, a panic in a Stream
	ExitCannotStart = 126 // the program is there but cannot be started
	ExitNotFound    = 127 // there is no such program
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

// Run starts the program, passes its output to the Streams, waits for its end and for the rest of its output, and
// returns the exit status: the program's own, 128+n if signal n killed it, or one of the Exit constants, those always
// with an error.
//
// An error can come with the program's own status, too: that of a Stream that could not write. The program does not
// notice (what it writes is read and dropped), since a deploy must not die of a reader that went away, unless Closed says so.
//
// If the program leaves a process behind that keeps its output open, reading ends after 200 ms of silence, or after 3 s.
//
// Signals that are sent to us alone reach the program. SIGINT and SIGQUIT in the foreground of a terminal are taken to
// be from the keyboard, from where the program has them already. If we were told to end and the program has ended, and
// still nobody takes its output, the error is ErrStuck after a second.
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

// Find looks a command up on PATH, as a shell does. The error is of one of the kinds, except for no arguments at all.
func Find(args []string) (string, error) {
	if len(args) == 0 {
		return "", errors.New("no command")
	}
	path, err := exec.LookPath(args[0])
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

// isText tells whether a file begins as no binary program does, of whatever processor.
func isText(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 128)
	n, _ := f.Read(head)
	return bytes.IndexByte(head[:n], 0) < 0
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
	case errors.Is(err, ErrNotFound):
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
