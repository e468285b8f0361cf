package match

import (
	"bytes"

	"github.com/orbfilter/orbfilter/filter/cpython"
	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match/memory"
	"github.com/orbfilter/orbfilter/filter/match/site"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// Behind an open block each line is looked at, and an empty one is a byte. So what is short and nobody had a part in is
// remembered: as long as nothing has changed that a line may have a part in, it is nobody's when it comes again. An age of this kind
// ends with each piece that is taken, each block that is given up, and whatever else is in state; and with each of the next rows, since
// some pieces must stand on the line behind the one before, or on the one after that.

// idle is what is remembered of such lines.
type idle struct {
	memory.Idle
	state state
}

// A state is what a line may change that is of no block, and what it may count.
type state struct {
	writer                 *writer
	own, torn              bool
	orphans, marks         int
	draws                  bool
	failing                *tally.Raised
	traceback, head, taker *block
	open, begun, counted   int
	writers, doubts, sites int
	context                string
	surplus, pending       int
}

func (w *writer) state() state {
	surplus, pending, torn := w.account.Owed()
	return state{
		writer: w, own: w.own, torn: torn, orphans: w.orphans, marks: w.marks, draws: w.draws, failing: w.failing,
		traceback: w.traceback, head: w.head, taker: w.taker, open: len(w.open), begun: w.begun, counted: w.tally.Counted(),
		writers: len(w.writers.all), doubts: w.doubts, sites: w.loaded.Bytes(), context: w.context, surplus: surplus, pending: pending,
	}
}

// Idle takes a line, or a frame of one, that is known to be nobody's as long as nothing changes, and puts it. It reports whether it is.
func (m *Matcher) Idle(raw []byte, number int) bool {
	w := m.last
	if !m.Busy() || m.shown || m.within != nil && m.within != w || m.idle.state.writer != w ||
		w.changed || w.row >= w.look || number-w.at > maxGap || number >= m.writers.silence || !m.queue.MayRepeat() {
		return false
	}
	t := m.idle.Find(raw)
	if t == nil {
		return false
	}
	m.work++
	m.line, m.within, w.at = number, w, number
	if t.Above {
		w.above, w.aboveRow = append(w.above[:0], raw[:t.Text]...), w.row
	}
	m.queue.PutAgain(&t.Known, raw, number, &w.account)
	w.settle()
	return true
}

// learnIdle notes whether the line, or frame, that was matched last is nobody's, and has changed nothing.
func (w *writer) learnIdle(v *view.Line) {
	if s := w.state(); s != w.idle.state {
		w.idle.state = s
		w.idle.NewAge()
		return
	}
	if w.idle.Off || !w.mayIdle(v) {
		return
	}
	above, plain := w.aboveRow == w.row && bytes.Equal(w.above, v.Text), bytes.Equal(v.Text, v.Raw[:v.End])
	if above && !plain {
		return
	}
	w.idle.Keep(v.Raw, memory.IdleLine{Text: len(v.Text), Above: above, Known: hold.KnownOf(v)})
}

// mayIdle reports whether nobody has a part in a line, whatever is not in state. What hangs on more does not count: carets, where some may
// come; a text that is of a traceback that passes; folders and dates. A line that teaches a prefix has it, and is of another writer.
func (w *writer) mayIdle(v *view.Line) bool {
	text := v.Text
	return len(v.Raw) <= memory.LongestIdle && len(w.found) == 0 && !w.named && w.Busy() && !v.EndsHere() && w.options.Trace == nil &&
		w.prefix == "" && v.Dress == "" && v.Prefix == 0 && !v.Wrapped && !v.GoesOn && !v.Escaped &&
		(len(text) == 0 || w.failing == nil) && (w.marks == 0 || !bytes.ContainsAny(text, cpython.Marks)) &&
		!site.Named(text) && !(w.options.Dated && len(v.AppendStamp(nil)) > 0)
}
