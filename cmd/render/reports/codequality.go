package reports

import (
	"io"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/cmd/render/facts"
	"github.com/orbfilter/orbfilter/cmd/render/words"
	"github.com/orbfilter/orbfilter/filter/report"
	"github.com/orbfilter/orbfilter/internal/jsonlist"
	"github.com/orbfilter/orbfilter/internal/printable"
	"github.com/orbfilter/orbfilter/rules"
)

// A qualityEntry is an entry of GitLab's Code Quality report:
// https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
type qualityEntry struct {
	Description string          `json:"description"`
	CheckName   string          `json:"check_name"`
	Fingerprint string          `json:"fingerprint"`
	Severity    string          `json:"severity"` // info, minor, major, critical or blocker
	Location    qualityLocation `json:"location"`
}

type qualityLocation struct {
	Path  string       `json:"path"` // relative, without "./"
	Lines qualityLines `json:"lines"`
}

type qualityLines struct {
	Begin int `json:"begin"`
}

var qualitySeverities = map[rules.Severity]string{rules.Noise: "info", rules.Notice: "minor", rules.Warning: "major", rules.Error: "critical"}

// CodeQuality writes a report for GitLab's merge requests: an entry for each issue
// in each log, for what no rule knows, and for a --fail-on that was met. An entry
// without a file is not shown, so that of a live run stands in pyinfra.log.
func CodeQuality(w io.Writer, r *report.Report) error {
	entries := gateEntries(r)
	about, unknown := issuesByID(r), unknownByName(r)
	for _, l := range reportLogs(r) {
		if facts.Failed(l) {
			run := failedResult(l)
			entries = append(entries, newEntry(l, runFailed, runFailed+run.at, "blocker", run.text, l.Verdict.Line))
		}
		for _, s := range sightings(r, l, about) {
			for _, one := range s.results() {
				text := one.text + " " + s.counsel(one.at != "")
				entries = append(entries, newEntry(l, s.issue.ID, s.issue.ID+one.at, qualitySeverities[s.severity], text, one.line))
			}
		}
		for _, name := range l.Unknown {
			if u := unknown[name]; u != nil {
				severity, text := qualityUnknown(r.Gate, u)
				entries = append(entries, newEntry(l, "unknown-"+u.Kind, u.Fingerprint, severity, text, seenIn(r, l, u).FirstLine))
			}
		}
	}
	return jsonlist.Write(w, entries[:0:0], jsonlist.List{Len: len(entries), At: func(i int) any { return entries[i] }})
}

// counsel is what to know of an issue and to do about it, in sentences; titled: what it is as well.
func (s *sighting) counsel(titled bool) string {
	text := s.issue.Advice
	if titled {
		text = words.Sentence(s.issue.Title) + " " + text
	}
	if len(s.issue.Fix) > 0 {
		named, others := facts.FewCommands(s.issue.Fix, s.issue.InstalledMore)
		text += " Fix: " + strings.Join(named, "; ")
		if others != "" {
			text += "; " + others
		}
	}
	return text
}

// gateEntries says that a gate has failed, in the baseline if there is one: that is a file of the project. Of one
// that has passed there is none, since each entry is a finding.
func gateEntries(r *report.Report) []qualityEntry {
	if r.Gate == nil || len(r.Gate.Reasons) == 0 {
		return []qualityEntry{}
	}
	text := facts.GateWords(r, printable.Line, printable.Line)
	return []qualityEntry{newEntry(&report.Log{Name: r.Gate.Baseline}, "fail-on", "gate-failed", "blocker", text, 1)}
}

// qualityUnknown says of a text that no rule knows how much it matters, and what it is.
func qualityUnknown(g *report.Gate, u *report.Unknown) (severity, text string) {
	severity, text = "major", "no rule knows "+u.Fingerprint+": "+words.CutText(u.Text())
	switch {
	case g == nil || g.Baseline == "" || g.Broken:
		return severity, "N" + text[1:]
	case slices.Contains(g.New, u.Fingerprint):
		return "critical", "New: " + text
	}
	return "info", "In the baseline: " + text
}

// newEntry returns an entry whose fingerprint is that of name in a log: where in
// the log it stands changes with every run.
func newEntry(l *report.Log, check, name, severity, text string, line int) qualityEntry {
	file := strings.TrimLeft(drive.ReplaceAllString(logPath(l), ""), "/")
	return qualityEntry{
		Description: printable.Line(text), CheckName: printable.Line(check), Fingerprint: hashOf(name, file), Severity: severity,
		Location: qualityLocation{Path: file, Lines: qualityLines{Begin: max(line, 1)}},
	}
}
