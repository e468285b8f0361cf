package ci

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// Groups of Buildkite begin with a line, and end where the next one begins:
// https://buildkite.com/docs/pipelines/configure/managing-log-output.

func buildkiteGroup(title, _ string, _ time.Time) (begin, end string) {
	return "~~~ " + title + "\n", "+++ orbfilter: the run goes on\n"
}

func buildkiteSection(title, text string, open bool, _ time.Time) string {
	if open {
		return "+++ " + title + "\n" + text
	}
	return "--- " + title + "\n" + text
}

// buildkiteIssues says how to show the report above the build. The agent is
// not called: it would use the job's token.
func buildkiteIssues(w io.Writer, r *report.Report, o IssueOptions) {
	said := sayings(r, o)
	if len(said) == 0 {
		return
	}
	worst := slices.MaxFunc(said, func(a, b saying) int { return cmp.Compare(report.Rank(a.severity), report.Rank(b.severity)) })
	style := cmp.Or(map[rules.Severity]string{rules.Error: "error", rules.Warning: "warning"}[worst.severity], "info")
	first := ""
	if o.Markdown == "" {
		o.Markdown = "orbfilter.md"
		first = "add --report md=orbfilter.md, and "
	}
	fmt.Fprintf(w, "orbfilter: to show this above the build, %stype: buildkite-agent annotate --style %s --context orbfilter < %s\n", first, style, printable.Line(o.Markdown))
}
