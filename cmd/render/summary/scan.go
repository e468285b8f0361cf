package summary

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/cells"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A Scan shows the report of many logs in tables: the logs, the issues, and what
// no rule knows.
type Scan struct {
	*report.Report
	Top     int    // how many rows a table has at most; 0: all
	Sort    string // the order of the logs, one of ScanOrders; empty: the first
	Repeats int    // logs that are not counted, since others have the same lines
	Width   int    // of the terminal; 0: not known
	Color   bool
}

// Text writes which runs failed, and the tables.
func (s Scan) Text(w io.Writer) {
	s.runs(w)
	s.logs(w)
	if len(s.Issues) > 0 {
		fmt.Fprintln(w)
		s.issues(w)
	}
	if len(s.Unknown) > 0 {
		fmt.Fprintln(w)
		s.unknown(w)
	}
}

// Nothing says of logs in which there is nothing that it is so, and where what was looked for may be.
func Nothing(r *report.Report) string {
	switch {
	case len(r.Logs) > 1:
		return fmt.Sprintf("all %d logs are empty: there was nothing to scan", len(r.Logs))
	case len(r.Logs) == 1 && r.Logs[0].Name == "-":
		return "nothing came in. pyinfra writes to stderr; type: pyinfra … 2>&1 | orbfilter scan -"
	case len(r.Logs) == 1:
		return facts.LogName(r.Logs[0]) + " is empty: there was nothing to scan"
	}
	return "there was nothing to scan"
}

// Errors names the issues of severity error, in red, in the order of the table.
func (s Scan) Errors(w io.Writer) {
	ReportText{Report: s.Report, Color: s.Color}.errors(w, report.WorstFirst(s.Issues))
}

// runs names the logs whose run failed, and those of which that is not known, in the order of the table.
func (s Scan) runs(w io.Writer) {
	of := words.Plural(int64(len(s.Logs)), "log")
	s.named(w, saidFailed, "failed run", "the run failed", func(n int) string {
		return words.Paint(s.Color, color.FgRed, color.Bold).Sprintf("the run failed in %d of %s:", n, of)
	})
	s.named(w, facts.NotKnown, "run", "whether the run failed is not known", func(n int) string {
		return words.Paint(s.Color, color.FgYellow, color.Bold).Sprintf("whether the run failed is not known in %d of %s:", n, of)
	})
}

// named names the logs of which something is so, below a head, with place and reason: what a verdict says behind its first words.
func (s Scan) named(w io.Writer, so func(*report.Log) bool, what, said string, head func(n int) string) {
	var logs []*report.Log
	for _, row := range s.rows() {
		if so(row.Log) {
			logs = append(logs, row.Log)
		}
	}
	if len(logs) == 0 {
		return
	}
	fmt.Fprintln(w, head(len(logs)))
	for _, l := range words.Top(s.Top, logs) {
		line := "  " + facts.LogName(l) + ": " + strings.TrimLeft(strings.TrimPrefix(facts.VerdictText(&l.Verdict), said), ": ")
		if s.Width > 0 {
			line = cells.Truncate(line, s.Width, "…")
		}
		fmt.Fprintln(w, line)
	}
	s.more(w, len(logs), what)
	fmt.Fprintln(w)
}

// scanOrders are orders of logs; where two are alike in it, they are in that of their names.
var scanOrders = []struct {
	name    string
	compare func(a, b *logRow) int
}{
	{"worst", func(a, b *logRow) int {
		return cmp.Or(cmp.Compare(badness(b.Log), badness(a.Log)), cmp.Compare(report.Rank(b.worst), report.Rank(a.worst)), cmp.Compare(b.at, a.at))
	}},
	{"folded", func(a, b *logRow) int { return cmp.Compare(b.Folded.Lines, a.Folded.Lines) }},
	{"date", func(a, b *logRow) int { return cmp.Compare(b.at, a.at) }},
	{"name", func(*logRow, *logRow) int { return 0 }},
}

