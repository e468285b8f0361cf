// Package filter is the engine: it takes the output of a program apart into
// what rules claim and what they do not, live. Bytes go in, events come out.
// It has no clock, starts no goroutine and reads no file; time and versions
// are handed in.
//
// A Filter puts the stages together, each a package that knows only those behind it. The walk of a byte:
// package lines cuts the input. A line that holds no literal of any rule leaves at once, by package gate. Any other is
// looked at without colours and prefixes (package view), and taken apart into the pieces that blocks wait for, each
// writer's lines apart from the others' (package match, which asks the programs of package plan). While a block is
// open, what follows it is held, in order (package hold). What leaves goes to the sink, and is counted (package
// tally). stages.go is where they meet.
//
// What stands on the engine has packages of its own: rules/ruletest asks whether rules
// keep to their samples, rules/learn finds what no rule knows yet.
package filter

import (
	"fmt"
	"time"

	"github.com/orbfilter/orbfilter/filter/gate"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/lines"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/tally"
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
	// so that it can leave together; nil: nobody waits for that. A sink that is a Flusher need not
	// be named here.
	Sent func()
	// Memory is what another filter of the same plan has remembered, which has come to its end: to go on with it saves time, and makes no
	// difference. nil: nothing is remembered yet.
	Memory *Memory
	// Trace is told what is decided, as it is decided; nil: nobody asks.
	Trace func(Trace)
}

// A Memory is what is remembered of texts, to be quick. One filter at a time uses it.
type Memory = match.Texts

// NewMemory returns one for filters of the plan.
func (p *Plan) NewMemory() *Memory { return match.NewTexts(p.rules) }

// A Filter is an io.WriteCloser: the caller writes a program's output in, and
// the filter sends events to its sink. It never loses, reorders or changes a
// byte. It is not safe for concurrent use.
type Filter struct {
	options Options
	plan    *Plan

	lines *lines.Cutter
	ahead *gate.Ahead // of what is written; nil: nothing is known of it
	gate  gate.Lines
	view  view.Line
	match *match.Matcher
	queue *hold.Queue
	tally *tally.Tally
	out   *output

	clock   clock
	line    int      // number of the current line
	fed     bool     // a line feed came
	begins  func()   // is called where a line begins, unless no line in front of it had to be looked at; nil: nobody asks
	returns int      // lines that end with a bare carriage return, and were not counted
	broken  []string // why filtering has ended; empty: it has not
}

// New returns a filter that sends events to sink.
func New(set *rules.Set, sink Sink, options Options) *Filter {
	return NewPlan(set).Filter(sink, options)
}

// Filter returns a filter that has seen nothing yet, and sends events to sink, as
// New does.
func (p *Plan) Filter(sink Sink, options Options) *Filter {
	if options.Hold == 0 {
		options.Hold = Hold
	}
	t := tally.New(tally.Options{Installed: options.Installed, Recorded: options.Recorded, Written: options.Written, IsCause: p.rules.IsCause})
	f := &Filter{options: options, plan: p, tally: t, line: 1, out: &output{sink: sink, tally: t, outcome: p.outcome.Follow()}}
	if options.Record {
		f.out.outcome.Record()
		f.out.timed = !options.Recorded
	}
	f.queue = hold.New(f.out, options.Claims)
	f.match = match.New(p.rules, f.queue, t, match.Options{Hold: options.Hold, Claims: options.Claims, Dated: options.Recorded && options.Installed != nil, Trace: options.Trace, Texts: options.Memory})
	f.lines = lines.New(stages{f})
	if options.Recorded {
		f.lines.WholeLines()
	}
	return f
}

// Write takes in the next bytes. It always takes all of them, also when the
// sink fails: then it returns the sink's error.
func (f *Filter) Write(p []byte) (int, error) {
	f.tally.In(len(p))
	f.guard(p, func() { f.feed(p) })
	return len(p), f.out.err
}

// Prepare looks at bytes that are to be written, and returns the function that writes them, as Write does. It changes nothing
// of the filter, so that it may be called while those in front of them are written still; the bytes must not
// change until that function has returned.
func (f *Filter) Prepare(p []byte) (write func() (int, error)) {
	g := f.plan.rules.Gate
	if g == nil {
		return func() (int, error) { return f.Write(p) }
	}
	ahead := g.Ahead(p)
	return func() (int, error) {
		f.ahead = ahead
		defer func() { f.ahead = nil }()
		return f.Write(p)
	}
}

// feed lets bytes go through the stages.
func (f *Filter) feed(p []byte) {
	if len(f.broken) > 0 {
		f.queue.Pass(p, f.line, view.Nothing)
		return
	}
	f.lines.Write(p)
	if len(p) > 0 && !f.options.Recorded { // else nobody waits
		f.renew()
	}
}

