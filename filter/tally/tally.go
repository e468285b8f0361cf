// Package tally adds up what a run has: occurrences of issues, exceptions that no rule knows, the
// bytes that are shown and folded, what limits have left undecided. What was matched comes in, and
// lines that pass; a Summary goes out. However much comes in, a tally stays small: names are
// capped, and answers are forgotten.
//
// It is asked back one thing only: whether the versions that are installed where an issue
// was printed have it (version.go, time.go). What is installed is handed in.
package tally

import (
	"cmp"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/rules"
)

// Options are what a tally may be told. The zero value is good.
type Options struct {
	// Installed looks up a package in a site-packages folder as it is now: its
	// version, "" when it is not there, and since when it is there; the zero time:
	// that is not known. "" since NoAnswer says that it is not known whether it is there.
	// nil: nothing can be looked up.
	Installed func(site, pkg string) (version string, since time.Time)
	// Recorded: the input may have been written at any time before. Then a version
	// that is installed speaks against an issue only if it was there when the issue
	// was written, see time.go. Else the input is a run that goes on now.
	Recorded bool
	// Written is when recorded input was written to last, as far as is known; the
	// zero time: it is not. It stands in for the dates that lines do not have.
	Written time.Time
	// IsCause reports whether issues of other rules may come of one of this rule, so that its
	// last occurrences are to be remembered; nil: none do.
	IsCause func(*rules.Rule) bool
}

// NoAnswer is since when nothing is installed where the machine did not answer, or not in
// time.
var NoAnswer = time.Unix(1, 0)

// A Tally is not safe for concurrent use. New makes one.
type Tally struct {
	options Options
	byRule  map[*rules.Rule]*Issue
	issues  []*Issue
	counted int          // occurrences
	asked   int          // see Asked
	doubted int          // see Doubts
	names   *capped.Room // for the names in issues
	lately  *capped.Room // for what was seen last on hosts
	unknown unknowns
	answers
	doubts map[string]doubt // of rules, by id
	left   Summary          // what limits have left undecided
	size   struct{ in, out, folded Size }
	told   func(Note) // see Tell; nil: nobody asks
	end    struct {   // whether the last byte is folded, and whether it is a line feed
		fold, any, lf bool
	}
	returns struct { // lines that end with a bare carriage return, and whether they count
		out, folded int64
		count       bool
	}
}

// New returns a tally that has seen nothing.
func New(options Options) *Tally {
	return &Tally{
		options: options, byRule: map[*rules.Rule]*Issue{},
		names: capped.NewRoom(maxNames), lately: capped.NewRoom(maxNames), answers: newAnswers(),
	}
}

// Where something was said in a run of pyinfra.
type Where struct {
	Context string // the phase or operation; may be empty
	Writer  string // the prefix of the writer whose run it is
}

// An Occurrence is one time that a rule matched.
type Occurrence struct {
	Line, Last int
	Lines      int // that it is
	Where
	Host  string // that it names; may be empty
	Site  string // the folder of installed packages that it is of; empty: not known
	Text  string // of its first line; empty: it is a block that is folded
	Head  string // the line that a block was opened in, cut; empty: it is no block
	Stamp []byte // the date that it was written with; empty: none was seen
}

// Count enters an occurrence. It reports whether the rule may claim it: not
// when the version that is installed should not print it.
func (t *Tally) Count(r *rules.Rule, o Occurrence) bool {
	t.tell(&Note{kind: counted, rule: r, occurrence: o})
	i := t.Issue(r)
	t.counted++
	if i.Count == 0 {
		i.Cause = t.causeOf(r, o)
	}
	if i.Count == 0 || o.Line < i.FirstLine { // a block that began before another may be complete after it
		i.FirstLine, i.First = o.Line, o.Text
	}
	i.note(o, t.lately)
	i.Count++
	i.LastLine = max(i.LastLine, o.Last)
	i.Timeline.add(o.Line, 1)
	if len(i.Places) < MaxPlaces {
		i.Places = append(i.Places, Place{Line: o.Line, Host: o.Host, Operation: o.Context, Text: cmp.Or(o.Text, o.Head)})
	}
	if o.Host != "" {
		i.Hosts.Add(o.Host, 1, t.names)
	}
	if o.Context != "" {
		i.Operations.Add(o.Context, 1, t.names)
	}
	i.Lines += int64(o.Lines)
	affected := t.installed(i, o.Site, o.Stamp)
	if !affected && r.Folds() {
		i.Unfolded++
	}
	return affected
}

