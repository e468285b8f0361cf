package filter

import (
	"bytes"
	"errors"
	"time"

	"github.com/orbfilter/orbfilter/filter/outcome"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
)

// An output sends what leaves the queue to the sink: in few events, and each counted.
type output struct {
	sink    Sink
	err     error // the sink's
	tally   *tally.Tally
	outcome *outcome.Follower // of what is shown
	kept    bool              // the bytes of what is sent now stay as they are

	raw   []byte // what is about to leave together
	as    Event  // what it leaves as, but for Raw
	known view.Promise

	decided *decided // where it is put down instead; nil: it is sent
	// shown is what the outcome has not been told yet, if apart.
	apart bool
	shown []shown

	// returned: lines that say what became of a run end with a bare carriage return; fed: a line feed has left.
	returned, fed bool
	left          int    // so many such lines have left
	ended         []byte // one of them

	timed bool      // it matters when something is shown
	now   time.Time // of the last tick
}

// Leave sends an event: unclaimed bytes together with those before them, and
// folded ones with those before them that the same rule has folded. What a rule
// claims that is shown is an event a line.
func (o *output) Leave(e Event, known view.Promise) {
	if o.decided != nil {
		o.decided.leave(e, known)
		return
	}
	const large, most = 4 << 10, 64 << 10
	own := e.Rule != nil && !e.Fold
	if e.Rule != o.as.Rule || e.Fold != o.as.Fold || len(o.raw) > most || own && bytes.HasSuffix(o.raw, []byte("\n")) {
		o.flush()
	}
	if len(e.Raw) >= large {
		o.flush()
		o.kept = true // see Whole, where it counts
		o.send(e, known)
		o.kept = false
		return
	}
	if o.known = min(o.known, known); len(o.raw) == 0 {
		o.as, o.known = Event{Rule: e.Rule, Fold: e.Fold, Line: e.Line}, known
	}
	o.raw = append(o.raw, e.Raw...)
}

// flush sends what is about to leave.
func (o *output) flush() {
	if len(o.raw) > 0 {
		e := o.as
		e.Raw = o.raw
		o.send(e, o.known)
		o.raw = o.raw[:0]
	}
}

// send hands an event on.
func (o *output) send(e Event, known view.Promise) {
	e = o.tell(e)
	n := o.ends(e.Raw)
	returns := bytes.Count(e.Raw[:n], []byte("\r"))
	o.tally.Left(e.Raw, e.Fold, returns)
	o.left += returns
	if e.Fold {
		return
	}
	if o.timed {
		o.outcome.At(o.now)
	}
	if o.returned && n > 0 {
		e = o.lines(e, n, o.left-returns)
	}
	o.follow(e.Raw, e.Line, known, o.kept)
}

// countReturns has lines counted, and told, that end with a bare carriage return, from here on: it does not hang on how a log comes in
// what has left before.
func (o *output) countReturns() {
	if o.decided != nil {
		o.decided.returned, o.decided.apart = len(o.decided.left)+1, len(o.decided.left)
	} else {
		o.flush()
	}
	o.returned = true
	o.tally.CountReturns()
}

// ends returns how many bytes are of lines that end with a bare carriage return, as long as no line feed came.
func (o *output) ends(raw []byte) int {
	if o.fed {
		return 0
	}
	o.fed = bytes.IndexByte(raw, '\n') >= 0
	return returned(raw)
}

// lines tells the outcome of such lines, which are the first n bytes, and returns what is behind them. So many lines are in front of them.
func (o *output) lines(e Event, n, before int) Event {
	e.Line = 1 + before
	if len(o.ended) == 0 && before > 0 { // it has taken them for frames of one that has not ended
		o.follow([]byte("\n"), 1, view.Nothing, true)
	}
	for rest := e.Raw[:n]; len(rest) > 0; e.Line++ {
		i := bytes.IndexByte(rest, '\r')
		o.ended = append(append(o.ended[:0], rest[:i]...), '\n')
		o.follow(o.ended, e.Line, view.Nothing, false)
		rest = rest[i+1:]
	}
	e.Raw = e.Raw[n:]
	return e
}

// follow tells the outcome of what is shown, or leaves that for later. kept: the bytes stay as they are.
func (o *output) follow(raw []byte, line int, known view.Promise, kept bool) {
	switch {
	case len(raw) == 0:
	case o.apart:
		if !kept {
			raw = bytes.Clone(raw)
		}
		o.shown = append(o.shown, shown{raw, line, known})
	default:
		o.outcome.Write(raw, line, known)
	}
}

// A shown is what the outcome is told of.
type shown struct {
	raw   []byte
	line  int
	known view.Promise
}

// tell sends an event to the sink, unless that has failed, and returns it as
// it was taken: what the sink does not let be folded is shown.
func (o *output) tell(e Event) Event {
	if o.err != nil {
		return e
	}
	if o.err = o.sink.Event(e); e.Fold && errors.Is(o.err, ErrShow) {
		e.Fold = false
		o.err = o.sink.Event(e)
	}
	return e
}
