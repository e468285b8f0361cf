package rules

import (
	"bufio"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesTrustLong = `Show what the rules of a project would fold, and allow them.

A rule hides lines, and a checkout is written by anybody: so the rules in
.orbfilter/rules are not used until somebody has looked at them. What is allowed
is the content (its SHA-256, kept in your own folder): a file that is changed is
asked about again. PATH is a file, a folder of rules, or a folder with
.orbfilter/rules in it; without it, the project of the working folder is meant.

It asks first. Where there is no terminal to ask on, as in CI, it allows nothing
without --yes. Rules that are named with --rules, and those in your own folder,
need no trust.`

const rulesTrustExample = `  orbfilter rules trust
  orbfilter rules trust .orbfilter/rules/mine.yaml
  orbfilter rules trust --list
  orbfilter rules trust --revoke`

// trustFlags are what rules trust is told.
type trustFlags struct{ list, revoke, yes bool }

// trustShared are the parts of the shared flags that rules trust takes.
type trustShared struct {
	*cli.Builtin
	*cli.Colour
}

func newRulesTrust(io cli.IO, o trustShared) *cobra.Command {
	var flags trustFlags
	c := &cobra.Command{
		Use: "trust [PATH]", Short: "Show what a project's rules fold, and allow them",
		Long: rulesTrustLong, Example: rulesTrustExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return cli.Usage(errors.New("rules trust takes one file or folder"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return trust(io, o, &flags, args) },
	}
	c.Flags().BoolVar(&flags.list, "list", false, "list what is trusted")
	c.Flags().BoolVar(&flags.revoke, "revoke", false, "do not trust these any more")
	c.Flags().BoolVarP(&flags.yes, "yes", "y", false, "do not ask; needed where there is no terminal")
	cli.Take(c, o)
	return c
}

func trust(io cli.IO, o trustShared, flags *trustFlags, args []string) error {
	if flags.list && flags.revoke {
		return cli.Usage(errors.New("rules trust takes one of --list and --revoke"))
	}
	file := cli.TrustFile(io)
	if file == "" {
		return cli.Usage(errors.New("where your settings are is not known; set HOME or XDG_CONFIG_HOME"))
	}
	list, err := rules.LoadTrust(file)
	if err != nil && !flags.list {
		cli.Complain(io, err)
		return cli.ExitCode(cli.ExitUsage)
	}
	if flags.list {
		catalog.TrustList(io.Stdout(), list)
		return cli.Done(err, false)
	}
	path, err := trustPath(args)
	switch {
	case err != nil:
		return err
	case flags.revoke:
		return revoke(io, list, path)
	}
	return allow(io, o, list, path, flags.yes)
}

// trustPath returns the file or folder that is meant.
func trustPath(args []string) (string, error) {
	if len(args) == 0 {
		if folder := cli.ProjectFolder(); folder != "" {
			return folder, nil
		}
		return "", cli.Usage(fmt.Errorf("there is no %s here, or in a folder above; name the file or folder: orbfilter rules trust PATH", rules.ProjectFolder))
	}
	return rules.Meant(args[0]), nil
}

func revoke(io cli.IO, list *rules.Trust, path string) error {
	name, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	gone := list.Revoke(name)
	if len(gone) == 0 {
		_, err := fmt.Fprintf(io.Stdout(), "nothing in %s was trusted\n", words.Line(path))
		return err
	}
	if err := list.Save(); err != nil {
		return err
	}
	catalog.Revoked(io.Stdout(), gone)
	return nil
}

// allow shows rule files, and has what they hold allowed if a person says so.
func allow(io cli.IO, o trustShared, list *rules.Trust, path string, yes bool) error {
	proposed, err := list.Propose(path)
	switch {
	case err != nil:
		return err
	case len(proposed) == 0:
		return cli.Usage(fmt.Errorf("there is no .yaml file in %s", path))
	}
	right := showProposals(io, o, proposed)
	switch {
	case right == 0:
		return cli.ExitCode(cli.ExitUsage)
	case !yes && !canAsk(io):
		return cli.Usage(errors.New("nothing was trusted, for there is no terminal to ask on; if these may fold lines, type: orbfilter rules trust --yes"))
	case !yes && !mayFold(io):
		return cli.ExitCode(cli.ExitFound)
	}
	if err := list.Save(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.Stdout(), "\n%d trusted. A file that is changed is asked about again.\n", right)
	return cli.Done(err, right < len(proposed))
}

// showProposals shows rule files, says what is wrong with others, and returns how many are right.
func showProposals(io cli.IO, o trustShared, all []rules.Proposal) (right int) {
	others := rules.Layers{}
	if !o.NoBuiltin {
		others = append(others, rules.BuiltinLayer())
	}
	view := catalog.Trust{Others: others.Set(), Color: o.ColorOn(io, io.Out), Fix: fix.Command}
	for _, p := range all {
		if p.Err != nil {
			cli.Complain(io, p.Err)
			continue
		}
		right++
		for _, r := range p.Rules {
			view.Text(io.Stdout(), r, p.Trusted, p.Known)
		}
	}
	return right
}

// canAsk reports whether somebody sits in front of a terminal.
func canAsk(io cli.IO) bool {
	return term.IsTerminal(int(io.In.Fd())) && term.IsTerminal(int(io.Err.Fd()))
}

// mayFold asks. What is not a whole answer is none.
func mayFold(io cli.IO) bool {
	fmt.Fprint(io.Stderr(), "\nMay these fold lines of your runs? [y/N] ")
	answer, err := bufio.NewReader(io.In).ReadString('\n')
	answer = strings.ToLower(strings.TrimSpace(answer))
	if err == nil && (answer == "y" || answer == "yes") {
		return true
	}
	fmt.Fprintln(io.Stderr(), "orbfilter: nothing was trusted")
	return false
}
