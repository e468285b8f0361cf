package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/rules"
)

// share gives each command the shared flags that are its own.
func share(o *cli.Flags, root *cobra.Command) *pflag.FlagSet {
	all := pflag.NewFlagSet("shared", pflag.ContinueOnError)
	o.Register(all)
	shareWith(root, all)
	return all
}

func shareWith(c *cobra.Command, all *pflag.FlagSet) {
	c.Flags().SortFlags = false // its own flags first, then the shared ones
	all.VisitAll(func(f *pflag.Flag) {
		switch {
		case slices.Contains(cli.Takes(c), f.Name):
			c.Flags().AddFlag(f)
		case c.HasSubCommands() && f.NoOptDefVal != "": // behind an unknown flag, cobra looks for its value and not for a command
			idle := *f
			idle.Hidden = true
			c.Flags().AddFlag(&idle)
			c.PreRunE = idleFlags
		}
	})
	for _, sub := range c.Commands() {
		shareWith(sub, all)
	}
}

// idleFlags refuses flags that were typed and do nothing.
func idleFlags(c *cobra.Command, _ []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Hidden {
			err = cmp.Or(err, cli.Usage(fmt.Errorf("%s; leave it out", idle(c, "--"+f.Name))))
		}
	})
	return err
}

func idle(c *cobra.Command, flag string) string {
	return flag + " does nothing in " + c.CommandPath()
}

// wrongFlag says what is wrong with a flag of a command. all are the shared ones.
func wrongFlag(c *cobra.Command, err error, all *pflag.FlagSet) error {
	if missing, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := missing.GetSpecifiedName()
		if all.Lookup(name) != nil {
			return cli.Usage(fmt.Errorf("%s; leave it out%s", idle(c, "--"+name), takers(c.Root(), name)))
		}
		if f := all.ShorthandLookup(name[:1]); f != nil && missing.GetSpecifiedShortnames() != "" {
			return cli.Usage(fmt.Errorf("%s; leave it out%s", idle(c, "-"+f.Shorthand), takers(c.Root(), f.Name)))
		}
		if missing.GetSpecifiedShortnames() == "V" {
			return cli.Usage(fmt.Errorf("%w; for the version type: orbfilter version", err))
		}
		return cli.Usage(fmt.Errorf("%w%s", err, cli.Meant(similar(c, name))))
	}
	if value, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if want := cli.Wanted[value.GetFlag().Value.Type()]; want != "" {
			return cli.Usage(fmt.Errorf("--%s %q: write %s", value.GetFlag().Name, value.GetValue(), want))
		}
	}
	return cli.Usage(err)
}

// similar returns the flag of a command that is likely to be meant by one that is none.
func similar(c *cobra.Command, name string) []string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if near := rules.Nearest(name, names); near != "" && len(name) > 1 {
		return []string{"--" + near}
	}
	return nil
}

// maxTakers is how many commands are named that take a flag.
const maxTakers = 4

// takers says which commands a flag is for; "" if they are many.
func takers(root *cobra.Command, flag string) string {
	names := taking(root, flag)
	if len(names) > maxTakers {
		return ""
	}
	slices.Sort(names)
	if names[0] == "orbfilter" {
		names[0] = "the pipe"
	}
	last := len(names) - 1
	return ": it is for " + strings.Join(names[:last], ", ") + " and " + names[last]
}

// taking are a command and those below it that take a shared flag, but for the one that only shows them.
func taking(c *cobra.Command, flag string) (paths []string) {
	if slices.Contains(cli.Takes(c), flag) && c.CommandPath() != "orbfilter config" {
		paths = append(paths, c.CommandPath())
	}
	for _, sub := range c.Commands() {
		paths = append(paths, taking(sub, flag)...)
	}
	return paths
}

// begin is done before each command: what it needs is looked for, and config files set what was not
// typed. With a wrong one only those begin that have something to pass on, which then say so for
// themselves, and the one that shows what is wrong.
func begin(io cli.IO, o *cli.Flags, c *cobra.Command) error {
	if err := enough(io, c); err != nil {
		return err
	}
	path := c.CommandPath()
	if len(cli.Takes(c)) == 0 || !o.Configure(io, c) || path == "orbfilter" || path == "orbfilter run" || path == "orbfilter config" {
		return nil
	}
	return cli.ExitCode(cli.ExitUsage)
}

// enough refuses what cannot be done with the files that can be opened. The pipe and run
// have something to pass on, and see for themselves.
func enough(io cli.IO, c *cobra.Command) error {
	if path := c.CommandPath(); path != "orbfilter" && path != "orbfilter run" && io.Little(cli.OtherFiles) {
		io.SayLittle(cli.OtherFiles, "nothing was done")
		return cli.ExitCode(cli.ExitOwn)
	}
	return nil
}
