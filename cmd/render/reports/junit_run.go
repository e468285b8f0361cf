package reports

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// addRun adds the tests of a run: that it did not fail, and each operation on each host.
func (s *junitSuite) addRun(l *report.Log) {
	if facts.IsRun(l) {
		s.add(verdictTest(l))
	}
	if l.Run == nil {
		return
	}
	names := map[string]int{}
	for _, op := range l.Run.Operations {
		for _, host := range slices.Sorted(maps.Keys(op.Hosts)) {
			c := operationTest(op, host, facts.DidNotFail(l))
			if names[c.Name]++; names[c.Name] > 1 {
				c.Name = fmt.Sprintf("%s (%d)", c.Name, names[c.Name])
			}
			s.add(c)
		}
	}
}

// verdictTest is the test that a run did not fail. Of a command it is that it exits with 0, which it may
// do although the run failed.
func verdictTest(l *report.Log) junitCase {
	c := junitCase{Name: "the run does not fail"}
	if l.Command != nil {
		c.Name, c.Time = "the command exits with 0", junitTime(l.Command.Seconds)
		if l.Command.ExitCode == 0 && facts.Failed(l) {
			c.Name = "the command exits with 0, and did what it was to do"
		}
	}
	said := xmlText(facts.VerdictText(&l.Verdict))
	switch {
	case facts.Failed(l):
		lines := append([]string{said}, facts.RunWords(l)...)
		c.Failure = &junitResult{Message: xmlText(words.CutText(said)), Type: "run-failed", Text: xmlText(strings.Join(lines, "\n") + "\n")}
	case l.Verdict.Failed == outcome.Unknown && l.Verdict.Reason != "":
		c.Skipped = &junitResult{Message: xmlText(words.CutText(said)), Type: "not-known", Text: said + "\n"}
	}
	return c
}

// operationTest is the test that an operation does not fail on a host. gotOver: the run did not fail, whatever the host says.
func operationTest(op *outcome.Operation, host string, gotOver bool) junitCase {
	d := op.Hosts[host]
	c := junitCase{Name: xmlText(words.CutText(printable.Line(host)) + ": " + words.CutText(cmp.Or(printable.Line(op.Name), "an operation without a name")))}
	if d.Seconds != nil {
		c.Time = junitTime(*d.Seconds)
	}
	said := make([]string, 0, len(d.Text))
	for _, text := range d.Text {
		said = append(said, xmlText(printable.Line(text)))
	}
	text := strings.Join(said, "\n") + "\n"
	switch {
	case d.Result == outcome.Skipped:
		c.Skipped = &junitResult{Message: "the operation is not for this host", Type: "skipped"}
	case d.Result == outcome.Error && d.Ignored:
		c.Output = &junitOutput{"It failed, and the deploy ignores that.\n" + text}
	case d.Result == outcome.Error && gotOver:
		c.Output = &junitOutput{"It failed, and the run did not fail because of it.\n" + text}
	case d.Result == outcome.Error:
		message := cmp.Or(words.CutText(strings.Join(said, " | ")), "the host has not said why")
		c.Failure = &junitResult{Message: fmt.Sprintf("%s (line %d)", message, d.LastLine), Type: "operation-failed", Text: text}
	case d.Retries > 0:
		c.Output = &junitOutput{fmt.Sprintf("It was tried again %s.\n", words.Times(d.Retries))}
	}
	return c
}
