// Package cmd is the command line of orbfilter: one file a command, and Main.
package cmd

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/filter/wrap"
)

// Exit codes of everything but run, which returns its child's.
const (
	exitOK    = 0
	exitFound = 1 // --fail-on met what it looks for
	exitUsage = 2 // usage, or a rule file that is wrong
	exitOwn   = 3 // a failure of orbfilter's own
)

// IO is what the program is connected to. The streams are files since what
// they are (a terminal, a pipe) decides how they are treated.
type IO struct {
	In, Out, Err *os.File
	Getenv       func(string) string
	Version      string // of the program; Main sets it

	voices *voices // made by Main
}

// An exitCode is an error that only says how to exit; what there was to say
// has been said.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// A usageError is a mistake in what was typed.
type usageError struct{ error }

// A Status is how the program is to end.
type Status struct {
	Code int
	// Signal is the one to die of, nil if there is none: then Code is 128+n, for where one cannot.
	Signal os.Signal
}

// Raise ends the program if it is to die of a signal. Otherwise, and where that is not possible, it returns.
func (s Status) Raise() { wrap.Raise(s.Signal) }

// Main runs the program and returns how it is to end.
func Main(args []string, io IO) Status {
	if wrap.Copied() {
		return Status{}
	}
	io.Version = Version()
	io = io.speaking(io.little(otherFiles))
	root := newRoot(io)
	root.SetArgs(args)
	if c, _, err := root.Find(args); err == nil && c != root { // it is not a pipe, so that a Ctrl-C is for us
		wrap.Release()
	}
	c, err := root.ExecuteC()
	var by killed
	_ = errors.As(err, &by)
	return Status{io.ended(status(io, c.CommandPath(), err)), by.signal}
}

// A killed is an error that says that a signal is what the program has to end by.
type killed struct {
	exitCode
	signal os.Signal
}

// Unwrap returns the exit code that stands for it.
func (k killed) Unwrap() error { return k.exitCode }

// status is the one place where an error becomes an exit code. command is the one
// that has failed.
func status(io IO, command string, err error) int {
	var code exitCode
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(io.stderr(), "orbfilter: %v\nTry: %s --help\n", err, command)
		return exitUsage
	}
	fmt.Fprintf(io.stderr(), "orbfilter: %v\n", err)
	return exitOwn
}

// version is set by the linker for releases (-X …/cmd.version=1.2.3).
var version = ""

// Version returns the version of the program, "dev" if it is not known.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

func newVersion(io IO) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(io.stdout(), "orbfilter", io.Version)
			return err
		},
	}
}

// noArgs is for commands that take no argument.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError{fmt.Errorf("%s does not know %q", c.CommandPath(), args[0])}
}

// noCommand is noArgs for the program itself.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageError{fmt.Errorf("there is no command %q; %s", args[0], instead(c, args[0]))}
}

// instead says what to type in place of something that is no command.
func instead(c *cobra.Command, word string) string {
	if near := c.SuggestionsFor(word); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	if info, err := os.Stat(word); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 == 0 {
		return "to filter a log type: orbfilter < " + word
	}
	return "to run one type: orbfilter run -- " + word
}
