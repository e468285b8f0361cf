package stream

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/orbfilter/orbfilter/diagnose/shell"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// usageError is the exit code of a program that does not understand its command line: click, argparse, optparse, getopt.
const usageError = 2

// complaints are how these say that they do not know an option: the option, or with argparse all that is left over.
var complaints = []*lazyregexp.Regexp{
	lazyregexp.New(`\b[Nn]o such option:? '?(--[a-z][a-z-]*)`),
	lazyregexp.New(`\bunrecognized option '(--[a-z][a-z-]*)`),
	lazyregexp.New(`\bunrecognized arguments: (.*)`),
}

// mistyped says that an option of ours was typed behind the command, which was handed it and did not know it. tail is what the
// command said last. Empty: it was not so, or the command has not said it.
func mistyped(flags *pflag.FlagSet, args, tail []string) string {
	var ours, rest []string
	complained := complainedOf(tail)
	for i := 1; i < len(args); i++ {
		name, _, whole := strings.Cut(strings.TrimPrefix(args[i], "--"), "=")
		f := flags.Lookup(name)
		if !strings.HasPrefix(args[i], "--") || f == nil || f.Hidden || !slices.Contains(complained, "--"+name) {
			rest = append(rest, args[i])
			continue
		}
		ours = append(ours, args[i])
		if whole || f.NoOptDefVal != "" {
			continue
		}
		value, _ := pflag.UnquoteUsage(f) // as KIND=FILE, if there is none
		if i++; i < len(args) {
			value = args[i]
		}
		ours = append(ours, value)
	}
	if len(ours) == 0 {
		return ""
	}
	return fmt.Sprintf("orbfilter: %s is an option of orbfilter, but stands behind the command; type: %s\n", nameOf(ours[0]), retyped(ours, args[0], rest))
}

// complainedOf are the options that a command has said it does not know.
func complainedOf(tail []string) (options []string) {
	for _, line := range tail {
		for _, c := range complaints {
			if m := c.FindStringSubmatch(line); m != nil {
				for word := range strings.FieldsSeq(m[1]) {
					options = append(options, nameOf(word))
				}
			}
		}
	}
	return options
}

// nameOf is an option without its value.
func nameOf(option string) string {
	name, _, _ := strings.Cut(option, "=")
	return name
}

// retyped is the command with our options in front of it. What has a secret in it, or more than a line, is not said anew.
func retyped(ours []string, command string, rest []string) string {
	said := shell.Command(append([]string{command}, rest...)).String()
	if !slices.Equal(report.MaskArgv(rest), rest) || printable.Line(said) != said {
		said = shell.Command([]string{command}).String() + " …"
	}
	return printable.Line("orbfilter run " + shell.Command(ours).String() + " -- " + said)
}

// sayMistyped says it of the run, if its command has ended as one does that does not understand its command line.
func (s *session) sayMistyped(w *bytes.Buffer, sum *filter.Summary) {
	if s.mistyped != nil && s.command != nil && s.command.ExitCode == usageError {
		w.WriteString(s.mistyped(sum.Outcome.Tail()))
	}
}
