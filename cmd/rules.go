package cmd

import (
	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
)

const rulesLong = `Show, check and write rules: what orbfilter knows of known issues. A rule is a
YAML file; docs/rules.md says how to write one.`

// newRules is the parent of the commands in the files rules_*.go. Each adds a
// line here, in the order in which they are shown.
func newRules(io cli.IO, o *cli.Flags) *cobra.Command {
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
		newRulesNew(io, o),
		newRulesLearn(io, o),
		newRulesTrust(io, o),
		newRulesExport(io, o),
	)
	return c
}
