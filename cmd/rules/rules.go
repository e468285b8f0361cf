// Package rules has the commands that show, check and write rules.
package rules

import (
	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/rules/create"
	"github.com/orbfilter/orbfilter/cmd/rules/learn"
)

const rulesLong = `Show, check and write rules: what orbfilter knows of known issues. A rule is a
YAML file; docs/how-to/rules.md says how to write one.`

// Shared are the parts of the shared flags that these commands take, some of them both.
type Shared struct {
	*cli.Loading
	*cli.Colour
}

// fileShared are the parts that a command about rules in files takes.
type fileShared struct {
	*cli.Sources
	*cli.Colour
}

// New is the parent of the commands. Each adds a
// line here, in the order in which they are shown.
func New(io cli.IO, o Shared) *cobra.Command {
	c := &cobra.Command{
		Use: "rules COMMAND", Short: "Show, check and write rules",
		Long: rulesLong, Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		newRulesList(io, o),
		newRulesShow(io, o),
		newRulesSchema(io),
		newRulesLint(io, fileShared{&o.Sources, o.Colour}),
		newRulesTest(io, fileShared{&o.Sources, o.Colour}),
		newRulesExplain(io, o),
		newRulesDiff(io, o.Colour),
		create.New(io, o.Loading),
		learn.New(io, learn.Shared{Loading: o.Loading, Colour: o.Colour}),
		newRulesTrust(io, trustShared{&o.Builtin, o.Colour}),
		newRulesExport(io, o.Loading),
	)
	return c
}
