package facts

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// ReportTotals is the first line that is said of a report.
func ReportTotals(r *report.Report) string {
	percent := int64(0)
	if r.Input.Lines > 0 {
		percent = int64(math.Round(100 * float64(r.Folded.Lines) / float64(r.Input.Lines)))
	}
	logs := ""
	if len(r.Logs) > 1 {
		logs = fmt.Sprintf("%d logs, ", len(r.Logs))
	}
	return fmt.Sprintf("orbfilter: %s%s in, %d shown, %d folded (%d %%)", logs, words.Plural(r.Input.Lines, "line"), r.Output.Lines, r.Folded.Lines, percent)
}

// LogsWith counts the logs that have an issue, by its id.
func LogsWith(r *report.Report) map[string]int {
	counts := map[string]int{}
	for _, l := range r.Logs {
		for n := range l.Issues {
			counts[l.Issues[n].ID]++
		}
	}
	return counts
}

// LogName is what a person calls a log.
func LogName(l *report.Log) string {
	if l.Name == "-" {
		return "standard input"
	}
	return cmp.Or(printable.Line(l.Name), "the run")
}

// Place says where the first occurrence of something stands: an issue by its id, or
// a text that no rule knows by its fingerprint. Of several logs it is that in the first of them, since a line says nothing
// without the name of its log. line is where it begins in a single log.
func Place(logs []*report.Log, name string, line int) string {
	in := LogsWithName(logs, name)
	if len(logs) < 2 || len(in) == 0 {
		return fmt.Sprintf("line %d", line)
	}
	return PlaceIn(in, name, line, LogName(in[0]))
}

// PlaceIn is the same in the logs that have it: the first is called so.
func PlaceIn(in []*report.Log, name string, line int, called string) string {
	if at := in[0].FirstLine(name); at > 0 || len(in) > 1 {
		line = at
	}
	if line == 0 {
		return called + AndMore(in)
	}
	return fmt.Sprintf("%s, line %d%s", called, line, AndMore(in))
}

// CauseText says in which line the cause of an issue is, and what it says. several: the report is of several logs.
func CauseText(c *report.Cause, several bool, show func(string) string) string {
	at := fmt.Sprintf("line %d", c.Line)
	if several && c.Log != "" {
		at = show(c.Log) + ", " + at
	}
	return fmt.Sprintf("Cause: %s: %s", at, show(words.CutText(c.Text)))
}

// AndMore counts the logs behind the first one.
func AndMore(in []*report.Log) string {
	if len(in) < 2 {
		return ""
	}
	return ", and in " + words.Plural(int64(len(in)-1), "more log")
}

// LogsWithName returns the logs that have an issue, or a text that no rule knows.
func LogsWithName(logs []*report.Log, name string) (in []*report.Log) {
	for _, l := range logs {
		if slices.Contains(l.Unknown, name) || slices.ContainsFunc(l.Issues, func(s report.LogIssue) bool { return s.ID == name }) {
			in = append(in, l)
		}
	}
	return in
}
