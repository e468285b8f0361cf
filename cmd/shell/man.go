package shell

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/save"
)

const manLong = `Write the man pages, one for each command, into DIR, which is made if it is not
there. To read one without installing it: man DIR/orbfilter-run.1`

const manExample = `  orbfilter man ~/.local/share/man/man1 && man orbfilter
  orbfilter man pages && man pages/orbfilter-run.1`

// NewMan returns the command man.
func NewMan(io cli.IO) *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "Write the man pages", Long: manLong, Example: manExample, DisableFlagsInUseLine: true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usage(errors.New("man needs the folder for the pages: orbfilter man ~/.local/share/man/man1"))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error { return writePages(io, c.Root(), args[0]) },
	}
}

func writePages(io cli.IO, root *cobra.Command, dir string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return cli.Usage(fmt.Errorf("%s is a file; name a folder", words.Line(dir)))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	written := 0
	err := eachPage(root, func(c *cobra.Command) error {
		name := filepath.Join(dir, pageName(c)+".1")
		if head, err := os.ReadFile(name); err == nil && !strings.HasPrefix(string(head), pageHead) {
			return fmt.Errorf("%s is something else, and is left as it is; name another folder, or remove it", words.Line(name))
		}
		written++
		return save.ReplaceShared(name, page(c, io.Version))
	})
	if err == nil {
		_, err = fmt.Fprintf(io.Stdout(), "%d pages in %s; to read one type: man %s\n", written, words.Line(dir), words.ShellWord(filepath.Join(dir, "orbfilter.1")))
	}
	return err
}

// eachPage calls back for each command that has a page.
func eachPage(c *cobra.Command, page func(*cobra.Command) error) error {
	if c.Hidden || c.Name() == "help" {
		return nil
	}
	c.InitDefaultHelpFlag()
	if err := page(c); err != nil {
		return err
	}
	for _, sub := range c.Commands() {
		if err := eachPage(sub, page); err != nil {
			return err
		}
	}
	return nil
}

func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// pageHead is how a page of ours begins.
const pageHead = ".\\\" written by orbfilter man\n"

// page is the page of a command.
func page(c *cobra.Command, version string) []byte {
	var r roff
	r.raw(pageHead)
	r.macro("TH", strings.ToUpper(pageName(c)), "1", "", "orbfilter "+version, "User Commands")
	r.macro("SH", "NAME")
	r.line(pageName(c) + " - " + c.Short)
	r.macro("SH", "SYNOPSIS")
	for use := range strings.SplitSeq(synopsis(c), "\n") {
		r.macro("B", use)
		r.macro("br")
	}
	r.macro("SH", "DESCRIPTION")
	r.prose(c.Long)
	r.commands(c)
	r.macro("SH", "OPTIONS")
	c.Flags().VisitAll(r.flag)
	if c.Example != "" {
		r.macro("SH", "EXAMPLES")
		r.asItIs(c.Example)
	}
	if !c.HasParent() {
		r.macro("SH", "EXIT STATUS")
		r.prose(exitStatus)
		r.macro("SH", "ENVIRONMENT")
		r.terms(environment)
		r.macro("SH", "FILES")
		r.terms(files)
	}
	r.seeAlso(c)
	return []byte(r.String())
}

func synopsis(c *cobra.Command) string {
	if !c.HasParent() {
		return "COMMAND 2>&1 | orbfilter [flags]\norbfilter COMMAND [flags]"
	}
	return c.UseLine()
}

const exitStatus = `0: fine. 1: --fail-on met what it looks for, doctor found a problem, or a test of a rule failed. 2: the usage, a rule file or a
config file is wrong. 3: a failure of its own. 128+n: signal n, or a Ctrl-C, ended it.

orbfilter run exits with the code of the command; 125 when orbfilter failed, 126 when the command cannot be started, 127 when it is
not found.`

// A term is something with what it means.
type term struct{ what, means string }

var environment = []term{
	{"ORBFILTER", "off: the function of orbfilter init passes orbfilter by."},
	{cli.ConfigVariable, "a config file in place of those of the working folder and above; off: no config file at all."},
	{"COLUMNS", "how wide the terminal is."},
	{"LC_ALL, LC_CTYPE, LANG", "the locale; in one that is not UTF-8, what orbfilter says is in ASCII."},
	{"NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR", "whether what orbfilter says is coloured."},
	{"XDG_CONFIG_HOME, XDG_STATE_HOME", "where settings and the report of the last run are kept."},
}

var files = []term{
	{"orbfilter.yaml", "settings, in the working folder or above; see orbfilter-config(1)."},
	{"~/.config/orbfilter/orbfilter.yaml", "your own settings (on macOS in ~/Library/Application Support)."},
	{"~/.config/orbfilter/rules/", "your own rules."},
	{".orbfilter/rules/", "rules of a project; see orbfilter-rules-trust(1)."},
	{"~/.local/state/orbfilter/last-report.json", "the report of the last run, for orbfilter-doctor(1)."},
}

// flag writes one of the options.
func (r *roff) flag(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	noun, usage := pflag.UnquoteUsage(f)
	name := "--" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", " + name
	}
	if noun != "" && f.Value.Type() != "bool" {
		name += " " + noun
	}
	if d := f.DefValue; d != "" && d != "[]" && d != "false" && d != "0" {
		usage += " (default " + d + ")"
	}
	r.terms([]term{{name, usage}})
}

// commands lists what is below a command.
func (r *roff) commands(c *cobra.Command) {
	if !c.HasSubCommands() {
		return
	}
	r.macro("SH", "COMMANDS")
	for _, sub := range c.Commands() {
		if !sub.Hidden && sub.Name() != "help" {
			r.terms([]term{{pageName(sub) + "(1)", sub.Short + "."}})
		}
	}
}

// seeAlso names the page above, and those beside it.
func (r *roff) seeAlso(c *cobra.Command) {
	if !c.HasParent() {
		return
	}
	pages := []string{pageName(c.Parent()) + "(1)"}
	for _, other := range c.Parent().Commands() {
		if other != c && !other.Hidden && other.Name() != "help" {
			pages = append(pages, pageName(other)+"(1)")
		}
	}
	r.macro("SH", "SEE ALSO")
	r.line(strings.Join(pages, ", "))
}
