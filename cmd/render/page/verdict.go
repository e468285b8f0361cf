package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/page/fit"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// maxFailedRuns is how many runs that failed stand at the top.
const maxFailedRuns = 8

// A verdict is what a person wants to know first: whether the run failed, where, why.
type verdict struct {
	Class  string // error, well or unsure
	Word   string // "Failed"
	Reason string // empty: there is none
	Note   string // of several logs: of how many it is not known; and that --fail-on was met
	Where  []part // host, operation and line; empty: none of it is known
	Facts  []fact // exit code, time, command
	Tail   []string
	Lines  []string     // those around the one that says why, with their numbers
	Runs   []*failedRun // of several logs, the newest first
	More   int          // that failed, and are not among Runs
}

// A part of a place, which may lead to it.
type part struct{ Text, Href string }

// A fact is something about the run that is known.
type fact struct {
	Name, Text string
	Code       bool // it was typed
}

// A failedRun is one of several.
type failedRun struct {
	Log          part
	Date, Reason string
	Where        []part
}

var verdicts = map[outcome.Failed]struct{ class, word string }{
	outcome.Yes:     {"error", "Failed"},
	outcome.No:      {"well", "Did not fail"},
	outcome.Unknown: {"unsure", "Whether it failed is not known"},
}

// newVerdict is that of a report; nil: there is no log.
func (p *page) newVerdict() *verdict {
	v := p.sumVerdict
	switch len(p.Report.Logs) {
	case 0:
		return nil
	case 1:
		v = func() *verdict { return p.runVerdict(p.Report.Logs[0]) }
	}
	return p.withGate(v())
}

// withGate adds to a verdict that --fail-on was met, where the runs do not tell: its heading must not look well then.
func (p *page) withGate(v *verdict) *verdict {
	text := facts.GateFailure(p.Report, printable.Line)
	if text == "" {
		return v
	}
	if v.Class != "error" {
		v.Class, v.Word = "error", fmt.Sprintf("%s, and the exit code is %d", v.Word, p.ExitCode)
	}
	v.Note = strings.TrimSpace(v.Note + " " + fit.Prose(text))
	return v
}

// runVerdict is that of one run. Where no line says why it failed, the last lines that were shown have to do.
func (p *page) runVerdict(l *report.Log) *verdict {
	said := verdicts[cmp.Or(l.Verdict.Failed, outcome.Unknown)]
	v := &verdict{Class: said.class, Word: said.word, Reason: fit.Prose(l.Verdict.Reason), Where: p.where(l, &l.Verdict)}
	if c := l.Command; c != nil {
		if v.Class == "unsure" && c.ExitCode == 0 && v.Reason == "" {
			v.Word, v.Reason = "The command ended with exit code 0", "Its output does not say whether a run of pyinfra failed."
		}
		v.Facts = append(v.Facts, commandFacts(l, c)...)
	}
	if seconds, ok := tookOf(l); ok && !facts.NotStarted(l) {
		v.Facts = append(v.Facts, fact{Name: "Took", Text: duration(seconds)})
	}
	if c := l.Command; c != nil {
		v.Facts = append(v.Facts, fact{Name: "Command", Text: fit.Prose(typedCommand(c.Argv)), Code: true})
	}
	if l.Verdict.Line == 0 {
		v.Tail = tailOf(l)
	}
	v.Lines = linesAround(l, l.Verdict.Line)
	return v
}

// linesAround are the lines that were shown around one, for where there is no page.
func linesAround(l *report.Log, line int) (out []string) {
	const most = 10
	for _, e := range l.Excerpts {
		shown := slices.DeleteFunc(slices.Clone(e), func(l report.Line) bool { return l.Rule != "" })
		at := slices.IndexFunc(shown, func(l report.Line) bool { return l.Number == line })
		if at < 0 {
			continue
		}
		for _, l := range shown[max(0, at-most):min(len(shown), at+most+1)] {
			out = append(out, fmt.Sprintf("%6d  %s", l.Number, fit.Visible(fit.Cut(l.Text, fit.MaxLine))))
		}
		return out
	}
	return nil
}

func commandFacts(l *report.Log, c *report.Command) []fact {
	if facts.NotStarted(l) { // the code is orbfilter's
		return nil
	}
	if c.Signal != "" {
		return []fact{{Name: "Ended by", Text: fit.Name(c.Signal)}, {Name: "Exit code", Text: strconv.Itoa(c.ExitCode)}}
	}
	return []fact{{Name: "Exit code", Text: strconv.Itoa(c.ExitCode)}}
}

func tailOf(l *report.Log) (out []string) {
	for _, line := range l.Tail {
		out = append(out, fit.Visible(fit.Cut(line, fit.MaxLine)))
	}
	return out
}

// typedCommand is a command as it could be typed, roughly: an argument that has a space stands in quotes.
func typedCommand(argv []string) string {
	var out []string
	for _, arg := range argv {
		if arg == "" || strings.ContainsAny(arg, " \t\n'\"") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		out = append(out, arg)
	}
	return strings.Join(out, " ")
}

