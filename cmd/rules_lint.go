package cmd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/rules"
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

func newRulesLint(io cli.IO, o *cli.Flags) *cobra.Command {
	var format string
	var strict, asJSON, asSARIF bool
	c := &cobra.Command{
		Use: "lint [PATH…]", Short: "Look for mistakes in rule files",
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
			return lint(io, o, args, format, strict)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "text", "what to write: "+strings.Join(lintFormats, ", "))
	f.BoolVar(&asJSON, "json", false, "the same as --format json")
	f.BoolVar(&asSARIF, "sarif", false, "the same as --format sarif (2.1.0)")
	f.BoolVar(&strict, "strict", false, "exit 1 when there are warnings as well")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(lintFormats, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func lint(io cli.IO, o *cli.Flags, paths []string, format string, strict bool) error {
	files, err := ruleFiles(paths)
	if err != nil {
		return err
	}
	all := lintFiles(files)
	set, bad := setAround(o, io, rulesOf(all))
	lintWithEngine(all, set)
	f := catalog.Findings{Files: len(all), Color: o.ColorOn(io, io.Out), Width: cli.Width(io.Out), Version: io.Version}
	for _, l := range all {
		l.Sort()
		f.All = append(f.All, l.Findings...)
	}
	if err := writeFindings(io, &f, format); err != nil {
		return err
	}
	switch {
	case bad:
		return cli.ExitCode(cli.ExitUsage)
	case f.Count(rules.LevelError) > 0, strict && f.Count(rules.LevelWarning) > 0:
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

// fileGroups are files of rules: those of the project may stand for built-in ones, which is
// no mistake, while two others of one id are.
type fileGroups struct{ builtin, own []rules.File }

// ruleFiles reads the files of paths; without any, those of the built-in rules
// and of the project. No link leads out of a folder: it is looked at because it
// is not trusted yet.
func ruleFiles(paths []string) (f fileGroups, err error) {
	if len(paths) == 0 {
		f.builtin = rules.BuiltinFiles()
		if folder := cli.ProjectFolder(); folder != "" {
			f.own = rules.ReadInside(folder)
		}
	}
	for _, p := range paths {
		more, err := filesAt(p)
		if err != nil {
			return fileGroups{}, err
		}
		if len(more) == 0 {
			return fileGroups{}, cli.Usage(fmt.Errorf("%s: there is no .yaml file in this folder", p))
		}
		f.own = append(f.own, more...)
	}
	return f, nil
}

// filesAt reads the files of a path that was typed. A shell types those of a
// project by itself, for .orbfilter/rules/*.yaml.
func filesAt(path string) ([]rules.File, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, cli.Usage(fmt.Errorf("%s: %w", path, errors.Unwrap(err)))
	case info.IsDir(), strings.Contains("/"+filepath.ToSlash(path), "/"+rules.ProjectFolder+"/"):
		return rules.ReadInside(path), nil
	}
	return rules.Read(path), nil
}

// lintFiles looks at files. Built-in rules are left out that others stand for
// or turn off.
func lintFiles(f fileGroups) []*rules.Linted {
	own := rules.Lint(f.own)
	builtin := slices.DeleteFunc(rules.Lint(f.builtin), func(l *rules.Linted) bool {
		return slices.ContainsFunc(rulesOf(own), func(r *rules.Rule) bool { return l.Rule != nil && r.ID == l.Rule.ID })
	})
	return append(builtin, own...)
}

// parse returns the rules, also those that are disabled, of each id that which
// counts.
func (f fileGroups) parse() (*rules.Set, error) {
	own, err := rules.ParseAll(f.own)
	all := rules.NewSet(slices.Collect(own.All())...)
	builtin, more := rules.ParseAll(f.builtin)
	for r := range builtin.All() {
		if own.Get(r.ID) == nil {
			err = errors.Join(err, all.Add(r))
		}
	}
	return all, errors.Join(err, more)
}

func rulesOf(all []*rules.Linted) (out []*rules.Rule) {
	for _, l := range all {
		if l.Rule != nil {
			out = append(out, l.Rule)
		}
	}
	return out
}

// setAround returns the rules that others are used with: the built-in ones and
// those of --rules, and then the others, in place of those of their ids. bad:
// a rule of --rules is wrong, which was said.
func setAround(o *cli.Flags, io cli.IO, own []*rules.Rule) (set *rules.Set, bad bool) {
	set = rules.NewSet()
	if !o.NoBuiltin {
		set = rules.Builtin()
	}
	more, errs := rules.FlagLayer(o.Rules)
	for _, err := range errs {
		cli.Complain(io, err)
	}
	for _, r := range slices.Concat(slices.Collect(more.Set.All()), own) {
		set.Put(r)
	}
	return set, len(errs) > 0
}
