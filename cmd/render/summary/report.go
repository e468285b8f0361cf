package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// ReportText is a report as a person reads it on a terminal: what the summary of
// the run said, as far as a report has it.
type ReportText struct {
	*report.Report
	Color bool
	Width int    // of the terminal, in columns; 0: not known
	Home  string // shown as ~; may be empty
	Told  bool   // it was said already which runs failed
}

// Write writes all of it: which runs failed, a line of totals, a paragraph for each issue, the worst
// first, what no rule knows, the logs that could not be read, and what was out of the
// ordinary.
func (t ReportText) Write(w io.Writer) error {
	t.Report = facts.Weighed(t.Report)
	var b strings.Builder
	s := &Summary{Color: t.Color, Width: t.Width, Home: t.Home, Summary: &filter.Summary{}}
	s.Summary.Limits.RegexTimeouts = t.Limits.RegexTimeouts
	for _, r := range t.Limits.RulesSkipped {
		s.Summary.Limits.RulesSkipped = append(s.Summary.Limits.RulesSkipped, printable.Line(r))
	}
	t.failed(&b, s)
	t.gate(&b)
	fmt.Fprintln(&b, words.Paint(t.Color, color.Bold).Sprint(facts.ReportTotals(t.Report)))
	for _, i := range report.WorstFirst(t.Issues) {
		t.issue(&b, s, i)
	}
	Unknown(&b, t.Logs, t.Unknown, 0, 0)
	if text := facts.Untold(t.Report); text != "" && len(t.Unknown) > 0 { // else they are told elsewhere
		fmt.Fprintf(&b, "orbfilter: t%s\n", strings.TrimPrefix(text, "T"))
	}
	for _, l := range t.Logs {
		if l.Error != "" {
			fmt.Fprintf(&b, "orbfilter: %s was not read to its end: %s\n", facts.LogName(l), printable.Line(l.Error))
		}
	}
	s.Limits(&b)
	Undecided(&b, t.Limits.Undecided)
	_, err := io.WriteString(w, b.String())
	return err
}

// failed says whether the run failed or, of several, which did.
func (t ReportText) failed(w io.Writer, s *Summary) {
	switch {
	case t.Told:
	case len(t.Logs) > 1:
		Scan{Report: t.Report, Color: t.Color, Width: t.Width}.runs(w)
	default:
		s.Outcome.Verdict = t.Verdict
		s.verdict(w)
	}
}

// gate says that --fail-on was met, where the runs do not tell.
func (t ReportText) gate(w io.Writer) {
	if text := facts.GateFailure(t.Report, printable.Line); text != "" && !t.Told {
		fmt.Fprintln(w, words.Paint(t.Color, color.FgRed, color.Bold).Sprint("orbfilter: "+strings.TrimSuffix(strings.ToLower(text[:1])+text[1:], ".")))
	}
}

func (t ReportText) issue(w io.Writer, s *Summary, i *report.Issue) {
	head := fmt.Sprintf("%4d ×  %s   %s", i.Count, words.Paint(t.Color, color.Bold).Sprint(printable.Line(i.ID)), words.SeverityAt(t.Color, i.Severity, facts.Place(t.Logs, i.ID, i.FirstLine)))
	if where := facts.WhereIn(i, printable.Line, facts.Quoted); where != "" {
		head += "   " + where
	}
	fmt.Fprintln(w, head)
	s.Prose(w, printable.Line(words.Sentence(i.Title)+" "+i.Advice))
	if c := i.Cause; c != nil {
		s.Prose(w, facts.CauseText(c, len(t.Logs) > 1, printable.Line))
	}
	if versions := strings.Join(facts.VersionFacts(i), " "); versions != "" {
		s.Prose(w, s.short(printable.Line(versions)))
	}
	s.commands(w, i.Fix, i.InstalledMore)
	for _, u := range i.References {
		fmt.Fprintln(w, words.Indent+printable.Line(u))
	}
}

func (t ReportText) errors(w io.Writer, issues []*report.Issue) {
	for _, i := range issues {
		if i.Severity == rules.Error {
			fmt.Fprintln(w, words.Paint(t.Color, color.FgRed, color.Bold).Sprintf("orbfilter: error: %s (%s, %d ×, %s)", printable.Line(words.Sentence(i.Title)), printable.Line(i.ID), i.Count, facts.Place(t.Logs, i.ID, i.FirstLine)))
		}
	}
}