// tookOf is how long a run took: as the command did, or from its first phase to its last.
func tookOf(l *report.Log) (seconds float64, ok bool) {
	if l.Command != nil {
		return l.Command.Seconds, true
	}
	if l.Run == nil {
		return 0, false
	}
	phases := slices.DeleteFunc(slices.Clone(l.Run.Phases), func(p outcome.Phase) bool { return p.Within > 0 }) // they are in those of another run
	if len(phases) < 2 {
		return 0, false
	}
	for _, phase := range phases[:len(phases)-1] {
		if phase.Seconds == nil {
			return 0, false
		}
		seconds += *phase.Seconds
	}
	return seconds, true
}

// where says where a failure is: host, operation, line.
func (p *page) where(l *report.Log, v *outcome.Verdict) (out []part) {
	if v.Host != "" {
		out = append(out, part{Text: fit.Name(v.Host)})
	}
	if v.Operation != "" {
		out = append(out, part{Text: fit.Name(v.Operation)})
	}
	if v.Line > 0 {
		out = append(out, part{"line " + words.Grouped(int64(v.Line)), p.href(l, v.Line)})
	}
	return out
}

// sumVerdict says how many runs failed, and which came last.
func (p *page) sumVerdict() *verdict {
	n := map[outcome.Failed]int{}
	var failed []*report.Log
	for _, l := range p.Report.Logs {
		n[l.Verdict.Failed]++
		if l.Verdict.Failed == outcome.Yes {
			failed = append(failed, l)
		}
	}
	all := len(p.Report.Logs)
	v := &verdict{Class: "error", Word: fmt.Sprintf("%s of %s logs: the run failed", words.Grouped(int64(len(failed))), words.Grouped(int64(all)))}
	switch {
	case len(failed) > 0:
	case n[outcome.No] == all:
		v.Class, v.Word = "well", "No run failed"
	default:
		v.Class, v.Word = "unsure", "No run is known to have failed"
	}
	if unknown := all - n[outcome.Yes] - n[outcome.No]; unknown > 0 {
		v.Note = fmt.Sprintf("Of %s it is not known whether a run failed.", fit.Counted(int64(unknown), "log"))
	}
	slices.SortStableFunc(failed, newest)
	for _, l := range failed[:min(len(failed), maxFailedRuns)] {
		v.Runs = append(v.Runs, &failedRun{Log: part{logName(l), p.Deploys.href(l)}, Date: dayOf(l), Reason: fit.Prose(l.Verdict.Reason), Where: p.where(l, &l.Verdict)})
	}
	v.More = len(failed) - len(v.Runs)
	return v
}

// newest has logs in the order of their dates, the last first; those without a date are behind.
func newest(a, b *report.Log) int {
	at, aok := dateOf(a)
	bt, bok := dateOf(b)
	switch {
	case aok != bok && aok:
		return -1
	case aok != bok:
		return 1
	}
	return cmp.Or(bt.Compare(at), cmp.Compare(a.Name, b.Name))
}

func logName(l *report.Log) string { return cmp.Or(fit.Name(l.Name), "live run") }

// duration is how long something took, as precise as a person wants it.
func duration(seconds float64) string {
	switch {
	case seconds < 0 || math.IsNaN(seconds):
		return "not known"
	case seconds < 0.0995:
		return fmt.Sprintf("%.0f ms", seconds*1000)
	case seconds < 9.95:
		return fmt.Sprintf("%.1f s", seconds)
	case seconds < 59.5:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 3599.5:
		s := int64(math.Round(seconds))
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	minutes := int64(math.Round(min(seconds, 1e15) / 60))
	return fmt.Sprintf("%s h %d min", words.Grouped(minutes/60), minutes%60)
}

// Markdown is the verdict for a ticket or a chat.
func (v *verdict) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**", v.Word)
	if v.Reason != "" {
		fmt.Fprintf(&b, ": %s", markdownCode(v.Reason))
	}
	b.WriteString("\n")
	if len(v.Where) > 0 {
		fmt.Fprintf(&b, "\n- Where: %s", markdownParts(v.Where))
	}
	for _, f := range v.Facts {
		fmt.Fprintf(&b, "\n- %s: %s", f.Name, markdownCode(f.Text))
	}
	for _, r := range v.Runs {
		fmt.Fprintf(&b, "\n- %s: %s %s", markdownCode(r.Log.Text), markdownParts(r.Where), markdownCode(r.Reason))
	}
	if v.More > 0 {
		fmt.Fprintf(&b, "\n- and %s more", words.Grouped(int64(v.More)))
	}
	if len(v.Tail) > 0 {
		b.WriteString("\n\nThe last lines:\n\n" + markdownBlock(v.Tail))
	}
	if len(v.Lines) > 0 {
		b.WriteString("\n\n" + markdownBlock(v.Lines))
	}
	return strings.TrimSpace(b.String()) + "\n"
}

func markdownParts(parts []part) string {
	var out []string
	for _, p := range parts {
		out = append(out, markdownCode(p.Text))
	}
	return strings.Join(out, " · ")
}

// markdownCode is text as code in a line: the fence is longer than any within.
func markdownCode(text string) string {
	text = strings.Join(strings.Fields(printable.Line(text)), " ")
	if text == "" {
		return ""
	}
	fence := fenceFor(text, 1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

func markdownBlock(lines []string) string {
	text := strings.Join(lines, "\n")
	fence := fenceFor(text, 3)
	return fence + "text\n" + text + "\n" + fence + "\n"
}

func fenceFor(text string, least int) string {
	longest, run := 0, 0
	for _, r := range text {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return strings.Repeat("`", max(least, longest+1))
}
