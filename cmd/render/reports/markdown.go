package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// Markdown writes a report for a pull request or the page of a job: whether the run failed,
// where and why, the deploy, a table of the issues, the worst first, then what to do
// about each.
func Markdown(w io.Writer, r *report.Report) error { return MarkdownWithin(w, r, math.MaxInt) }

// MarkdownWithin writes what Markdown does, but not more than limit bytes. What
// does not fit is left out as a whole, the details first, and that is said at the
// end. Where limit is not even enough for that, nothing is written.
func MarkdownWithin(w io.Writer, r *report.Report, limit int) error {
	r = facts.Weighed(r)
	p := mdPage{room: limit - maxLeftOut, left: map[string]int{}}
	p.add("", mdHead(r)+gateLine(r))
	p.runs(r)
	issues, with := report.WorstFirst(r.Issues), facts.LogsWith(r)
	p.table("issue", issueHead(r), len(issues), func(n int) string { return issueRow(r, with, issues[n]) })
	unknown := report.UnknownFirst(r.Unknown)
	p.table("unknown text", unknownHead(r), len(unknown), func(n int) string { return unknownRow(r, unknown[n]) })
	if text := facts.Untold(r); text != "" {
		p.add("note", "\n"+text+"\n")
	}
	p.logs(r)
	for _, i := range issues {
		p.add("explanation", issueSection(i, len(r.Logs) > 1))
	}
	_, err := io.WriteString(w, p.end(limit))
	return err
}

// gateLine says what became of --fail-on, if there was any.
func gateLine(r *report.Report) string {
	if text := facts.GateFailure(r, mdCode); r.Gate == nil && text != "" {
		return "\n" + text + "\n"
	}
	if r.Gate == nil {
		return ""
	}
	return "\n" + facts.GateWords(r, mdCode, func(text string) string { return "**" + text + "**" }) + "\n"
}

// maxLeftOut is how long it takes to say what was left out.
const maxLeftOut = 300

// An mdPage is what is written, and what there was no room for.
type mdPage struct {
	text strings.Builder
	room int            // bytes that are left
	left map[string]int // what was left out, by what it is
	kind []string       // the keys of left, as they came
}

// add writes a part if there is room for it. Behind a part that was left out
// comes no other of its kind: of the worst nothing is hidden behind a lesser one.
func (p *mdPage) add(kind, part string) {
	if p.left[kind] > 0 || len(part) > p.room {
		if p.left[kind] == 0 {
			p.kind = append(p.kind, kind)
		}
		p.left[kind]++
		return
	}
	p.room -= len(part)
	p.text.WriteString(part)
}

// table writes a table, as many rows as there is room for; without rows nothing.
func (p *mdPage) table(kind, head string, rows int, row func(n int) string) {
	for n := range rows {
		part := row(n)
		if n == 0 {
			part = head + part
		}
		p.add(kind, part)
	}
}

// end returns the page.
func (p *mdPage) end(limit int) string {
	var parts []string
	for _, k := range p.kind {
		if k == "" { // not even the first line
			return ""
		}
		parts = append(parts, words.Plural(int64(p.left[k]), k))
	}
	if len(parts) > 0 {
		fmt.Fprintf(&p.text, "\nLeft out, to stay below %d bytes: %s. The JSON report has all of it.\n", limit, strings.Join(parts, ", "))
	}
	return p.text.String()
}

func issueHead(r *report.Report) string {
	if len(r.Logs) > 1 {
		return "\n| Severity | Count | Lines | Logs | Issue | Where |\n|---|---:|---:|---:|---|---|\n"
	}
	return "\n| Severity | Count | Lines | First line | Issue | Where |\n|---|---:|---:|---:|---|---|\n"
}

func issueRow(r *report.Report, with map[string]int, i *report.Issue) string {
	severity := string(i.Severity)
	if i.Severity == rules.Error {
		severity = "**error**"
	}
	where := i.FirstLine
	if len(r.Logs) > 1 {
		where = with[i.ID]
	}
	return fmt.Sprintf("| %s | %d | %d | %d | %s %s | %s |\n", severity, i.Count, i.Lines, where, mdCode(i.ID), mdProse(i.Title), facts.WhereIn(i, mdCode, mdCode))
}

func unknownHead(r *report.Report) string {
	if len(r.Logs) > 1 {
		return "\nNo rule knows:\n\n| Count | First log | Kind | Fingerprint | Text |\n|---:|---|---|---|---|\n"
	}
	return "\nNo rule knows:\n\n| Count | First line | Kind | Fingerprint | Text |\n|---:|---:|---|---|---|\n"
}

func unknownRow(r *report.Report, u *report.Unknown) string {
	where := strconv.Itoa(u.FirstLine)
	if len(r.Logs) > 1 {
		where = mdPlace(facts.LogsWithName(r.Logs, u.Fingerprint), u)
	}
	kind := mdProse(u.Kind)
	if r.Gate != nil && r.Gate.Baseline != "" && slices.Contains(r.Gate.New, u.Fingerprint) {
		kind += ", **new**"
	}
	return fmt.Sprintf("| %d | %s | %s | %s | %s |\n", u.Count, where, kind, mdCode(u.Fingerprint), mdCode(words.CutText(u.Text())))
}

// mdPlace is place, of several logs, in Markdown.
func mdPlace(in []*report.Log, u *report.Unknown) string {
	if len(in) == 0 {
		return fmt.Sprintf("line %d", u.FirstLine)
	}
	return facts.PlaceIn(in, u.Fingerprint, u.FirstLine, mdCode(facts.LogName(in[0])))
}

// issueSection says of an issue what it is and what to do. several: the report is of several logs.
func issueSection(i *report.Issue, several bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n#### %s: %s\n\n%s\n", mdCode(i.ID), mdProse(i.Title), mdProse(strings.Join(append([]string{i.Advice}, facts.VersionFacts(i)...), " ")))
	if c := i.Cause; c != nil {
		fmt.Fprintf(&b, "\n%s\n", facts.CauseText(c, several, mdCode))
	}
	if len(i.Fix) > 0 {
		named, others := facts.FewCommands(i.Fix, i.InstalledMore)
		commands := make([]string, 0, len(named)+1)
		for _, c := range named {
			commands = append(commands, printable.Line(c))
		}
		if others != "" {
			commands = append(commands, "# "+others)
		}
		b.WriteString("\n" + mdBlock("sh", commands))
	}
	for n, u := range i.References {
		if n == 0 {
			b.WriteString("\n")
		}
		b.WriteString("- " + mdLink(u) + "\n")
	}
	return b.String()
}
