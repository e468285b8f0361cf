package rules

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/orbfilter/orbfilter/cmd/cli"
	"github.com/orbfilter/orbfilter/cmd/render/catalog"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/logs"
	"github.com/orbfilter/orbfilter/rules"
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
	files, err := ruleFiles(paths)
	if err != nil {
		return err
	}
	good, err := logs.OpenCorpus(corpus)
	if err != nil {
		return wrongCorpus(err)
	}
	own, wrong := files.parse()
	if wrong != nil {
		cli.Complain(io, wrong)
	}
	set, bad := setAround(o.Sources, io, slices.Collect(own.All())) // one that is disabled takes another out
	out.Color, out.Width, out.W = o.ColorOn(io, io.Out), io.Width(io.Out), io.Stdout()
	if out.JSON {
		out.W = io.StdoutData(words.JSONText)
	}
	tester := ruletest.NewTester(set)
	for _, r := range rulesIn(own) {
		out.Rule(tryRule(tester, r))
	}
	if err := testCorpus(&out, good, own); err != nil {
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

// rulesIn returns the rules of a set that have something to test.
func rulesIn(set *rules.Set) (out []*rules.Rule) {
	for r := range set.All() {
		if !r.Disabled {
			out = append(out, r)
		}
	}
	return out
}

// maxFailures is how much of a rule that fails is kept.
const maxFailures = 1000

// tryRule tries all that a rule is tested with.
func tryRule(tester *ruletest.Tester, r *rules.Rule) catalog.Test {
	t := catalog.Test{Rule: r}
	for c := range tester.Cases(r) {
		t.Inputs++
		res := tester.Try(c)
		if res.Problem == "" {
			continue
		}
		t.Failed++
		if len(t.Failures) < maxFailures {
			t.Failures = append(t.Failures, catalog.Failure{Case: c, Result: res})
		}
		if res.Undecided {
			break // nothing more is to be learned of it
		}
	}
	return t
}

// testCorpus looks for hits of rules in logs that are known to be good.
func testCorpus(out *catalog.Tests, good *logs.Corpus, own *rules.Set) error {
	used := rules.NewSet(rulesIn(own)...)
	return wrongCorpus(good.Each(func(l *logs.Recorded) error {
		var s *filter.Summary
		f := filter.New(used, filter.SinkFunc(func(filter.Event) error { return nil }), filter.Options{})
		_, err := f.Write(l.Data)
		err = errors.Join(err, f.Close())
		s = f.Summary()
		for _, i := range s.Issues {
			out.Hit(catalog.Hit{File: l.Name, Line: i.FirstLine, Rule: i.Rule.ID, Count: i.Count, Text: l.Line(i.FirstLine)})
		}
		out.Logs++
		out.Lines += s.Input.Lines
		return err
	}))
}