// ScanOrders are the orders that the logs of a scan may be in: the worst first (logs that could not be read, runs that failed, those of which that
// is not known, then by the worst issue, then the newest), by how much is folded, the newest first, by name.
func ScanOrders() (names []string) {
	for _, o := range scanOrders {
		names = append(names, o.name)
	}
	return names
}

// A logRow is a log, and what its place in the table depends on.
type logRow struct {
	*report.Log
	worst rules.Severity // of its issues; empty: it has none
	at    int64          // when it began, in seconds; 0: not known
}

// rows are the logs in their order.
func (s Scan) rows() (rows []*logRow) {
	issues := facts.IssuesByID(s.Report)
	for _, l := range s.Logs {
		row := &logRow{Log: l, worst: facts.WorstIn(s.Report, l, issues)}
		if t, err := time.Parse(time.RFC3339, l.Date); err == nil {
			row.at = t.Unix()
		}
		rows = append(rows, row)
	}
	order := scanOrders[0].compare
	for _, o := range scanOrders {
		if o.name == s.Sort {
			order = o.compare
		}
	}
	slices.SortStableFunc(rows, func(a, b *logRow) int { return cmp.Or(order(a, b), cmp.Compare(a.Name, b.Name)) })
	return rows
}

// logs writes a row for each log, and one for all.
func (s Scan) logs(w io.Writer) {
	t := s.table(w, column{head: "LINES"}, column{head: "FOLDED"}, column{head: "%"}, column{head: "ISSUES", wide: true}, column{head: "UNKNOWN", wide: true},
		column{head: "WORST", left: true}, column{head: "LOG", left: true})
	all := s.rows()
	for _, l := range words.Top(s.Top, all) {
		name := facts.LogName(l.Log)
		switch {
		case l.Error != "" && l.Input.Bytes == 0:
			name += " (not read)"
		case l.Error != "":
			name += " (incomplete)"
		}
		t.row(paintOf(l.worst), s.sizes(l.Input, l.Folded, len(l.Issues), atLeast(len(l.Unknown), l.RecurringMore > 0), l.worst, name)...)
	}
	worst := rules.Severity("")
	for _, l := range all {
		worst = facts.Worse(worst, l.worst)
	}
	t.row(paintTotal, s.sizes(s.Input, s.Folded, len(s.Issues), atLeast(len(s.Unknown), s.MoreUnknown()), worst, words.Plural(int64(len(s.Logs)), "log"))...)
	t.flush()
	s.more(w, len(all), "log")
	if s.Repeats > 0 {
		fmt.Fprintf(w, "%s of whole jobs not counted: the archive has their steps as well\n", words.Plural(int64(s.Repeats), "log"))
	}
}

// saidFailed reports whether what a run printed says that it failed.
func saidFailed(l *report.Log) bool { return l.Verdict.Failed == outcome.Yes }

// badness is how bad it is what became of a log: of one that could not be read nobody knows what is in it.
func badness(l *report.Log) int {
	switch {
	case facts.Unread(l):
		return 3
	case saidFailed(l):
		return 2
	case facts.NotKnown(l):
		return 1
	}
	return 0
}

// sizes are the cells of a log, or of all.
func (s Scan) sizes(in, folded filter.Size, issues int, unknown string, worst rules.Severity, name string) []string {
	percent := int64(0)
	if in.Lines > 0 {
		percent = (100*folded.Lines + in.Lines/2) / in.Lines
	}
	return []string{decimal(in.Lines), decimal(folded.Lines), fmt.Sprintf("%d %%", percent), strconv.Itoa(issues), unknown, cmp.Or(string(worst), "-"), name}
}

