package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/orbfilter/orbfilter/cmd/cli"
)

// TestSharedFlags: the tables name commands and flags that there are, and each shared flag
// is one of the pipe and of run.
func TestSharedFlags(t *testing.T) {
	root := newRoot(cli.IO{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: func(string) string { return "" }})
	all := pflag.NewFlagSet("shared", pflag.ContinueOnError)
	new(cli.Flags).Register(all)
	for path, names := range sharedIn {
		c := command(t, root, path)
		for name := range strings.FieldsSeq(names) {
			assert.NotNil(t, all.Lookup(name), "%s: --%s is no shared flag", path, name)
			assert.NotNil(t, c.Flags().Lookup(name), "%s: --%s", path, name)
		}
	}
	all.VisitAll(func(f *pflag.Flag) {
		for _, path := range []string{"orbfilter", "orbfilter run"} {
			assert.NotNil(t, command(t, root, path).Flags().Lookup(f.Name), "%s --%s", path, f.Name)
		}
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
