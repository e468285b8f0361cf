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
	io = io.FormattedBy(&o)
	root := &cobra.Command{
		Use:   "orbfilter [flags]",
		Short: "Fold known issues out of a pyinfra run",
		Long:  rootLong, Example: rootExample,
		Args:          noCommand,
		SilenceErrors: true, SilenceUsage: true,
		RunE:              func(c *cobra.Command, _ []string) error { return filterInput(c, io, &o) },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error { return begin(io, &o, c) },
	}
	root.SetArgs(typed)
	root.SetErr(io.Stderr())
	root.Version = io.Version
	root.SetVersionTemplate("orbfilter {{.Version}}\n")
	root.AddCommand(stream.NewRun(io, &o), doctor.New(io, &o), rules.New(io, &o), report.New(io, &o), scan.New(io, &o), restore.New(io), bundle.New(io, &o), config.New(io, &o), shell.NewInit(io), shell.NewMan(io), newVersion(io))
	strict(root)
	shell.Completing(io, root)
	root.SetOut(io.Stdout())
	shared := share(&o, root)
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

// filterInput is the pipe. What is wrong with its flags does not end it.
func filterInput(c *cobra.Command, io cli.IO, o *cli.Flags) error {
	if err := o.Check(c.Flags()); err != nil {
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
