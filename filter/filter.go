// Package filter is the engine: it takes the output of a program apart into
// what rules claim and what they do not, live. Bytes go in, events come out.
// It has no clock, starts no goroutine and reads no file; time and versions
// are handed in.
//
// The walk of a byte: Write cuts the input into lines (lines.go). A line that
// holds no literal of any rule (gate.go) leaves at once. Any other is looked at
// without colours and prefixes (package view) and taken apart into the pieces that
// blocks wait for (frame.go, claim.go, step.go, python.go), each writer's lines
// apart from the others' (voice.go). While a block is open, what follows it is
// held, in order (held.go). trace.go says why a line was claimed or not.
//
// What stands on the engine has packages of its own: ruletest asks whether rules
// keep to their samples, learn finds what no rule knows yet.
package filter

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/orbfilter/orbfilter/filter/capped"
	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// Hold is how long what stands behind an open block waits for the block's
// next piece, if Options does not say. Two cores under load are the normal
// case: a child may pause in the middle of a line.
const Hold = 500 * time.Millisecond

// Options are what a filter may be told. The zero value is good.
type Options struct {
	// Hold is how long a block may pause; 0: Hold.
	Hold time.Duration
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
	// Claims: of issues that are not folded, too, each event has the rule. A block
	// that will be shown is held back for that until it is complete, so that it is
	// for recorded logs, in which nobody waits.
	Claims bool
	// Record has what pyinfra does recorded, see outcome.Record: each line of its operations is
	// looked at for that. Its times are those of Tick, and of recorded input those that stand in
	// front of lines.
	Record bool
	// Sent is called when what one call of the filter has decided was sent to the sink,
	// so that it can leave together; nil: nobody waits for that.
	Sent func()
	// Trace is told what is decided, as it is decided; nil: nobody asks.
	Trace func(Trace)
}

// NoAnswer is since when nothing is installed where the machine did not answer, or not in
// time.
var NoAnswer = time.Unix(1, 0)

// A Filter is an io.WriteCloser: the caller writes a program's output in, and
// the filter sends events to its sink. It never loses, reorders or changes a
// byte. It is not safe for concurrent use.
type Filter struct {
	sink    Sink
	options Options
	err     error // the sink's

	plan       *Plan
	gate       *gate.Gate // nil: every line is looked at
	programs   []*program
	lineRules  []lineRule
	guards     guards
	candidates []int // that were looked for last
	singles    map[string]singleLine
	repeats    map[[sha256.Size]byte]bool // what rules for repeats have seen, by hash

	part  []byte // the line that has not ended yet
	seen  int    // so much of it was searched for the end of a frame
	shown bool   // a visible part of this line has left already
	// returned: it has left up to a CR, which may be a part of the line's end.
	returned bool
	long     bool   // the rest of this line passes unmatched
	line     int    // number of the current line
	stamp    []byte // the last date that a line was seen with, in recorded input; see time.go
	view     view.Line
	found    []piece
	misses   int // texts of the line that looked like pieces, and were none

	look   int    // counts the texts that were looked at
	memo   memo   // what steps made of the last ones
	drafts drafts // memory for what is compared
	key    []byte // the same
	lists  map[string][]place

	out   []byte // bytes that are about to leave together, unclaimed or folded
	outAs Event  // what they leave as, but for Raw
	plain bool   // what is put is whole lines without any literal
	// outPlain: so is what is about to leave.
	outPlain bool

	*voice     // the current one
	voices     []*voice
	byDress    map[string]*voice
	busyVoices int    // in which something is going on
	silence    int    // the line in which silent voices are looked for next
	within     *voice // of the current line, if a frame or a part of it was seen; nil: none was
	inner      bool   // other frames or a part of the current line came before this one
	stands     bool   // something of the current line stays
	margin     margin

	begun     int // blocks that were opened
	counted   int // occurrences of issues that were counted
	known     wholeBlocks
	stayed    int64 // bytes that were let go and are not folded
	held      []segment
	queue     []segment // room for it
	heldBytes int
	room      []byte // for bytes that are held; what lies behind its length is free
	seq       int    // of the next segment
	named     bool   // a rule for single lines has taken the current one

	now    time.Duration // since the first Tick, as far as it counts
	last   time.Time     // of the last Tick
	partAt time.Duration // when the part grew last

	byRule  map[*rules.Rule]*Issue
	issues  []*Issue
	unknown unknowns
	outcome *outcome.Follower // of what is shown
	names   *capped.Room      // for the names in issues
	lately  *capped.Room      // for what was seen last on hosts
	answers
	limits Limits
	doubts map[string]doubt // of rules, by id
	left   Summary          // what limits have left undecided
	size   struct{ in, out, folded Size }
	end    struct { // whether the last byte is folded, and whether it is a line feed
		fold, any, lf bool
	}
	panicked bool
	phased   bool // a phase of a run of pyinfra has begun
	taken    int  // bytes of the input that were put
}

