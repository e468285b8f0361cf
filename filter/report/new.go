package report

import (
	"cmp"
	"runtime"
	"slices"

	"github.com/orbfilter/orbfilter/filter"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
	"github.com/orbfilter/orbfilter/rules/versions"
)

// A Run is what a report says besides the summary.
type Run struct {
	Version  string // orbfilter's
	ExitCode int
	Name     string // of the log; empty: the run was live
	Date     string // RFC 3339; empty: not known
	Error    string // why the log could not be read to its end; empty: it was
	Command  *Command
	// Fix returns the command that installs a requirement for a site-packages folder.
	Fix func(site, requirement string) string
}

// New returns the report of one run.
func New(s *filter.Summary, run Run) *Report {
	r := &Report{
		Schema: Schema, Tool: Tool{"orbfilter", run.Version},
		Input: s.Input, Output: s.Output, Folded: s.Folded,
		Issues: []*Issue{}, UnknownMore: s.UnknownMore,
		Logs:        []*Log{newLog(s, run)},
		Limits:      LimitsOf(s),
		Environment: Environment{runtime.GOOS, runtime.GOARCH},
		ExitCode:    run.ExitCode,
	}
	r.addUnknown(s.Unknown)
	r.Verdict = r.Logs[0].Verdict
	for _, i := range s.Issues {
		out := newIssue(i, run.Fix)
		out.Cause = CauseOf(s, i, run.Name)
		out.Places = placesOf(i, s.Stream, run.Name)
		r.Issues = append(r.Issues, out)
	}
	slices.SortFunc(r.Issues, issueOrder)
	return r
}

// LimitsOf says how near a run came to what the filter bounds.
func LimitsOf(s *filter.Summary) Limits {
	l := Limits{
		HeldBytesMax: s.Limits.HeldBytesMax, HeldMsMax: s.Limits.HeldMax.Milliseconds(),
		RegexTimeouts: s.Limits.RegexTimeouts, RulesSkipped: sortedSet(s.Limits.RulesSkipped),
	}
	for _, u := range s.Undecided {
		l.Undecided = append(l.Undecided, Undecided{u.ID(), u.Severity(), u.Why, u.Count})
	}
	if s.Outcome.Lost > 0 {
		l.Undecided = append(l.Undecided, Undecided{"", rules.Error, "more hosts or runs went on side by side than are told apart", s.Outcome.Lost})
	}
	l.Undecided = undecidedSet(l.Undecided)
	return l
}

// addUnknown enters the texts of one run.
func (r *Report) addUnknown(list []*Unknown) {
	all := map[string]*Unknown{}
	addUnknowns(all, list)
	more := 0
	r.Unknown, more = largestUnknowns(all, MaxUnknown)
	r.UnknownMore = plusInt(r.UnknownMore, more)
}

func newIssue(i *filter.Issue, fix func(site, requirement string) string) *Issue {
	return &Issue{
		About: about(i.Rule),
		Count: i.Count, Unfolded: i.Unfolded, Lines: i.Lines, FirstLine: i.FirstLine, LastLine: i.LastLine,
		Hosts: i.Hosts.Map(), HostsMore: i.Hosts.More(), Operations: i.Operations.Map(), OperationsMore: i.Operations.More(),
		Installed: installations(i), InstalledMore: i.Installed.More(), Fix: append([]string{}, i.Commands(fix)...),
	}
}

func about(r *rules.Rule) About {
	return About{ID: r.ID, Title: r.Title, Severity: r.Severity, Advice: r.Counsel(), Affected: AffectedOf(r), References: append([]string{}, r.References...)}
}

// AffectedOf returns the versions that have a rule's issue; never nil.
func AffectedOf(r *rules.Rule) []Affected {
	out := []Affected{}
	for i := range r.Affected {
		out = append(out, newAffected(&r.Affected[i]))
	}
	return out
}

func newAffected(a *versions.Affected) Affected {
	out := Affected{Package: a.Package.Name, Ranges: []Range{}}
	for _, r := range a.Ranges {
		list := Range{Events: []map[string]string{}}
		for _, e := range r.Events {
			event := map[string]string{}
			for k, v := range map[string]string{"introduced": e.Introduced, "fixed": e.Fixed, "last_affected": e.LastAffected} {
				if v != "" {
					event[k] = v
				}
			}
			list.Events = append(list.Events, event)
		}
		out.Ranges = append(out.Ranges, list)
	}
	return out
}

func installations(i *filter.Issue) []Installation {
	out := []Installation{}
	for _, n := range i.Installed.List() {
		out = append(out, Installation{Package: n.Package, Version: n.Version, Site: n.Site, Affected: n.Affected, Unanswered: n.Unanswered, Later: n.Later})
	}
	return out
}

func newLog(s *filter.Summary, run Run) *Log {
	l := &Log{
		Name: run.Name, Date: run.Date, Input: s.Input, Output: s.Output, Folded: s.Folded,
		Issues: []LogIssue{}, Unknown: []string{}, Error: run.Error,
	}
	l.Verdict, l.Run, l.Command = l.named(s.Outcome.Verdict), s.Outcome.Record, run.Command
	if l.Verdict.Failed == outcome.Yes || run.Command != nil && run.Command.ExitCode != 0 {
		l.Tail = s.Outcome.Tail()
	}
	for _, i := range s.Issues {
		l.Issues = append(l.Issues, LogIssue{i.Rule.ID, i.Count, i.Lines, i.FirstLine, i.LastLine, installations(i), i.Timeline.Clone()})
	}
	slices.SortFunc(l.Issues, func(a, b LogIssue) int { return cmp.Compare(a.ID, b.ID) })
	l.addUnknown(s.Unknown)
	return l
}

// named returns a verdict that says which log it is of.
func (l *Log) named(v outcome.Verdict) outcome.Verdict {
	if v.Failed == "" { // nothing was looked at
		v.Failed = outcome.Unknown
	}
	if v.Line > 0 {
		v.Log = l.Name
	}
	return v
}
