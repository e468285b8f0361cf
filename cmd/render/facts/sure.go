package facts

import (
	"fmt"
	"slices"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// What is not known, or was not looked at, is no good news: every writer says so of the same logs, and in the same words.

// NotKnown reports whether a log has a run of pyinfra of which it is not known whether it failed.
func NotKnown(l *report.Log) bool {
	return l.Verdict.Failed == outcome.Unknown && l.Verdict.Reason != "" && !Failed(l)
}

// Unread reports whether a log could not be read to its end: what there is of it speaks for nothing else.
func Unread(l *report.Log) bool { return l.Error != "" }

// UnreadText says in one line that a log could not be read, and why: "deploy.log was not read: it is binary".
func UnreadText(l *report.Log) string {
	how := "was not read to its end"
	if l.Input.Bytes == 0 {
		how = "was not read"
	}
	return fmt.Sprintf("%s %s: %s", LogName(l), how, printable.Line(l.Error))
}

// LogsThat are the logs of a report of which something is so, in its order.
func LogsThat(r *report.Report, so func(*report.Log) bool) (out []*report.Log) {
	for _, l := range r.Logs {
		if so(l) {
			out = append(out, l)
		}
	}
	return out
}

// NotWell reports whether a person should look at a report: a run failed, or it is not known whether it did,
// a log could not be read, or a gate failed.
func NotWell(r *report.Report) bool {
	return AnyFailed(r) || slices.ContainsFunc(r.Logs, NotKnown) || slices.ContainsFunc(r.Logs, Unread) || GateFailure(r, printable.Line) != ""
}

// GateFailure says that --fail-on was met, and why; empty: it was not, or a run that failed, which is said anyway,
// is all that there was. A report that was read from JSON has no gate: there an exit code that
// nothing else accounts for is said. show writes what is typed, a name or a file.
func GateFailure(r *report.Report, show func(string) string) string {
	switch g := r.Gate; {
	case g != nil && (len(g.Reasons) == 0 || onlyRuns(r, g)):
		return ""
	case g != nil:
		return GateWords(r, show, func(text string) string { return text })
	case r.ExitCode != 0 && !AnyFailed(r) && !slices.ContainsFunc(r.Logs, Unread):
		return fmt.Sprintf("The exit code is %d, though no run is known to have failed; why, the report does not say: --fail-on was met, or orbfilter itself met an error.", r.ExitCode)
	}
	return ""
}

// onlyRuns reports whether a gate failed for nothing but errors, in a report in which a run failed.
func onlyRuns(r *report.Report, g *report.Gate) bool {
	return AnyFailed(r) && !slices.ContainsFunc(g.Reasons, func(w report.Reason) bool { return w.Value != "error" })
}