// Counted is how many occurrences were entered.
func (t *Tally) Counted() int { return t.counted }

// Issue returns what was seen of a rule. It goes on counting.
func (t *Tally) Issue(r *rules.Rule) *Issue {
	if i, ok := t.byRule[r]; ok {
		return i
	}
	i := &Issue{Rule: r}
	if t.options.IsCause != nil && t.options.IsCause(r) {
		i.runs = map[string]*inRun{}
	}
	t.byRule[r] = i
	t.issues = append(t.issues, i)
	return i
}

// Has reports whether what is installed in a folder has the issue of a rule, as far as it tells of
// what was written with this date. What is not known counts as having it.
func (t *Tally) Has(r *rules.Rule, site string, stamp []byte) bool {
	t.tell(&Note{kind: asked, rule: r, occurrence: Occurrence{Site: site, Stamp: stamp}})
	return t.installed(t.Issue(r), site, stamp)
}

// In enters bytes that came in.
func (t *Tally) In(n int) { t.size.in.Bytes += int64(n) }

// Left enters bytes that have left, folded or shown. returns is how many lines in them end with a bare carriage return, in front of
// all line feeds of the run.
func (t *Tally) Left(raw []byte, fold bool, returns int) {
	size, last := sizeOf(raw), raw[len(raw)-1]
	t.end.any, t.end.fold, t.end.lf = true, fold, last == '\n' || t.returns.count && returns > 0 && last == '\r'
	if fold {
		t.size.folded.add(size)
		t.returns.folded += int64(returns)
	} else {
		t.size.out.add(size)
		t.returns.out += int64(returns)
	}
}

// CountReturns has lines counted that end with a bare carriage return.
func (t *Tally) CountReturns() { t.returns.count = true }

// End notes that nothing more will leave.
func (t *Tally) End() {
	if t.end.fold && !t.end.lf { // a last line without an end is a line
		t.end.lf = true
		t.size.folded.Lines++
	}
}

// Undecided enters that a limit has kept a rule from deciding; nil: all rules.
func (t *Tally) Undecided(r *rules.Rule, why string) {
	t.left.leave(r, why, 1)
	t.tell(&Note{kind: undecided, rule: r, text: why})
}

// Grow enters lines of an occurrence that come when it was counted.
func (t *Tally) Grow(r *rules.Rule, lines int) {
	t.Issue(r).Lines += int64(lines)
	t.tell(&Note{kind: grown, rule: r, lines: lines})
}

// Guard enters that an occurrence is one that no rule may fold, and why.
func (t *Tally) Guard(r *rules.Rule, why string) {
	i := t.Issue(r)
	i.Guarded++
	i.Because = cmp.Or(i.Because, why)
	t.tell(&Note{kind: guarded, rule: r, text: why})
}

// Summary returns what was seen so far. limits are those of the run, as far as others know them.
func (t *Tally) Summary(limits Limits, of outcome.Outcome) *Summary {
	s := &Summary{Input: t.size.in, Output: t.size.out, Folded: t.size.folded, Issues: t.issues, Unknown: t.unknown.list, UnknownMore: t.unknown.more, Limits: t.inDoubt(limits), Undecided: t.left.Undecided, Outcome: of}
	if t.end.any && !t.end.lf { // a last line without an end is a line
		if t.end.fold {
			s.Folded.Lines++
		} else {
			s.Output.Lines++
		}
	}
	if t.returns.count {
		s.Output.Lines, s.Folded.Lines = s.Output.Lines+t.returns.out, s.Folded.Lines+t.returns.folded
	}
	s.Input.Lines = s.Output.Lines + s.Folded.Lines
	return s
}
