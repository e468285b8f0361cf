// Package cmd puts the commands together to one tree, and ends the program: Main.
package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/filter/wrap"
)

// IO is what the program is connected to.
type IO = cli.IO

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
	io = io.Guarded(io.Little(cli.OtherFiles))
	root := newRoot(io, args...)
	if c, _, err := root.Find(args); err == nil && c != root { // it is not a pipe, so that a Ctrl-C is for us
		wrap.Release()
	}
	c, err := root.ExecuteC()
	var by cli.Killed
	_ = errors.As(err, &by)
	return Status{io.Ended(status(io, c.CommandPath(), err)), by.Signal}
}

// status is the one place where an error becomes an exit code. command is the one
// that has failed.
func status(io cli.IO, command string, err error) int {
	var code cli.ExitCode
	var usage cli.UsageError
	switch {
	case err == nil:
		return cli.ExitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(io.Stderr(), "orbfilter: %v\nTry: %s --help\n", err, command)
		return cli.ExitUsage
	}
	fmt.Fprintf(io.Stderr(), "orbfilter: %v\n", err)
	return cli.ExitOwn
}

// noCommand is NoArgs for the program itself.
func noCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return cli.Usage(fmt.Errorf("there is no command %q%s", args[0], instead(c, args)))
}

// logEnds are what the names of logs end with, and those of programs do not.
var logEnds = []string{".log", ".txt", ".out", ".gz", ".zst", ".zip"}

// instead says what to type in place of words of which the first is no command.
func instead(c *cobra.Command, words []string) string {
	if info, err := os.Stat(words[0]); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 == 0 {
		return "; to filter a log type: orbfilter < " + shell.Command(words[:1]).String()
	}
	if meant := cli.MeantCommand(c, words); meant != "" {
		return meant
	}
	if slices.Contains(logEnds, filepath.Ext(words[0])) {
		return ", and no file of that name"
	}
	return "; to run one type: orbfilter run -- " + shell.Command(words).String()
}

// wordIn returns what was typed from the first word on that is no flag, as far as they were read; nil: there is none.
func wordIn(c *cobra.Command, typed []string) []string {
	if read := c.Flags().Args(); len(read) > 0 {
		if at := slices.Index(typed, read[0]); at >= 0 {
			return typed[at:]
		}
	}
	return nil
}
