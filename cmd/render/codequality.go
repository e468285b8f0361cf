package render

import (
	"io"
	"strings"

	"github.com/orbfilter/orbfilter/report"
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
// in each log, and for what no rule knows. An entry without a file is not shown, so
// that of a live run stands in pyinfra.log.
func CodeQuality(w io.Writer, r *report.Report) error {
	entries := []qualityEntry{}
	about, unknown := issuesByID(r), unknownByName(r)
	for _, l := range reportLogs(r) {
		for _, s := range sightings(l, about) {
			text := sentence(s.issue.Title) + " " + s.issue.Advice + " Seen " + times(s.here.Count) + "."
			if len(s.issue.Fix) > 0 {
				text += " Fix: " + strings.Join(s.issue.Fix, "; ")
			}
			entries = append(entries, newEntry(l, s.issue.ID, s.issue.ID, qualitySeverities[s.issue.Severity], text, s.here.FirstLine))
		}
		for _, name := range l.Unknown {
			if u := unknown[name]; u != nil {
				entries = append(entries, newEntry(l, "unknown-"+u.Kind, u.Fingerprint, "major", "No rule knows "+u.Fingerprint+": "+cutText(u.Sample), u.FirstLine))
			}
		}
	}
	return writeJSON(w, entries)
}

// newEntry returns an entry whose fingerprint is that of name in a log: where in
// the log it stands changes with every run.
func newEntry(l *report.Log, check, name, severity, text string, line int) qualityEntry {
	file := strings.TrimLeft(drive.ReplaceAllString(logPath(l), ""), "/")
	return qualityEntry{
		Description: oneLine(text), CheckName: oneLine(check), Fingerprint: hashOf(name, file), Severity: severity,
		Location: qualityLocation{Path: file, Lines: qualityLines{Begin: max(line, 1)}},
	}
}
