package rules

import (
	"fmt"
	goio "io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/rules"
)

const rulesExportLong = `Write the rules in use for another program.

problem-matcher  for GitHub Actions: lines of the issues that are not noise
                 become annotations of the run
grep             a text for each rule, one a line, for grep -F -f: it finds
                 where a log may have known issues. It is no filter: it takes
                 single lines for the issue, also those of others.
grep-lines       an expression for each rule that is about single lines, one a
                 line, for grep -E -f: what it finds are lines of known issues
logcheck         lines that its mail leaves out, for ignore.d.server
logcheck-violations
                 lines that it reports by themselves, for violations.d
rsyslog          statements for a ruleset: noise is dropped, other issues get
                 the variables $!orbfilter!issue and $!orbfilter!severity
otel             processors for the OpenTelemetry collector: one that names the
                 issue of a line, and one that drops noise

The last five look at one line at a time, so that rules for blocks are left out.
What is lost, rule by rule, is said at the top of the file; of the first three,
which have no room for it, on standard error.`

const rulesExportExample = `  orbfilter rules export --to problem-matcher > orbfilter.json && echo "::add-matcher::orbfilter.json"
  orbfilter rules export --to grep > known.txt && grep -nFf known.txt deploy.log`

// exporters write rules for other programs. What they return is to be said of
// rules that were left out.
var exporters = []struct {
	name  string
	write func(goio.Writer, *rules.Set) ([]string, error)
}{
	{"problem-matcher", catalog.ProblemMatcher},
	{"grep", catalog.Literals},
	{"grep-lines", catalog.GrepLines},
	{"logcheck", catalog.Logcheck},
	{"logcheck-violations", catalog.LogcheckViolations},
	{"rsyslog", catalog.Rsyslog},
	{"otel", catalog.OTel},
}

func newRulesExport(io cli.IO, o *cli.Loading) *cobra.Command {
	var to string
	names := make([]string, 0, len(exporters))
	for _, e := range exporters {
		names = append(names, e.name)
	}
	c := &cobra.Command{
		Use: "export --to FORMAT", Short: "Write the rules for another program",
		Long: rulesExportLong, Example: rulesExportExample, Args: cli.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			at := slices.Index(names, to)
			if at < 0 {
				return cli.Usage(fmt.Errorf("--to %q: write %s", to, strings.Join(names, ", ")))
			}
			set, bad := o.Load(io)
			left, err := exporters[at].write(io.StdoutData(words.AsItIs), set)
			for _, l := range left {
				fmt.Fprintf(io.Stderr(), "orbfilter: left out: %s\n", l)
			}
			return cli.Done(err, bad)
		},
	}
	c.Flags().StringVar(&to, "to", "", "the `FORMAT` to write: "+strings.Join(names, ", "))
	_ = c.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp))
	cli.Take(c, o)
	return c
}