// atLeast is a number of a table; open: there are more than were counted.
func atLeast(n int, open bool) string {
	if open {
		return ">" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// issues writes a row for each issue, the worst first.
func (s Scan) issues(w io.Writer) {
	t := s.table(w, column{head: "COUNT"}, column{head: "LINES"}, column{head: "LOGS"}, column{head: "SEVERITY", left: true}, column{head: "ISSUE", left: true, whole: true})
	logs := facts.LogsWith(s.Report)
	all := report.WorstFirst(facts.Weighed(s.Report).Issues)
	for _, i := range words.Top(s.Top, all) {
		t.row(paintOf(i.Severity), strconv.Itoa(i.Count), decimal(i.Lines), strconv.Itoa(logs[i.ID]), string(i.Severity), printable.Line(i.ID))
	}
	t.flush()
	s.more(w, len(all), "issue")
	fmt.Fprintln(w, "what an issue is, and what ends it: orbfilter rules show ISSUE")
}

// unknown writes a row for what no rule knows, what has the most lines first, with the
// first line of a sample and, where there are several, the first log that has it.
func (s Scan) unknown(w io.Writer) {
	columns := []column{{head: "COUNT"}, {head: "LINES"}, {head: "LOGS"}, {head: "UNKNOWN", left: true}, {head: "KIND", left: true, wide: true}, {head: "FIRST LOG", left: true, wide: true}, {head: "SAMPLE", left: true, end: true}}
	const first = 5
	named := func(cells []string) []string { return cells }
	if len(s.Logs) < 2 {
		columns = slices.Delete(columns, first, first+1)
		named = func(cells []string) []string { return slices.Delete(cells, first, first+1) }
	}
	t := s.table(w, columns...)
	all := report.UnknownFirst(s.Unknown)
	for _, u := range words.Top(s.Top, all) {
		in := facts.LogsWithName(s.Logs, u.Fingerprint)
		t.row(nil, named([]string{strconv.Itoa(u.Count), decimal(u.Lines), strconv.Itoa(len(in)), printable.Line(u.Fingerprint), s.kind(u), s.firstLog(in), sampleLine(u.Text())})...)
	}
	t.flush()
	if left := len(all) - s.Top; s.Top > 0 && left > 0 && s.MoreUnknown() {
		fmt.Fprintf(w, "%s; --top 0 shows those that are known (%s)\n", facts.MoreThan(left, "other unknown text"), words.Grouped(int64(len(all))))
	} else {
		s.more(w, len(all), "unknown text")
	}
	if text := facts.Untold(s.Report); text != "" {
		fmt.Fprintln(w, text)
	}
	s.newRule(w, all)
}

// newRule says how a rule is made of the first.
func (s Scan) newRule(w io.Writer, all []*report.Unknown) {
	what := "a rule for it: "
	if len(all) > 1 {
		what = "a rule for the first: "
	}
	fmt.Fprintln(w, what+facts.NewRuleOf(s.Report, all[0]))
}

// firstLog names the first of some logs. On a terminal the sample needs room as well.
func (s Scan) firstLog(in []*report.Log) string {
	if len(in) == 0 {
		return ""
	}
	name := facts.LogName(in[0])
	if s.Width == 0 {
		return name
	}
	return middle(name, min(max(s.Width-besideLog, minLogColumns), maxLogColumns))
}

// How much of a log's name stands beside a sample, and how wide all else is.
const (
	minLogColumns = 8
	maxLogColumns = 32
	besideLog     = 64
)

// sampleLine is the first line of a sample that says something.
func sampleLine(sample string) string {
	for l := range strings.Lines(sample) {
		if l = strings.TrimSpace(printable.Line(l)); l != "" {
			return cells.Truncate(l, maxSampleColumns, "…")
		}
	}
	return ""
}

// maxSampleColumns is how much of a sample is shown at most.
const maxSampleColumns = 100

// more says how many rows are left out.
func (s Scan) more(w io.Writer, n int, what string) {
	if s.Top > 0 && n > s.Top {
		fmt.Fprintf(w, "%s; --top 0 shows all\n", words.Plural(int64(n-s.Top), "more "+what))
	}
}

// paintOf colours a row by its severity, and paintTotal the one of all.
func paintOf(s rules.Severity) []color.Attribute { return words.Colors[s] }

var paintTotal = []color.Attribute{color.Bold}

// kind is that of a text that no rule knows, and whether it is new against a baseline.
func (s Scan) kind(u *report.Unknown) string {
	if s.Gate != nil && s.Gate.Baseline != "" && slices.Contains(s.Gate.New, u.Fingerprint) {
		return printable.Line(u.Kind) + ", new"
	}
	return printable.Line(u.Kind)
}
