// Package match finds the issues of a plan in lines. A line or frame comes in, as view shows it, and goes out
// with the pieces that blocks have taken of it (frame.go, claim.go), or the rule for single lines that it is of
// (single.go); then End closes what is complete (outcome.go). Blocks are counted and not recognized by where they
// lie: each waits for its next piece (waiting.go), and who takes one of several equal ones does not matter.
// The lines of each writer are matched apart from those of others (writer.go).
//
// Whose held bytes are is the queue's to keep (package hold); what was found is entered in a tally. trace.go says
// why a line was taken or not.
package match

import (
	"time"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/plan"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Options are what a matcher is told.
type Options struct {
	// Hold is how long a block may pause.
	Hold time.Duration
	// Claims: a block that is not folded has its rule as well.
	Claims bool
	// Dated: it matters when lines were written.
	Dated bool
	// Trace is told what is decided, as it is decided; nil: nobody asks.
	Trace func(Trace)
	// Texts are what another matcher has remembered, for this one to go on with; nil: nothing is.
	Texts *Texts
}

// A Matcher is not safe for concurrent use. New makes one.
type Matcher struct {
	plan    *plan.Plan
	queue   *hold.Queue
	tally   *tally.Tally
	options Options

	*Texts
	writers writers
	singles singles
	opening plan.Step // stands for the first of all programs, among the answers
	lists   plan.Lists
	drafts  drafts
	known   wholeBlocks
	idle    idle
	kept    keptLines
	long    tooLong

	current
	now    time.Duration
	stamp  []byte // the last date that a line was seen with, where that matters
	spare  []byte // room for the next
	begun  int    // blocks that were opened
	work   int    // see Work
	doubts int    // that were counted
	phased bool   // a phase of a run of pyinfra has begun
	dates  int    // lines that had a date, where that matters
}

// current is what is known of the current line.
type current struct {
	view   *view.Line // of its last frame
	line   int        // its number, from 1
	last   *writer    // who has written it, or the one before as long as that is not known
	within *writer    // the same, if a frame or a part of it was seen; nil: none was
	shown  bool       // a visible part of it has left already
	named  bool       // a rule for single lines has taken it
	misses int        // texts in it that looked like pieces, and were none
	short  string     // see excerpt; empty: it was not asked for
	found  []piece
	out    hold.Line
}

// New returns a matcher that has seen nothing.
func New(p *plan.Plan, q *hold.Queue, t *tally.Tally, o Options) *Matcher {
	m := &Matcher{
		plan: p, queue: q, tally: t, options: o, Texts: o.Texts, opening: plan.Step{ID: p.Steps}, lists: plan.NewLists(),
		known: wholeBlocks{last: make([]wholeBlock, maxBlocks)},
	}
	if m.Texts == nil {
		m.Texts = NewTexts(p)
	}
	m.writers.byPrefix = map[string]*writer{}
	m.last = m.writer("")
	return m
}

// Memory sets how many texts are remembered, and whole blocks, of which there are eight at most; lines that are nobody's are, unless n is 0.
func (m *Matcher) Memory(n int) {
	m.answers.Forget(n)
	m.known.last = make([]wholeBlock, min(n, maxBlocks))
	m.idle = idle{Idle: memory.Idle{Off: n == 0}}
	m.kept = keptLines{off: n == 0}
}

// Stop lets go of all rules, and of what was found: from here on nothing is matched.
func (m *Matcher) Stop() {
	m.plan, m.within = plan.None(), nil
	m.writers = writers{byPrefix: map[string]*writer{}}
	m.last = m.writer("")
}

// Tick tells the matcher what time it is.
func (m *Matcher) Tick(now time.Duration) { m.now = now }

// Writers is how many writers are told apart.
func (m *Matcher) Writers() int { return len(m.writers.all) }

// Work is how much was asked so far: how many times steps were, and patterns of how many bytes. It is the same each time, and
// on each machine: what an input costs grows with it, and with its length.
func (m *Matcher) Work() int { return m.work }

// Busy reports whether something is going on that a line without any literal may have a part in.
func (m *Matcher) Busy() bool { return m.writers.busy > 0 }

// Open is how many blocks are open, or may still get their last pieces.
func (m *Matcher) Open() (n int) {
	for _, w := range m.writers.all {
		n += len(w.open)
	}
	return n
}

// Phased reports whether pyinfra has begun a phase ("--> …") so far.
func (m *Matcher) Phased() bool { return m.phased }

// Line takes a line, or a frame of one, apart. What is returned is for the queue, and valid until
// the next call.
func (m *Matcher) Line(v *view.Line, number int) *hold.Line {
	m.view, m.line, m.named, m.short = v, number, false, ""
	first := m.within == nil
	w := m.enter(v)
	w.writes()
	m.within = w
	if v.GoesOn && first {
		w.goOn()
	}
	m.date(v)
	m.kept.lone = m.kept.lone && first
	w.tracebacks(v)
	w.pieces(v)
	m.out = hold.Line{
		Line: v, Number: number, Account: &w.account, Shown: m.shown,
		Prefixed: v.Prefix > 0 || v.Wrapped || !first && w.prefix != "",
		Pieces:   w.claims(m.out.Pieces[:0]),
		Rest:     w.rest(v),
	}
	return &m.out
}

// excerpt is what is kept of the line that is in view, which is the same for all blocks that have a piece in it.
func (m *Matcher) excerpt() string {
	if m.short == "" {
		m.short = shorten(m.view.Text)
	}
	return m.short
}

// date keeps the date of the line that is in view, if it has one.
func (m *Matcher) date(v *view.Line) {
	if m.options.Dated {
		if stamp := v.AppendStamp(m.spare[:0]); len(stamp) > 0 {
			m.stamp, m.spare = stamp, m.stamp
			m.dates++
		}
	}
}

// goOn prepares for a line that goes on from one before, as GitLab has them: behind a CR it is another
// frame of that, otherwise the rest of its text.
func (w *writer) goOn() {
	w.row = max(0, w.row-1)
	w.shown = !w.returns
}

// claims appends what was found for the queue.
func (w *writer) claims(out []hold.Piece) []hold.Piece {
	for _, p := range w.found {
		out = append(out, hold.Piece{Span: p.Span, Claim: &p.block.Claim, Ends: p.ends, Head: p.header})
		if p.header && p.block.State == hold.Open {
			w.head = p.block
		}
	}
	return out
}

// rest returns which rule for single lines takes the text behind the pieces. What is left of a line
// that was shown in part is nobody's.
func (w *writer) rest(v *view.Line) (o hold.Owner) {
	text := v.Text
	if n := len(w.found); n > 0 {
		text = text[w.found[n-1].To:]
	} else {
		w.nearMisses(text)
		w.contradict(v)
		if w.account.Pays(v, w.shown) {
			return o
		}
	}
	if !isBlank(text) && (len(w.found) > 0 || !w.shown) {
		o.Rule, o.Fold = w.matchLine(text)
	}
	if o.Rule == nil && len(w.found) == 0 {
		w.foreign(v)
	}
	return o
}

// foreign takes in a line that nobody has a part in.
func (w *writer) foreign(v *view.Line) {
	w.keepAbove(v.Text)
	if b := w.taker; b != nil && b.row == w.row-1 && hold.LacksIndent(v) {
		b.indentless = true
		w.account.Tear()
	}
}

// End closes what is complete behind the line, or frame, that Line has taken and the queue has got.
func (m *Matcher) End(v *view.Line) {
	w := m.last
	w.follow(v)
	m.Finish(m.line)
	m.shown = m.shown && v.End == len(v.Raw)
	w.learnIdle(v)
	m.kept.lone = false
}

// EndLine comes behind each line that was looked at. returned: a CR stood in front of the LF.
func (m *Matcher) EndLine(returned bool) {
	m.last.row++
	m.idle.EndRow()
	m.last.returns = returned
	m.Fresh()
}

// Fresh begins a line of which nothing was seen.
func (m *Matcher) Fresh() { m.shown, m.within = false, nil }
