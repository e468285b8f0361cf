package report

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
)

// CauseOf returns what an issue of a run comes of: what its rule names and was seen above or, of a line that only says that
// hosts failed, the issue that the first of them had. log is the name of the log. nil: it is not known.
func CauseOf(s *filter.Summary, i *filter.Issue, log string) *Cause {
	of := s.Stream(i.Stream).Cause(i.FirstLine)
	if of != nil && len(of.Text) == 0 {
		of = nil
	}
	switch c := i.Cause; {
	case c != nil && of != nil && of.Line == c.Line: // it says more than that the host failed
		return &Cause{c.Rule.ID, log, c.Line, saidBy(of)}
	case c != nil:
		return &Cause{c.Rule.ID, log, c.Line, c.Text}
	case of != nil:
		if at := issueAt(s, i.Stream, of.Line); at != nil && at != i {
			return &Cause{at.Rule.ID, log, of.Line, saidBy(of)}
		}
	}
	return nil
}

func saidBy(f *outcome.Failure) string { return f.Host + ": " + f.Reason }

// issueAt returns the issue that is seen in a line of a stream, of several the worst; nil: none is.
func issueAt(s *filter.Summary, stream, line int) (worst *filter.Issue) {
	for _, i := range s.Issues {
		at := i.Stream == stream && i.FirstLine == line || slices.ContainsFunc(i.Places, func(p filter.Place) bool { return p.Stream == stream && p.Line == line })
		if at && (worst == nil || Rank(i.Rule.Severity) > Rank(worst.Rule.Severity)) {
			worst = i
		}
	}
	return worst
}
