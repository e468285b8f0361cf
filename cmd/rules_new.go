package cmd

import (
	"github.com/orbfilter/orbfilter/learn"

	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/orbfilter/orbfilter/cmd/render"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesNewLong = `Make a rule of a text: a line, a block of lines, or what Python prints of an
exception. The text is a part of a log (--from), or what comes on standard
input: one occurrence of the issue. Where the lines of several hosts mix, take
those of one.

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

func newRulesNew(std IO, o *options) *cobra.Command {
	var flags newFlags
	c := &cobra.Command{
		Use: "new", Short: "Make a rule of a text",
		Long: rulesNewLong, Example: rulesNewExample, Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return ruleFromText(std, o, &flags, c.Flags().Changed("id")) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&flags.from, "from", "", "the `file:line-line` that the text is in, or file:line")
	f.StringVar(&flags.id, "id", "", "the `id` of the rule (default: words of the text)")
	f.StringVar(&flags.title, "title", "", "the `title` of the rule: one sentence on what this is")
	f.StringArrayVar(&flags.keep, "keep", nil, "a `text` that does not vary, though it looks like it (repeatable)")
	f.BoolVar(&flags.active, "active", false, "make a rule that folds at once, and no draft")
	f.StringVarP(&flags.output, "output", "o", "", "write the rule to this `file` (default: standard output)")
	f.BoolVar(&flags.save, "save", false, "write the rule to "+rules.ProjectFolder+"/ID.yaml of the project")
	return c
}

var ruleID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

func (f *newFlags) check(idGiven bool) error {
	switch {
	case f.save && f.output != "":
		return usageError{errors.New("rules new takes one of --save and --output")}
	case idGiven && !ruleID.MatchString(f.id):
		return usageError{fmt.Errorf("--id %q: an id has lower-case letters, digits and hyphens, and begins with a letter or a digit", f.id)}
	}
	return nil
}

func ruleFromText(std IO, o *options, flags *newFlags, idGiven bool) error {
	if err := flags.check(idGiven); err != nil {
		return err
	}
	known, bad := o.load(std)
	if bad { // else it is not known what is known
		return exitCode(exitUsage)
	}
	known = withFolder(known, saveFolder())
	if r := known.Get(flags.id); r != nil {
		return usageError{fmt.Errorf("--id %s: that is the id of %s; write another", flags.id, r.File)}
	}
	text, before, err := flags.text(std)
	if err != nil {
		return err
	}
	draft, err := learn.NewDraft(text, learn.DraftOptions{
		ID: flags.id, Title: flags.title, Active: flags.active, Keep: flags.keep, Known: known, From: flags.where(), Before: before,
	})
	if already, ok := errors.AsType[*learn.KnownError](err); ok {
		fmt.Fprintf(std.Err, "orbfilter: %v; to see it type: orbfilter rules show %s\n", already, already.IDs[0])
		return exitCode(exitFound)
	}
	if err != nil {
		render.Notes(std.Err, []string{err.Error()})
		return exitCode(exitUsage)
	}
	tried, err := flags.try(std, draft, known)
	if err != nil {
		return err
	}
	return flags.put(std, draft, tried)
}

// try runs the draft over the whole log that its text is from; nil: there is none.
func (f *newFlags) try(std IO, draft *learn.Draft, known *rules.Set) (*learn.Trial, error) {
	if f.from == "" {
		return nil, nil
	}
	name := f.logName()
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil // standard input, or a pipe: that has been read
	}
	log, err := newLogFile(std.In, name)
	if err != nil {
		return nil, err
	}
	defer log.remove()
	trial := learn.NewTrial(draft, known)
	if err := log.copyTo(trial); err != nil {
		return nil, err
	}
	return trial, trial.Close()
}

// where says where the text is from, without the folder it is in on this machine.
func (f *newFlags) where() string {
	if f.from == "" {
		return ""
	}
	return filepath.Base(f.from)
}

// logName is the name of the log, as it was typed.
func (f *newFlags) logName() string { return f.from[:strings.LastIndexByte(f.from, ':')] }

