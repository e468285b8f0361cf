package report

import (
	"cmp"
	"slices"

	"github.com/orbfilter/orbfilter/filter"
)

// A LogUnknown is what was seen in one log of a text that no rule knows.
type LogUnknown struct {
	Fingerprint string `json:"fingerprint"`
	Count       int    `json:"count"`
	Lines       int64  `json:"lines"`
	FirstLine   int    `json:"first_line"`
}

// Seen is what was seen in the log of a text that no rule knows. false: that is not known, as of a report
// of an earlier version.
func (l *Log) Seen(fingerprint string) (LogUnknown, bool) {
	at := slices.IndexFunc(l.UnknownSeen, func(u LogUnknown) bool { return u.Fingerprint == fingerprint })
	if at < 0 {
		return LogUnknown{}, false
	}
	return l.UnknownSeen[at], true
}

// addUnknown enters the texts of the one run that the log is of, once each.
func (l *Log) addUnknown(list []*Unknown) {
	all := map[string]*Unknown{}
	addUnknowns(all, list)
	for _, u := range all {
		l.Unknown = append(l.Unknown, u.Fingerprint)
		l.UnknownSeen = append(l.UnknownSeen, LogUnknown{u.Fingerprint, u.Count, u.Lines, u.FirstLine})
	}
	slices.Sort(l.Unknown)
	slices.SortFunc(l.UnknownSeen, func(a, b LogUnknown) int { return cmp.Compare(a.Fingerprint, b.Fingerprint) })
}

// FirstLine is the line in which an issue, by its id, or a text that no rule knows begins first in the log; 0: that is not known.
func (l *Log) FirstLine(name string) int {
	for n := range l.Issues {
		if l.Issues[n].ID == name {
			return l.Issues[n].FirstLine
		}
	}
	u, _ := l.Seen(name)
	return u.FirstLine
}

// In is what is known of a text in one of the logs that have it: of a report of one log, all of it.
func (r *Report) In(l *Log, u *filter.Unknown) (LogUnknown, bool) {
	if seen, ok := l.Seen(u.Fingerprint); ok {
		return seen, true
	}
	return LogUnknown{u.Fingerprint, u.Count, u.Lines, u.FirstLine}, len(r.Logs) < 2
}
