package page

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/lazyregexp"
)

const (
	maxLogs       = 500
	openLogs      = 20 // of more, the table is closed
	maxFailedLogs = 20
	maxUnknown    = 100
)

// logList are the logs that the page names.
type logList struct {
	All  int
	Rows []logRow
	Left leftOut // Count is of occurrences, Lines of those that are folded
}

type logRow struct {
	*report.Log
	Name, Date, Error string
	Worst, WorstWord  string
	Where             []part // of a run that failed
	Reason            string // that it failed for; empty: it did not, or none is known
	Href              string // to what its run did; empty: that is not on the page
	Count             int    // occurrences
}

// newLogList has those first that could not be read, then the worst, then the newest.
func newLogList(r *report.Report) logList {
	worst := worstOf(r)
	out := listLogs(slices.SortedStableFunc(slices.Values(r.Logs), func(a, b *report.Log) int {
		return cmp.Or(cmp.Compare(read(a), read(b)), cmp.Compare(worst(a), worst(b)), newest(a, b))
	}), maxLogs)
	for n := range out.Rows {
		w := worsts[worst(out.Rows[n].Log)]
		out.Rows[n].Worst, out.Rows[n].WorstWord = w.Class, w.Word
	}
	return out
}

// read is 0 for a log with an error, else 1.
func read(l *report.Log) int {
	if l.Error != "" {
		return 0
	}
	return 1
}

func failedLogs(logs []*report.Log) logList {
	var failed []*report.Log
	for _, l := range logs {
		if l.Error != "" {
			failed = append(failed, l)
		}
	}
	return listLogs(failed, maxFailedLogs)
}

func listLogs(logs []*report.Log, most int) logList {
	out := logList{All: len(logs)}
	for n, l := range logs {
		row := newLogRow(l)
		if n < most {
			out.Rows = append(out.Rows, row)
		} else {
			out.Left.add(row.Count, l.Folded.Lines)
		}
	}
	return out
}

func newLogRow(l *report.Log) logRow {
	out := logRow{Log: l, Name: logName(l), Date: dayOf(l), Error: fit.Prose(l.Error)}
	for i := range l.Issues {
		out.Count += l.Issues[i].Count
	}
	return out
}

// dayOf is when a log began, in UTC; empty: it is not known.
func dayOf(l *report.Log) string {
	t, ok := dateOf(l)
	if !ok {
		return ""
	}
	return t.Format("2006-01-02 15:04")
}

// Long reports whether there are many.
func (l logList) Long() bool { return l.All > openLogs }

// unknowns are what no rule knows, the most frequent first.
type unknowns struct {
	All, Count int
	Open       bool // there are more than All
	Rows       []unknown
	Left       leftOut
}

type unknown struct {
	*report.Unknown
	Fingerprint, Kind, Sample, Anchor string
	First                             string // where it is first
	From                              string // its first line, as rules new takes it; empty: not known
}

func newUnknowns(r *report.Report) unknowns {
	out := unknowns{All: len(r.Unknown), Open: r.MoreUnknown(), Count: r.UnknownMore}
	for n, u := range slices.SortedStableFunc(slices.Values(r.Unknown), unknownOrder) {
		out.Count += u.Count
		if n < maxUnknown {
			out.Rows = append(out.Rows, unknown{Unknown: u, Fingerprint: fit.Name(u.Fingerprint), Kind: fit.Name(u.Kind), Sample: fit.Sample(u.Text()), First: firstOf(r, u), From: from(r, u)})
		} else {
			out.Left.add(u.Count, u.Lines)
		}
	}
	names := fit.Anchors{}
	for n := range out.Rows {
		out.Rows[n].Anchor = "unknown-" + names.Of(out.Rows[n].Unknown.Fingerprint)
	}
	return out
}

// firstOf says where a text is first: of several logs, in the first that has it.
func firstOf(r *report.Report, u *report.Unknown) string {
	return "first in " + fit.Prose(facts.Place(r.Logs, u.Fingerprint, u.FirstLine))
}

// typed is what can be typed without quotes.
var typed = lazyregexp.New(`^[\w./@%+=,-]+$`)

// from is LOG:LINE, if both are known and the name can be typed as it stands.
func from(r *report.Report, u *report.Unknown) string {
	log, line := r.Place(u)
	if line == 0 || log == "-" || !typed.MatchString(log) {
		return ""
	}
	return fmt.Sprintf("%s:%d", log, line)
}

func unknownOrder(a, b *report.Unknown) int {
	return cmp.Or(cmp.Compare(b.Lines, a.Lines), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

// fillLog says of a log what became of its run, and where that is on the page.
func (p *page) fillLog(row *logRow) {
	row.Href = p.Deploys.href(row.Log)
	if v := &row.Verdict; (facts.Failed(row.Log) || facts.NotKnown(row.Log)) && len(p.Report.Logs) > 1 {
		row.Where, row.Reason = p.where(row.Log, v), fit.Prose(v.Reason)
	}
}
