package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/rules"
)

// NoArgs is for commands that take no argument.
func NoArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if c.HasSubCommands() {
		hint = cmp.Or(MeantCommand(c, args), "; its commands are "+strings.Join(names(c.Commands()), ", "))
	}
	return Usage(fmt.Errorf("%s does not know %q%s", c.CommandPath(), args[0], hint))
}

// MeantCommand says what may be meant by words of which the first is no command of c: one of the same name elsewhere in the
// tree, or one of a similar name, of c itself rather than of others; "" if nobody knows.
func MeantCommand(c *cobra.Command, args []string) string {
	all := commands(c.Root())
	if same := named(all, args[0]); len(same) == 1 {
		return "; type: " + typed(same[0], args[1:])
	} else if len(same) > 1 {
		return Meant(paths(same))
	}
	c.SuggestionsMinimumDistance = 2
	if own := c.SuggestionsFor(args[0]); len(own) > 0 {
		return Meant(own)
	}
	var near []*cobra.Command
	for _, name := range Near(args[0], slices.Compact(slices.Sorted(slices.Values(names(all))))) {
		near = append(near, named(all, name)...)
	}
	if len(near) == 0 {
		near = flagged(all, args[0])
		if len(near) == 1 {
			return "; type: " + near[0].CommandPath() + " --" + args[0]
		}
		return ""
	}
	return Meant(paths(near))
}

// flagged are the commands that have a switch of a name: something that is done, as doctor --fix.
func flagged(all []*cobra.Command, name string) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(all), func(c *cobra.Command) bool {
		f := c.LocalFlags().Lookup(name)
		return f == nil || f.Hidden || f.Value.Type() != "bool"
	})
}

// Near returns the names that may be meant by one that is none: the one of a similar spelling, or else those
// that have all its parts, as package-gevent has gevent, or the only one that it is in. No names: nobody knows.
func Near(word string, names []string) []string {
	if near := rules.Nearest(word, names); near != "" {
		return []string{near}
	}
	for _, same := range []func(part, of string) bool{strings.HasPrefix, misspelt} {
		if like := like(names, word, same); len(like) > 0 {
			return like
		}
	}
	var holding []string
	for _, n := range names {
		if len(word) > 2 && strings.Contains(n, word) {
			holding = append(holding, n)
		}
	}
	if len(holding) == 1 {
		return holding
	}
	return nil
}

// misspelt leaves short words out: almost any is near to some other one.
func misspelt(part, of string) bool {
	return strings.EqualFold(part, of) || len(of) > 4 && rules.Nearest(of, []string{part}) != ""
}

// like returns the names that have all the parts of a word, in order. If there are some that end with the word, they are
// about that alone, and no others are meant. same compares a part of a name with one of the word.
func like(names []string, word string, same func(part, of string) bool) (like []string) {
	parts := strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	if len(parts) == 0 {
		return nil
	}
	for _, name := range names {
		has := strings.Split(name, "-")
		if !slices.ContainsFunc(parts, func(p string) bool {
			return !slices.ContainsFunc(has, func(h string) bool { return same(h, p) })
		}) {
			like = append(like, name)
		}
	}
	slices.Sort(like)
	only := slices.DeleteFunc(slices.Clone(like), func(n string) bool { return !strings.HasSuffix(n, "-"+strings.ToLower(word)) })
	if len(only) > 0 {
		return only
	}
	return like
}

// commands are those below a command, at any depth, which a person is shown.
func commands(c *cobra.Command) (all []*cobra.Command) {
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			all = append(append(all, sub), commands(sub)...)
		}
	}
	return all
}

func named(all []*cobra.Command, name string) []*cobra.Command {
	return slices.DeleteFunc(slices.Clone(all), func(c *cobra.Command) bool { return c.Name() != name || !c.IsAvailableCommand() })
}

func names(all []*cobra.Command) (out []string) {
	for _, c := range all {
		if c.IsAvailableCommand() {
			out = append(out, c.Name())
		}
	}
	return out
}

func paths(all []*cobra.Command) (out []string) {
	for _, c := range all {
		out = append(out, c.CommandPath())
	}
	return out
}

// typed is a command with its arguments as it is typed.
func typed(c *cobra.Command, args []string) string {
	return strings.TrimSpace(c.CommandPath() + " " + shell.Command(args).String())
}
