package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/internal/cells"
)

// tree is the tree of commands, and each of it.
func tree() (root *cobra.Command, all []*cobra.Command) {
	root = newRoot(cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: func(string) string { return "" }})
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(root)
	return root, all
}

// TestNouns: what stands behind a flag is called by a noun, one of a few, and a shell has something to offer for it where
// there is something: files, folders, or the values that the help names.
func TestNouns(t *testing.T) {
	_, all := tree()
	flags := 0
	for _, c := range all {
		if c.Name() == "help" {
			continue
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" {
				return
			}
			flags++
			where := c.CommandPath() + " --" + f.Name
			noun, usage := pflag.UnquoteUsage(f)
			kind, known := nouns[noun]
			assert.True(t, known, "%s: %q is none of the nouns", where, noun)
			assert.Contains(t, usage, noun, "%s does not say what it is", where)
			_, offers := c.GetFlagCompletionFunc(f.Name)
			assert.True(t, offers || kind.files, "%s: a shell offers files for it", where)
			switch noun {
			case "SEVERITY", "WHEN", "FORMAT", "MODE", "ACTION", "ORDER", "STREAM", "KIND=FILE":
				assert.NotEmpty(t, offered(c, f.Name), "%s: a shell offers nothing for it", where)
			case "ID":
				assert.True(t, offered(c, f.Name) != nil || c.Name() == "new" || c.Name() == "learn", "%s: a shell offers nothing for it", where) // theirs are new
			}
		})
	}
	assert.Greater(t, flags, 60)
}

func offered(c *cobra.Command, flag string) []string {
	complete, ok := c.GetFlagCompletionFunc(flag)
	if !ok {
		return nil
	}
	values, _ := complete(c, nil, "")
	return values
}

// TestWhatIsNamedIsOffered: the values that the help of a flag names are those that a shell offers.
func TestWhatIsNamedIsOffered(t *testing.T) {
	_, all := tree()
	for _, c := range all {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if noun, _ := pflag.UnquoteUsage(f); noun == "ID" {
				return
			}
			for _, v := range offered(c, f.Name) {
				assert.Contains(t, f.Usage, strings.TrimSuffix(v, "="), "%s --%s", c.CommandPath(), f.Name)
			}
		})
	}
}

// TestHelps: the short one is one screen, and is about the same flags; each command has an example of its own, or commands that do.
func TestHelps(t *testing.T) {
	const screen = 50
	_, all := tree()
	for _, c := range all {
		path := c.CommandPath()
		if c.Name() == "help" || strings.HasPrefix(path, "orbfilter completion") {
			continue
		}
		c.InitDefaultHelpFlag()
		var b strings.Builder
		shortHelp(&b, c, 80)
		assert.Less(t, strings.Count(b.String(), "\n"), screen, path)
		for line := range strings.Lines(b.String()) {
			if !strings.HasPrefix(line, "  orbfilter ") { // which is to be copied
				assert.LessOrEqual(t, cells.Width(strings.TrimRight(line, "\n")), 80, line)
			}
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				assert.Contains(t, b.String(), "--"+f.Name, path)
			}
		})
		assert.NotEmpty(t, c.Short, path)
		assert.True(t, c.Example != "" || c.HasSubCommands() || path == "orbfilter version" || strings.HasSuffix(path, " schema"), "%s has no example", path)
	}
}

func TestAsksShort(t *testing.T) {
	for typed, want := range map[string]bool{
		"-h": true, "scan -h": true, "scan -qh logs": true, "--help": false, "scan --help": false, "-h --help": false, "": false, "help scan": false,
		"run -- pyinfra -h": false, "run -h -- pyinfra": true, "scan --hold": false, "-": false,
	} {
		assert.Equal(t, want, asksShort(strings.Fields(typed)), typed)
	}
}
