package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/render/summary"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/rules"
)

const rootLong = `orbfilter folds known issues out of the output of a pyinfra run. It shows
every other line as it was printed, in order and at once, and says at the end
what was folded, whether it does harm, and which command ends it.

pyinfra writes everything to stderr, so a pipe needs 2>&1.`

const rootExample = `  pyinfra -y inventory.py deploy.py 2>&1 | orbfilter
  orbfilter run -- pyinfra inventory.py deploy.py
  orbfilter < deploy.log > clean.log`

func newRoot(io IO) *cobra.Command {
	var o options
	io = io.dressedBy(&o)
	root := &cobra.Command{
		Use:   "orbfilter [flags]",
		Short: "Fold known issues out of a pyinfra run",
		Long:  rootLong, Example: rootExample,
		Args:          noCommand,
		SilenceErrors: true, SilenceUsage: true,
		RunE:              func(c *cobra.Command, _ []string) error { return filterInput(c, io, &o) },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return io.enough(c) },
	}
	root.SetOut(io.stdoutData(words.AsItIs)) // the scripts for completion
	root.SetErr(io.stderr())
	root.SetUsageTemplate(narrow(root.UsageTemplate()))
	root.SuggestionsMinimumDistance = 2
	root.Version = io.Version
	root.SetVersionTemplate("orbfilter {{.Version}}\n")
	root.AddCommand(newRun(io, &o), newDoctor(io, &o), newRules(io, &o), newReport(io, &o), newScan(io, &o), newRestore(io), newVersion(io))
	strict(root)
	root.SetOut(io.stdout())
	shared := share(&o, root)
	o.complete(root)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if err = wrongFlag(c, err, shared); c == root {
			return passing(io, status(io, "orbfilter", err), err)
		}
		return err
	})
	return root
}

// filterInput is the pipe. What is wrong with its flags does not end it.
func filterInput(c *cobra.Command, io IO, o *options) error {
	if err := o.check(c.Flags()); err != nil {
		return passing(io, status(io, "orbfilter", err), err)
	}
	return pipe(c, io, o)
}

// strict makes cobra's own commands refuse what they do not know, as ours do:
// left alone, they show a help text and exit with 0.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = topic
		case "completion":
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(_ *cobra.Command, args []string) error {
				return usageError{fmt.Errorf("completion needs one of bash, zsh, fish, powershell, and got %q", strings.Join(args, " "))}
			}
			for _, shell := range c.Commands() {
				shell.Args = noArgs
			}
		}
	}
}

// topic checks that there is help on what was asked for.
func topic(c *cobra.Command, args []string) error {
	if _, rest, err := c.Root().Find(args); err != nil || len(rest) > 0 {
		return usageError{fmt.Errorf("there is no help on %q", strings.Join(args, " "))}
	}
	return nil
}

// narrow makes a usage template wrap the flags, so that they fit most windows.
func narrow(template string) string {
	return strings.ReplaceAll(template, ".LocalFlags.FlagUsages", ".LocalFlags.FlagUsagesWrapped 100")
}

// passing lets the run through a pipe as it is, for flags that are wrong: who writes to a
// pipe that nobody reads is killed, and what it says on its way must be seen. err has been
// said, and is said again at the end; code is its exit code.
func passing(io IO, code int, err error) error {
	if term.IsTerminal(int(io.In.Fd())) {
		return exitCode(code)
	}
	o := &options{}
	if io.little(pipeFiles) {
		return errors.Join(exitCode(code), passPlainly(o, io))
	}
	s := newSession(io, o, rules.NewSet())
	f := s.filter(io.Out)
	p := wrap.NewPipe()
	p.Out, p.Closed = io.Out, closedPipe(o, io, f.Phased)
	_, stuck := p.Run(f, io.In)
	if !errors.Is(stuck, wrap.ErrStuck) {
		_ = f.Close()
		s.close()
		s.newLine()
		summary.SayWrong(io.stderr(), []string{err.Error()}, exitUsage)
	}
	if errors.Is(stuck, wrap.ErrClosed) {
		return dying(pipeSignal, brokenPipe)
	}
	return dying(code, p.Signal())
}

// pipe filters standard input. It reads to the end whatever happens: who
// writes to a pipe that nobody reads is killed, and that is a deploy.
func pipe(c *cobra.Command, io IO, o *options) error {
	if term.IsTerminal(int(io.In.Fd())) {
		c.SetOut(io.stderr())
		_ = c.Help()
		return exitCode(exitUsage)
	}
	if io.little(pipeFiles) {
		return passPlainly(o, io)
	}
	p := wrap.NewPipe() // Ctrl-C is for pyinfra, since the program began
	set, bad := o.load(io)
	s := newSession(io, o, set)
	s.mustSee = true // who saw nothing cannot say that all is well
	s.record(writtenTo(io.In))
	bad = o.dropReports(io) || bad
	bad = s.openGate() || bad
	bad = s.openAudit("standard input") || bad
	f := s.filter(io.Out)
	in := &beginning{Filter: f}
	p.Out, p.Closed = io.Out, closedPipe(o, io, f.Phased)
	code, err := p.Run(in, io.In)
	abandoned := errors.Is(err, wrap.ErrClosed)
	if abandoned {
		code, err = pipeSignal, nil
	}
	if errors.Is(err, wrap.ErrStuck) {
		return dying(code, p.Signal())
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	s.close()
	if err != nil {
		fmt.Fprintf(io.stderr(), "orbfilter: %v\n", err)
	}
	if packing := logs.Packing(in.head); packing != "" && !o.quiet {
		fmt.Fprintf(io.stderr(), "orbfilter: standard input is %s, and was passed on as it is; type: orbfilter scan -\n", packing)
	}
	if f.Summary().Input.Bytes == 0 && err == nil && code == exitOK {
		fmt.Fprintln(io.stderr(), "orbfilter: nothing came in. pyinfra writes to stderr; type: pyinfra … 2>&1 | orbfilter\norbfilter:   or: orbfilter run -- pyinfra …")
	}
	code = diedOf(p.Signal(), code)
	switch failed := s.failed(); {
	case code != exitOK: // a signal ended it
	case err != nil || failed:
		code = exitOwn
	case bad:
		code = exitUsage
	case s.found():
		code = s.foundCode()
	}
	if code = s.finish(code, exitOwn); abandoned && code == pipeSignal {
		return dying(code, brokenPipe)
	}
	return dying(code, p.Signal())
}

// A beginning keeps the first bytes of what a filter is given.
type beginning struct {
	*filter.Filter
	head []byte
}

// headBytes is how many tell what is packed from text.
const headBytes = 16

func (b *beginning) Write(p []byte) (int, error) {
	if room := headBytes - len(b.head); room > 0 {
		b.head = append(b.head, p[:min(room, len(p))]...)
	}
	return b.Filter.Write(p)
}

// exit turns an exit code into the error that stands for it.
func exit(code int) error {
	if code == exitOK {
		return nil
	}
	return exitCode(code)
}

// dying is exit for what may have to die of a signal; nil: it has not.
func dying(code int, by os.Signal) error {
	if by == nil {
		return exit(code)
	}
	return killed{exitCode(diedOf(by, code)), by}
}

// diedOf is the exit code that stands for a signal; code, if there is none.
func diedOf(by os.Signal, code int) int {
	if s, ok := by.(syscall.Signal); ok {
		return 128 + int(s)
	}
	return code
}
