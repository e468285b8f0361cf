package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/bundle"
	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/config"
	"github.com/orbfilter/orbfilter/cmd/doctor"
	"github.com/orbfilter/orbfilter/cmd/report"
	"github.com/orbfilter/orbfilter/cmd/restore"
	"github.com/orbfilter/orbfilter/cmd/rules"
	"github.com/orbfilter/orbfilter/cmd/scan"
	"github.com/orbfilter/orbfilter/cmd/shell"
	"github.com/orbfilter/orbfilter/cmd/stream"
)

const rootLong = `orbfilter folds known issues out of the output of a pyinfra run: takes them out
of the stream, counts them, and keeps them in the audit, if there is one. It
shows every other line as it was printed, in order and at once, and says at the
end what was folded, whether it does harm, and which command ends it.

pyinfra writes everything to stderr, so a pipe needs 2>&1.`

const rootExample = `  pyinfra -y inventory.py deploy.py 2>&1 | orbfilter
  orbfilter run -- pyinfra inventory.py deploy.py
  orbfilter < deploy.log > clean.log`

// newRoot returns the tree of commands for what was typed.
func newRoot(io cli.IO, typed ...string) *cobra.Command {
	var o cli.Flags
	io = io.FormattedBy(&o.Formatting)
	var version bool
	root := &cobra.Command{
		Use:   "orbfilter [flags]",
		Short: "Fold known issues out of a pyinfra run",
		Long:  rootLong, Example: rootExample,
		Args:          unless(&version, noCommand),
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: unless(&version, func(c *cobra.Command, _ []string) error { return begin(io, &o, c) }),
		RunE: func(c *cobra.Command, _ []string) error {
			if version {
				return sayVersion(io)
			}
			return filterInput(c, io, stream.Of(&o))
		},
	}
	root.SetArgs(typed)
	root.SetErr(io.Stderr())
	cli.Take(root, stream.Of(&o))
	root.AddCommand(commands(io, &o)...)
	strict(root)
	shell.Completing(io, root)
	root.SetOut(io.Stdout())
	shared := share(&o, root)
	root.InitDefaultHelpFlag()
	root.Flags().BoolVar(&version, "version", false, "version for orbfilter")
	o.Complete(root)
	offering(root)
	helping(io, root, typed)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		words := wordIn(c, typed)
		if err = wrongFlag(c, err, shared); c == root && words != nil { // it is no pipe, and -y is none of our flags
			return noCommand(c, words)
		}
		if c == root {
			return stream.Pass(io, status(io, "orbfilter", err), err)
		}
		return err
	})
	return root
}

// unless does nothing where a flag is set, and do where it is not.
func unless(flag *bool, do func(c *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		if *flag {
			return nil
		}
		return do(c, args)
	}
}

// commands are those of the tree, each with the parts of the shared flags that it takes.
func commands(io cli.IO, o *cli.Flags) []*cobra.Command {
	return []*cobra.Command{
		stream.NewRun(io, stream.RunShared{Shared: stream.Of(o), Verbosity: &o.Verbosity}),
		doctor.New(io, doctor.Shared{Loading: &o.Loading, Colour: &o.Colour, Volume: &o.Volume}),
		rules.New(io, rules.Shared{Loading: &o.Loading, Colour: &o.Colour}),
		report.New(io, &o.Colour),
		scan.New(io, scan.Shared{Loading: &o.Loading, Results: &o.Results, Colour: &o.Colour, Formatting: &o.Formatting, Volume: &o.Volume}),
		restore.New(io),
		bundle.New(io, &o.Loading),
		config.New(io, o),
		shell.NewInit(io), shell.NewMan(io), newVersion(io),
	}
}

// filterInput is the pipe. What is wrong with its flags does not end it.
func filterInput(c *cobra.Command, io cli.IO, o stream.Shared) error {
	if err := cli.Check(c, o); err != nil {
		return stream.Pass(io, status(io, "orbfilter", err), err)
	}
	return stream.Pipe(c, io, o)
}

// strict makes cobra's own commands refuse what they do not know, as ours do:
// left alone, they show a help text and exit with 0.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			c.Args = topic
		}
	}
}

// topic checks that there is help on what was asked for.
func topic(c *cobra.Command, args []string) error {
	if _, rest, err := c.Root().Find(args); err != nil || len(rest) > 0 {
		return cli.Usage(fmt.Errorf("there is no help on %q%s", strings.Join(args, " "), cli.MeantCommand(c.Root(), args)))
	}
	return nil
}
