package cmd

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/internal/cells"
)

// helping makes -h a short help, of one screen, and --help the whole one. Both are laid out for the terminal.
func helping(std cli.IO, root *cobra.Command, typed []string) {
	width := words.MaxWidth
	if w := std.Width(std.Out); w > 0 {
		width = min(width, w)
	}
	wrapFlags(root, width)
	whole := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		out := c.OutOrStdout()
		var b strings.Builder
		if asksShort(typed) && len(args) > 0 {
			shortHelp(&b, c, width)
		} else {
			long := c.Long
			c.Long = words.Reflow(long, width)
			c.SetOut(&b)
			whole(c, args)
			c.SetOut(out)
			c.Long = long
		}
		_, _ = io.WriteString(out, fitHelp(b.String(), width)) // an error is kept
	})
}

// wrapFlags has the list of flags laid out for a width. Cobra's template for that is not used: who executes templates has every method
// of every type in the program.
func wrapFlags(root *cobra.Command, width int) {
	usage := root.UsageFunc()
	root.SetUsageFunc(func(c *cobra.Command) error {
		var b strings.Builder
		out := c.OutOrStderr()
		c.SetOut(&b)
		err := usage(c)
		c.SetOut(out)
		flags := c.LocalFlags()
		wide, fits := strings.TrimSpace(flags.FlagUsages()), strings.TrimSpace(flags.FlagUsagesWrapped(width))
		_, _ = io.WriteString(out, strings.Replace(b.String(), wide, fits, 1)) // an error is kept
		return err
	})
}

// fitHelp breaks lines that are too wide, but for examples: they are to be copied.
func fitHelp(text string, width int) string {
	before, examples, found := strings.Cut(text, "\nExamples:\n")
	if !found {
		return words.Fit(text, width)
	}
	examples, after, _ := strings.Cut(examples, "\n\n")
	return words.Fit(before, width) + "\nExamples:\n" + examples + "\n\n" + words.Fit(after, width)
}

// asksShort reports whether -h was typed, and not --help.
func asksShort(typed []string) bool {
	if end := slices.Index(typed, "--"); end >= 0 {
		typed = typed[:end]
	}
	if slices.Contains(typed, "--help") {
		return false
	}
	return slices.ContainsFunc(typed, func(arg string) bool {
		return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && strings.Contains(arg, "h")
	})
}

// shortHelp writes what a command does, how it is called, and a line for each of its commands and flags.
func shortHelp(w io.Writer, c *cobra.Command, width int) {
	fmt.Fprintf(w, "%s\n\nUsage:\n  %s\n", words.Sentence(c.Short), c.UseLine())
	if example, _, _ := strings.Cut(c.Example, "\n"); example != "" {
		fmt.Fprintf(w, "\nExample:\n%s\n", example)
	}
	var rows [][2]string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			rows = append(rows, [2]string{sub.Name(), sub.Short})
		}
	}
	list(w, "Commands", rows, width)
	rows = nil
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			rows = append(rows, shortFlag(f))
		}
	})
	list(w, "Flags", rows, width)
	fmt.Fprintf(w, "\nAll of it: %s --help\n", c.CommandPath())
}

// shortFlag is a flag, and the first of what there is to say about it.
func shortFlag(f *pflag.Flag) [2]string {
	noun, usage := pflag.UnquoteUsage(f)
	name := "    --" + f.Name
	if f.Shorthand != "" {
		name = "-" + f.Shorthand + ", --" + f.Name
	}
	if f.Value.Type() != "bool" {
		name += " " + noun
	}
	if end := strings.IndexAny(usage, ":;("); end > 0 {
		usage = strings.TrimRight(usage[:end], " ")
	}
	return [2]string{name, usage}
}

// list writes rows of two columns; what does not fit is cut, since there is more in the whole help.
func list(w io.Writer, title string, rows [][2]string, width int) {
	if len(rows) == 0 {
		return
	}
	first := cells.Width(slices.MaxFunc(rows, func(a, b [2]string) int { return cmp.Compare(cells.Width(a[0]), cells.Width(b[0])) })[0])
	fmt.Fprintf(w, "\n%s:\n", title)
	for _, r := range rows {
		room := max(width-first-4, 10)
		fmt.Fprintf(w, "  %-*s  %s\n", first, r[0], cells.Truncate(r[1], room, "…"))
	}
}

// A value is what stands behind a flag, as its help calls it: what a shell can offer for it.
type value struct {
	dirs  bool // folders
	files bool // files and folders
	// neither: values of ours, which the flag offers itself, or none.
}

// nouns are what values of flags are called. There are no others: TestNouns.
var nouns = map[string]value{
	"FILE": {files: true}, "PATH": {files: true}, "LOG:LINE[-LAST]": {files: true}, "DIR": {dirs: true},
	"KIND=FILE": {}, "FORMAT": {}, "ID": {}, "SEVERITY": {}, "WHEN": {}, "MODE": {}, "ACTION": {}, "ORDER": {}, "STREAM": {},
	"N": {}, "SIZE": {}, "DURATION": {}, "TEXT": {}, "PATTERN": {},
}

// offering tells shells what to offer for values of flags that have nothing to offer themselves.
func offering(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		noun, _ := pflag.UnquoteUsage(f)
		if _, ours := c.GetFlagCompletionFunc(f.Name); ours || f.Value.Type() == "bool" || nouns[noun].files {
			return
		}
		directive := cobra.ShellCompDirectiveNoFileComp
		if nouns[noun].dirs {
			directive = cobra.ShellCompDirectiveFilterDirs
		}
		_ = c.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(nil, directive)) // there is none yet
	})
	for _, sub := range c.Commands() {
		offering(sub)
	}
}
