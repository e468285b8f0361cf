// Package learn has the command rules learn: what repeats in logs.
package learn

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/cmd/rules/project"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
)

const rulesLearnLong = `Find what repeats in logs and no rule knows: lines and blocks of lines that are
the same but for numbers, paths, hosts and the like. What would save most lines
comes first. A LOG is what scan takes: a log, a folder, - for standard input, packed
with gzip, zstd or as a zip archive or not at all.

With --write, what you choose becomes a rule file with status: draft: it is
counted, and folds nothing until you have read it and taken that line out.

Each draft is tried on the logs: how many lines it would fold, and that they are
those that were found and no others. What says of itself that something went
wrong, by its level, a number or its words, becomes an issue that stays in the
stream. What pyinfra says of its own work, and what nobody may fold, is never
proposed.`

const rulesLearnExample = `  orbfilter rules learn deploy.log
  orbfilter rules learn logs/*.log.gz --top 5
  orbfilter rules learn deploy.log --write U-3f9c
  orbfilter rules learn deploy.log --write all --output rules/`

// learnFlags are what rules learn is told.
type learnFlags struct {
	minCount, top int
	json          bool
	write         []string
	output        string
	typed         []string // the flags that decide what is found, as they were typed
}

// Shared are the parts of the shared flags that the command takes.
type Shared struct {
	*cli.Loading
	*cli.Colour
}

// New returns the command.
func New(io cli.IO, o Shared) *cobra.Command {
	var flags learnFlags
	c := &cobra.Command{
		Use: "learn [flags] LOG...", Short: "Find what repeats in logs and no rule knows",
		Long: rulesLearnLong, Example: rulesLearnExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usage(errors.New("rules learn needs a log; type: orbfilter rules learn deploy.log"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			flags.typed = typed(c.Flags())
			return runLearn(io, o, &flags, args)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&flags.minCount, "min-count", 5, "leave out what occurs less than `N` times")
	f.IntVar(&flags.top, "top", 20, "show at most `N`")
	f.BoolVar(&flags.json, "json", false, "write JSON")
	f.StringSliceVar(&flags.write, "write", nil, "write a draft of the one with this `ID`, or of all that are shown (repeatable)")
	f.StringVarP(&flags.output, "output", "o", "", "write drafts to this folder, `DIR` (default: "+rules.ProjectFolder+" of the project)")
	cli.Take(c, o)
	return c
}

// typed returns the flags that were given, without those of this command that
// say what becomes of what is found.
func typed(flags *pflag.FlagSet) (out []string) {
	flags.Visit(func(f *pflag.Flag) {
		switch values, list := f.Value.(pflag.SliceValue); {
		case slices.Contains([]string{"write", "json", "output", "top"}, f.Name):
		case f.Value.Type() == "bool":
			out = append(out, "--"+f.Name)
		case list:
			for _, v := range values.GetSlice() {
				out = append(out, "--"+f.Name, v)
			}
		default:
			out = append(out, "--"+f.Name, f.Value.String())
		}
	})
	return out
}

// all is the value of --write for everything that is shown.
const all = "all"

// spare are looked at beyond those that are shown: some turn out to be parts of others.
const spare = 20

// wants reports whether a cluster is to be looked at closely.
func (f *learnFlags) wants(n int, id string) bool { return n < 2*f.top+spare || f.writes(id) }

func (f *learnFlags) writes(id string) bool {
	return slices.ContainsFunc(f.write, func(w string) bool { return w == all || strings.EqualFold(w, id) })
}

// files are names, unless there are folders among them: which log is meant is not known then.
func files(names []string) []string {
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return nil
		}
	}
	return names
}

func runLearn(io cli.IO, o Shared, flags *learnFlags, names []string) error {
	switch {
	case flags.minCount < 2:
		return cli.Usage(fmt.Errorf("--min-count is at least 2: what occurs once does not repeat. For a rule of a line, or of the traceback that it is in, type: %s", facts.NewRule(files(names))))
	case flags.top < 1:
		return cli.Usage(errors.New("--top is at least 1"))
	}
	if flags.output == "" {
		flags.output = project.SaveFolder()
	}
	known, bad := o.Load(io)
	if bad { // else it is not known what is known
		return cli.ExitCode(cli.ExitUsage)
	}
	logs, err := learnFrom(io, names)
	if err != nil {
		return err
	}
	defer logs.close()
	m := learn.NewMiner(learn.MineOptions{Known: project.WithFolder(known, flags.output), MinCount: flags.minCount, Wanted: flags.wants})
	if err := logs.mine(m); err != nil {
		return err
	}
	return flags.show(io, o, m, names)
}

// show shows what was found, and writes what is wanted of it.
func (f *learnFlags) show(io cli.IO, o Shared, m *learn.Miner, names []string) error {
	clusters := m.Clusters()
	chosen := slices.DeleteFunc(slices.Clone(clusters), func(c *learn.Cluster) bool {
		return !slices.ContainsFunc(f.write, func(w string) bool { return strings.EqualFold(w, c.ID) })
	})
	shown := clusters[:min(f.top, len(clusters))]
	if slices.Contains(f.write, all) {
		chosen = shown
	}
	if err := f.check(clusters, names); err != nil {
		return err
	}
	view := catalog.Learned{Stats: m.Stats(), Clusters: shown, More: len(clusters) - len(shown), MinCount: f.minCount, Args: slices.Concat(f.typed, names), Logs: files(names), Color: o.ColorOn(io, io.Out), Width: io.Width(io.Out)}
	switch {
	case f.json:
		if err := view.JSON(io.StdoutData(words.JSONText)); err != nil {
			return err
		}
	case len(f.write) == 0:
		var said bytes.Buffer
		view.Text(&said)
		if _, err := io.Stdout().Write(io.Fit(io.Out, said.Bytes())); err != nil {
			return err
		}
	}
	return f.writeDrafts(io, chosen)
}

// fingerprint is how a fingerprint looks that scan and reports name.
var fingerprint = lazyregexp.New(`(?i)^U-[0-9a-f]{8}$`)

// check finds ids that are none.
func (f *learnFlags) check(clusters []*learn.Cluster, names []string) error {
	for _, w := range f.write {
		switch {
		case w == all || slices.ContainsFunc(clusters, func(c *learn.Cluster) bool { return strings.EqualFold(w, c.ID) }):
		case fingerprint.MatchString(w):
			return cli.Usage(fmt.Errorf("--write %s: an id of 8 figures is a fingerprint of a scan or a report, which say where the text stands; with that line type: %s", w, facts.NewRule(files(names))))
		default:
			return cli.Usage(fmt.Errorf("--write %s: nothing of this id repeats in these logs; orbfilter rules learn LOG shows what does", w))
		}
	}
	return nil
}

// writeDrafts writes the chosen. What cannot be a rule is said.
func (f *learnFlags) writeDrafts(io cli.IO, chosen []*learn.Cluster) error {
	var files, refused []string
	for _, c := range chosen {
		if c.Draft == nil {
			refused = append(refused, c.ID+" was not written: "+project.OneLine(c.Refused))
			continue
		}
		file := filepath.Join(f.output, c.Draft.Rule.ID+".yaml")
		if err := project.WriteRule(file, c.Draft.File); err != nil {
			return err
		}
		files = append(files, file)
		catalog.Wrote(io.Stderr(), c, file)
	}
	catalog.Notes(io.Stderr(), refused)
	if len(files) > 0 {
		catalog.NextSteps(io.Stderr(), f.output, true)
	}
	if len(refused) > 0 && !slices.Contains(f.write, all) {
		return cli.ExitCode(cli.ExitFound)
	}
	return nil
}