// New returns a filter that sends events to sink.
func New(set *rules.Set, sink Sink, options Options) *Filter {
	return NewPlan(set).Filter(sink, options)
}

// Write takes in the next bytes. It always takes all of them, also when the
// sink fails: then it returns the sink's error.
func (f *Filter) Write(p []byte) (int, error) {
	f.size.in.Bytes += int64(len(p))
	f.guard(p, func() { f.feed(p) })
	return len(p), f.err
}

// guard runs a stage that is to handle input. If it panics, filtering ends,
// and every byte that has not left yet passes: a mistake in a rule, or here,
// must not cost a line.
func (f *Filter) guard(input []byte, stage func()) {
	part, taken := append([]byte(nil), f.part...), f.taken
	defer f.sent()
	defer func() {
		if r := recover(); r != nil {
			f.limits.RulesSkipped = append(f.limits.RulesSkipped, fmt.Sprintf(AllRules+": filtering ended in line %d: %v", f.line, r))
			f.left.leave(nil, "filtering has ended by a mistake", 1)
			f.turnOff()
			f.pass(append(part, input...)[f.taken-taken:])
		}
	}()
	stage()
}

// sent sends what is about to leave, and says that it was all.
func (f *Filter) sent() {
	f.flushOut()
	if f.options.Sent != nil {
		f.options.Sent()
	}
}

// turnOff lets everything pass from here on, beginning with what waits.
func (f *Filter) turnOff() {
	f.panicked = true
	f.plan, f.programs, f.lineRules = &Plan{}, nil, nil
	for i := range f.held {
		f.held[i].block, f.held[i].rule = nil, nil
	}
	f.voices, f.byDress, f.busyVoices, f.within, f.margin = nil, map[string]*voice{}, 0, nil, margin{}
	f.voice, f.part = f.voiceOf(""), nil
	f.release()
}

// Tick tells the filter what time it is, so that nothing waits for ever. It
// need not be called for recorded logs. A long time between two ticks means
// that the process was stopped (Ctrl-Z, a laptop asleep) and counts little.
func (f *Filter) Tick(now time.Time) error {
	const longest = 100 * time.Millisecond
	if !f.last.IsZero() {
		f.now += min(max(0, now.Sub(f.last)), longest)
	}
	f.last = now
	f.guard(nil, f.expire)
	return f.err
}

// expire gives up blocks that have paused for too long.
func (f *Filter) expire() {
	f.everyVoice(f.expireBlocks)
	if f.margin.knot != nil && f.now-f.margin.at > f.options.Hold {
		f.stand()
	}
	f.release()
	if f.openInAll() == 0 && len(f.part) > 0 && f.now-f.partAt > f.options.Hold {
		f.showPart(len(f.part))
	}
}

func (f *Filter) expireBlocks() {
	for _, b := range f.open {
		if f.now-b.at > f.options.Hold && !(b.kept && b.state == open) { // for that nothing waits
			if b.state == open {
				f.settle(b, pausedLong)
			}
			b.ended = -doneLines - 1 // no last pieces either
		}
	}
	f.keepOpen()
}

