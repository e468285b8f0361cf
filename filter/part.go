package filter

import (
	"bytes"
	"iter"

	"github.com/orbfilter/orbfilter/filter/hold"
	"github.com/orbfilter/orbfilter/filter/match"
	"github.com/orbfilter/orbfilter/filter/tally"
	"github.com/orbfilter/orbfilter/filter/view"
	"github.com/orbfilter/orbfilter/rules"
)

// A large log can be filtered in parts, side by side, and come out as if it had been filtered from its beginning to its
// end: to the byte, and to each figure in its summary. What costs most, to find out whose each line is, is done for each
// part by itself. What was decided is put down, and a Whole goes through that in the order of the log: it counts, follows
// the runs, and sends events.
//
// A part does not know what came before it. It is told some of it, and begins where no block is open; whether what it
// carries there is what all that came before leads to, is found out when that is done. If not, which is rare, its text is filtered
// once more, behind the part before it. So nothing but the time that it takes depends on where a log is cut.

// A Part is a stretch of a log of which it is decided whose each line is. Each may be made by another goroutine.
type Part struct {
	filter *Filter
	start  match.Carry
	line   int // that it begins with
	from   int // where it begins in the text
	decided
}

// decided is what was decided about a stretch of a log.
type decided struct {
	left  []left
	notes []tally.Note
	// returned: see output.
	returned bool
}

// A left is an Event without its bytes, which lie one behind the other in the log.
type left struct {
	rule        *rules.Rule
	line, bytes int
	fold        bool
	known       view.Promise
}

// leave puts an event down, together with the one before if they leave together.
func (d *decided) leave(e Event, known view.Promise) {
	if n := len(d.left) - 1; n >= 0 {
		if l := &d.left[n]; l.rule == e.Rule && l.fold == e.Fold && l.known == known && (e.Rule == nil || e.Fold) {
			l.bytes += len(e.Raw)
			return
		}
	}
	d.left = append(d.left, left{e.Rule, e.Line, len(e.Raw), e.Fold, known})
}

// part returns a part that has seen nothing, before the line with this number.
func (p *Plan) part(o Options, line int) *Part {
	o.Record, o.Sent, o.Trace = false, nil, nil
	part := &Part{filter: p.Filter(nil, o), line: line}
	part.filter.line, part.filter.fed = line, line > 1
	part.filter.out.decided = &part.decided
	part.filter.tally.Tell(func(n tally.Note) { part.notes = append(part.notes, n) })
	return part
}

// A Stretch is a text in a log, and what a part of it is told.
type Stretch struct {
	Text []byte
	Line int // number of the line that it begins in, from 1
	// Before is some of what stands directly in front of it, and Head how the log begins, which shows what collectors put in
	// front of lines.
	Before, Head []byte
}

// Part filters a stretch from the first place on at which it can begin by itself. nil: there is no such place in the first
// half of it.
func (p *Plan) Part(o Options, s Stretch) *Part {
	before, text := s.Before[bytes.IndexByte(s.Before, '\n')+1:], s.Text
	part := p.part(o, s.Line-bytes.Count(before, []byte("\n")))
	for line := range bytes.Lines(s.Head) {
		part.filter.view.Look(line)
	}
	_, _ = part.filter.Write(before)
	for !part.begins() {
		n := bytes.IndexByte(text[part.from:], '\n') + 1
		if part.from += n; n == 0 || part.from > len(text)/2 {
			return nil
		}
		_, _ = part.filter.Write(text[part.from-n : part.from])
	}
	_, _ = part.filter.Write(text[part.from:])
	return part
}

// Events yields what was decided so far about the text of the part, as the sink will be told of it, but for the bytes, which come in other
// pieces. It is to be asked before Go.
func (p *Part) Events(text []byte) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		rest := text[p.from:]
		for _, l := range p.left {
			if !yield(Event{Rule: l.rule, Fold: l.fold, Raw: rest[:l.bytes], Line: l.line}) {
				return
			}
			rest = rest[l.bytes:]
		}
	}
}

// begins begins the part here, if it can.
func (p *Part) begins() (ok bool) {
	if p.start, ok = p.carry(); ok {
		p.filter.queue.Forget()
		p.line, p.decided = p.filter.line, decided{}
	}
	return ok
}

