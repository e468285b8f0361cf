package stream

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/filter/wrap"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const runLong = `Run a command with its output filtered. Prompts, colours, the spinner, Ctrl-C
and Ctrl-Z work as without orbfilter; stdout and stderr stay apart, each where
it was sent.

The exit code is the command's; 128+n when signal n killed it; 125 when
orbfilter failed, 126 when the command cannot be started, 127 when it is not
found. With --fail-on, 1 when the command said 0 but its output says that
it failed, or such an issue was seen: with OrbStack stopped, or a mistyped host,
pyinfra says 0. 2 when the command said 0 and a config file is wrong: its mistakes
are said before the run, which goes on with what is right in it.

What there is to say is said on stderr at the end: whether the run failed, then
the issues, the worst first. Of a command that ends badly it is said that it
did, unless a person has ended it with Ctrl-C. After a good run in which nothing
was seen, nothing is said.`

const runExample = `  orbfilter run -- pyinfra inventory.py deploy.py
  orbfilter run --fail-on error -- pyinfra -y @orbstack deploy.py
  orbfilter run -- pyinfra --json -y inventory.py deploy.py > result.json`

// NewRun returns the command run.
func NewRun(io cli.IO, o RunShared) *cobra.Command {
	c := &cobra.Command{
		Use:   "run [flags] -- COMMAND [ARG...]",
		Short: "Run a command with its output filtered",
		Long:  runLong, Example: runExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(fmt.Errorf("run needs a command; type: orbfilter run -- pyinfra inventory.py deploy.py"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return run(c, io, o, args) },
	}
	cli.Take(c, o)
	c.Flags().SetInterspersed(false) // what follows COMMAND is the command's
	return c
}

func run(command *cobra.Command, io cli.IO, o RunShared, args []string) error {
	if err := cli.Check(command, o); err != nil {
		return err
	}
	to, err := programToRun(o.Results, io, args)
	if err != nil {
		return err
	}
	set, bad, badConfig := o.LoadApart(io)
	s := newSession(io, o.Shared, set)
	bad = s.openGate() || bad
	if err := o.TryReports(io); err != nil {
		o.Complain(io, err)
		bad = true
	}
	c := &wrap.Command{Args: args, Path: to.path, Env: io.Telling(to.env), Stdin: io.In, Stdout: io.Out, Stderr: io.Err, Closed: closedRun(o.Streaming, io), LetGo: io.In == os.Stdin, Keep: named(command.Flags())}
	if !bad {
		bad = s.openAudit(args[0], apart(c)...)
	}
	if bad { // nothing has begun, so that nothing is hurt by not beginning
		fmt.Fprintf(io.Stderr(), "orbfilter: %s was not started\n", args[0])
		return cli.ExitCode(cli.ExitUsage)
	}
	s.output.OfCommand(io.Err, !c.Merged())
	filters := s.filtersOf(c)
	if c.Direct() && o.Verbose {
		fmt.Fprintf(io.Stderr(), "orbfilter: %s works the terminal itself, and has it; what it shows is not filtered\n", args[0])
	}
	s.mistyped = func(tail []string) string { return mistyped(command.Flags(), args, tail) }
	began := time.Now()
	code, err := c.Run()
	s.command = &report.Command{Argv: report.MaskArgv(args), ExitCode: code, Signal: wrap.SignalName(c.Signal()), Seconds: time.Since(began).Round(time.Millisecond).Seconds()}
	s.ended, s.saidOK = ending(code, err), code == cli.ExitOK
	if errors.Is(err, wrap.ErrStuck) {
		return cli.Dying(code, c.Signal())
	}
	for _, f := range filters {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	s.close()
	handOver(io, o.Verbose, c)
	if err != nil {
		fmt.Fprintf(io.Stderr(), "orbfilter: %v\n", err)
	}
	switch failed := s.failed(); {
	case code != cli.ExitOK:
	case failed:
		code = wrap.ExitFailure
	case s.found():
		code = s.foundCode()
	case badConfig: // a gate may be among what was not understood
		code = cli.ExitUsage
	}
	return cli.Dying(s.finish(code, code), c.Signal())
}

// filtersOf puts filters behind the command's streams.
func (s *session) filtersOf(c *wrap.Command) []*filter.Filter {
	filters := []*filter.Filter{s.filter(s.io.Out)}
	c.Out = filters[0]
	if !c.Merged() {
		filters = append(filters, s.filter(s.io.Err))
		c.Err = filters[1]
	}
	return filters
}

var descriptor = lazyregexp.New(`/fd/([0-9]+)`)

// named are the descriptors that flags name: files of ours, by bash's >(…).
func named(flags *pflag.FlagSet) (fds []int) {
	flags.Visit(func(f *pflag.Flag) {
		for _, m := range descriptor.FindAllStringSubmatch(f.Value.String(), -1) {
			if fd, err := strconv.Atoi(m[1]); err == nil {
				fds = append(fds, fd)
			}
		}
	})
	return fds
}

// programToRun finds the program to run. Where it is to run without us, this one becomes it. The
// error is an exit code: what there was to say was said.
func programToRun(o *cli.Results, io cli.IO, args []string) (aimed, error) {
	to, err := aim(args, io.Getenv)
	if err == nil && !to.instead && io.Little(cli.RunFiles) {
		to, err = goUnfiltered(o, io, to)
	}
	if err == nil && to.instead {
		err = wrap.Become(to.path, to.args, to.env)
	}
	if code := cli.ExitCode(0); err == nil || errors.As(err, &code) {
		return to, err
	}
	fmt.Fprintf(io.Stderr(), "orbfilter: %v\n", err)
	return to, cli.ExitCode(wrap.Status(err))
}

// handOver lets what the command has left running live on.
func handOver(io cli.IO, verbose bool, c *wrap.Command) {
	if !c.Left() {
		return
	}
	switch pid, err := c.HandOver(); {
	case err != nil:
		fmt.Fprintf(io.Stderr(), "orbfilter: what the command has left running has written until now, and orbfilter has waited for it: %v\n", err)
	case verbose:
		fmt.Fprintf(io.Stderr(), "orbfilter: something that the command has started still has its output open; process %d passes on what it writes, unfiltered\n", pid)
	}
}

// notStarted is how a command ended that was not found, or cannot be started. Why is said in a line of its own.
const notStarted = facts.ReasonNotStarted

// ending says how a command ended; empty: well. err is why it was not started, or what else there was.
func ending(code int, err error) string {
	switch {
	case errors.Is(err, wrap.ErrNotFound), errors.Is(err, wrap.ErrCannotStart):
		return notStarted
	case code == cli.ExitOK:
		return ""
	case code > 128 && code < 160:
		return fmt.Sprintf("the command was ended by signal %d", code-128)
	}
	return fmt.Sprintf("the command ended with exit code %d", code)
}

// apart are the names of the command's streams, if they are two.
func apart(c *wrap.Command) []string {
	if c.Merged() {
		return nil
	}
	return []string{"stdout", "stderr"}
}
