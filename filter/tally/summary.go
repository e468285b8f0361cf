package tally

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// A Size is an amount of text. Lines are line feeds, and a last line
// without one.
type Size struct {
	Bytes int64 `json:"bytes"`
	Lines int64 `json:"lines"`
}

func (s *Size) add(t Size) { s.Bytes += t.Bytes; s.Lines += t.Lines }

func sizeOf(raw []byte) Size { return Size{int64(len(raw)), int64(bytes.Count(raw, []byte("\n")))} }

// A Summary is what a filter has seen. Input is Output and Folded together,
// in bytes and in lines.
type Summary struct {
	Input, Output, Folded Size
	// Issues are in the order of their first line.
	Issues  []*Issue
	Unknown []*Unknown
	// UnknownMore is how often others were seen than those among Unknown, which has
	// MaxUnknown then.
	UnknownMore int
	Limits      Limits
	Undecided   []*Undecided      // what limits have kept rules from deciding
	Outcome     outcome.Outcome   // of the run, as far as it is shown
	streams     []outcome.Outcome // of each that was merged; nil: there is one
}

// Stream is what became of the run as far as one of its streams shows it, by which the lines in that stream are
// counted: 0 is the first, or the only one.
func (s *Summary) Stream(n int) *outcome.Outcome {
	if len(s.streams) == 0 {
		return &s.Outcome
	}
	return &s.streams[n]
}

// apart are the outcomes of each stream. There is none of what nothing has come in to.
func (s *Summary) apart() []outcome.Outcome {
	if len(s.streams) == 0 && (s.Input.Bytes > 0 || len(s.Issues) > 0) {
		return []outcome.Outcome{s.Outcome}
	}
	return s.streams
}

// An Issue is what was seen of one rule.
type Issue struct {
	Rule  *rules.Rule
	Count int   // occurrences
	Lines int64 // of them, folded or not: what the issue has printed, without what stands in between
	// Unfolded are the occurrences among Count that a rule which folds did
	// not fold, because its versions say that they should not be there.
	Unfolded int
	// Guarded are the occurrences among Count that no rule may fold, and
	// Because is the reason of the first. Of blocks there are none: their
	// pieces are not taken.
	Guarded             int
	Because             string
	FirstLine, LastLine int
	Stream              int               // in which FirstLine is, from 0; see Summary.Stream
	First               string            // text of the first line, cut; empty for blocks that are folded
	Cause               *Cause            // what the first occurrence comes of; nil: the rule names nothing, or it was not seen
	runs                map[string]*inRun // by their writers; nil: no other rule's issue comes of this one
	remembered          int               // in the latest of them
	Hosts               capped.Counts     // occurrences whose lines name a host
	Operations          capped.Counts     // by operation or phase
	Installed           Installations     // one for each folder and package
	Timeline            Timeline          // where in the run the occurrences begin
	Places              []Place           // of the first MaxPlaces occurrences, in the order of their lines
}

// maxNames is what the names in all issues of a filter may take together, in bytes: a
// set has a thousand of them, and there may be as many sets as rules.
const maxNames = 2 << 20

// Python is what an Installation calls Python itself.
const Python = "python"

// An Installation is a package of the rule, or Python, as it was found in the
// folder that a traceback names.
type Installation struct {
	Site    string // the site-packages folder; empty: the text names none
	Package string
	Version string // empty: not found on this machine; of Python only "3.12"
	// Unanswered: it is not known whether it is there, since the machine did not answer.
	Unanswered bool
	// Affected: the version has the issue, as far as can be known.
	Affected bool
	// Later: the version does not have the issue, and is not known to have been there
	// when the issue was written. It says nothing of it.
	Later bool
}

// Installations are what was found of an issue's packages: where a folder was named, those
// in folders, and else that none was.
type Installations struct{ in, nowhere capped.Set[Installation] }

// Add enters an installation, once.
func (s *Installations) Add(i Installation) { s.add(i, nil) }

