package match

import (
	"crypto/sha256"
	"math"
	"slices"
	"strings"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// A writer is what is kept of one source of lines: of those with one prefix. In
// a log of many jobs or containers, each has a prefix of its own, and what one
// writes is matched apart from what the others do. What is held and let go is
// not: that is one queue for all, so that the order stays.
type writer struct {
	*Matcher
	prefix string // the key of its prefix: view.Line.Dress
	row    int    // counts its lines that were looked at, as those of all are
	at     int    // number of the last line that was its
	busy   bool   // a block is open, or a traceback passes
	// first is the first claim that others wait for, as it was when settled; nil: there is none.
	first   *hold.Claim
	settled int // the age in which it was looked for

	blocks
	account   hold.Account
	marks     int                        // carets that noise may still write; see carets.go
	draws     bool                       // the Python of a block that is open draws carets
	above     []byte                     // the last line of the run's own that may be underlined
	aboveRow  int                        // its row
	taker     *block                     // took the last piece
	head      *block                     // took the last head of a traceback, and has not got further; nil: none
	orphans   int                        // heads of tracebacks that passed, and have no frame yet
	own       bool                       // the line before is of a traceback of the run's own
	failing   *tally.Raised              // a traceback passes that no rule knows; nil: none does
	traceback *block                     // took the last line of a traceback that a rule is about
	returns   bool                       // its last line ended with a CR before the LF; see view.Line.GoesOn
	context   string                     // phase or operation of its run; empty: none was named
	loaded    site.Loaded                // the folders that it has loaded modules from
	repeats   map[[sha256.Size]byte]bool // what rules for repeats have seen, by hash; nil: nothing
}

// writers are those that are told apart.
type writers struct {
	all      []*writer
	byPrefix map[string]*writer
	busy     int  // in which something is going on
	silence  int  // from this line on one in which something is going on may have been silent for long
	swept    bool // some were forgotten that carry nothing
}

const (
	// maxWriters bounds how many writers are told apart at a time. A name in front
	// of " | " may be anything, so that a table in a log makes as many.
	maxWriters = 512
	// maxOpenInAll bounds the blocks that are open of all writers.
	maxOpenInAll = 8 * maxOpen
)

// enter makes the writer of the line or frame that is in view the current one. A
// frame without a prefix is of the writer whose line it is in.
func (m *Matcher) enter(v *view.Line) *writer {
	switch {
	case v.Dress == "" && m.within != nil:
		m.last = m.within
	case v.Dress != m.last.prefix:
		m.last = m.writer(v.Dress)
	}
	m.last = m.last.branch(v)
	return m.last
}

// writes notes that the writer has written the current line. What it had begun long before is given up, as leaveSilent
// would have done by now, or soon.
func (w *writer) writes() {
	if w.busy && w.line-w.at > maxGap {
		w.giveUpAll(silent)
		w.settle()
	}
	w.at = w.line
}

// writer returns the writer with this prefix, which may be a new one.
func (m *Matcher) writer(prefix string) *writer {
	if w := m.writers.byPrefix[prefix]; w != nil {
		return w
	}
	if len(m.writers.all) >= maxWriters {
		m.forgetWriters()
	}
	w := &writer{Matcher: m, prefix: prefix}
	m.writers.all, m.writers.byPrefix[prefix] = append(m.writers.all, w), w
	return w
}

// forgetWriters forgets the writers that carry nothing, which makes no difference; where there is none, the half of them that had
// no line for longest. Blocks of theirs are given up.
func (m *Matcher) forgetWriters() {
	m.writers.swept = true
	m.forgetIf(func(w *writer) bool { return w != m.within && w.leavesNothing() })
	if len(m.writers.all) < maxWriters {
		return
	}
	var at []int
	for _, w := range m.writers.all {
		at = append(at, w.at)
	}
	slices.Sort(at)
	last := at[len(at)/2]
	m.each(func(w *writer) {
		if w.at <= last {
			w.giveUpAll(tooManyWrite)
		}
	})
	m.forgetIf(func(w *writer) bool { return w.at <= last })
	m.queue.Release()
}

// forgetIf forgets some of the writers.
func (m *Matcher) forgetIf(some func(*writer) bool) {
	m.writers.all = slices.DeleteFunc(m.writers.all, func(w *writer) bool {
		gone := some(w)
		if gone {
			w.beginRun()
			delete(m.writers.byPrefix, w.prefix)
		}
		return gone
	})
}

// giveUpAll gives up what the writer still waits for.
func (w *writer) giveUpAll(why string) {
	for _, b := range w.open {
		if b.State == hold.Open {
			w.conclude(b, why)
		}
		b.ended = -doneLines - 1 // no last pieces either
	}
	w.keepOpen()
	w.failing = nil
}

// beginRun forgets what another run has told: where its modules are, what was the first of its kind, and what others may come of.
func (w *writer) beginRun() {
	w.loaded = site.Loaded{}
	w.singles.repeats -= len(w.repeats)
	w.repeats = nil
	w.tally.BeginRun(w.prefix)
}

// each does something with each writer.
func (m *Matcher) each(do func(*writer)) {
	for _, w := range m.writers.all {
		do(w)
		w.settle()
	}
}

// settle keeps count of the writers in which something is going on, and of what. The first block that others wait for is looked
// for anew only if that may be another one: a thousand may be open.
func (w *writer) settle() {
	if len(w.open) == 0 {
		w.account.Balance()
		w.marks, w.draws = 0, false
	}
	if busy := len(w.open) > 0 || w.failing != nil; busy != w.busy {
		w.busy = busy
		if busy {
			w.writers.busy++
			w.writers.silence = min(w.writers.silence, w.at+maxGap+1)
		} else {
			w.writers.busy--
		}
	}
	if w.settled != w.idle.Age() || w.first != nil && !w.first.Waits() {
		w.settled, w.first = w.idle.Age(), w.firstThatWaits()
	}
	w.queue.Wait(&w.account, w.first)
}

// firstThatWaits is the claim of the first block that others wait for, or nil.
func (w *writer) firstThatWaits() *hold.Claim {
	for _, b := range w.open {
		if b.Waits() {
			return &b.Claim
		}
	}
	return nil
}

// leaveSilent gives up writers that have written nothing for so long that they will
// not: a job may end in the middle of a traceback. Each is in the same line, whatever came before.
func (m *Matcher) leaveSilent() {
	if m.line < m.writers.silence {
		return
	}
	next := math.MaxInt
	m.each(func(w *writer) {
		switch {
		case !w.busy:
		case w.line-w.at > maxGap:
			w.giveUpAll(silent)
		default:
			next = min(next, w.at+maxGap+1)
		}
	})
	m.writers.silence = next
}

// Expire gives up blocks that have paused for too long.
func (m *Matcher) Expire(number int) {
	m.line = number
	m.each((*writer).expire)
}

func (w *writer) expire() {
	for _, b := range w.open {
		if w.now-b.at > w.options.Hold && !(b.Kept && b.State == hold.Open) { // for that nothing waits
			if b.State == hold.Open {
				w.conclude(b, pausedLong)
			}
			b.ended = -doneLines - 1 // no last pieces either
		}
	}
	w.keepOpen()
}

// GiveUp gives all blocks up.
func (m *Matcher) GiveUp(number int, why string) {
	m.line = number
	m.each(func(w *writer) {
		for _, b := range w.open {
			if b.State == hold.Open {
				w.conclude(b, why)
			}
		}
		w.keepOpen()
	})
}

// Close gives all blocks up, since no line comes any more.
func (m *Matcher) Close(number int) {
	m.lookLong()
	m.GiveUp(number, runEnds)
	m.each(func(w *writer) {
		w.tally.CutOff(w.failing, w.at)
		w.failing = nil
	})
}

// where returns the phase or operation that the current line is in, and the writer whose run that is of. A writer that
// has named none is in that of the one around it: a prefix may be the run's own.
func (w *writer) where() tally.Where {
	all := w.writers.byPrefix
	for prefix := w.prefix; w == nil || w.context == ""; w = all[prefix] {
		if prefix == "" {
			return tally.Where{}
		}
		prefix = prefix[:1+strings.LastIndexByte(strings.TrimSuffix(prefix, "\n"), '\n')]
	}
	return tally.Where{Context: w.context, Writer: w.prefix}
}