// Flush shows what may be shown, since the input is idle: a prompt, a frame
// of a spinner. A part that may be the beginning of a known issue waits.
func (f *Filter) Flush() error {
	f.guard(nil, func() {
		if len(f.held) == 0 && len(f.part) > 0 {
			f.showPart(f.harmless())
		}
	})
	return f.err
}

// Pending reports whether bytes are held back.
func (f *Filter) Pending() bool { return len(f.part) > 0 || len(f.held) > 0 || f.openInAll() > 0 }

// Close lets go of everything: blocks that are not complete pass. It does
// not close the sink.
func (f *Filter) Close() error {
	f.guard(nil, func() {
		f.physical(f.part)
		f.part, f.seen = nil, 0
		f.dropAll("the run ends before it is complete")
		f.everyVoice(f.cutOff)
		f.settleMargin()
		f.release()
		f.flushOut()
		if f.end.fold && !f.end.lf { // a last line without an end is a line
			f.end.lf = true
			f.size.folded.Lines++
		}
	})
	return f.err
}

// Summary returns what the filter has seen so far. What is held back is in
// the input only; after Close nothing is.
func (f *Filter) Summary() *Summary {
	s := &Summary{Input: f.size.in, Output: f.size.out, Folded: f.size.folded, Issues: f.issues, Unknown: f.unknown.list, UnknownMore: f.unknown.more, Limits: f.inDoubt(f.limits), Undecided: f.left.Undecided, Outcome: f.outcome.Outcome()}
	if f.end.any && !f.end.lf { // a last line without an end is a line
		if f.end.fold {
			s.Folded.Lines++
		} else {
			s.Output.Lines++
		}
	}
	s.Input.Lines = s.Output.Lines + s.Folded.Lines
	return s
}

// emit sends an event: unclaimed bytes together with those before them, and
// folded ones with those before them that the same rule has folded. What a rule
// claims that is shown is an event a line.
func (f *Filter) emit(e Event) {
	const large, most = 4 << 10, 64 << 10
	own := e.Rule != nil && !e.Fold
	if !e.Fold {
		f.stayed += int64(len(e.Raw))
	}
	if e.Rule != f.outAs.Rule || e.Fold != f.outAs.Fold || len(f.out) > most || own && bytes.HasSuffix(f.out, []byte("\n")) {
		f.flushOut()
	}
	if len(e.Raw) >= large {
		f.flushOut()
		f.send(e, f.plain)
		return
	}
	if f.outPlain = f.plain && (f.outPlain || len(f.out) == 0); len(f.out) == 0 {
		f.outAs = Event{Rule: e.Rule, Fold: e.Fold, Line: e.Line}
	}
	f.out = append(f.out, e.Raw...)
}

func (f *Filter) flushOut() {
	if len(f.out) > 0 {
		e := f.outAs
		e.Raw = f.out
		f.send(e, f.outPlain)
		f.out = f.out[:0]
	}
}

// send hands an event on. plain: it is whole lines without any literal.
func (f *Filter) send(e Event, plain bool) {
	if len(e.Raw) == 0 {
		return
	}
	e = f.tell(e)
	size := Size{int64(len(e.Raw)), int64(bytes.Count(e.Raw, []byte("\n")))}
	f.end.any, f.end.fold, f.end.lf = true, e.Fold, e.Raw[len(e.Raw)-1] == '\n'
	if e.Fold {
		f.size.folded.add(size)
	} else {
		f.size.out.add(size)
		if f.options.Record && !f.options.Recorded {
			f.outcome.At(f.last)
		}
		f.outcome.Write(e.Raw, e.Line, plain)
	}
}

// tell sends an event to the sink, unless that has failed, and returns it as
// it was taken: what the sink does not let be folded is shown.
func (f *Filter) tell(e Event) Event {
	if f.err != nil {
		return e
	}
	if f.err = f.sink.Event(e); e.Fold && errors.Is(f.err, ErrShow) {
		e.Fold = false
		f.err = f.sink.Event(e)
	}
	return e
}
