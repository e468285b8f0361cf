package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules/compare"
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
			found, err := diffRules(io, args[0], args[1], corpus)
			if err != nil {
				return err
			}
			d := catalog.Diff{Difference: found, Old: args[0], New: args[1], Most: most, Color: o.ColorOn(io, io.Out)}
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

// diffRules compares two versions by the logs of some paths.
func diffRules(io cli.IO, older, newer string, corpus []string) (*compare.Difference, error) {
	v, err := compare.Read(older, newer)
	if err != nil {
		return nil, wrongFiles(io, err)
	}
	all, err := logs.OpenCorpus(corpus)
	if err != nil {
		return nil, wrongCorpus(err)
	}
	d, err := v.On(all)
	return d, wrongCorpus(err)
}

// wrongCorpus is the error of what was typed for --corpus; another stays as it is.
func wrongCorpus(err error) error {
	if f, ok := errors.AsType[*logs.Failure](err); ok {
		return cli.Usage(fmt.Errorf("--corpus %s: %w", f.Name, f.Err))
	}
	return err
}
