// Package wrap runs a program behind a filter: its output goes through a Stream, and everything else (terminal,
// keyboard, signals, exit status) stays as if nothing stood in between. Pump does the same for a plain pipe.
//
// It knows nothing of what a Stream does with the bytes.
package wrap

import (
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
// a pipe for one that is not; its input is the pseudo-terminal or Stdin itself. See Run.
type Command struct {
	// Args is the program and its arguments. Args[0] is looked up on PATH, as a shell does. Empty is an error.
	Args []string

	// Stdin, Stdout and Stderr are ours, usually those of package os. Nil stands for the null device.
	// Stdout and Stderr are looked at, not written to (unless Out or Err is nil): writing is up to the Streams.
	Stdin, Stdout, Stderr *os.File

	// Out and Err take what the program writes to its stdout and stderr. They are called from two goroutines, each
	// Stream from one, and not after Run has returned. If Merged, both outputs go to Out in the order in which they
	// were written, and Err is not used. Nil passes the bytes on to Stdout or Stderr as they are.
	Out, Err Stream
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

// PanicError is a panic in a Stream, caught so that the program goes on and the terminal is restored.
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
	return err1 == nil && err2 == nil && os.SameFile(out, err)
}

// Run starts the program, passes its output to the Streams and signals to the program, waits for its end and for the
// rest of its output, restores the terminal, and returns the exit status: the program's own, 128+n if signal n killed
// it, or one of the Exit constants, those always with an error.
//
// An error can come with the program's own status, too: that of a Stream that could not write. The program does not
// notice (what it writes is read and dropped), since a deploy must not die of a reader that went away.
//
// If the program leaves a process behind that keeps its output open, reading goes on while data comes, and ends after
// 200 ms of silence, or at the next signal to end.
//
// While the program runs on a pseudo-terminal, ours is in raw mode: lines written to it must end with CR LF.
//
// SIGPIPE does not end us any more once Run or Pump was called; writing to a pipe that nobody reads gives EPIPE. The
// program is not affected: it gets the default.
func (c *Command) Run() (code int, err error) {
	keepSIGPIPE()
	path, err := look(c.Args)
	if err != nil {
		return status(err), err
	}
	code, err = c.run(path)
	if _, ok := errors.AsType[*PanicError](err); ok {
		code = ExitFailure
	}
	return code, err
}

// look finds the program. The error is of one of the kinds, except for no arguments at all.
func look(args []string) (string, error) {
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

// status is the exit status for an error before there was a program.
func status(err error) int {
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
