package cmd

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
)

const (
	loading   = "rules no-builtin disable"
	filtering = loading + " report audit fail-on baseline summary markers color format folded hold on-closed no-history quiet"
)

// sharedIn are the shared flags that do something in a command. One that is not here takes none.
var sharedIn = map[string]string{
	"orbfilter":               filtering,
	"orbfilter run":           filtering + " verbose",
	"orbfilter bundle":        loading,
	"orbfilter config":        filtering + " verbose",
	"orbfilter scan":          loading + " report audit fail-on baseline summary color format quiet",
	"orbfilter doctor":        loading + " color quiet",
	"orbfilter report show":   "color",
	"orbfilter rules list":    loading + " color",
	"orbfilter rules show":    loading + " color",
	"orbfilter rules lint":    "rules no-builtin color",
	"orbfilter rules test":    "rules no-builtin color",
	"orbfilter rules explain": loading + " color",
	"orbfilter rules diff":    "color",
	"orbfilter rules new":     loading,
	"orbfilter rules learn":   loading + " color",
	"orbfilter rules trust":   "no-builtin color",
	"orbfilter rules export":  loading,
}

// TestSharedFlags: each command has the shared flags that do something in it, and shows no others: those of the parts that it
// was given. Between them the pipe and run have all.
func TestSharedFlags(t *testing.T) {
	root, all := tree()
	shared := pflag.NewFlagSet("shared", pflag.ContinueOnError)
	new(cli.Flags).Register(shared)
	for _, c := range all {
		want := strings.Fields(sharedIn[c.CommandPath()])
		assert.ElementsMatch(t, want, cli.Takes(c), c.CommandPath())
		shared.VisitAll(func(f *pflag.Flag) {
			has := c.Flags().Lookup(f.Name)
			own := has != nil && has.Usage != f.Usage // such as --format of many commands
			assert.Equal(t, slices.Contains(want, f.Name), has != nil && !has.Hidden && !own, "%s --%s", c.CommandPath(), f.Name)
		})
	}
	for path := range sharedIn {
		command(t, root, path)
	}
	shared.VisitAll(func(f *pflag.Flag) {
		assert.Contains(t, cli.Takes(command(t, root, "orbfilter run")), f.Name)
	})
}

func command(t *testing.T, root *cobra.Command, path string) *cobra.Command {
	t.Helper()
	c, rest, err := root.Find(strings.Fields(path)[1:])
	require.NoError(t, err)
	require.Empty(t, rest)
	require.Equal(t, path, c.CommandPath())
	return c
}