// guard runs a stage that is to handle input. If it panics, filtering ends,
// and every byte that has not left yet passes: a mistake in a rule, or here,
// must not cost a line.
func (f *Filter) guard(input []byte, stage func()) {
	part, taken := append([]byte(nil), f.lines.Part()...), f.queue.Taken()
	defer f.sent()
	defer func() {
		if r := recover(); r != nil {
			f.broken = append(f.broken, fmt.Sprintf(AllRules+": filtering ended in line %d: %v", f.line, r))
			f.tally.Undecided(nil, "filtering has ended by a mistake")
			f.turnOff()
			f.queue.Pass(append(part, input...)[f.queue.Taken()-taken:], f.line, view.Nothing)
		}
	}()
	stage()
}

// sent sends what is about to leave, and says that it was all.
func (f *Filter) sent() {
	f.out.flush()
	if s, ok := f.out.sink.(Flusher); ok {
		s.Flush()
	}
	if f.options.Sent != nil {
		f.options.Sent()
	}
}

// turnOff lets everything pass from here on, beginning with what waits.
func (f *Filter) turnOff() {
	f.match.Stop()
	f.lines.Drop()
	f.queue.Untie()
}

// A clock counts the time that is told.
type clock struct {
	now  time.Duration // since the first tick, as far as it counts
	last time.Time     // of the last tick
}

// tick tells it what time it is. What is long counts little.
func (c *clock) tick(now time.Time) {
	const longest = 100 * time.Millisecond
	if !c.last.IsZero() {
		c.now += min(max(0, now.Sub(c.last)), longest)
	}
	c.last = now
}

// Tick tells the filter what time it is, so that nothing waits for ever. It
// need not be called for recorded logs. A long time between two ticks means
// that the process was stopped (Ctrl-Z, a laptop asleep) and counts little.
func (f *Filter) Tick(now time.Time) error {
	f.clock.tick(now)
	f.out.now = now
	f.lines.Tick(f.clock.now)
	f.match.Tick(f.clock.now)
	f.queue.Tick(f.clock.now)
	f.guard(nil, f.expire)
	return f.out.err
}

// expire gives up blocks that have paused for too long.
func (f *Filter) expire() {
	f.match.Expire(f.line)
	f.queue.Expire(f.options.Hold)
	f.queue.Release()
	if part := f.lines.Part(); len(part) > 0 && f.match.Open() == 0 && f.clock.now-f.lines.Since() > f.options.Hold {
		f.showPart(len(part))
	}
}

// Flush shows what may be shown, since the input is idle: a prompt, a frame
// of a spinner. A part that may be the beginning of a known issue waits.
func (f *Filter) Flush() error {
	f.guard(nil, func() {
		if part := f.lines.Part(); len(part) > 0 && f.queue.Empty() && !view.MayBeWrapped(part) {
			f.view.Look(part)
			f.showPart(f.match.Harmless(&f.view, f.line))
		}
	})
	return f.out.err
}

// showPart lets the first n bytes of the line that has not ended leave.
func (f *Filter) showPart(n int) {
	if n == 0 {
		return
	}
	part := f.lines.Take(n)
	f.view.Look(part)
	f.match.ShowPart(&f.view, f.line)
	f.queue.Pass(part, f.line, view.Nothing)
}

// renew gives open blocks more time when the line that has not ended grows and is a piece of theirs.
func (f *Filter) renew() {
	if part := f.lines.Part(); len(part) > 0 && len(part) <= match.LongestPart && f.match.Busy() {
		f.view.Look(part)
		f.match.Renew(&f.view, f.line)
	}
}

// Pending reports whether bytes are held back.
func (f *Filter) Pending() bool {
	return len(f.lines.Part()) > 0 || !f.queue.Empty() || f.match.Open() > 0
}

// Phased reports whether pyinfra has begun a phase ("--> …") in what was written so far.
func (f *Filter) Phased() bool { return f.match.Phased() }

// Close lets go of everything: blocks that are not complete pass. It does
// not close the sink.
func (f *Filter) Close() error {
	f.guard(nil, func() {
		f.lines.Close()
		f.match.Close(f.line)
		f.queue.EndLine()
		f.queue.Release()
		f.queue.Untie() // nothing is to wait any more; if something does, that is a mistake, and must not cost a byte
		f.out.flush()
		f.tally.End()
	})
	return f.out.err
}

// Summary returns what the filter has seen so far. What is held back is in
// the input only; after Close nothing is.
func (f *Filter) Summary() *Summary {
	held := f.queue.Limits()
	return f.tally.Summary(Limits{HeldBytesMax: held.Bytes, HeldMax: held.Time, RulesSkipped: f.broken}, f.out.outcome.Outcome())
}
