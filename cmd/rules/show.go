package rules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/diagnose/fix"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesShowLong = `Show all of one rule: what it claims, which versions it is about, what to do,
and a sample as it is printed and as it is shown when orbfilter has folded it.`

const rulesShowExample = `  orbfilter rules show gevent-fork-hooks-assertion
  orbfilter rules show gevent-fork-hooks-assertion --venv .venv
  orbfilter rules show gevent-fork-hooks-assertion --yaml > mine.yaml`

func newRulesShow(io cli.IO, o Shared) *cobra.Command {
	var env envFlags
	var yaml bool
	c := &cobra.Command{
		Use: "show ID", Short: "Show all of one rule, with a sample",
		Long: rulesShowLong, Example: rulesShowExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usage(errors.New("rules show needs the id of one rule; orbfilter rules list has them all"))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return cli.RuleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := cli.Check(c, o); err != nil {
				return err
			}
			known, bad, err := knownRules(o, io, &env)
			if err != nil {
				return err
			}
			rule := find(known, args[0])
			switch {
			case rule == nil:
				return cli.Usage(noRuleToShow(described(known), args[0]))
			case yaml:
				return cli.Done(source(io, rule), bad)
			}
			view := catalog.Rule{Known: rule, Color: o.ColorOn(io, io.Out), Width: io.Width(io.Out), Fix: fix.Command}
			view.Text(io.Stdout())
			return cli.Done(nil, bad)
		},
	}
	env.register(c)
	c.Flags().BoolVar(&yaml, "yaml", false, "print the rule file as it is")
	cli.Take(c, o)
	return c
}

// noRuleToShow is the error of an id that is none.
func noRuleToShow(set *rules.Set, id string) error {
	err := cli.NoSuchRule(id, set, id)
	if strings.HasSuffix(err.Error(), "?") {
		return err
	}
	return fmt.Errorf("%w; orbfilter rules list has them all", err)
}

// source prints the file of a rule. A terminal gets it without what would
// give orders to it.
func source(io cli.IO, k *catalog.Known) error {
	text := k.Rule.Source()
	if term.IsTerminal(int(io.Out.Fd())) {
		text = words.Clean(text)
	}
	_, err := io.Stdout().Write(text)
	return err
}
