package cli

import (
	"fmt"
	"os"
	"syscall"
)

// Exit codes of everything but run, which returns its child's. The comments are in docs/reference/exit-codes.md.
const (
	ExitOK    = 0 // all is well
	ExitFound = 1 // something was found: what `--fail-on` looks for, a problem (`doctor`), a mistake or a failed test in a rule (`rules`)
	ExitUsage = 2 // the usage, a rule file or a config file is wrong; `scan`: or there is no log
	ExitOwn   = 3 // a failure of orbfilter itself; `scan`: or a log could not be read or written, the others were
)

// An ExitCode is an error that only says how to exit; what there was to say
// has been said.
type ExitCode int

func (c ExitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// A UsageError is a mistake in what was typed.
type UsageError struct{ Err error }

func (e UsageError) Error() string { return e.Err.Error() }

// Usage returns the UsageError of what is wrong; it is not to be nil.
func Usage(err error) error { return UsageError{err} }

// A Killed is an error that says that a signal is what the program has to end by.
type Killed struct {
	ExitCode
	Signal os.Signal
}

// Unwrap returns the exit code that stands for it.
func (k Killed) Unwrap() error { return k.ExitCode }

// Exit turns an exit code into the error that stands for it.
func Exit(code int) error {
	if code == ExitOK {
		return nil
	}
	return ExitCode(code)
}

// Dying is exit for what may have to die of a signal; nil: it has not.
func Dying(code int, by os.Signal) error {
	if by == nil {
		return Exit(code)
	}
	return Killed{ExitCode(DiedOf(by, code)), by}
}

// DiedOf is the exit code that stands for a signal; code, if there is none.
func DiedOf(by os.Signal, code int) int {
	if s, ok := by.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return code
}

// Done is the error of a command that only shows: bad tells whether a rule
// file was wrong.
func Done(err error, bad bool) error {
	if err == nil && bad {
		return ExitCode(ExitUsage)
	}
	return err
}
