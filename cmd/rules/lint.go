package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/lint"
)

const rulesLintLong = `Look for mistakes in rule files: what cannot be loaded, samples that are not
claimed or that another rule claims too, patterns that are slow, ranges without
a version, words that do not help. Each finding has an id that stays the same,
the place in the file, and what to do.

Without a PATH, the rules that come with orbfilter are looked at, and those of
the project of the working folder, trusted or not. A PATH is a file, or a folder
with what is below it; its rules are looked at together with those that come
with orbfilter and those of --rules.`

const rulesLintExample = `  orbfilter rules lint mine.yaml
  orbfilter rules lint --strict .orbfilter/rules
  orbfilter rules lint --format sarif .orbfilter/rules > lint.sarif`

// lintFormats are what lint can write.
var lintFormats = []string{"text", "json", "sarif"}

func newRulesLint(io cli.IO, o fileShared) *cobra.Command {
	var format string
	var strict, asJSON, asSARIF bool
	c := &cobra.Command{
		Use: "lint [PATH...]", Short: "Look for mistakes in rule files",
		Long: rulesLintLong, Example: rulesLintExample,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case asJSON && asSARIF || (asJSON || asSARIF) && c.Flags().Changed("format"):
				return cli.Usage(errors.New("lint writes one format; keep one of --format, --json and --sarif"))
			case asJSON:
				format = "json"
			case asSARIF:
				format = "sarif"
			case !slices.Contains(lintFormats, format):
				return cli.Usage(fmt.Errorf("--format %q: write %s", format, strings.Join(lintFormats, ", ")))
			}
			return runLint(io, o, args, format, strict)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "text", "write this `FORMAT`: "+strings.Join(lintFormats, ", "))
	f.BoolVar(&asJSON, "json", false, "the same as --format json")
	f.BoolVar(&asSARIF, "sarif", false, "the same as --format sarif (2.1.0)")
	f.BoolVar(&strict, "strict", false, "exit 1 when there are warnings as well")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(lintFormats, cobra.ShellCompDirectiveNoFileComp))
	cli.Take(c, o)
	return c
}

func runLint(io cli.IO, o fileShared, paths []string, format string, strict bool) error {
	named, err := named(paths)
	if err != nil {
		return err
	}
	bad := false
	all := named.Lint(func(own []*rules.Rule) (set *rules.Set) {
		set, bad = setAround(o.Sources, io, own)
		return set
	})
	f := catalog.Findings{Files: len(all), Color: o.ColorOn(io, io.Out), Width: io.Width(io.Out), Version: io.Version}
	for _, l := range all {
		f.All = append(f.All, l.Findings...)
	}
	if err := writeFindings(io, &f, format); err != nil {
		return err
	}
	switch {
	case bad:
		return cli.ExitCode(cli.ExitUsage)
	case f.Count(lint.LevelError) > 0, strict && f.Count(lint.LevelWarning) > 0:
		return cli.ExitCode(cli.ExitFound)
	}
	return nil
}

func writeFindings(io cli.IO, f *catalog.Findings, format string) error {
	switch format {
	case "json":
		return f.JSON(io.StdoutData(words.JSONText))
	case "sarif":
		return f.SARIF(io.StdoutData(words.JSONText))
	}
	f.Text(io.Stdout())
	return nil
}