func (s *Installations) add(i Installation, room *capped.Room) {
	to := &s.in
	if i.Site == "" {
		to = &s.nowhere
	}
	to.Add(i, len(i.Site)+len(i.Version), room)
}

// List are the installations, in the order in which they were found. They are not to be
// changed.
func (s *Installations) List() []Installation {
	if all := s.in.List(); len(all) > 0 { // which says more than that it is not known
		return all
	}
	return s.nowhere.List()
}

// More reports whether there were others than those in List.
func (s *Installations) More() bool { return s.in.More() }

func (s *Installations) merge(t *Installations) {
	s.in.Merge(&t.in)
	s.nowhere.Merge(&t.nowhere)
}

// AllRules stands for an id in Limits.RulesSkipped where filtering has ended.
const AllRules = "all"

// Limits says how near a run came to what the filter bounds.
type Limits struct {
	HeldBytesMax  int
	HeldMax       time.Duration
	RegexTimeouts int      // lines of which a pattern has left undecided whether they are its rule's
	RulesSkipped  []string // rules that were not used, or not for each line, with the reason
}

// Merge adds another summary to s: two streams of one run.
func (s *Summary) Merge(t *Summary) {
	s.Input.add(t.Input)
	s.Output.add(t.Output)
	s.Folded.add(t.Folded)
	first := s.apart()
	s.streams = append(slices.Clip(first), t.apart()...)
	for _, i := range t.Issues {
		s.mergeIssue(i.behind(len(first)))
	}
	more := 0
	s.Unknown, more = MergeUnknown(s.Unknown, t.Unknown)
	s.UnknownMore += t.UnknownMore + more
	s.Limits.HeldBytesMax = max(s.Limits.HeldBytesMax, t.Limits.HeldBytesMax)
	s.Limits.HeldMax = max(s.Limits.HeldMax, t.Limits.HeldMax)
	s.Limits.RegexTimeouts += t.Limits.RegexTimeouts
	s.Limits.RulesSkipped = append(s.Limits.RulesSkipped, t.Limits.RulesSkipped...)
	slices.Sort(s.Limits.RulesSkipped)
	s.Limits.RulesSkipped = slices.Compact(s.Limits.RulesSkipped)
	for _, u := range t.Undecided {
		s.leave(u.Rule, u.Why, u.Count)
	}
	s.Outcome.Join(t.Outcome)
}

func (s *Summary) mergeIssue(t *Issue) {
	at := slices.IndexFunc(s.Issues, func(i *Issue) bool { return i.Rule == t.Rule })
	if at < 0 {
		s.Issues = append(s.Issues, t)
		return
	}
	i := s.Issues[at]
	i.Count += t.Count
	i.Lines += t.Lines
	i.Unfolded += t.Unfolded
	i.Guarded += t.Guarded
	i.Because = cmp.Or(i.Because, t.Because)
	if t.FirstLine < i.FirstLine {
		i.FirstLine, i.Stream, i.First, i.Cause = t.FirstLine, t.Stream, t.First, t.Cause
	}
	i.LastLine = max(i.LastLine, t.LastLine)
	i.Timeline.merge(t.Timeline)
	i.Places = append(slices.Clip(i.Places), t.Places...)
	slices.SortStableFunc(i.Places, func(a, b Place) int { return a.Line - b.Line })
	i.Places = i.Places[:min(len(i.Places), MaxPlaces)]
	i.Hosts.Merge(&t.Hosts)
	i.Operations.Merge(&t.Operations)
	i.Installed.merge(&t.Installed)
}

// behind returns a copy that is in streams behind so many others. It shares nothing that counts: t goes on counting.
func (i *Issue) behind(streams int) *Issue {
	c := *i
	c.Stream += streams
	c.Places = slices.Clone(i.Places)
	for k := range c.Places {
		c.Places[k].Stream += streams
	}
	c.Hosts, c.Operations, c.Timeline = i.Hosts.Clone(), i.Operations.Clone(), i.Timeline.Clone()
	c.Installed = Installations{}
	c.Installed.merge(&i.Installed)
	return &c
}
