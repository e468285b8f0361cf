package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

const rulesDiffLong = `Compare two versions of rules by what they do to logs: which lines would newly
vanish, and which would come back. OLD and NEW are files or folders of rules, of
which one may be empty. They are compared as they are, without other rules.

"builtin" stands for the rules that come with orbfilter. The other side is then
used together with them, as in a run: what is shown is what it adds, replaces or
turns off.

It exits 1 when a line would vanish that no rule may fold, and with --exit-code
when there is any difference.`

const rulesDiffExample = `  orbfilter rules diff old.yaml new.yaml --corpus logs
  orbfilter rules diff builtin .orbfilter/rules --corpus logs --format md`

// diffFormats are what diff can write.
var diffFormats = []string{"text", "md"}

func newRulesDiff(io cli.IO, o *cli.Colour) *cobra.Command {
	var format string
	var corpus []string
	var code bool
	most := 20
	c := &cobra.Command{
		Use: "diff OLD NEW --corpus PATH", Short: "Compare what two versions of rules do to logs",
		Long: rulesDiffLong, Example: rulesDiffExample,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return cli.Usage(errors.New("diff needs two versions of rules: orbfilter rules diff OLD NEW --corpus LOGS"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case !slices.Contains(diffFormats, format):
				return cli.Usage(fmt.Errorf("--format %q: write %s", format, strings.Join(diffFormats, ", ")))
			case len(corpus) == 0:
				return cli.Usage(errors.New("diff needs logs to compare with: add --corpus PATH"))
			}
			d := catalog.Diff{Old: args[0], New: args[1], Most: most, Color: o.ColorOn(io, io.Out)}
			if err := diffRules(io, corpus, &d); err != nil {
				return err
			}
			if format == "md" {
				d.Markdown(io.Stdout())
			} else {
				d.Text(io.Stdout())
			}
			if d.Guarded() || code && d.Any() {
				return cli.ExitCode(cli.ExitFound)
			}
			return nil
		},
	}
	f := c.Flags()
	f.StringArrayVar(&corpus, "corpus", nil, "the logs to compare with, a file or a folder: `PATH` (repeatable)")
	f.StringVar(&format, "format", "text", "write this `FORMAT`: "+strings.Join(diffFormats, ", "))
	f.IntVar(&most, "max", most, "show `N` lines of each rule; 0: all")
	f.BoolVar(&code, "exit-code", false, "exit 1 when there is any difference")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(diffFormats, cobra.ShellCompDirectiveNoFileComp))
	cli.Take(c, o)
	return c
}

// diffRules runs both versions over the logs.
func diffRules(io cli.IO, paths []string, d *catalog.Diff) error {
	with := d.Old == builtinName || d.New == builtinName
	older, err := rulesAt(io, d.Old, with)
	if err != nil {
		return err
	}
	newer, err := rulesAt(io, d.New, with)
	if err != nil {
		return err
	}
	all, err := logs.OpenCorpus(paths)
	if err != nil {
		return wrongCorpus(err)
	}
	return wrongCorpus(all.Each(func(l *logs.Recorded) error {
		before, err := ruletest.Outcomes(older, l.Data, filter.Options{})
		if err != nil {
			return err
		}
		after, err := ruletest.Outcomes(newer, l.Data, filter.Options{})
		if err != nil {
			return err
		}
		d.Logs++
		d.Lines += len(before)
		for i := range before {
			diffLine(d, l.Name, i+1, &before[i], &after[i])
		}
		return nil
	}))
}

// wrongCorpus is the error of what was typed for --corpus; another stays as it is.
func wrongCorpus(err error) error {
	if f, ok := errors.AsType[*logs.Failure](err); ok {
		return cli.Usage(fmt.Errorf("--corpus %s: %w", f.Name, f.Err))
	}
	return err
}

// builtinName stands for the rules that come with the program.
const builtinName = "builtin"

// rulesAt reads one of the two versions, and puts it on top of the built-in
// rules if it is used with them. What is wrong with it is said.
func rulesAt(io cli.IO, name string, withBuiltin bool) (*rules.Set, error) {
	set := rules.NewSet()
	if withBuiltin {
		set = rules.Builtin()
	}
	if name == builtinName {
		return set, nil
	}
	files, err := filesAt(name)
	if err != nil {
		return nil, err
	}
	own, err := rules.ParseAll(files)
	if err != nil {
		cli.Complain(io, err)
		return nil, cli.ExitCode(cli.ExitUsage)
	}
	for r := range own.All() {
		set.Put(r)
	}
	return set, nil
}

// diffLine notes a line that is folded by one version and not by the other.
func diffLine(d *catalog.Diff, log string, n int, before, after *ruletest.LineOutcome) {
	change := catalog.Change{File: log, Line: n, Text: before.Text}
	switch {
	case after.Folded > before.Folded:
		if g := rules.GuardOf(before.Text); g != nil && after.Kept == 0 {
			change.Guard = g.Because
		}
		d.Vanish(after.Rule, change)
	case after.Folded < before.Folded:
		d.Return(before.Rule, change)
	case after.Folded > 0 && after.Rule != before.Rule:
		d.Moved++
	}
}
