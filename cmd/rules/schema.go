package rules

import (
	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesSchemaLong = `Print the JSON Schema (draft 2020-12) of a rule file. With it, an editor knows
the fields, says what each is for, and underlines what is wrong. Save it, and
begin a rule file with the line

  # yaml-language-server: $schema=PATH-OF-THE-SCHEMA

which every editor with yaml-language-server understands (VS Code, Neovim,
Emacs, Helix, Zed).`

const rulesSchemaExample = `  orbfilter rules schema > .orbfilter/rule.schema.json`

func newRulesSchema(io cli.IO) *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of a rule file, for editors",
		Long: rulesSchemaLong, Example: rulesSchemaExample, Args: cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.StdoutData(words.JSONText).Write(rules.Schema())
			return err
		},
	}
}
