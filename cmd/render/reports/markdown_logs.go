package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/rules"
)

// maxLogs is how many logs a page for people names.
const maxLogs = 20

// logs writes a table of the logs, where there are several or one could not be
// read: those that could not be read first, then those with errors, then those
// with the most that was folded.
func (p *mdPage) logs(r *report.Report) {
	if len(r.Logs) < 2 && !slices.ContainsFunc(r.Logs, func(l *report.Log) bool { return l.Error != "" }) {
		return
	}
	bad := errorIDs(r)
	logs := slices.SortedStableFunc(slices.Values(r.Logs), func(a, b *report.Log) int {
		return cmp.Or(cmp.Compare(unread(b), unread(a)), cmp.Compare(len(errorsIn(b, bad)), len(errorsIn(a, bad))), cmp.Compare(b.Folded.Lines, a.Folded.Lines))
	})
	shown := min(len(logs), maxLogs)
	p.table("log", "\n| Log | Lines | Folded | Errors |\n|---|---:|---:|---|\n", shown, func(n int) string { return logRow(logs[n], bad) })
	if more := len(logs) - shown; more > 0 {
		p.add("log", fmt.Sprintf("\nand %s, which are no worse.\n", words.Plural(int64(more), "more log")))
	}
}

func unread(l *report.Log) int { return min(len(l.Error), 1) }

// errorIDs are the issues of severity error.
func errorIDs(r *report.Report) map[string]bool {
	ids := map[string]bool{}
	for _, i := range r.Issues {
		if i.Severity == rules.Error {
			ids[i.ID] = true
		}
	}
	return ids
}

// errorsIn returns which of them a log has, in order.
func errorsIn(l *report.Log, bad map[string]bool) (out []string) {
	for _, i := range l.Issues {
		if bad[i.ID] {
			out = append(out, i.ID)
		}
	}
	return out
}

func logRow(l *report.Log, bad map[string]bool) string {
	var errs []string
	if l.Error != "" {
		errs = append(errs, "not read to its end: "+mdProse(l.Error))
	}
	for n, id := range errorsIn(l, bad) {
		if n == words.MaxWhere {
			errs = append(errs, "and more")
			break
		}
		errs = append(errs, mdCode(id))
	}
	return fmt.Sprintf("| %s | %d | %d | %s |\n", mdCode(facts.LogName(l)), l.Input.Lines, l.Folded.Lines, strings.Join(errs, ", "))
}
