// Package create has the command rules new: a rule that is made of a text.
package create

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/cli/excerpt"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/cmd/rules/project"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/learn"
	"github.com/orbfilter/orbfilter/rules/learn/draft"
)

const rulesNewLong = `Make a rule of a text: a line, a block of lines, or what Python prints of an
exception. The text is a part of a log (--from), or what comes on standard
input: one occurrence of the issue. Where the lines of several hosts mix, take
those of one. Of a traceback, one line is enough: --from LOG:88 is all of it.

What varies in it (addresses, times, numbers, paths, versions, hosts) becomes a
pattern, everything else must be there as it is. What several lines of a block
name, such as a process, must be the same in all of them. The rule is tried in
the engine before it is shown: it claims the text, whole, cut, coloured and mixed
with other lines, and not the same text with another word in it. If that cannot
be, you are told why. With --from you are told as well how often it would claim
something in that log, and how many lines it leaves there that are nearly the
same.

The rule is a draft, which is counted and folds nothing, unless you say --active.`

const rulesNewExample = `  orbfilter rules new --from deploy.log:120-127 --save
  orbfilter rules new --from deploy.log:88 --id my-noise --output my-noise.yaml
  orbfilter rules new < block.txt
  grep -F '[web] debconf:' deploy.log | orbfilter rules new --save`

// newFlags are what rules new is told.
type newFlags struct {
	from, id, title, output string
	save, active            bool
	keep                    []string
}

// New returns the command.
func New(std cli.IO, o *cli.Loading) *cobra.Command {
	var flags newFlags
	c := &cobra.Command{
		Use: "new", Short: "Make a rule of a text",
		Long: rulesNewLong, Example: rulesNewExample, Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return ruleFromText(std, o, &flags, c.Flags().Changed("id")) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&flags.from, "from", "", "the `LOG:LINE[-LAST]` that the text is in; of a traceback one of its lines is enough")
	f.StringVar(&flags.id, "id", "", "the `ID` of the rule (default: words of the text)")
	f.StringVar(&flags.title, "title", "", "the title of the rule, a `TEXT`: one sentence on what this is")
	f.StringArrayVar(&flags.keep, "keep", nil, "a `TEXT` that does not vary, though it looks like it (repeatable)")
	f.BoolVar(&flags.active, "active", false, "make a rule that folds at once, and no draft")
	f.StringVarP(&flags.output, "output", "o", "", "write the rule to this `FILE` (default: standard output)")
	f.BoolVar(&flags.save, "save", false, "write the rule to "+rules.ProjectFolder+"/ID.yaml of the project")
	cli.Take(c, o)
	return c
}

var ruleID = lazyregexp.New(`^[a-z0-9][a-z0-9-]*$`)

func (f *newFlags) check(idGiven bool) error {
	switch {
	case f.save && f.output != "":
		return cli.Usage(errors.New("rules new takes one of --save and --output"))
	case idGiven && !ruleID.MatchString(f.id):
		return cli.Usage(fmt.Errorf("--id %q: an id has lower-case letters, digits and hyphens, and begins with a letter or a digit", f.id))
	}
	return nil
}

func ruleFromText(std cli.IO, o *cli.Loading, flags *newFlags, idGiven bool) error {
	if err := flags.check(idGiven); err != nil {
		return err
	}
	known, bad := o.Load(std)
	if bad { // else it is not known what is known
		return cli.ExitCode(cli.ExitUsage)
	}
	used := known
	known = project.WithFolder(known, project.SaveFolder())
	if r := known.Get(flags.id); r != nil {
		return cli.Usage(fmt.Errorf("--id %s: that is the id of %s; write another", flags.id, r.File))
	}
	made, err := flags.draft(std, known, used)
	if err != nil {
		return err
	}
	tried, err := flags.try(std, made, known)
	if err != nil {
		return err
	}
	return flags.put(std, made, tried)
}

// draft makes the rule. Why none can be made is said here. used are those of the known rules that are in use.
func (f *newFlags) draft(std cli.IO, known, used *rules.Set) (*draft.Draft, error) {
	from, err := f.text(std, known)
	if _, already := errors.AsType[*draft.KnownError](err); err != nil && !already {
		return nil, err
	}
	var made *draft.Draft
	if err == nil {
		made, err = draft.New(from.Text, draft.Options{
			ID: f.id, Title: f.title, Active: f.active, Keep: f.keep, Known: known, From: from.Where, Lines: from.Lines,
		})
	}
	if already, ok := errors.AsType[*draft.KnownError](err); ok {
		fmt.Fprintf(std.Stderr(), "orbfilter: %v; to see it type: orbfilter rules show %s\n", already, shown(known, used, already.IDs[0]))
		return nil, cli.ExitCode(cli.ExitFound)
	}
	if err != nil {
		catalog.Notes(std.Stderr(), []string{err.Error()})
		return nil, cli.ExitCode(cli.ExitUsage)
	}
	return made, nil
}

// try runs the draft over the whole log that its text is from; nil: there is none.
func (f *newFlags) try(std cli.IO, made *draft.Draft, known *rules.Set) (*learn.Trial, error) {
	if f.from == "" {
		return nil, nil
	}
	name := f.logName()
	if info, err := os.Stat(name); name == logs.Stdin || err == nil && !info.Mode().IsRegular() {
		return nil, nil // that has been read
	}
	log, err := excerpt.Open(std.In, name)
	if err != nil {
		return nil, err
	}
	defer log.Remove()
	trial := learn.NewTrial(made, known)
	if err := log.CopyTo(trial); err != nil {
		return nil, err
	}
	return trial, trial.Close()
}

// logName is the name of the log, as it was typed.
func (f *newFlags) logName() string { return f.from[:strings.LastIndexByte(f.from, ':')] }

// put writes the rule where it is wanted, and says what comes next.
func (f *newFlags) put(std cli.IO, made *draft.Draft, tried *learn.Trial) error {
	catalog.Notes(std.Stderr(), made.Notes)
	if tried != nil {
		catalog.Tried(std.Stderr(), tried, f.logName())
	}
	file := f.output
	if f.save {
		file = filepath.Join(project.SaveFolder(), made.Rule.ID+".yaml")
	}
	if file == "" || file == "-" {
		if _, err := std.Stdout().Write(made.File); err != nil {
			return err
		}
	} else if err := project.WriteRule(file, made.File); err != nil {
		return err
	}
	catalog.NextSteps(std.Stderr(), file, made.Rule.Status == rules.Draft)
	return nil
}

// text returns the text that the rule is made of; a *learn.KnownError, if there is a
// rule for it.
func (f *newFlags) text(std cli.IO, known *rules.Set) (*excerpt.Excerpt, error) {
	if f.from != "" {
		return excerpt.Of(std, "--from ", f.from, known)
	}
	if term.IsTerminal(int(std.In.Fd())) {
		fmt.Fprintln(std.Stderr(), "orbfilter: paste the text, and end it with Ctrl-D")
	}
	text, err := io.ReadAll(io.LimitReader(std.In, excerpt.Max))
	return &excerpt.Excerpt{Text: text}, err
}

// shown are the arguments that show a rule: one that is not trusted is none of those in use.
func shown(known, used *rules.Set, id string) string {
	if r := known.Get(id); r != nil && used.Get(id) == nil {
		return id + " --rules " + words.ShellWord(r.File)
	}
	return id
}
