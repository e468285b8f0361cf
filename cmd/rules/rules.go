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

// New is the parent of the commands in the files rules_*.go. Each adds a
// line here, in the order in which they are shown.
func New(io cli.IO, o *cli.Flags) *cobra.Command {
	c := &cobra.Command{
		Use: "rules COMMAND", Short: "Show, check and write rules",
		Long: rulesLong, Args: cli.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		newRulesList(io, o),
		newRulesShow(io, o),
		newRulesSchema(io),
		newRulesLint(io, o),
		newRulesTest(io, o),
		newRulesExplain(io, o),
		newRulesDiff(io, o),
		create.New(io, o),
		learn.New(io, o),
		newRulesTrust(io, o),
		newRulesExport(io, o),
	)
	return c
}
