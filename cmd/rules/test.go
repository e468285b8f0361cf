package rules

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/files"
	"github.com/orbfilter/orbfilter/rules/ruletest"
)

const rulesTestLong = `Send all samples and counterexamples of rules through the whole engine: as they
are, cut into writes of some bytes, with other line ends, colours and the
prefixes of CI systems, mixed with a copy, with the issues of other rules, with
lines of pyinfra, with a line of the run and with a traceback of your own at
each place. The rule must take its issue, and not a byte of anything else.

Without a PATH, the rules that come with orbfilter are tested, and those of the
project of the working folder, trusted or not.

--corpus runs the rules over logs that are known to be good, where a rule must
find nothing.`

const rulesTestExample = `  orbfilter rules test
  orbfilter rules test mine.yaml
  orbfilter rules test --corpus logs/green .orbfilter/rules`

func newRulesTest(io cli.IO, o fileShared) *cobra.Command {
	var corpus []string
	var asJSON, verbose bool
	c := &cobra.Command{
		Use: "test [PATH...]", Short: "Test rules with their samples",
		Long: rulesTestLong, Example: rulesTestExample,
		RunE: func(_ *cobra.Command, args []string) error {
			return testRules(io, o, args, corpus, catalog.Tests{JSON: asJSON, Verbose: verbose})
		},
	}
	f := c.Flags()
	f.StringArrayVar(&corpus, "corpus", nil, "a `PATH` of logs, a file or a folder, in which the rules must find nothing (repeatable)")
	f.BoolVar(&asJSON, "json", false, "write JSON, with all that failed")
	f.BoolVarP(&verbose, "verbose", "v", false, "show all that failed, and not only the first of each kind")
	cli.Take(c, o)
	return c
}

func testRules(io cli.IO, o fileShared, paths, corpus []string, out catalog.Tests) error {
	all, err := named(paths)
	if err != nil {
		return err
	}
	good, err := logs.OpenCorpus(corpus)
	if err != nil {
		return wrongCorpus(err)
	}
	own, wrong := all.Parse()
	if wrong != nil {
		cli.Complain(io, wrong)
	}
	set, bad := setAround(o.Sources, io, slices.Collect(own.All())) // one that is disabled takes another out
	out.Color, out.Width, out.W = o.ColorOn(io, io.Out), io.Width(io.Out), io.Stdout()
	if out.JSON {
		out.W = io.StdoutData(words.JSONText)
	}
	tester := ruletest.NewTester(set)
	active := files.Active(own)
	for _, r := range active {
		out.Rule(tester.Test(r))
	}
	if err := testCorpus(&out, good, rules.NewSet(active...)); err != nil {
		return err
	}
	switch err := out.Close(); {
	case err != nil:
		return err
	case wrong != nil || bad:
		return cli.ExitCode(cli.ExitUsage)
	case out.Failed():
		return cli.ExitCode(cli.ExitFound)
	}
	return nil
}

// testCorpus looks for hits of rules in logs that are known to be good.
func testCorpus(out *catalog.Tests, good *logs.Corpus, used *rules.Set) error {
	return wrongCorpus(good.Each(func(l *logs.Recorded) error {
		hits, lines, err := ruletest.Find(used, l.Name, l.Data)
		for _, h := range hits {
			out.Hit(h)
		}
		out.Logs++
		out.Lines += lines
		return err
	}))
}
