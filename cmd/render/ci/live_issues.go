package ci

import (
	"fmt"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// worstOf returns the issues that are worth a line of their own, the worst
// first: what was only noise, and was folded, is not.
func worstOf(r *report.Report, o IssueOptions) (out []*report.Issue) {
	for _, i := range report.WorstFirst(r.Issues) {
		if i.Severity == rules.Error || !o.ErrorsOnly && (i.Severity != rules.Noise || i.Unfolded > 0) {
			out = append(out, i)
		}
	}
	return out
}

// perKind is how many issues of a kind are said one by one: GitHub takes 10
// errors, 10 warnings and 10 notices of a step
// (https://github.com/actions/runner/blob/main/src/Runner.Worker/ExecutionContext.cs),
// Azure no more, and a person reads no more.
const perKind = 10

// maxRuns is how many logs of the same fate are said one by one, and maxPlaces how many places of an issue.
const (
	maxRuns   = 3
	maxPlaces = 3
)

// A saying is what became of a log or a gate, an issue as it is said, or several that there is no room for.
type saying struct {
	severity rules.Severity // not noise
	title    string
	lines    []string
}

// sayings returns what is said of a report: of each kind perKind at most, the last of
// which names all that are left out. What became of the logs is said first, and that --fail-on was met where nothing else is red.
func sayings(r *report.Report, o IssueOptions) (out []saying) {
	for n := range fates { // who wants errors alone is told as well what is not known: silence would say that all is well
		out = append(out, fates[n].sayings(r)...)
	}
	taken := map[rules.Severity]int{}
	for _, s := range out {
		taken[s.severity]++
	}
	out = append(out, issueSayings(r, o, taken)...)
	text, isError := facts.GateFailure(r, printable.Line), func(s saying) bool { return s.severity == rules.Error }
	if text != "" && !slices.ContainsFunc(out, isError) { // an error is why, and is red already
		out = slices.Insert(out, 0, saying{rules.Error, fmt.Sprintf("orbfilter: exit code %d", r.ExitCode), []string{text}})
	}
	return out
}

// A fate is what may become of a log that a person is to know of.
type fate struct {
	severity rules.Severity
	so       func(*report.Log) bool
	more     string // so many more: "runs failed"
	title    func(*report.Log) string
	lines    func(*report.Log) []string
}

// fates are all of them. What is not known is no error: the run may have gone well.
var fates = []fate{
	{rules.Error, facts.Unread, "logs were not read to their end", func(*report.Log) string { return "not read to its end" }, func(l *report.Log) []string { return []string{words.Sentence(facts.UnreadText(l))} }},
	{rules.Error, facts.Failed, "runs failed", verdictOf, reasonOf},
	{rules.Warning, facts.NotKnown, "runs of which it is not known whether they failed", verdictOf, reasonOf},
}

func verdictOf(l *report.Log) string { return facts.VerdictText(&l.Verdict) }

func reasonOf(l *report.Log) []string {
	return append([]string{words.Sentence(printable.Line(l.Verdict.Reason))}, facts.RunWords(l)...)
}

// sayings says of the logs of a report that it became of them.
func (f *fate) sayings(r *report.Report) (out []saying) {
	logs := facts.LogsThat(r, f.so)
	for n, l := range logs {
		if n == maxRuns-1 && len(logs) > maxRuns {
			return append(out, saying{f.severity, fmt.Sprintf("orbfilter: %d more %s", len(logs)-n, f.more), []string{"The report says which."}})
		}
		title := f.title(l)
		if len(r.Logs) > 1 {
			title = facts.LogName(l) + ": " + title
		}
		out = append(out, saying{f.severity, "orbfilter: " + words.CutText(title), f.lines(l)})
	}
	return out
}

// issueSayings returns what is said of issues. taken is how many of a kind are said already.
func issueSayings(r *report.Report, o IssueOptions, taken map[rules.Severity]int) (out []saying) {
	byKind := map[rules.Severity][]*report.Issue{}
	for _, i := range worstOf(r, o) {
		kind := i.Severity
		if kind == rules.Noise { // that was not folded
			kind = rules.Notice
		}
		byKind[kind] = append(byKind[kind], i)
	}
	for _, kind := range []rules.Severity{rules.Error, rules.Warning, rules.Notice} {
		of, most := byKind[kind], perKind-taken[kind]
		for n, i := range of {
			if n == most-1 && len(of) > most {
				out = append(out, saying{kind, fmt.Sprintf("orbfilter: %d more, of severity %s", len(of)-n, kind), []string{idsOf(of[n:])}})
				break
			}
			out = append(out, saying{kind, printable.Line(fmt.Sprintf("%s (%d ×, %s)", i.ID, i.Count, facts.Place(r.Logs, i.ID, i.FirstLine))), issueWords(i, len(r.Logs) > 1)})
		}
	}
	return out
}

// idsOf lists issues by their ids.
func idsOf(issues []*report.Issue) string {
	ids := make([]string, 0, len(issues))
	for _, i := range issues {
		ids = append(ids, printable.Line(i.ID))
	}
	return "The report has all of it: " + strings.Join(ids, ", ")
}

// issueWords says in lines what an issue is, and what to do about it. several: the report is of several logs.
func issueWords(i *report.Issue, several bool) (lines []string) {
	if i.Severity == rules.Error {
		for n := range i.Places[:min(len(i.Places), maxPlaces)] {
			lines = append(lines, words.Sentence(facts.PlaceText(&i.Places[n])))
		}
	}
	lines = append(lines, printable.Line(strings.Join(append([]string{words.Sentence(i.Title), i.Advice}, facts.VersionFacts(i)...), " ")))
	if c := i.Cause; c != nil {
		lines = append(lines, facts.CauseText(c, several, printable.Line))
	}
	named, others := facts.FewCommands(i.Fix, i.InstalledMore)
	for _, c := range named {
		lines = append(lines, "→ "+printable.Line(c))
	}
	if others != "" {
		lines = append(lines, others)
	}
	for _, u := range i.References {
		lines = append(lines, printable.Line(u))
	}
	return lines
}

// cut cuts a text to so many bytes, between characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}