// put writes the rule where it is wanted, and says what comes next.
func (f *newFlags) put(std IO, draft *learn.Draft, tried *learn.Trial) error {
	render.Notes(std.Err, draft.Notes)
	if tried != nil {
		render.Tried(std.Err, tried, f.logName())
	}
	file := f.output
	if f.save {
		file = filepath.Join(saveFolder(), draft.Rule.ID+".yaml")
	}
	if file == "" || file == "-" {
		if _, err := std.Out.Write(draft.File); err != nil {
			return err
		}
	} else if err := writeRule(file, draft.File); err != nil {
		return err
	}
	render.NextSteps(std.Err, file, draft.Rule.Status == rules.Draft)
	return nil
}

// saveFolder is where the project has its rules, or would have them.
func saveFolder() string {
	if folder := projectFolder(); folder != "" {
		return folder
	}
	return filepath.FromSlash(rules.ProjectFolder)
}

// writeRule writes a rule file that is not there yet, and its folder.
func writeRule(file string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return usageError{fmt.Errorf("%s is there already; remove it, or write another name with --output or --id", file)}
	}
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return errors.Join(err, w.Close())
}

// withFolder adds the rules of a folder to those that are known: they need no
// trust to be known. What is wrong in there is for lint to say.
func withFolder(set *rules.Set, folder string) *rules.Set {
	out := rules.NewSet()
	for r := range set.All() {
		out.Put(r)
	}
	more, _ := rules.ParseAll(readFiles(folder))
	for r := range more.All() {
		if !r.Disabled {
			out.Put(r)
		}
	}
	return out
}

// readFiles reads the rule files of a folder, which need not be there.
func readFiles(folder string) []rules.File {
	if _, err := os.Stat(folder); err != nil {
		return nil
	}
	return rules.Read(folder)
}

// maxTextFile is how much of standard input is read: no rule is made of more.
const maxTextFile = 1 << 20

// text returns the text that the rule is made of, and how many lines are before it.
func (f *newFlags) text(std IO) (text []byte, before int, err error) {
	if f.from != "" {
		return linesOf(std.In, f.from)
	}
	if term.IsTerminal(int(std.In.Fd())) {
		fmt.Fprintln(std.Err, "orbfilter: paste the text, and end it with Ctrl-D")
	}
	text, err = io.ReadAll(io.LimitReader(std.In, maxTextFile))
	return text, 0, err
}

var place = regexp.MustCompile(`^(.+):(\d+)(?:-(\d+))?$`)

// linesOf returns lines of a log, and how many are before them:
// "deploy.log:120-127".
func linesOf(in *os.File, from string) (text []byte, before int, err error) {
	name, first, last, err := parsePlace(from)
	if err != nil {
		return nil, 0, err
	}
	log, err := newLogFile(in, name)
	if err != nil {
		return nil, 0, err
	}
	defer log.remove()
	lines := lineRange{first: first, last: last}
	if err := log.copyTo(&lines); err != nil && !errors.Is(err, errEnough) {
		return nil, 0, err
	}
	if lines.at < last {
		return nil, 0, usageError{fmt.Errorf("--from %q: there are %d lines in this file", from, lines.at)}
	}
	return lines.text, first - 1, nil
}

func parsePlace(from string) (name string, first, last int, err error) {
	m := place.FindStringSubmatch(from)
	if m == nil {
		return "", 0, 0, usageError{fmt.Errorf("--from %q: write FILE:LINE-LINE, such as deploy.log:120-127", from)}
	}
	first, err = strconv.Atoi(m[2])
	last = first
	if m[3] != "" && err == nil {
		last, err = strconv.Atoi(m[3])
	}
	if err != nil || first < 1 || last < first {
		return "", 0, 0, usageError{fmt.Errorf("--from %q: lines are counted from 1, and the smaller number comes first", from)}
	}
	return m[1], first, last, nil
}

// errEnough ends the reading of a log.
var errEnough = errors.New("enough")

// A lineRange is a writer that keeps lines from first to last.
type lineRange struct {
	first, last int
	at          int // lines that have begun
	middle      bool
	text        []byte
}

func (l *lineRange) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if !l.middle {
			l.at++
		}
		l.middle = !bytes.HasSuffix(line, []byte("\n"))
		if l.at > l.last || len(l.text) > maxTextFile {
			return 0, errEnough
		}
		if l.at >= l.first {
			l.text = append(l.text, line...)
		}
	}
	return len(p), nil
}

// oneLine is text of several lines as one.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
