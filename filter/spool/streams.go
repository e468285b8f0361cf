package spool

import (
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/report"
)

// Around is how many lines are kept in front of a line in which something went wrong, and behind it.
const Around = 10

// Streams are the spools of one run, or of one log: one, or those of stdout and stderr. Of nil nothing is kept.
type Streams struct {
	spools  []*Spool
	filters []summed
	// excerpts are those of the run, once they were looked for.
	excerpts []report.Excerpt
	looked   bool
}

// A summed is what has filtered a stream.
type summed interface{ Summary() *filter.Summary }

// NewStreams returns nil if nobody wants them.
func NewStreams(wanted bool) *Streams {
	if !wanted {
		return nil
	}
	return &Streams{}
}

// Keep puts a spool in front of a sink.
func (s *Streams) Keep(next filter.Sink) filter.Sink {
	if s == nil {
		return next
	}
	s.spools = append(s.spools, New(next))
	return s.spools[len(s.spools)-1]
}

// Of says which filter sends to the spool that was made last.
func (s *Streams) Of(f summed) {
	if s != nil {
		s.filters = append(s.filters, f)
	}
}

// AddTo puts what was kept into the report of the run, once that is over.
func (s *Streams) AddTo(r *report.Report) {
	if s == nil || len(r.Logs) != 1 {
		return
	}
	l := r.Logs[0]
	l.Streams = nil
	for n, sp := range s.spools {
		if !sp.Empty() {
			l.Streams = append(l.Streams, report.Stream{Name: s.name(n), Text: sp.Text(), Leads: s.leads(n)})
		}
	}
	if len(l.Streams) == 1 {
		l.Streams[0].Name, l.Streams[0].Leads = "", true
	}
	if n := slices.IndexFunc(l.Streams, func(s report.Stream) bool { return s.Leads }); n >= 0 && !s.looked {
		s.excerpts, _ = report.Around(l.Streams[n].Text, l.WrongLines(r.Issues), Around)
	}
	s.looked = true
	l.Excerpts = s.excerpts
}

func (s *Streams) name(n int) string {
	if len(s.spools) == 2 {
		return []string{"stdout", "stderr"}[n]
	}
	return ""
}

// leads reports whether all that is known of the run is from this stream, so that its lines are meant.
func (s *Streams) leads(n int) bool {
	for k, f := range s.filters {
		sum := f.Summary()
		says := len(sum.Issues) > 0 || sum.Outcome.Record != nil || sum.Outcome.Verdict.Failed == outcome.Yes
		if says != (k == n) {
			return false
		}
	}
	return true
}

// Done lets go of what was kept of a log of a scan, unless that is the only one: then all of it is shown.
func (s *Streams) Done(only bool) {
	if !only {
		s.Close()
	}
}

// Close removes what was kept.
func (s *Streams) Close() {
	if s == nil {
		return
	}
	for _, sp := range s.spools {
		sp.Close()
	}
}
