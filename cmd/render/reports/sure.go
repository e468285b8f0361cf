package reports

import (
	"fmt"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/printable"
)

// What is neither a run that failed nor an issue, and no good news either: a run of which it is not known whether
// it failed, a log that could not be read, a gate that failed.

// The ids of their results.
const (
	runNotKnown = "run-not-known"
	logNotRead  = "log-not-read"
)

// titles are those of the results that are of a log as a whole.
var titles = map[string]struct{ title, full, help string }{
	runFailed:   {"The run failed", "The run failed, as what it printed says, or the exit code of its command.", "Where it failed, and what was said there, is in the message. orbfilter explains issues that it knows by themselves."},
	runNotKnown: {"Whether the run failed is not known", "A run of pyinfra began, and what is there of it does not tell whether it failed.", "The message says why that is not known."},
	logNotRead:  {"A log was not read to its end", "A log was not read to its end: what is in the rest of it is not known.", "The message says why it was not read."},
}

// fate is what became of a log as a whole, where that is no good news.
func fate(l *report.Log) (out []sarifResult) {
	if facts.Unread(l) {
		out = append(out, sarifResult{log: l, id: logNotRead, level: "error", count: 1, text: words.Sentence(facts.UnreadText(l))})
	}
	switch {
	case facts.Failed(l):
		out = append(out, failedResult(l))
	case facts.NotKnown(l):
		one := failedResult(l)
		one.id, one.level = runNotKnown, "warning"
		out = append(out, one)
	}
	return out
}

// gateSuite is the suite of a gate that failed, or of an exit code that nothing else accounts for; nil: there is none.
func gateSuite(r *report.Report) *junitSuite {
	text := xmlText(facts.GateFailure(r, printable.Line))
	if text == "" {
		return nil
	}
	s := &junitSuite{Name: "exit code", Properties: []junitProperty{{"orbfilter.version", xmlText(printable.Line(r.Tool.Version))}, {"exit_code", fmt.Sprint(r.ExitCode)}}}
	s.add(junitCase{Name: "orbfilter's exit code is 0", Failure: &junitResult{Message: words.CutText(text), Type: "exit-code", Text: text + "\n"}})
	return s
}

// mdBecame is a head that says what became of several logs; empty: no more is known than that no run failed.
func mdBecame(r *report.Report) string {
	unread, unsure := len(facts.LogsThat(r, facts.Unread)), len(facts.LogsThat(r, facts.NotKnown))
	failed, runs := len(facts.LogsThat(r, facts.Failed)), len(facts.LogsThat(r, isRead))
	var parts []string
	if failed > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s failed", failed, words.Plural(int64(runs), "run")))
	}
	switch {
	case failed > 0 && unsure > 0:
		parts = append(parts, fmt.Sprintf("of %d it is not known", unsure))
	case unsure == 1:
		parts = append(parts, "of 1 run it is not known whether it failed")
	case unsure > 1:
		parts = append(parts, fmt.Sprintf("of %d runs it is not known whether they failed", unsure))
	}
	if unread > 0 {
		parts = append(parts, fmt.Sprintf("%s not read to the end", words.Plural(int64(unread), "log")))
	}
	return strings.Join(parts, ", ")
}

// isRead reports whether a log counts among the runs: it was read to its end, or is known to have failed.
func isRead(l *report.Log) bool { return !facts.Unread(l) || facts.Failed(l) }