// carry is what later lines depend on. ok: a part can begin here.
func (p *Part) carry() (c match.Carry, ok bool) {
	if p.rests() {
		return p.filter.match.Carry(&p.filter.view)
	}
	return c, false
}

// A Whole is a log that is filtered in parts. It is not safe for concurrent use.
type Whole struct {
	filter *Filter // counts and sends
	last   *Part   // has come to where the log has got to
	held   hold.Limits
	text   [][]byte // of which it is not decided whose it is, or that was not sent yet
}

// Whole returns what sends the events of a log to sink that is filtered in parts, as Filter does of one that is not.
// Options.Trace is not told.
func (p *Plan) Whole(sink Sink, o Options) *Whole {
	return &Whole{filter: p.Filter(sink, o), last: p.part(o, 1)}
}

// Apart leaves it to the caller to follow the runs of the log, which takes about as long as all else that is to be done in the
// order of the log. What a call returns is to be called before the next one is, after each call of Write, Go and Close, by
// any goroutine; and all of them before Summary.
func (w *Whole) Apart() (follow func()) {
	o := w.filter.out
	all := o.shown
	o.apart, o.shown = true, nil
	return func() {
		for _, s := range all {
			o.outcome.Write(s.raw, s.line, s.known)
		}
	}
}

// Write goes on with text of which there is no part. It must stay as it is until the Whole is closed.
func (w *Whole) Write(text []byte) (int, error) {
	_, _ = w.last.filter.Write(text)
	w.send(text)
	return len(text), w.filter.out.err
}

// Go goes on with text, which must stay as it is until the Whole is closed, and its part; nil: it has none. It reports
// whether the part was of use.
func (w *Whole) Go(text []byte, p *Part) (ok bool, err error) {
	if p == nil {
		_, err = w.Write(text)
		return false, err
	}
	_, _ = w.Write(text[:p.from])
	if !w.leadsTo(p) {
		_, err = w.Write(text[p.from:])
		return false, err
	}
	w.keepLimits()
	p.filter.match.Inherit(w.last.filter.match)
	w.last = p
	w.send(text[p.from:])
	return true, w.filter.out.err
}

// leadsTo reports whether a part has begun with what the log carries up to here.
func (w *Whole) leadsTo(p *Part) bool {
	c, ok := w.last.carry()
	return ok && len(p.filter.broken) == 0 && p.line == w.last.filter.line && w.last.filter.match.Same(c, p.start, p.filter.match)
}

// send counts and sends what was decided.
func (w *Whole) send(text []byte) {
	w.filter.tally.In(len(text))
	if len(text) > 0 {
		w.text = append(w.text, text)
	}
	d := w.last.decided
	w.last.decided = decided{left: d.left[:0], notes: d.notes[:0]}
	if d.returned {
		w.filter.out.countReturns()
	}
	for _, l := range d.left {
		w.filter.out.Leave(Event{Rule: l.rule, Fold: l.fold, Raw: w.take(l.bytes), Line: l.line}, l.known)
	}
	for i := range d.notes {
		d.notes[i].Enter(w.filter.tally)
	}
	clear(d.notes)
	w.filter.sent()
}

// take takes so many bytes off the text that was not sent yet.
func (w *Whole) take(n int) (raw []byte) {
	for {
		first := w.text[0]
		m := min(n-len(raw), len(first))
		if w.text[0] = first[m:]; m == len(first) {
			w.text = w.text[1:]
		}
		if m == n {
			return first[:n:n]
		}
		if raw = append(raw, first[:m]...); len(raw) == n {
			return raw
		}
	}
}

// keepLimits keeps how much the last part has held.
func (w *Whole) keepLimits() {
	l := w.last.filter.queue.Limits()
	w.held.Bytes, w.held.Time = max(w.held.Bytes, l.Bytes), max(w.held.Time, l.Time)
}

// Close is that of a Filter.
func (w *Whole) Close() error {
	_ = w.last.filter.Close()
	w.send(nil)
	w.keepLimits()
	return w.filter.Close()
}

// Summary is that of a Filter.
func (w *Whole) Summary() *Summary {
	return w.filter.tally.Summary(Limits{HeldBytesMax: w.held.Bytes, HeldMax: w.held.Time, RulesSkipped: w.last.filter.broken}, w.filter.out.outcome.Outcome())
}
